/** One consumer of a group: what it may hold, what it holds, and what becomes of what it refuses or forgets. */
import type { Clock } from '../../clock.ts';
import { CausewayError } from '../../protocol/errors.ts';
import type { MqConsumerSpec, MqDelivery } from '../engine.ts';
import { type Cursor, Pending } from './cursor.ts';
import { withCount } from './delivery.ts';
import { compileFilter, type Matches } from './filter.ts';
import type { Timetable } from './timetable.ts';

/** Returned by a sink that will answer later through `acknowledge` and `refuse` with the ticket it was given. */
export const LATER = Symbol('answered later');

/** Where a member's messages go: the handler of this process, or a connection. */
export type MemberSink = (delivery: MqDelivery, ticket: number) => void | Promise<void> | typeof LATER;

/** What a member needs from the broker around it. */
export interface MemberHost {
  readonly clock: Clock;
  readonly wallClock: () => number;
  readonly timetable: Timetable;
  /** Asks for `pump` to be called soon. */
  enqueue(member: Member): void;
  /** Stores a message in the group's dead-letter topic. */
  deadLetter(group: string, delivery: MqDelivery, reason: string, done: (error: Error | undefined) => void): void;
}

/** A delivery waiting for its answer. */
class InFlight {
  readonly ticket: number;
  readonly cursor: Cursor;
  readonly delivery: MqDelivery;
  readonly attempt: number;
  readonly holdsKey: boolean;
  readonly deadlineUs: number;

  constructor(ticket: number, cursor: Cursor, delivery: MqDelivery, attempt: number, holdsKey: boolean, deadlineUs: number) {
    this.ticket = ticket;
    this.cursor = cursor;
    this.delivery = delivery;
    this.attempt = attempt;
    this.holdsKey = holdsKey;
    this.deadlineUs = deadlineUs;
  }
}

/** Characters of a refusal's reason kept in the dead letter. */
const MAX_REASON = 1000;

const DEFAULTS = { prefetch: 256, visibilityMs: 30_000, maxDeliveries: 16, retryDelayMs: 100 } as const;

/** @throws CausewayError input.argument naming the wrong part of a consumer's specification */
export function checkConsumerSpec(spec: MqConsumerSpec): void {
  const bad = (argument: string, value: unknown, expected: string): never => {
    throw new CausewayError('input.argument', {
      argument: `consumer ${argument}`,
      value: String(value),
      reason: 'out of range',
      expected,
    });
  };
  if (typeof spec.group !== 'string' || spec.group.length === 0 || spec.group.length > 200)
    bad('group', spec.group, 'a text of 1 to 200 characters');
  if (!Array.isArray(spec.topics) || spec.topics.length === 0) bad('topics', spec.topics, 'at least one topic');
  if (spec.mode !== 'clustering' && spec.mode !== 'broadcasting') bad('mode', spec.mode, 'clustering or broadcasting');
  for (const name of ['prefetch', 'visibilityMs', 'maxDeliveries'] as const) {
    const value = spec[name];
    if (value !== undefined && !(Number.isFinite(value) && value >= 1)) bad(name, value, 'a number of at least 1');
  }
  if (spec.retryDelayMs !== undefined && !(Number.isFinite(spec.retryDelayMs) && spec.retryDelayMs >= 0))
    bad('retryDelayMs', spec.retryDelayMs, 'a number of at least 0');
}

export class Member {
  readonly host: MemberHost;
  readonly group: string;
  readonly topics: readonly string[];
  readonly broadcasting: boolean;
  readonly ordered: boolean;
  readonly from: 'latest' | 'earliest';
  readonly matches: Matches | undefined;
  cursors: Cursor[] = [];
  /** Already waiting to be pumped. */
  queued = false;
  readonly #sink: MemberSink;
  readonly #prefetch: number;
  readonly #visibilityUs: number;
  readonly #maxDeliveries: number;
  readonly #retryDelayUs: number;
  /** By ticket, and so in order of delivery and of deadline: the first entry is the next to expire. */
  readonly #inFlight = new Map<number, InFlight>();
  #ticket = 0;
  #turn = 0;
  #closing = false;
  #drained: (() => void)[] = [];
  #expiry: NodeJS.Timeout | undefined;

