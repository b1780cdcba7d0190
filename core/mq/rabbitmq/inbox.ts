/**
 * What a consumer has been given and has not settled. RabbitMQ gives a message to one consumer at a time and takes it back
 * when that one goes; the rest is done here, on the client's side: how many messages a handler may hold, one at a time
 * of each key, redelivery after a pause and with a count, giving up into the dead-letter topic. Knows no client library.
 */
import type { Clock } from '../../clock.ts';
import { Deque } from '../embedded/deque.ts';
import { compileFilter, type Matches } from '../embedded/filter.ts';
import type { MqConsumerSpec, MqDelivery, MqHandler } from '../engine.ts';

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

/** Where messages come from and are acknowledged: one partition's queue, from one opening of its channel to the end of it. */
export class Source {
  readonly acknowledge: (tag: number) => void;
  /** Keys with a message on its way, and what waits behind it. */
  readonly keys = new Map<string, Deque<Entry> | undefined>();
  /** Messages with the handler, or on their way to the dead letters. */
  busy = 0;
  /** Nothing new is begun any more. */
  ending = false;
  whenIdle: (() => void)[] = [];

  constructor(acknowledge: (tag: number) => void) {
    this.acknowledge = acknowledge;
  }
}

class Entry {
  readonly source: Source;
  readonly tag: number;
  readonly delivery: MqDelivery;
  attempt = 0;
  /** When it expires if it is with the handler, when it is due if it waits. */
  atUs = 0;
  /** Why it is given up, once it is: only the dead-letter topic has to take it yet. */
  reason: string | undefined;

  constructor(source: Source, tag: number, delivery: MqDelivery) {
    this.source = source;
    this.tag = tag;
    this.delivery = delivery;
  }
}

export class Inbox {
  readonly #options: InboxOptions;
  readonly #matches: Matches | undefined;
  readonly #prefetch: number;
  readonly #visibilityUs: number;
  readonly #maxDeliveries: number;
  readonly #retryDelayUs: number;
  readonly #ready = new Deque<Entry>();
  /** In order of their times: the delay is the same for all. */
  readonly #waiting = new Deque<Entry>();
  /** With the handler, in order of their deadlines. */
  readonly #flying = new Set<Entry>();
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
  }

  get prefetch(): number {
    return this.#prefetch;
  }

  /** `tag`: what the source acknowledges it by. */
  take(source: Source, tag: number, delivery: MqDelivery): void {
    if (source.ending) return;
    if (this.#matches !== undefined && !this.#matches(delivery)) {
      source.acknowledge(tag);
      return;
    }
    const entry = new Entry(source, tag, delivery);
    const { key } = delivery;
    if (this.#options.spec.ordered && key !== undefined) {
      if (source.keys.has(key)) {
        let behind = source.keys.get(key);
        if (behind === undefined) {
          behind = new Deque();
          source.keys.set(key, behind);
        }
        behind.push(entry);
        return;
      }
      source.keys.set(key, undefined);
    }
    this.#ready.push(entry);
    this.#pump();
  }

  /**
   * Begins nothing new of a source; resolves when what handlers had of it is answered or has run out of time. What is
   * left is not acknowledged: the broker gives it to the next.
   */
  end(source: Source): Promise<void> {
    source.ending = true;
    if (source.busy === 0) return Promise.resolve();
    return new Promise((resolve) => source.whenIdle.push(resolve));
  }

  /** Nothing is to come any more. */
  close(): void {
    clearTimeout(this.#timer);
    if (this.#again !== undefined) clearImmediate(this.#again);
    this.#waiting.clear();
    this.#ready.clear();
  }

  #pump(): void {
    let budget = PUMP_BUDGET;
    while (this.#ready.length > 0 && this.#flying.size < this.#prefetch) {
      if (budget === 0) {
        this.#again ??= setImmediate(() => {
          this.#again = undefined;
          this.#pump();
        });
        return;
      }
      const entry = this.#ready.shift()!;
      if (entry.source.ending) continue;
      budget -= 1;
      this.#deliver(entry);
    }
  }

  #deliver(entry: Entry): void {
    entry.attempt += 1;
    const { source, delivery, attempt } = entry;
    source.busy += 1;
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
    // Too late: it has run out of time, and is delivered again.
    if (entry.attempt !== attempt || !this.#flying.delete(entry)) return;
    if (refusal === undefined) this.#settle(entry);
    else this.#refused(entry, refusal);
    this.#pump();
  }

  #settle(entry: Entry): void {
    const { source, delivery, tag } = entry;
    source.acknowledge(tag);
    const { key } = delivery;
    if (this.#options.spec.ordered && key !== undefined) {
      const next = source.keys.get(key)?.shift();
      if (next === undefined) source.keys.delete(key);
      else this.#ready.push(next);
    }
    this.#idle(source);
  }

  #refused(entry: Entry, reason: string): void {
    if (entry.attempt >= this.#maxDeliveries) {
      entry.reason = reason;
      this.#bury(entry);
    } else this.#wait(entry);
  }

  #wait(entry: Entry): void {
    this.#idle(entry.source);
    entry.atUs = this.#options.clock() + this.#retryDelayUs;
    this.#waiting.push(entry);
    this.#arm();
  }

  /** Counts as busy until the dead letter is stored. */
  #bury(entry: Entry): void {
    this.#options.deadLetter(entry.delivery, entry.reason!.slice(0, MAX_REASON)).then(
      () => {
        this.#settle(entry);
        this.#pump();
      },
      () => this.#wait(entry),
    );
  }

  #idle(source: Source): void {
    source.busy -= 1;
    if (source.busy > 0 || source.whenIdle.length === 0) return;
    const waiting = source.whenIdle;
    source.whenIdle = [];
    for (const resolve of waiting) resolve();
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
      if (entry.reason === undefined || entry.source.ending) this.#ready.push(entry);
      else {
        entry.source.busy += 1;
        this.#bury(entry);
      }
    }
    for (const entry of this.#flying) {
      if (entry.atUs > now) break;
      this.#flying.delete(entry);
      if (entry.attempt >= this.#maxDeliveries) {
        entry.reason = `not acknowledged within ${this.#visibilityUs / 1000} ms`;
        this.#bury(entry);
      } else {
        this.#idle(entry.source);
        this.#ready.push(entry);
      }
    }
    this.#arm();
    this.#pump();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
