/**
 * The way up: device messages into the MQ engine, bounded and in order.
 *
 * Order when a send fails. The engine keeps call order per key, but a failed send followed by a successful one would
 * store the second message alone; the device, closed without acknowledgement, would then send the first again, behind
 * it. A message once handed to the engine cannot be called back, so the next message of a client is handed over only
 * when the one before it is stored (one lane per client, working on one message at a time). When one fails, those that
 * wait behind it in the lane are refused as well: their device sends all of them again, in their old order
 * [MQTT-4.6.0-1]. What arrives after that is a new attempt and starts a new lane. The price is one engine round trip
 * per message of one client, never across clients; a gateway that waits for each answer anyway pays nothing.
 */
import type { Clock } from '../clock.ts';
import type { UpPublish } from '../gateway/types.ts';
import { REASONS } from '../mapping/reasons.ts';
import { mapUp, type UpOptions } from '../mapping/up.ts';
import type { MqMessage, MqProducer } from '../mq/engine.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { BridgeStats, PathObserver, Tamper } from './types.ts';

export interface UpPathOptions {
  readonly producer: MqProducer;
  readonly topics: ReadonlySet<string>;
  readonly mapping: UpOptions;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly observer: PathObserver | undefined;
  readonly tamper: Tamper | undefined;
  readonly now: Clock;
}

interface Job {
  readonly publish: UpPublish;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const DONE: Promise<void> = Promise.resolve();
const NOTHING_SENT = Symbol('nothing sent');
const NOTHING = Promise.resolve(NOTHING_SENT);

/** Device messages on their way to the engine. */
export class UpPath {
  private readonly options: UpPathOptions;
  /** A client with a message under way, and what waits behind it (null: nothing). */
  private readonly lanes = new Map<string, Job[] | null>();
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
    const lane = this.lanes.get(publish.clientId);
    if (lane === undefined && this.firstBlocked === this.blocked.length && this.hasRoom(publish.payload.length)) {
      this.lanes.set(publish.clientId, null);
      return this.run(publish);
    }
    return new Promise<void>((resolve, reject) => {
      const job = { publish, resolve, reject };
      this.waiting += 1;
      if (lane === undefined) {
        this.lanes.set(publish.clientId, null);
        this.blocked.push(job);
      } else if (lane === null) this.lanes.set(publish.clientId, [job]);
      else lane.push(job);
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
    for (const lane of this.lanes.values()) if (lane !== null) jobs.push(...lane);
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

  /** The caller has entered the client in `lanes` and seen that there is room. */
  private async run(publish: UpPublish): Promise<void> {
    const bytes = publish.payload.length;
    this.inFlight += 1;
    this.inFlightBytes += bytes;
    let ok = false;
    try {
      if ((await this.transmit(publish)) !== NOTHING_SENT) {
        this.stored += 1;
        this.options.observer?.upStored?.(publish, this.options.now());
      }
      ok = true;
    } finally {
      this.inFlight -= 1;
      this.inFlightBytes -= bytes;
      if (!ok) this.failed += 1;
      this.leaveLane(publish, ok);
      this.admitBlocked();
      this.settled();
    }
  }

  /** Not an async function: one promise less per message. Settles as the engine does, or with NOTHING_SENT where the tamper dropped it. */
  private transmit(publish: UpPublish): Promise<unknown> {
    const { producer, mapping, tamper } = this.options;
    const mapped = mapUp(publish, mapping);
    if (!mapped.ok) {
      const { topic, clientId } = publish;
      return Promise.reject(new CausewayError('bridge.refused', { topic, clientId, reason: REASONS[mapped.reason] }));
    }
    if (tamper?.up === undefined) return producer.send(mapped.message);
    const messages = tamper.up(mapped.message);
    if (messages.length === 0) return NOTHING;
    return Promise.all(messages.map((message) => producer.send(message)));
  }

  private leaveLane(publish: UpPublish, ok: boolean): void {
    const { clientId } = publish;
    const lane = this.lanes.get(clientId);
    if (lane === undefined) return; // abandoned
    if (lane === null || lane.length === 0) {
      this.lanes.delete(clientId);
      return;
    }
    if (!ok) {
      this.lanes.delete(clientId);
      for (const job of lane) {
        this.refuse(job, new CausewayError('bridge.predecessor-failed', { topic: job.publish.topic, clientId }));
      }
      return;
    }
    // Behind those of other clients that wait for room already: fair, and the lane keeps its own order.
    this.blocked.push(lane.shift()!);
  }

  private admitBlocked(): void {
    while (this.firstBlocked < this.blocked.length) {
      const job = this.blocked[this.firstBlocked]!;
      if (!this.hasRoom(job.publish.payload.length)) {
        this.forgetAdmitted();
        return;
      }
      this.firstBlocked += 1;
      this.waiting -= 1;
      this.run(job.publish).then(job.resolve, job.reject);
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

const closedError = (publish: UpPublish): CausewayError =>
  new CausewayError('bridge.closed', { topic: publish.topic, clientId: publish.clientId });
