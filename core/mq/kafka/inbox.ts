/**
 * What a consumer has fetched and not yet settled. Kafka knows one number per partition, the offset below which all is
 * done; everything else the lab asks of a consumer is kept here, on the client's side: how many messages a handler may
 * hold, one at a time of each key, redelivery with a count, giving up into the dead-letter topic. Knows no client library.
 */
import type { Clock } from '../../clock.ts';
import { Deque } from '../embedded/deque.ts';
import { compileFilter, type Matches } from '../embedded/filter.ts';
import type { MqConsumerSpec, MqDelivery, MqHandler } from '../engine.ts';
import { Entry, Place } from './place.ts';
import { recordBytes } from './records.ts';

/** Fetched and not settled, at most: beyond it fetching waits. */
const HELD_BYTES = 32 * 1024 * 1024;
const HELD_MESSAGES = 1_024;
/** Deliveries in one go before other things of the thread get their turn. */
const PUMP_BUDGET = 200;
/** Characters of a refusal's reason kept in the dead letter. */
const MAX_REASON = 1_000;

export interface InboxOptions {
  readonly spec: MqConsumerSpec;
  readonly handler: MqHandler;
  /** Stores a dead letter. */
  readonly deadLetter: (delivery: MqDelivery, reason: string) => Promise<void>;
  /** Microseconds. */
  readonly clock: Clock;
}