  constructor(host: MemberHost, spec: MqConsumerSpec, sink: MemberSink) {
    this.host = host;
    this.group = spec.group;
    this.topics = [...new Set(spec.topics)].sort();
    this.broadcasting = spec.mode === 'broadcasting';
    this.ordered = spec.ordered;
    this.from = spec.from ?? 'latest';
    this.matches = compileFilter(spec.filter);
    this.#sink = sink;
    this.#prefetch = spec.prefetch ?? DEFAULTS.prefetch;
    this.#visibilityUs = (spec.visibilityMs ?? DEFAULTS.visibilityMs) * 1000;
    this.#maxDeliveries = spec.maxDeliveries ?? DEFAULTS.maxDeliveries;
    this.#retryDelayUs = (spec.retryDelayMs ?? DEFAULTS.retryDelayMs) * 1000;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  wake(): void {
    if (!this.queued && !this.#closing && this.#inFlight.size < this.#prefetch) this.host.enqueue(this);
  }

  /** Delivers up to `budget` messages; true when there may be more to do at once. */
  pump(budget: number): boolean {
    let idle = 0;
    this.#turn += 1;
    while (budget > 0) {
      // Looked at each time: a handler may close this consumer, or make another, which takes partitions away.
      const cursors = this.cursors;
      if (idle >= cursors.length || this.#closing || this.#inFlight.size >= this.#prefetch) return false;
      if (this.#turn >= cursors.length) this.#turn = 0;
      // A partition keeps its turn while it has something: reading back from files then goes in file order.
      if (cursors[this.#turn]!.deliverNext(this)) {
        idle = 0;
        budget -= 1;
      } else {
        idle += 1;
        this.#turn += 1;
      }
    }
    return true;
  }

  /** Hands one message to the sink. A handler that returns at once costs neither a promise nor an entry. */
  deliver(cursor: Cursor, delivery: MqDelivery, attempt: number, holdsKey: boolean): void {
    if (attempt > 1) cursor.counters.redelivered += 1;
    // Tickets travel as 32 bits; at 60,000/s they come round after 20 hours.
    this.#ticket = this.#ticket === 0xffffffff ? 1 : this.#ticket + 1;
    const ticket = this.#ticket;
    const key = delivery.key;
    let outcome: ReturnType<MemberSink>;
    try {
      outcome = this.#sink(withCount(delivery, attempt), ticket);
    } catch (error) {
      const holds = holdsKey || this.#closeKey(cursor, key);
      this.#again(cursor, delivery, attempt, holds, reasonOf(error), this.#retryDelayUs);
      return;
    }
    if (outcome === undefined) {
      cursor.settle(delivery.offset, key, holdsKey);
      return;
    }
    const holds = holdsKey || this.#closeKey(cursor, key);
    this.#inFlight.set(ticket, new InFlight(ticket, cursor, delivery, attempt, holds, this.host.clock() + this.#visibilityUs));
    cursor.inFlight += 1;
    if (this.#expiry === undefined) this.#armExpiry();
    if (outcome !== LATER) {
      outcome.then(
        () => this.acknowledge(ticket),
        (error: unknown) => this.refuse(ticket, reasonOf(error)),
      );
    }
  }

  /** Settles a delivery. A ticket that has expired is ignored: the message is already on its way again. */
  acknowledge(ticket: number): void {
    const entry = this.#take(ticket);
    if (entry === undefined) return;
    entry.cursor.settle(entry.delivery.offset, entry.delivery.key, entry.holdsKey);
    this.#afterAnswer();
  }

  /** Asks for redelivery after the retry delay. */
  refuse(ticket: number, reason: string): void {
    const entry = this.#take(ticket);
    if (entry === undefined) return;
    this.#again(entry.cursor, entry.delivery, entry.attempt, entry.holdsKey, reason, this.#retryDelayUs);
    this.#afterAnswer();
  }

  /** Gives a delivery back as if it had never been made: no handler has seen it. */
  release(ticket: number): void {
    const entry = this.#take(ticket);
    if (entry === undefined) return;
    new Pending(entry.cursor, entry.delivery, entry.delivery.offset, entry.attempt, entry.holdsKey, 0).due();
    this.#afterAnswer();
  }

  /** Stops taking messages; resolves when everything held is answered or has expired. */
  drain(): Promise<void> {
    this.#closing = true;
    if (this.#inFlight.size === 0) {
      this.#stopExpiry();
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** The member is gone without answering. `seen`: its handlers may have had the messages, so the delivery counts. */
  abandon(seen: boolean): void {
    this.#closing = true;
    for (const ticket of [...this.#inFlight.keys()]) {
      if (!seen) {
        this.release(ticket);
        continue;
      }
      const entry = this.#take(ticket)!;
      this.#again(entry.cursor, entry.delivery, entry.attempt, entry.holdsKey, 'the consumer was lost', 0);
    }
    this.#afterAnswer();
  }

  #closeKey(cursor: Cursor, key: string | undefined): boolean {
    if (!this.ordered || key === undefined) return false;
    cursor.close(key);
    return true;
  }

  #take(ticket: number): InFlight | undefined {
    const entry = this.#inFlight.get(ticket);
    if (entry === undefined) return undefined;
    this.#inFlight.delete(ticket);
    entry.cursor.inFlight -= 1;
    return entry;
  }

  #afterAnswer(): void {
    if (!this.#closing) {
      this.wake();
      return;
    }
    if (this.#inFlight.size > 0) return;
    this.#stopExpiry();
    const drained = this.#drained;
    this.#drained = [];
    for (const resolve of drained) resolve();
  }

  /** Delivers again after `delayUs`, or gives the message up to the dead-letter topic. */
  #again(cursor: Cursor, delivery: MqDelivery, attempt: number, holdsKey: boolean, reason: string, delayUs: number): void {
    const { host } = this;
    if (attempt < this.#maxDeliveries) {
      const pending = new Pending(cursor, delivery, delivery.offset, attempt + 1, holdsKey, host.clock() + delayUs);
      if (delayUs === 0) pending.due();
      else host.timetable.add(pending);
      return;
    }
    host.deadLetter(this.group, delivery, reason, (error) => {
      if (error !== undefined) {
        // Not stored there, so it must not be given up here.
        host.timetable.add(
          new Pending(cursor, delivery, delivery.offset, attempt, holdsKey, host.clock() + Math.max(delayUs, 100_000)),
        );
        return;
      }
      cursor.counters.deadLettered += 1;
      cursor.settle(delivery.offset, delivery.key, holdsKey);
    });
  }

  #armExpiry(): void {
    const next = this.#inFlight.values().next().value;
    if (next === undefined) {
      this.#expiry = undefined;
      return;
    }
    const ms = Math.min(2 ** 31 - 1, Math.max(1, Math.ceil((next.deadlineUs - this.host.clock()) / 1000)));
    this.#expiry = setTimeout(this.#expire, ms);
    // The timer outlives what it was armed for (answers do not re-arm it): it must not keep a finished process alive.
    this.#expiry.unref();
  }

  #stopExpiry(): void {
    clearTimeout(this.#expiry);
    this.#expiry = undefined;
  }

  readonly #expire = (): void => {
    const now = this.host.clock();
    for (const entry of this.#inFlight.values()) {
      if (entry.deadlineUs > now) break;
      this.#take(entry.ticket);
      const reason = `not acknowledged within ${this.#visibilityUs / 1000} ms`;
      this.#again(entry.cursor, entry.delivery, entry.attempt, entry.holdsKey, reason, 0);
    }
    this.#armExpiry();
    this.#afterAnswer();
  };
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON);
}
