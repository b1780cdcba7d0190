/** The back-end services of one thread: MQ consumers that check and book what devices sent, and commanders that send to devices. */
import { Commander } from '../actors/commander.ts';
import { nowUs } from '../clock.ts';
import { Centre } from '../fleet/centre.ts';
import { LAB_PROPERTY, PROPERTY } from '../mapping/names.ts';
import { checkUp } from '../measure/mappingCheck.ts';
import { MappingMatrix, type PlainMatrix } from '../measure/mappingMatrix.ts';
import { ReceiverLedger, type ReceiverSummary } from '../measure/receiverLedger.ts';
import { MOST_SLIP_US } from '../measure/saturation.ts';
import { SenderLedger, type StreamSummary } from '../measure/senderLedger.ts';
import { SEEN } from '../measure/sequenceTracker.ts';
import { bodyIntact, emptyStamp, readStamp, type StampFields, stampPayload } from '../measure/stamp.ts';
import { expectDown, flagDirection, type Sent } from '../measure/stampFlags.ts';
import { TRACE_POINTS, TraceTable } from '../measure/traceTable.ts';
import { connectMq } from '../mq/connect.ts';
import type { MqConsumer, MqDelivery, MqEngine, MqMessage, MqProducer } from '../mq/engine.ts';
import { News } from '../news.ts';
import type { HandOrder } from '../protocol/hand.ts';
import type { Wave } from '../protocol/result.ts';
import type { FromWorker } from '../protocol/worker.ts';
import { isManual } from '../scenario/byHand.ts';
import type { Command, Consume, Population, Service } from '../scenario/model.ts';
import { clientIdOf, groupVars, renderTemplate, templateVars } from '../scenario/template.ts';
import { createSchedule } from '../schedule/create.ts';
import { Pacer } from '../schedule/pacer.ts';
import { HopRecorder, Instruments, runCounters } from './instruments.ts';
import type { ServiceTask } from './plan.ts';
import { commandSecond, commandShownTopic, ReceiverTable, StreamTable } from './streams.ts';
import { WaveBook } from './waves.ts';

/** What a service thread reports at the end. */
export interface ServiceReport {
  readonly kind: 'services';
  readonly senders: readonly StreamSummary[];
  readonly receivers: ReceiverSummary;
  readonly mapping: PlainMatrix;
  readonly waves: readonly Wave[];
  readonly answers: readonly {
    readonly command: string;
    readonly sent: number;
    readonly expected: number;
    readonly answered: number;
  }[];
  readonly services: readonly {
    readonly name: string;
    readonly group: string;
    readonly mode: string;
    readonly members: readonly { readonly name: string; received: number }[];
  }[];
}

/** A command of a service of this thread, or a variant of one that is sent by hand, ready to be sent. */
interface Desk {
  readonly service: Service;
  readonly command: Command;
  readonly population: Population;
  readonly base: number;
  readonly commander: Commander;
  readonly book: WaveBook;
  /** Position among all commands of the scenario: its histogram of answers. */
  readonly position: number;
  readonly lines: Map<number, { readonly sent: Sent; readonly properties: Record<string, string> }>;
}

const AT = runCounters.at;

export class ServiceThread {
  readonly #task: ServiceTask;
  readonly #post: (message: FromWorker) => void;
  readonly #instruments: Instruments;
  readonly #streams: StreamTable;
  readonly #receiverTable: ReceiverTable;
  readonly #trace: TraceTable;
  readonly #senders = new SenderLedger();
  readonly #receivers = new ReceiverLedger();
  readonly #matrix = new MappingMatrix();
  readonly #pacer = new Pacer();
  readonly #news = new News();
  readonly #hops: HopRecorder;
  readonly #times = new Float64Array(5);
  readonly #stamp: StampFields = emptyStamp();
  readonly #out: StampFields = emptyStamp();
  readonly #engines: MqEngine[] = [];
  readonly #consumers: MqConsumer[] = [];
  readonly #services: ServiceReport['services'][number][] = [];
  readonly #desks: Desk[] = [];
  /** Commands sent by hand, by the first stream of the variant. */
  readonly #handDesks = new Map<number, Desk>();
  readonly #centre: Centre | undefined;
  /** A Will carries no stamp; where the scenario has some, unstamped messages are expected. */
  readonly #wills: boolean;
  readonly #broker: boolean;
  #producer: MqProducer | undefined;
  #epochUs = Number.NaN;
  #pending = 0;
  #behind = false;

