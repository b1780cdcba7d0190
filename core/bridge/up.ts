/**
 * The way up: device messages into the MQ engine, bounded and in order.
 *
 * Order when a send fails. The engine keeps call order per key, but a failed send followed by a successful one would
 * store the second message alone; the device, closed without acknowledgement, would then send the first again, behind
 * it. A message once handed to the engine cannot be called back, so the next message of a client is handed over only
 * when the one before it is stored (one lane per client, working on one message at a time). When one fails, those that
 * wait behind it in the lane are refused as well: their device sends all of them again, in their old order
 * [MQTT-4.6.0-1]. What arrives after that is a new attempt and starts a new lane. A failed QoS 0 message or Will is sent
 * by nobody again, so that nothing can overtake it, and its lane goes on. The price is one engine round trip per message
 * of one client, never across clients. Of a message from an external broker the client is unknown: there, topic by topic;
 * and one that can never be stored is acknowledged there, so that it does not come again.
 */
import type { Clock } from '../clock.ts';
import type { UpPublish } from '../gateway/types.ts';
import { REASONS } from '../mapping/reasons.ts';
import type { UpOptions } from '../mapping/up.ts';
import type { MqMessage, MqProducer } from '../mq/engine.ts';
import { News } from '../news.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { BridgeEvent, BridgeStats, MappingFunctions, PathObserver, Tamper } from './types.ts';
import { isUnstorable } from './unstorable.ts';

export interface UpPathOptions {
  readonly producer: MqProducer;
  readonly topics: ReadonlySet<string>;
  readonly mapUp: MappingFunctions['mapUp'];
  readonly mapping: UpOptions;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly observer: PathObserver | undefined;
  readonly tamper: Tamper | undefined;
  readonly onEvent: ((event: BridgeEvent) => void) | undefined;
  readonly now: Clock;
}

interface Job {
  readonly publish: UpPublish;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What waits behind a client's message under way: `jobs` from `next` on. */
interface Lane {
  readonly jobs: Job[];
  next: number;
}

const DONE: Promise<void> = Promise.resolve();
const NOTHING_SENT = Symbol('nothing sent');
const NOTHING = Promise.resolve(NOTHING_SENT);

/** Device messages on their way to the engine. */
export class UpPath {
  private readonly options: UpPathOptions;
  private readonly news: News;
  /** Clients (or topics, see `laneOf`) with a message under way, and what waits behind it (null: nothing). */
  private readonly lanes = new Map<string, Lane | null>();
  /** Heads of lanes that wait for room, oldest first from `firstBlocked` on. */
  private blocked: Job[] = [];
  private firstBlocked = 0;
  private waiting = 0;
  private received = 0;
  private stored = 0;
  private failed = 0;
  private inFlight = 0;
  private inFlightBytes = 0;
  private closing = false;
  private idle: (() => void) | undefined;

  constructor(options: UpPathOptions) {
    this.options = options;
    this.news = new News(options.now);
  }

  /**
   * Resolves when the engine has acknowledged (at once for a topic that is not carried up).
   * @throws what the engine's producer throws; CausewayError bridge.refused, bridge.predecessor-failed, bridge.closed
   */
  publish(publish: UpPublish): Promise<void> {
    const { topics, observer } = this.options;
    if (!topics.has(publish.parent)) return DONE;
    this.received += 1;
    observer?.upReceived?.(publish);
    if (this.closing) {
      this.failed += 1;
      return Promise.reject(closedError(publish));
    }
    const key = laneOf(publish);
    const lane = this.lanes.get(key);
    if (lane === undefined && this.firstBlocked === this.blocked.length && this.hasRoom(publish.payload.length)) {
      this.lanes.set(key, null);
      return this.run(publish);
    }
    return new Promise<void>((resolve, reject) => {
      const job = { publish, resolve, reject };
      this.waiting += 1;
      if (lane === undefined) {
        this.lanes.set(key, null);
        this.blocked.push(job);
      } else if (lane === null) this.lanes.set(key, { jobs: [job], next: 0 });
      else lane.jobs.push(job);
    });
  }

