/**
 * How far a group (or a broadcasting member) has come in one partition. It decides what is delivered next; who gets
 * it is the owner, the member the partition is assigned to. Busy keys live here and not in the member, so that a
 * partition may move to another member at once: a key still being handled by the former owner stays closed.
 */
import type { MqDelivery } from '../engine.ts';
import { Deque } from './deque.ts';
import type { Member } from './member.ts';
import type { Partition, PartitionReader } from './partition.ts';
import { SettledWindow } from './settledWindow.ts';
import type { Timed } from './timetable.ts';

export interface CursorCounters {
  skipped: number;
  redelivered: number;
  deadLettered: number;
}

/** A message taken off the log and still to be delivered: a retry, a delayed one, or one that waited for its key. */
export class Pending implements Timed {
  readonly cursor: Cursor;
  readonly delivery: MqDelivery | undefined;
  readonly offset: number;
  readonly attempt: number;
  /** Its key is already closed for others on its behalf. */
  readonly holdsKey: boolean;
  dueUs: number;

  constructor(
    cursor: Cursor,
    delivery: MqDelivery | undefined,
    offset: number,
    attempt: number,
    holdsKey: boolean,
    dueUs: number,
  ) {
    this.cursor = cursor;
    this.delivery = delivery;
    this.offset = offset;
    this.attempt = attempt;
    this.holdsKey = holdsKey;
    this.dueUs = dueUs;
  }

  due(): void {
    this.cursor.ready.push(this);
    this.cursor.wake();
  }
}

/** Messages looked at in one call when a filter lets none pass, so that a long log cannot hold the event loop. */
const SCAN_LIMIT = 512;

export class Cursor implements PartitionReader {
  readonly partition: Partition;
  readonly window: SettledWindow;
  readonly counters: CursorCounters = { skipped: 0, redelivered: 0, deadLettered: 0 };
  readonly ready = new Deque<Pending>();
  owner: Member | undefined;
  inFlight = 0;
  /** Next offset of the log to look at. */
  #scan: number;
  /** Closed keys, with the offsets that wait behind each (none: null). */
  readonly #lanes = new Map<string, Deque<number> | null>();

  constructor(partition: Partition, from: number, settled: readonly (readonly [number, number])[] = []) {
    this.partition = partition;
    this.window = new SettledWindow(from);
    for (const [start, below] of settled) for (let offset = start; offset < below; offset += 1) this.window.settle(offset);
    this.#scan = this.window.committed;
    partition.readers.push(this);
  }

  get lag(): number {
    return Math.max(0, this.partition.visible - this.window.committed - this.window.ahead);
  }

  wake(): void {
    this.owner?.wake();
  }

  /** Detaches from the partition; nothing is delivered any more. */
  dispose(): void {
    this.owner = undefined;
    this.partition.readers = this.partition.readers.filter((reader) => reader !== this);
  }

  /** Hands the next message to `member`; false when there is nothing to do for now. */
  deliverNext(member: Member): boolean {
    for (let looked = 0; looked < SCAN_LIMIT; looked += 1) {
      const pending = this.ready.shift();
      if (pending !== undefined) {
        if (this.#deliverPending(member, pending)) return true;
        continue;
      }
      if (this.#scan < this.partition.first) this.#skipLost();
      if (this.#scan >= this.partition.visible) return false;
      const offset = this.#scan;
      this.#scan += 1;
      if (this.#deliverFromLog(member, offset)) return true;
    }
    return true;
  }

  /** The message needs no more delivery. */
  settle(offset: number, key: string | undefined, holdsKey: boolean): void {
    this.window.settle(offset);
    if (holdsKey && key !== undefined) this.#release(key);
  }

  /** Closes a key, so that its next messages wait. */
  close(key: string): void {
    if (!this.#lanes.has(key)) this.#lanes.set(key, null);
  }

  #deliverFromLog(member: Member, offset: number): boolean {
    // Settled before a restart, behind messages that were not.
    if (this.window.has(offset)) return false;
    const delivery = this.partition.get(offset);
    if (delivery === undefined) {
      this.#lost(offset);
      return false;
    }
    if (member.matches !== undefined && !member.matches(delivery)) {
      this.window.settle(offset);
      return false;
    }
    if (delivery.delayMs !== undefined) {
      // One more: storedAtMs is rounded down, and early is not allowed.
      const waitMs = delivery.storedAtMs + 1 + delivery.delayMs - member.host.wallClock();
      if (waitMs > 0) {
        member.host.timetable.add(new Pending(this, delivery, offset, 1, false, member.host.clock() + waitMs * 1000));
        return false;
      }
    }
    if (this.#lanes.size > 0 && member.ordered && delivery.key !== undefined && this.#wait(delivery.key, offset)) return false;
    member.deliver(this, delivery, 1, false);
    return true;
  }

  #deliverPending(member: Member, pending: Pending): boolean {
    const delivery = pending.delivery ?? this.partition.get(pending.offset);
    if (delivery === undefined) {
      this.#lost(pending.offset);
      return false;
    }
    if (!pending.holdsKey && member.ordered && delivery.key !== undefined && this.#wait(delivery.key, pending.offset))
      return false;
    member.deliver(this, delivery, pending.attempt, pending.holdsKey);
    return true;
  }

  /** Queues the offset behind its key when that is closed. */
  #wait(key: string, offset: number): boolean {
    let lane = this.#lanes.get(key);
    if (lane === undefined) return false;
    if (lane === null) {
      lane = new Deque();
      this.#lanes.set(key, lane);
    }
    lane.push(offset);
    return true;
  }

  #release(key: string): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    for (let offset = lane?.shift(); offset !== undefined; offset = lane?.shift()) {
      const delivery = this.partition.get(offset);
      if (delivery === undefined) {
        this.#lost(offset);
        continue;
      }
      // The key stays closed on behalf of this one.
      this.ready.push(new Pending(this, delivery, offset, 1, true, 0));
      this.wake();
      return;
    }
    this.#lanes.delete(key);
  }

  #lost(offset: number): void {
    this.counters.skipped += 1;
    this.window.settle(offset);
  }

  #skipLost(): void {
    const first = this.partition.first;
    for (let offset = this.#scan; offset < first && this.window.ahead > 0; offset += 1) {
      if (!this.window.has(offset)) this.counters.skipped += 1;
      this.#scan = offset + 1;
    }
    this.counters.skipped += first - this.#scan;
    this.#scan = first;
    // In-flight and waiting ones below stay in our hands; their settling is then a no-op for the window.
    this.window.skipTo(first);
  }
}