export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export class Inbox {
  readonly #options: InboxOptions;
  readonly #matches: Matches | undefined;
  readonly #prefetch: number;
  readonly #visibilityUs: number;
  readonly #maxDeliveries: number;
  readonly #retryDelayUs: number;
  readonly #most: number;
  #places = new Map<string, Place[]>();
  readonly #ready = new Deque<Entry>();
  /** In order of their times: the delay is the same for all. */
  readonly #waiting = new Deque<Entry>();
  /** With the handler, in order of their deadlines. */
  readonly #flying = new Set<Entry>();
  #burying = 0;
  #held = 0;
  #heldBytes = 0;
  #epoch = 0;
  #draining = false;
  #withoutRetries = false;
  #quiet: (() => void)[] = [];
  #room: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #timerUs = 0;
  #again: NodeJS.Immediate | undefined;

  constructor(options: InboxOptions) {
    const { spec } = options;
    this.#options = options;
    this.#matches = compileFilter(spec.filter);
    this.#prefetch = spec.prefetch ?? 256;
    this.#visibilityUs = (spec.visibilityMs ?? 30_000) * 1000;
    this.#maxDeliveries = spec.maxDeliveries ?? 16;
    this.#retryDelayUs = (spec.retryDelayMs ?? 100) * 1000;
    this.#most = Math.max(HELD_MESSAGES, 2 * this.#prefetch);
  }

  /** More may be fetched. */
  get hasRoom(): boolean {
    return this.#held < this.#most && this.#heldBytes < HELD_BYTES;
  }

  /** Resolves when there is room, or after `timeoutMs`. */
  roomWithin(timeoutMs: number): Promise<void> {
    if (this.hasRoom) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#room.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  isOpen(topic: string, partition: number): boolean {
    return this.#places.get(topic)?.[partition] !== undefined;
  }

  /** A partition of which everything below `offset` is settled. */
  open(topic: string, partition: number, offset: number): void {
    let places = this.#places.get(topic);
    if (places === undefined) {
      places = [];
      this.#places.set(topic, places);
    }
    places[partition] = new Place(topic, partition, offset);
  }

  /** Takes a message of an opened partition; `pump` afterwards. One taken before is ignored. */
  take(delivery: MqDelivery): void {
    const place = this.#places.get(delivery.topic)?.[delivery.partition];
    if (place === undefined || delivery.offset < place.next) return;
    this.#skipGap(place, delivery.offset);
    place.next = delivery.offset + 1;
    if (this.#matches !== undefined && !this.#matches(delivery)) {
      place.window.settle(delivery.offset);
      return;
    }
    const entry = new Entry(place, delivery, recordBytes(delivery));
    this.#held += 1;
    this.#heldBytes += entry.bytes;
    const { key } = delivery;
    if (this.#options.spec.ordered && key !== undefined) {
      if (place.lanes.has(key)) {
        let lane = place.lanes.get(key);
        if (lane === undefined) {
          lane = new Deque();
          place.lanes.set(key, lane);
        }
        lane.push(entry);
        return;
      }
      place.lanes.set(key, undefined);
    }
    this.#ready.push(entry);
  }

  /** Offsets that no message bears: transaction marks, compacted records, what retention took. They count as settled. */
  #skipGap(place: Place, offset: number): void {
    if (place.window.committed === place.next) place.window.skipTo(offset);
    else for (let gap = place.next; gap < offset; gap += 1) place.window.settle(gap);
  }

  /** Hands out what may be handed out. */
  pump(): void {
    let budget = PUMP_BUDGET;
    while (this.#ready.length > 0 && this.#flying.size < this.#prefetch) {
      if (budget === 0) {
        this.#again ??= setImmediate(() => {
          this.#again = undefined;
          this.pump();
        });
        return;
      }
      const entry = this.#ready.shift()!;
      // Draining fills the gaps below what has been delivered already, and begins nothing new above: the offset that
      // can be committed is then just behind the last message delivered.
      if (this.#draining && entry.attempt === 0 && entry.delivery.offset > entry.place.highest) continue;
      budget -= 1;
      this.#deliver(entry);
    }
    this.#lookQuiet();
  }

  /** What the broker has not been told yet: per partition the offset below which all is settled. */
  progress(): PartitionOffset[] {
    const progress: PartitionOffset[] = [];
    for (const places of this.#places.values()) {
      for (const place of places) {
        // Partitions given to other members leave holes.
        if (place === undefined) continue;
        const offset = place.window.committed;
        if (offset > place.committed) progress.push({ topic: place.topic, partition: place.partition, offset });
      }
    }
    return progress;
  }

  committed(offsets: readonly PartitionOffset[]): void {
    for (const { topic, partition, offset } of offsets) {
      const place = this.#places.get(topic)?.[partition];
      if (place !== undefined) place.committed = Math.max(place.committed, offset);
    }
  }

  /**
   * Begins nothing new and resolves when handlers under way have answered or have run out of time; at most after
   * `limitMs`. Messages waiting to be delivered again get `retriesMs` for it. Until `reset`, nothing is delivered.
   */
  async drain(limitMs: number, retriesMs: number): Promise<void> {
    this.#draining = true;
    const timers = [
      setTimeout(() => {
        this.#withoutRetries = true;
        this.#lookQuiet();
      }, retriesMs),
    ];
    const quiet = new Promise<void>((resolve) => {
      this.#quiet.push(resolve);
      if (Number.isFinite(limitMs)) timers.push(setTimeout(resolve, limitMs));
    });
    this.pump();
    await quiet;
    for (const timer of timers) clearTimeout(timer);
  }

  /** Forgets everything: the partitions are given out anew. Answers to what was delivered before count no more. */
  reset(): void {
    this.#epoch += 1;
    this.#places = new Map();
    this.#ready.clear();
    this.#waiting.clear();
    this.#flying.clear();
    this.#burying = 0;
    this.#held = 0;
    this.#heldBytes = 0;
    this.#draining = false;
    this.#withoutRetries = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#giveRoom();
  }

  #deliver(entry: Entry): void {
    entry.attempt += 1;
    const { place, delivery, attempt } = entry;
    if (delivery.offset > place.highest) place.highest = delivery.offset;
    let outcome: ReturnType<MqHandler>;
    try {
      outcome = this.#options.handler(attempt === 1 ? delivery : { ...delivery, deliveryCount: attempt });
    } catch (error) {
      this.#refused(entry, reasonOf(error));
      return;
    }
    // A handler written as an expression may return anything: only a promise is an answer still to come.
    if (typeof outcome?.then !== 'function') {
      this.#settle(entry);
      return;
    }
    entry.atUs = this.#options.clock() + this.#visibilityUs;
    this.#flying.add(entry);
    this.#arm();
    outcome.then(
      () => this.#answered(entry, attempt, undefined),
      (error: unknown) => this.#answered(entry, attempt, reasonOf(error)),
    );
  }

  #answered(entry: Entry, attempt: number, refusal: string | undefined): void {
    // Too late: it has been delivered again, or the partition given out anew.
    if (entry.attempt !== attempt || !this.#flying.delete(entry)) return;
    if (refusal === undefined) this.#settle(entry);
    else this.#refused(entry, refusal);
    this.pump();
  }

  #settle(entry: Entry): void {
    const { place, delivery } = entry;
    place.window.settle(delivery.offset);
    this.#held -= 1;
    this.#heldBytes -= entry.bytes;
    const { key } = delivery;
    if (this.#options.spec.ordered && key !== undefined) {
      const next = place.lanes.get(key)?.shift();
      if (next === undefined) place.lanes.delete(key);
      else this.#ready.push(next);
    }
    if (this.#room.length > 0 && this.hasRoom) this.#giveRoom();
  }

  #refused(entry: Entry, reason: string): void {
    if (entry.attempt >= this.#maxDeliveries) {
      entry.reason = reason;
      this.#bury(entry);
    } else this.#wait(entry);
  }

  #wait(entry: Entry): void {
    entry.atUs = this.#options.clock() + this.#retryDelayUs;
    this.#waiting.push(entry);
    this.#arm();
  }

  #bury(entry: Entry): void {
    const epoch = this.#epoch;
    this.#burying += 1;
    const over = (stored: boolean): void => {
      if (epoch !== this.#epoch) return;
      this.#burying -= 1;
      if (stored) this.#settle(entry);
      else this.#wait(entry);
      this.pump();
    };
    this.#options.deadLetter(entry.delivery, entry.reason!.slice(0, MAX_REASON)).then(
      () => over(true),
      () => over(false),
    );
  }

  /** One timer for both queues, set for whichever is first; most deliveries find it set. */
  #arm(): void {
    const waiting = this.#waiting.peek()?.atUs ?? Number.POSITIVE_INFINITY;
    const flying = this.#flying.values().next().value?.atUs ?? Number.POSITIVE_INFINITY;
    const atUs = Math.min(waiting, flying);
    if (atUs === Number.POSITIVE_INFINITY || (this.#timer !== undefined && this.#timerUs <= atUs)) return;
    clearTimeout(this.#timer);
    this.#timerUs = atUs;
    const ms = Math.ceil((atUs - this.#options.clock()) / 1000);
    this.#timer = setTimeout(() => this.#tick(), Math.min(2 ** 31 - 1, Math.max(1, ms)));
  }

  #tick(): void {
    this.#timer = undefined;
    const now = this.#options.clock();
    for (let entry = this.#waiting.peek(); entry !== undefined && entry.atUs <= now; entry = this.#waiting.peek()) {
      this.#waiting.shift();
      if (entry.reason === undefined) this.#ready.push(entry);
      else this.#bury(entry);
    }
    for (const entry of this.#flying) {
      if (entry.atUs > now) break;
      this.#flying.delete(entry);
      if (entry.attempt >= this.#maxDeliveries) {
        entry.reason = `not acknowledged within ${this.#visibilityUs / 1000} ms`;
        this.#bury(entry);
      } else if (!this.#draining) this.#ready.push(entry);
    }
    this.#arm();
    this.pump();
  }

  #lookQuiet(): void {
    if (!this.#draining || this.#quiet.length === 0) return;
    if (this.#flying.size > 0 || this.#burying > 0 || this.#ready.length > 0) return;
    if (this.#waiting.length > 0 && !this.#withoutRetries) return;
    const quiet = this.#quiet;
    this.#quiet = [];
    for (const resolve of quiet) resolve();
  }

  #giveRoom(): void {
    const room = this.#room;
    this.#room = [];
    for (const resolve of room) resolve();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