  /** Sends messages that a tamper had held back; their devices were answered long ago, so failures only count. */
  async sendReleased(messages: readonly MqMessage[]): Promise<void> {
    if (messages.length === 0) return;
    this.inFlight += messages.length;
    const outcomes = await Promise.allSettled(messages.map((message) => this.options.producer.send(message)));
    this.inFlight -= messages.length;
    for (const outcome of outcomes) if (outcome.status === 'rejected') this.failed += 1;
    this.settled();
  }

  /** From now on nothing is accepted; resolves when what was accepted before is settled. */
  drain(): Promise<void> {
    this.closing = true;
    return new Promise((resolve) => {
      this.idle = resolve;
      this.settled();
    });
  }

  /** Refuses what has not been handed to the engine. Returns how many messages were left: those, and those without an answer. */
  abandon(): number {
    this.closing = true;
    const left = this.inFlight + this.waiting;
    const jobs = this.blocked.slice(this.firstBlocked);
    for (const lane of this.lanes.values()) if (lane !== null) jobs.push(...lane.jobs.slice(lane.next));
    this.blocked = [];
    this.firstBlocked = 0;
    this.lanes.clear();
    for (const job of jobs) this.refuse(job, closedError(job.publish));
    return left;
  }

  stats(): BridgeStats['up'] {
    const { received, stored, failed, inFlight, inFlightBytes, waiting } = this;
    return { received, stored, failed, inFlight, inFlightBytes, waiting };
  }

  /** A message larger than the whole bound goes alone instead of never. */
  private hasRoom(bytes: number): boolean {
    if (this.inFlight === 0) return true;
    return this.inFlight < this.options.maxMessages && this.inFlightBytes + bytes <= this.options.maxBytes;
  }

  /** Sends the first of a lane, mostly the only one. The caller has entered the client in `lanes` and seen that there is room. */
  private async run(publish: UpPublish): Promise<void> {
    let goOn = true;
    this.begin(publish);
    try {
      this.succeeded(publish, await this.transmit(publish));
    } catch (error) {
      this.fail(error);
      goOn = !comesAgain(publish, error);
      throw error;
    } finally {
      this.end(publish);
      const next = this.leaveLane(publish, goOn);
      if (next !== undefined) void this.runLane(next);
      this.admitBlocked();
      this.settled();
    }
  }

  /** Sends a message that had to wait, and then as many behind it in its lane as there is room for. */
  private async runLane(first: Job): Promise<void> {
    for (let job: Job | undefined = first; job !== undefined; ) {
      const { publish } = job;
      let goOn = true;
      this.waiting -= 1;
      this.begin(publish);
      try {
        this.succeeded(publish, await this.transmit(publish));
        job.resolve();
      } catch (error) {
        this.fail(error);
        goOn = !comesAgain(publish, error);
        job.reject(error);
      }
      this.end(publish);
      job = this.leaveLane(publish, goOn);
      this.admitBlocked();
      this.settled();
    }
  }

  private begin(publish: UpPublish): void {
    this.inFlight += 1;
    this.inFlightBytes += publish.payload.length;
  }

  private succeeded(publish: UpPublish, outcome: unknown): void {
    if (outcome === NOTHING_SENT) return;
    this.stored += 1;
    this.options.observer?.upStored?.(publish, this.options.now());
  }

  /** Counts each; tells the first of a kind, whichever message it was. */
  private fail(error: unknown): void {
    this.failed += 1;
    const kind = error instanceof CausewayError ? `${error.code} ${error.details.reason ?? ''}` : String(error);
    if (!this.news.is(kind)) return;
    const why = error instanceof Error ? error.message : String(error);
    this.options.onEvent?.({ kind: 'mq', text: `a message of a device was not stored: ${why}` });
  }