  constructor(task: ServiceTask, post: (message: FromWorker) => void) {
    this.#task = task;
    this.#post = post;
    this.#instruments = new Instruments(task.instruments);
    this.#streams = new StreamTable(task.scenario);
    this.#receiverTable = new ReceiverTable(task.scenario);
    this.#trace = new TraceTable(task.trace);
    this.#hops = new HopRecorder(this.#instruments, 'up');
    this.#out.runId = task.runId;
    this.#broker = task.scenario.gateway.broker !== undefined;
    this.#wills = task.scenario.populations.some((p) => p.client.will !== undefined);
    this.#centre = Centre.of(task.scenario, task.fleet, post);
  }

  /** Connects; every consumer has its place in its group when this resolves. */
  async prepare(): Promise<void> {
    const { scenario, services, mq } = this.#task;
    const began = nowUs();
    let position = 0;
    for (const service of scenario.services) {
      for (const command of service.commands) {
        if (services.includes(service.name)) this.#open(service, command, position);
        position += 1;
      }
    }
    if (this.#desks.length + this.#handDesks.size > 0) this.#producer = await (await this.#connect(mq, 'commands')).producer();
    for (const service of scenario.services) {
      if (service.consume === undefined || !services.includes(service.name)) continue;
      await this.#consume(service, service.consume);
    }
    this.#post({ kind: 'ready', connected: this.#engines.length, connectMs: (nowUs() - began) / 1000 });
  }

  go(epochUs: number): void {
    this.#epochUs = epochUs;
    const { scenario } = this.#task;
    for (const desk of this.#desks) {
      if (desk.command.schedule.kind === 'manual') continue;
      const schedule = createSchedule(desk.command.schedule, {
        seed: scenario.seed,
        name: `${desk.service.name}.${desk.command.name}`,
        count: 1,
        from: 0,
        to: 1,
        durationUs: scenario.durationMs * 1000,
        phases: scenario.phases,
      });
      this.#pacer.add(schedule, (event, dueUs, lateUs) => {
        this.#instruments.histograms.slip.record(lateUs);
        this.#command(desk, event.atUs, dueUs - epochUs);
      });
    }
    this.#pacer.start(epochUs);
  }

  /** No new commands until `resume`. */
  pause(): void {
    this.#pacer.pause();
  }

  resume(shiftUs: number): void {
    this.#pacer.resume(shiftUs);
  }

  /** Sends what somebody has asked for: all at once, as all are due at the same time. */
  order(order: HandOrder): void {
    const desk = this.#handDesks.get(order.base);
    const centre = this.#centre;
    if (desk === undefined || centre === undefined) return;
    centre.begin(order, desk.command);
    const fields = { action: order.action, at: Date.now(), ...(order.to === undefined ? {} : { to: order.to }) };
    const front = JSON.stringify(fields).slice(0, -1);
    for (const target of order.targets) {
      const own = desk.commander.bodyFor(target, order.dueUs);
      const body = own === '{}' ? `${front}}` : `${front},${own.slice(1)}`;
      const seq = this.#send(desk, target, body, order.dueUs, order.wave);
      centre.book.handed(order.wave, desk.base + target, seq);
    }
  }

  /** Messages to and from these members are told to the runner. */
  overhear(members: readonly number[]): void {
    this.#centre?.overhear(members);
  }

  /** Commands due by now are sent; a thread that is far behind counts them as offered and not sent. */
  stop(): void {
    this.#behind = this.#pacer.behindUs > MOST_SLIP_US;
    this.#pacer.endSchedulesAt(nowUs());
  }

  async finish(): Promise<ServiceReport> {
    this.#pacer.stop();
    // The last answers too.
    this.#centre?.flush(Number.POSITIVE_INFINITY);
    await Promise.all(this.#consumers.map((consumer) => consumer.close()));
    const report: ServiceReport = {
      kind: 'services',
      senders: this.#senders.summary(),
      receivers: this.#receivers.summary(),
      mapping: this.#matrix.toPlain(),
      waves: [
        ...this.#desks.filter((d) => d.command.answer !== undefined).flatMap((d) => d.book.waves()),
        ...(this.#centre?.book.waves() ?? []),
      ],
      answers: [...this.#desks, ...this.#handDesks.values()]
        .filter((d, i, all) => d.command.answer !== undefined && all.findIndex((o) => o.position === d.position) === i)
        .map(({ command, book }) => {
          const { sent, expected, answered } = (isManual(command) ? this.#centre?.book.totals(command.name) : undefined) ?? book;
          return { command: command.name, sent, expected, answered };
        }),
      services: this.#services,
    };
    await Promise.all(this.#engines.map((engine) => engine.close()));
    return report;
  }

  /** All other figures of services are written as they happen. */
  sample(): void {
    this.#instruments.showMapping(this.#matrix);
    this.#centre?.flush(nowUs());
  }

  async #connect(mq: ServiceTask['mq'], name: string): Promise<MqEngine> {
    const engine = await connectMq(mq, {
      name,
      // Nobody connects it again, so that the run would go on without its services.
      onLost: (error) => this.#post({ kind: 'failed', code: 'mq.connection-lost', details: error.details }),
      onLog: (line) => {
        if (this.#news.is(line)) this.#post({ kind: 'event', level: 'warn', text: line });
      },
    });
    this.#engines.push(engine);
    return engine;
  }

  async #consume(service: Service, consume: Consume): Promise<void> {
    const members = Array.from({ length: consume.members }, (_, i) => ({ name: `${service.name}-${i + 1}`, received: 0 }));
    this.#services.push({ name: service.name, group: consume.group, mode: consume.mode, members });
    for (const [i, member] of members.entries()) {
      const receiver = this.#receiverTable.service(service.name, i);
      // Answers are counted once, also where each member gets every message.
      const desks = consume.mode === 'clustering' || i === 0 ? this.#desks.filter((d) => this.#hears(service, d)) : [];
      // Each member has a connection of its own, as it would on a machine of its own.
      const engine = await this.#connect(this.#task.mq, member.name);
      const consumer = await engine.consume(
        {
          group: consume.group + this.#task.groupSuffix,
          topics: consume.topics,
          mode: consume.mode,
          ordered: consume.ordered,
        },
        (delivery) => {
          member.received += 1;
          this.#received(delivery, receiver, desks);
          if (consume.workMs > 0) return new Promise((resolve) => setTimeout(resolve, consume.workMs));
        },
      );
      this.#consumers.push(consumer);
    }
  }

  /** Does this service count the answers to a command: the one that asked if it consumes them, otherwise the first that does? */
  #hears(service: Service, { service: asker, command, population }: Desk): boolean {
    const reaction = population.react.find((r) => r.name === command.answer);
    if (reaction === undefined) return false;
    const parent = renderTemplate(reaction.topic, templateVars(population, 0)).split('/', 1)[0]!;
    const consumes = (s: Service): boolean => s.consume?.topics.includes(parent) === true;
    return (consumes(asker) ? asker : this.#task.scenario.services.find(consumes)) === service;
  }

  #received(delivery: MqDelivery, receiver: number, desks: readonly Desk[]): void {
    const receivedUs = nowUs() - this.#epochUs;
    const stamp = this.#stamp;
    const { counters } = this.#instruments;
    const state = readStamp(delivery.body, stamp);
    if (state !== 'ok' || stamp.runId !== this.#task.runId) {
      if (state === 'none' && this.#wills) return;
      // An outside engine has topics that outlive a run: what another one has left is no fault of this one.
      if (state === 'ok' && this.#task.scenario.mq.engine !== 'embedded') return;
      // Others may use a broker outside too, with or without a lab.
      if (state !== 'damaged' && this.#broker) return;
      counters.add(state === 'damaged' ? AT.corrupted : AT.unexpected);
      this.#receivers.note('up', state === 'damaged' ? 'corrupted' : 'foreign');
      return;
    }
    if (flagDirection(stamp.flags) === 'down') {
      // What one service sends and another consumes never passed the bridge: it is no business of this ledger, unless
      // the bridge's mark says that it came back from the devices' side.
      if (delivery.properties[LAB_PROPERTY.origin] !== undefined) {
        counters.add(AT.unexpected);
        this.#receivers.note('up', 'foreign');
      }
      return;
    }
    const intact = bodyIntact(delivery.body, stamp);
    if (!intact) {
      counters.add(AT.corrupted);
      this.#receivers.note('up', 'corrupted');
    }
    const marked = delivery.deliveryCount > 1 || delivery.properties[LAB_PROPERTY.dup] !== undefined;
    const seen = this.#receivers.seen(receiver, stamp.stream, stamp.seq, marked);
    counters.add(AT.up);
    if (delivery.deliveryCount > 1) counters.add(AT.redelivered);
    if (seen === SEEN.late) counters.add(AT.reordered);
    else if (seen !== SEEN.next) counters.add(AT.duplicates);
    const { properties: carried, topic: parent, key: orderingKey } = delivery;
    if (!checkUp(stamp, carried, parent, orderingKey, intact, receiver, this.#matrix, this.#broker)) {
      counters.add(AT.mappingFailed);
      const { topic, key, properties, body } = delivery;
      this.#matrix.attach({ topic, properties: { ...properties }, ...(key === undefined ? {} : { key }) }, body);
    }
    if (seen !== SEEN.next && seen !== SEEN.late) return;

    const times = this.#times;
    times[0] = stamp.dueUs;
    times[1] = stamp.sentUs;
    times[2] = this.#trace.read(stamp.stream, stamp.seq, TRACE_POINTS.arrived) ?? Number.NaN;
    // A consumer that holds the message proves that MQ has it, even if the acknowledgement is not noted yet.
    times[3] =
      this.#trace.read(stamp.stream, stamp.seq, TRACE_POINTS.stored) ?? (Number.isNaN(times[2]) ? Number.NaN : receivedUs);
    times[4] = receivedUs;
    if (!this.#hops.record(times)) counters.add(AT.untracedUp);
    if (this.#centre?.busy === true) this.#tell(this.#centre, stamp, delivery, receivedUs);
    if (stamp.refStream !== 0) this.#answered(stamp, receivedUs, desks, delivery.body);
  }

  #tell(centre: Centre, stamp: StampFields, { topic, properties, body }: MqDelivery, receivedUs: number): void {
    const block = this.#streams.find(stamp.stream);
    const whole = topic + (properties[PROPERTY.secondTopic] ?? '');
    const message = { topic: whole, body, sentUs: stamp.sentUs, receivedUs };
    centre.heard(stamp, block?.population, stamp.stream - (block?.base ?? 0), message);
  }

  #answered(stamp: StampFields, receivedUs: number, desks: readonly Desk[], body: Uint8Array): void {
    const answer = this.#streams.find(stamp.stream);
    const asked = this.#streams.find(stamp.refStream);
    if (answer?.kind !== 'reaction' || asked?.kind !== 'command' || asked.command.answer !== answer.reaction.name) return;
    const centre = this.#centre;
    const member = stamp.stream - answer.base;
    const byHand = this.#handDesks.get(asked.base);
    if (byHand !== undefined && centre !== undefined) {
      const refused = centre.answered(answer.population, member, receivedUs, body);
      const afterUs = receivedUs - stamp.refDueUs;
      if (!centre.book.answer(stamp.refStream, stamp.refSeq, member, afterUs, refused)) return;
      this.#instruments.answers[byHand.position]!.record(afterUs);
      this.#instruments.counters.add(AT.answers);
      return;
    }
    if (centre?.open === true) centre.answered(answer.population, member, receivedUs, body);
    const desk = desks.find((d) => d.base === asked.base);
    if (desk === undefined) return;
    const afterUs = receivedUs - stamp.refDueUs;
    if (!desk.book.answer(stamp.refStream - asked.base, stamp.refSeq, member, afterUs)) return;
    this.#instruments.answers[desk.position]!.record(afterUs);
    this.#instruments.counters.add(AT.answers);
  }

  #open(service: Service, command: Command, position: number): void {
    for (const block of this.#streams.blocks) {
      if (block.kind !== 'command' || block.service !== service || block.command.name !== command.name) continue;
      const desk = this.#desk(service, block.command, block.base, position);
      if (isManual(command)) this.#handDesks.set(block.base, desk);
      else this.#desks.push(desk);
    }
  }

  #desk(service: Service, command: Command, base: number, position: number): Desk {
    const population = this.#task.scenario.populations.find((p) => p.name === command.population)!;
    return {
      service,
      command,
      population,
      position,
      base,
      commander: new Commander(service.name, command, population, this.#task.scenario.seed),
      book: new WaveBook(population, command),
      lines: new Map(),
    };
  }

  /** What never changes between two commands to the same target. */
  #line(desk: Desk, target: number): { readonly sent: Sent; readonly properties: Record<string, string> } {
    let line = desk.lines.get(target);
    if (line === undefined) {
      const { command, population } = desk;
      const second = commandSecond(population, command, target);
      const vars =
        command.target === 'one'
          ? templateVars(population, target)
          : command.target === 'group'
            ? groupVars(population, target)
            : {};
      const properties: Record<string, string> = {};
      if (second !== '') properties[PROPERTY.secondTopic] = second;
      if (command.qosLevel !== undefined) properties[PROPERTY.qosLevel] = String(command.qosLevel);
      if (command.cleanSessionFlag !== undefined) properties[PROPERTY.cleanSessionFlag] = String(command.cleanSessionFlag);
      if (command.realTopic !== undefined) properties[PROPERTY.realTopic] = renderTemplate(command.realTopic, vars);
      const sent = expectDown({
        shownTopic: commandShownTopic(population, command, target),
        qos: command.qosLevel,
        clean: command.cleanSessionFlag,
        hasSecond: second !== '',
        hasReal: command.realTopic !== undefined,
        target: command.target === 'one' ? clientIdOf(population, target) : undefined,
      });
      line = { sent, properties };
      desk.lines.set(target, line);
    }
    return line;
  }

  #command(desk: Desk, atUs: number, dueUs: number): void {
    const { target, body } = desk.commander.next(atUs);
    if (this.#behind) {
      this.#senders.offered(desk.base + target);
      this.#instruments.counters.add(AT.offered);
      return;
    }
    desk.book.begin(target, this.#send(desk, target, body, dueUs, 0));
  }

  /** Sends one and returns its sequence number. `wave`: of a command by hand; its answers cannot come before the caller has noted it. */
  #send(desk: Desk, target: number, body: string, dueUs: number, wave: number): number {
    const line = this.#line(desk, target);
    const stream = desk.base + target;
    const seq = this.#senders.offered(stream);
    const { counters } = this.#instruments;
    counters.add(AT.offered);
    const out = this.#out;
    out.flags = line.sent.flags;
    out.crcTopic = line.sent.crcTopic;
    out.crcClient = line.sent.crcClient;
    out.stream = stream;
    out.seq = seq;
    out.dueUs = dueUs;
    out.sentUs = nowUs() - this.#epochUs;
    out.refSeq = wave;
    const message: MqMessage = {
      topic: desk.command.topic,
      // Commands to one target keep their order; the MQ spreads targets over partitions.
      key: `${desk.command.name}/${target}`,
      properties: line.properties,
      body: stampPayload(body, out),
    };
    this.#centre?.commanded(desk.command, target, out, {
      topic: desk.command.topic + (line.properties[PROPERTY.secondTopic] ?? ''),
      body: message.body,
      sentUs: out.sentUs,
    });
    this.#senders.handed(stream);
    this.#senders.sent(stream, seq);
    counters.add(AT.sent);
    counters.add(AT.commands);
    this.#pending += 1;
    counters.set(AT.pending, this.#pending);
    const settled = (): void => {
      this.#pending -= 1;
      counters.set(AT.pending, this.#pending);
    };
    this.#producer!.send(message).then(
      () => {
        this.#trace.mark(stream, seq, TRACE_POINTS.stored, nowUs() - this.#epochUs);
        this.#senders.acknowledged(stream, seq);
        counters.add(AT.acknowledged);
        if (wave > 0) this.#centre?.book.stored(wave);
        settled();
      },
      (error: unknown) => {
        settled();
        this.#post({
          kind: 'event',
          level: 'error',
          text: `${desk.service.name}.${desk.command.name} was not sent: ${String(error)}`,
        });
      },
    );
    return seq;
  }
}
