/** The devices of one thread: clients connect, schedules fire, actors speak, and what arrives is checked and booked. */
import { City } from '../actors/city.ts';
import { nowUs } from '../clock.ts';
import { TOKEN_TOPIC } from '../credentials/types.ts';
import type { QoS } from '../gateway/types.ts';
import type { PlainMatrix } from '../measure/mappingMatrix.ts';
import type { ReceiverSummary } from '../measure/receiverLedger.ts';
import { MOST_SLIP_US } from '../measure/saturation.ts';
import { SenderLedger, type StreamSummary } from '../measure/senderLedger.ts';
import { emptyStamp, patchSent, type StampFields, stampPayload } from '../measure/stamp.ts';
import { flagDirection } from '../measure/stampFlags.ts';
import { TraceTable } from '../measure/traceTable.ts';
import type { FromWorker, TokenForMember } from '../protocol/worker.ts';
import { random } from '../random.ts';
import { createLookSchedule, createSchedule } from '../schedule/create.ts';
import { Pacer } from '../schedule/pacer.ts';
import { Swarm } from '../swarm/swarm.ts';
import type { SimClientApi } from '../swarm/types.ts';
import { Audience } from './audience.ts';
import { DeviceInbox } from './deviceInbox.ts';
import { clientOptions, createDevices, type Devices, type Line, type Member } from './devices.ts';
import { Heard } from './heard.ts';
import { Instruments, runCounters } from './instruments.ts';
import { OutageSchedule, planOutages } from './outages.ts';
import type { DeviceTask } from './plan.ts';
import { ReceiverTable, StreamTable } from './streams.ts';
import { sweepSessions } from './sweepSessions.ts';
import { TOKEN_UPLOAD, TokenDesk } from './tokenDesk.ts';
import { topicMatches } from './topicMatch.ts';

/** What a device thread reports at the end. */
export interface DeviceReport {
  readonly kind: 'devices';
  readonly senders: readonly StreamSummary[];
  readonly receivers: ReceiverSummary;
  readonly mapping: PlainMatrix;
  /** Receiver numbers of members that were away, or lost their connection, after traffic had begun. */
  readonly wasAway: readonly number[];
  /** Receiver numbers of members whose credentials were withdrawn. */
  readonly dismissed: readonly number[];
  readonly reconnects: number;
}

const AT = runCounters.at;
/** A token carries stream and sequence number to the acknowledgement: both fit into the 53 bits of a number. */
const SEQ_SPAN = 2 ** 32;

export class DeviceThread {
  readonly #task: DeviceTask;
  readonly #post: (message: FromWorker) => void;
  readonly #instruments: Instruments;
  readonly #streams: StreamTable;
  readonly #inbox: DeviceInbox;
  readonly #groups: Devices[] = [];
  readonly #swarms: Swarm[] = [];
  readonly #senders = new SenderLedger();
  readonly #pacer = new Pacer();
  readonly #connectPacer = new Pacer();
  readonly #desk: TokenDesk;
  readonly #out: StampFields = emptyStamp();
  #epochUs = Number.NaN;
  #stopped = false;
  /** When schedules stood still, and for how long they have so far. */
  #pausedAtUs: number | undefined;
  #pausedUs = 0;
  #behind = false;
  #pending = 0;
  #notReady = 0;
  #failedReported = false;
  #becameReady: () => void = () => undefined;