  private end(publish: UpPublish): void {
    this.inFlight -= 1;
    this.inFlightBytes -= publish.payload.length;
  }

  /** Not an async function: one promise less per message. Settles as the engine does, or with NOTHING_SENT where the tamper dropped it. */
  private transmit(publish: UpPublish): Promise<unknown> {
    const { producer, mapUp, mapping, tamper } = this.options;
    const mapped = mapUp(publish, mapping);
    if (!mapped.ok) {
      const { topic } = publish;
      const details = { topic, clientId: senderOf(publish), reason: REASONS[mapped.reason] };
      return Promise.reject(new CausewayError('bridge.refused', details));
    }
    if (tamper?.up === undefined) return producer.send(mapped.message);
    const messages = tamper.up(mapped.message);
    if (messages.length === 0) return NOTHING;
    return Promise.all(messages.map((message) => producer.send(message)));
  }

  /** Gives the lane to its next message and returns it if there is room at once; not to `goOn` refuses the whole lane. */
  private leaveLane(publish: UpPublish, goOn: boolean): Job | undefined {
    const key = laneOf(publish);
    const lane = this.lanes.get(key);
    if (lane === undefined) return undefined; // abandoned
    if (lane === null || lane.next === lane.jobs.length) {
      this.lanes.delete(key);
      return undefined;
    }
    if (!goOn) {
      this.lanes.delete(key);
      for (const job of lane.jobs.slice(lane.next)) {
        const details = { topic: job.publish.topic, clientId: senderOf(job.publish) };
        this.refuse(job, new CausewayError('bridge.predecessor-failed', details));
      }
      return undefined;
    }
    const job = lane.jobs[lane.next]!;
    lane.next += 1;
    if (lane.next > 1024 && lane.next * 2 > lane.jobs.length) {
      lane.jobs.splice(0, lane.next);
      lane.next = 0;
    }
    if (this.firstBlocked === this.blocked.length && this.hasRoom(job.publish.payload.length)) return job;
    // Behind those of other clients that wait for room already: fair, and the lane keeps its own order.
    this.blocked.push(job);
    return undefined;
  }

  private admitBlocked(): void {
    if (this.blocked.length === 0) return;
    while (this.firstBlocked < this.blocked.length) {
      const job = this.blocked[this.firstBlocked]!;
      if (!this.hasRoom(job.publish.payload.length)) {
        this.forgetAdmitted();
        return;
      }
      this.firstBlocked += 1;
      void this.runLane(job);
    }
    this.blocked = [];
    this.firstBlocked = 0;
  }

  /** Under lasting overload the queue never runs empty: its used-up front is cut off now and then (amortised O(1) a message). */
  private forgetAdmitted(): void {
    if (this.firstBlocked < 1024 || this.firstBlocked * 2 < this.blocked.length) return;
    this.blocked = this.blocked.slice(this.firstBlocked);
    this.firstBlocked = 0;
  }

  private refuse(job: Job, error: CausewayError): void {
    this.waiting -= 1;
    this.failed += 1;
    job.reject(error);
  }

  private settled(): void {
    if (this.idle !== undefined && this.inFlight === 0 && this.waiting === 0) this.idle();
  }
}

/** Will a message that failed be sent again? Of a broker outside only one that MQ can store. */
const comesAgain = ({ qos, will, clientId }: UpPublish, error: unknown): boolean =>
  qos > 0 && !will && !(clientId === undefined && isUnstorable(error));

const closedError = (publish: UpPublish): CausewayError =>
  new CausewayError('bridge.closed', { topic: publish.topic, clientId: senderOf(publish) });

/** What keeps its order among itself: the messages of a client, or of a topic where the client is not known. The same as their ordering key in MQ. */
const laneOf = (publish: UpPublish): string => publish.clientId ?? publish.topic;
const senderOf = (publish: UpPublish): string => publish.clientId ?? 'an unknown client';