  constructor(task: DeviceTask, post: (message: FromWorker) => void) {
    this.#task = task;
    this.#post = post;
    this.#instruments = new Instruments(task.instruments);
    this.#streams = new StreamTable(task.scenario);
    const wills = task.scenario.populations.some((p) => p.client.will !== undefined);
    this.#inbox = new DeviceInbox(task.runId, this.#instruments, new TraceTable(task.trace), {
      wills,
      sharedMq: task.scenario.mq.engine !== 'embedded',
      broker: task.scenario.gateway.broker !== undefined,
    });
    this.#out.runId = task.runId;
    this.#desk = new TokenDesk({
      request: (receivers) => post({ kind: 'tokens-wanted', receivers }),
      after: (ms, work) => this.#connectPacer.after(nowUs() + ms * 1000, work),
      dismiss: (m) => this.#dismiss(m),
    });
  }

  /** Connects and subscribes every client; resolves when all are ready. */
  async prepare(): Promise<void> {
    const { scenario, slices, endpoints } = this.#task;
    const receivers = new ReceiverTable(scenario);
    const audience = new Audience(scenario, this.#streams);
    const vehicles = scenario.populations.some((p) => p.actor === 'vehicle');
    const city = vehicles ? new City(scenario.seed) : undefined;
    await this.#sweep();
    const began = nowUs();
    const ready = new Promise<void>((resolve) => {
      this.#becameReady = resolve;
    });
    for (const slice of slices) {
      const population = scenario.populations.find((p) => p.name === slice.population)!;
      const devices: { current: Devices | undefined } = { current: undefined };
      const member = (client: SimClientApi): Member => devices.current!.members[client.tag]!;
      const swarm = new Swarm(
        endpoints[population.client.transport]!,
        {
          onConnected: (client) => this.#connected(member(client)),
          onClosed: (client, reason, code) => this.#closed(member(client), reason, code),
          onMessage: (client, topic, payload, qos, dup, retain) => {
            const m = member(client);
            // What the gateway says about this connection, and no message of anybody.
            if (topic.startsWith('$SYS/token')) {
              m.invalid ||= topic === TOKEN_TOPIC.invalid;
              this.#desk.noticed(m, topic);
              return;
            }
            const found = { topic, payload, qos, dup, retain };
            if (this.#inbox.take(m, found)) this.#react(m, this.#inbox.stamp, topic, payload);
          },
          onSend: (_client, payload, token) => {
            if (token !== TOKEN_UPLOAD) this.#sending(payload, token);
          },
          onResend: (_client, _payload, token) => {
            if (token !== TOKEN_UPLOAD) this.#senders.resent(Math.floor(token / SEQ_SPAN), token % SEQ_SPAN);
          },
          onDone: (client, token) => {
            if (token === TOKEN_UPLOAD) this.#desk.uploaded(member(client));
            else this.#done(devices.current!, member(client), token);
          },
        },
        { random: random(scenario.seed, 'swarm', population.name, slice.from) },
      );
      this.#swarms.push(swarm);
      devices.current = createDevices(population, slice, {
        scenario,
        streams: this.#streams,
        audience,
        city,
        firstReceiver: receivers.device(population.name, 0),
        addClient: (options) => swarm.add(options),
        localAddresses: this.#task.localAddresses,
        secrets: this.#task.secrets,
        login: this.#task.login,
        credentials: this.#task.credentials,
      });
      this.#groups.push(devices.current);
      this.#notReady += devices.current.members.length;
    }
    this.#connectPacer.start(began);
    for (const { population, members } of this.#groups) {
      // Members of other threads connect in between, so the ramp of the whole population is even.
      for (const m of members) {
        const dueUs = began + (m.index / population.count) * population.connect.overMs * 1000;
        const { credentials } = population;
        this.#connectPacer.after(dueUs, () => {
          if (credentials?.kind === 'token') this.#desk.connect(m, credentials.renewMs);
          else m.client.connect();
        });
      }
    }
    if (this.#notReady === 0) this.#becameReady();
    await ready;
    this.#post({ kind: 'ready', connected: this.#connectedNow(), connectMs: (nowUs() - began) / 1000 });
  }

  /** Traffic starts at `epochUs`. */
  go(epochUs: number): void {
    this.#epochUs = epochUs;
    this.#inbox.epochUs = epochUs;
    const { scenario } = this.#task;
    const durationUs = scenario.durationMs * 1000;
    for (const devices of this.#groups) {
      const { population, slice, members } = devices;
      for (const [k, publication] of population.publish.entries()) {
        const context = {
          seed: scenario.seed,
          name: `${population.name}.${publication.name}`,
          count: population.count,
          from: slice.from,
          to: slice.to,
          durationUs,
          phases: scenario.phases,
        };
        const schedule = createSchedule(publication.schedule, context);
        if (schedule.done !== undefined) devices.closed[k] = schedule;
        this.#pacer.add(schedule, (event, dueUs, lateUs) => {
          const m = members[event.actor - slice.from]!;
          this.#instruments.histograms.slip.record(lateUs);
          if (this.#behind) {
            this.#missed(m.publications[k]!.stream);
            return;
          }
          const body = m.actor.compose(publication, event.atUs);
          const taken = this.#publish(m, m.publications[k]!, publication.qos, publication.retain, body, dueUs - epochUs);
          if (!taken) devices.closed[k]?.done?.(m.index, this.#scheduleUs());
        });
        const looks = createLookSchedule(publication, context);
        if (looks === undefined) continue;
        this.#pacer.add(looks, (event, dueUs, lateUs) => {
          const m = members[event.actor - slice.from]!;
          this.#instruments.histograms.slip.record(lateUs);
          if (this.#behind || !m.actor.look(publication, event.atUs)) return;
          const body = m.actor.compose(publication, event.atUs);
          this.#publish(m, m.publications[k]!, publication.qos, publication.retain, body, dueUs - epochUs);
        });
      }
      const outages = new OutageSchedule(
        planOutages(population, scenario.seed, durationUs).filter(({ member }) => member >= slice.from && member < slice.to),
      );
      this.#pacer.add(outages, (event) => {
        const { member, away } = outages.turns[event.actor]!;
        const m = members[member - slice.from]!;
        if (away) this.#goAway(m);
        else this.#comeBack(m);
      });
    }
    this.#pacer.start(epochUs);
  }

  /**
   * No new scheduled traffic; whoever is away comes back. Answers to commands go on. What was due by now is sent, unless
   * the thread is so far behind that it would go on for long: then it counts as offered and not sent.
   */
  stop(): void {
    this.#stopped = true;
    this.#behind = this.#pacer.behindUs > MOST_SLIP_US;
    this.#pacer.endSchedulesAt(nowUs());
    for (const { members } of this.#groups) for (const m of members) this.#comeBack(m);
  }

  /** No new scheduled traffic and no new talk until `resume`; clients stay connected, commands are answered. */
  pause(atUs: number): void {
    if (this.#stopped || this.#pausedAtUs !== undefined) return;
    this.#pausedAtUs = atUs;
    this.#pacer.pause();
  }

  resume(shiftUs: number): void {
    if (this.#pausedAtUs === undefined) return;
    this.#pausedAtUs = undefined;
    this.#pausedUs += shiftUs;
    this.#pacer.resume(shiftUs);
  }

  /** Microseconds of traffic so far, pauses left out: the time that schedules know. */
  #scheduleUs(): number {
    return (this.#pausedAtUs ?? nowUs()) - this.#epochUs - this.#pausedUs;
  }

  /** Tokens that members have asked for. */
  tokens(tokens: readonly TokenForMember[]): void {
    this.#desk.take(tokens);
  }

  /** Ends every client and reports. */
  async finish(): Promise<DeviceReport> {
    this.#pacer.stop();
    this.#connectPacer.stop();
    this.#desk.close();
    const report: DeviceReport = {
      kind: 'devices',
      senders: this.#senders.summary(),
      receivers: this.#inbox.ledger.summary(),
      mapping: this.#inbox.matrix.toPlain(),
      wasAway: this.#groups.flatMap((g) => g.members.filter((m) => m.wasAway).map((m) => m.receiver)),
      dismissed: this.#groups.flatMap((g) => g.members.filter((m) => m.dismissed).map((m) => m.receiver)),
      reconnects: this.#swarms.reduce((sum, s) => sum + s.stats().reconnects, 0),
    };
    await Promise.all(this.#swarms.map((swarm) => swarm.close()));
    await this.#sweep();
    return report;
  }

  /** Copies the swarm's own figures to where the runner looks; called a few times a second. */
  sample(): void {
    const counters = this.#instruments.counters;
    const sums = { connected: 0, reconnects: 0, refusedConnects: 0, bytesIn: 0, bytesOut: 0 };
    for (const swarm of this.#swarms) {
      const stats = swarm.stats();
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += stats[name];
    }
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) counters.set(AT[name], sums[name]);
    this.#instruments.showMapping(this.#inbox.matrix);
  }

  /** Members' sessions at a broker outside are made for the run, and end with it. */
  async #sweep(): Promise<void> {
    const { scenario, slices, endpoints } = this.#task;
    if (scenario.gateway.broker === undefined) return;
    for (const { population: name, from, to } of slices) {
      const population = scenario.populations.find((p) => p.name === name)!;
      if (population.client.cleanSession) continue;
      const clients = Array.from({ length: to - from }, (_, i) => clientOptions(population, from + i, this.#task));
      await sweepSessions(endpoints[population.client.transport]!, clients);
    }
  }

  #connectedNow(): number {
    return this.#swarms.reduce((sum, s) => sum + s.stats().connected, 0);
  }

  #connected(m: Member): void {
    this.#desk.connected(m);
    if (m.ready) return;
    if (m.filters.length === 0) {
      this.#ready(m);
      return;
    }
    m.client.subscribe(m.filters).then(
      (granted) => {
        const refused = granted.findIndex((qos) => qos > 2);
        if (refused < 0) this.#ready(m);
        else this.#fail('mqtt.refused', m, `subscription to ${m.filters[refused]!.filter} at QoS ${m.filters[refused]!.qos}`);
      },
      (error: unknown) => this.#fail('mqtt.refused', m, String(error)),
    );
  }

  #ready(m: Member): void {
    if (m.ready) return;
    m.ready = true;
    this.#notReady -= 1;
    if (this.#notReady === 0) this.#becameReady();
  }

  #closed(m: Member, reason: string, code: number | undefined): void {
    if (!Number.isNaN(this.#epochUs)) m.wasAway = true;
    const told = m.invalid;
    m.invalid = false;
    this.#desk.closed(m);
    if ((told || code !== undefined) && this.#desk.holds(m)) {
      this.#desk.refused(m);
      return;
    }
    // Refusals are final; a failed attempt is repeated by the client, and the runner watches that connecting gets on.
    if (code !== undefined && !m.ready) this.#fail('mqtt.refused', m, reason);
  }

  #fail(code: 'mqtt.refused', m: Member, reason: string): void {
    if (this.#failedReported) return;
    this.#failedReported = true;
    this.#post({ kind: 'failed', code, details: { client: m.client.options.clientId, reason } });
  }

  /** Shut out: nothing more is expected of it or owed to it. */
  #dismiss(m: Member): void {
    if (!m.ready) {
      this.#fail('mqtt.refused', m, 'its token is refused again and again');
      return;
    }
    m.dismissed = true;
    m.wasAway = true;
    const { counters } = this.#instruments;
    counters.add(AT.dismissed);
    this.#pending -= m.client.pending - this.#desk.uploads(m);
    counters.set(AT.pending, this.#pending);
    void m.client.end();
  }

  #goAway(m: Member): void {
    if (m.dismissed) return;
    if (this.#stopped) return;
    m.wasAway = true;
    m.awayFromUs = nowUs();
    m.awayToUs = Number.POSITIVE_INFINITY;
    m.client.goOffline();
  }

  #comeBack(m: Member): void {
    if (m.dismissed || m.awayFromUs === Number.POSITIVE_INFINITY || m.awayToUs !== Number.POSITIVE_INFINITY) return;
    m.awayToUs = nowUs();
    m.client.goOnline();
  }

  /** @returns false when the client did not take it. */
  #publish(m: Member, line: Line, qos: QoS, retain: boolean, body: string, dueUs: number, ref?: StampFields): boolean {
    if (m.dismissed) {
      this.#missed(line.stream);
      this.#instruments.counters.add(AT.notSent);
      this.#instruments.counters.add(AT.excused);
      return false;
    }
    const out = this.#out;
    out.flags = line.sent.flags;
    out.crcTopic = line.sent.crcTopic;
    out.crcClient = line.sent.crcClient;
    out.stream = line.stream;
    out.seq = this.#senders.offered(line.stream);
    out.dueUs = dueUs;
    out.sentUs = dueUs;
    out.refStream = ref?.stream ?? 0;
    out.refSeq = ref?.seq ?? 0;
    out.refDueUs = ref?.dueUs ?? 0;
    const counters = this.#instruments.counters;
    counters.add(AT.offered);
    const outcome = m.client.publish(line.topic, stampPayload(body, out), qos, retain, line.stream * SEQ_SPAN + out.seq);
    if (outcome !== 'sent' && outcome !== 'queued') {
      counters.add(AT.notSent);
      // A queue that is full without any loss of the network shows that somebody could not keep up.
      if (!m.client.connected || m.awayFromUs !== Number.POSITIVE_INFINITY) counters.add(AT.excused);
      return false;
    }
    this.#senders.handed(line.stream);
    counters.add(AT.sent);
    this.#pending += 1;
    counters.set(AT.pending, this.#pending);
    return true;
  }

  #missed(stream: number): void {
    this.#senders.offered(stream);
    this.#instruments.counters.add(AT.offered);
  }

  #sending(payload: Buffer, token: number): void {
    patchSent(payload, nowUs() - this.#epochUs);
    this.#senders.sent(Math.floor(token / SEQ_SPAN), token % SEQ_SPAN);
  }

  #done(devices: Devices, m: Member, token: number): void {
    const stream = Math.floor(token / SEQ_SPAN);
    this.#senders.acknowledged(stream, token % SEQ_SPAN);
    const counters = this.#instruments.counters;
    counters.add(AT.acknowledged);
    this.#pending -= 1;
    counters.set(AT.pending, this.#pending);
    for (let k = 0; k < devices.closed.length; k += 1) {
      if (m.publications[k]!.stream === stream) devices.closed[k]?.done?.(m.index, this.#scheduleUs());
    }
  }

  #reacting(change: 1 | -1): void {
    this.#instruments.counters.add(AT.reacting, change);
  }

  /** What a member does about a message that it has seen for the first time. */
  #react(m: Member, stamp: StampFields, topic: string, payload: Buffer): void {
    const command = flagDirection(stamp.flags) === 'down';
    // Once traffic has stopped, or stands still, only commands are answered: talk would never end.
    if ((this.#stopped || this.#pausedAtUs !== undefined) && !command) return;
    for (const line of m.reactions) {
      if (!topicMatches(line.filter, topic)) continue;
      const receivedUs = nowUs();
      const answer = m.actor.react(line.reaction, receivedUs - this.#epochUs, new Heard(topic, payload));
      if (answer === undefined) continue;
      const ref = command ? { ...stamp } : undefined;
      this.#reacting(1);
      this.#pacer.after(receivedUs + answer.delayUs, (dueUs) => {
        this.#reacting(-1);
        this.#publish(m, line, line.reaction.qos, false, answer.body, dueUs - this.#epochUs, ref);
      });
    }
  }
}
