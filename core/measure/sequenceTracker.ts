/**
 * Which sequence numbers of a stream have come: one tracker per stream and receiver, all of them in a few typed arrays.
 *
 * A tracker that has only seen 1, 2, 3 ... costs 16 bytes and one comparison a message. What is missing below the highest
 * number seen is a list of ranges, newest first; so a late message is told from a second copy at any distance, exactly,
 * as long as all trackers together have no more than `maxRanges` gaps and copies noted (default 2^20, 12 MB). Past that
 * a tracker forgets its older gaps: how many numbers were missing in them stays known, and what still arrives from
 * there is counted as `undecided`.
 */
import { RangePool } from './rangePool.ts';

/** What a message turned out to be. */
export const SEEN = { next: 0, late: 1, duplicateExplained: 2, duplicateUnexplained: 3, undecided: 4 } as const;
export type Seen = (typeof SEEN)[keyof typeof SEEN];

// Fields of a tracker.
const TOP = 0;
const DISTINCT = 1;
const GAPS = 2;
const ODD = 3;
const STRIDE = 4;

// Fields of the part that only irregular trackers have.
const EXPLAINED = 0;
const UNEXPLAINED = 1;
const REORDERED = 2;
const DISTANCE = 3;
const FORGOTTEN = 4;
const FLOOR = 5;
const UNDECIDED = 6;
const COPIES = 7;
const MARKED = 8;
const ODD_STRIDE = 9;

/** Trackers as they cross threads. */
export interface PlainTrackers {
  readonly size: number;
  readonly state: Uint32Array;
  readonly odd: Uint32Array;
  readonly nodes: Uint32Array;
}

/** The figures of one tracker. */
export interface TrackerFigures {
  /** Highest sequence seen; 0: none. */
  readonly top: number;
  readonly distinct: number;
  readonly duplicatesExplained: number;
  readonly duplicatesUnexplained: number;
  readonly reordered: number;
  readonly maxReorderDistance: number;
  /** Missing numbers whose gaps were forgotten, and arrivals from among them. */
  readonly forgotten: number;
  readonly undecided: number;
  /** First copies that were marked as redelivery: the copy before them went to someone else. */
  readonly markedFirst: number;
}

const DEFAULT_RANGES = 2 ** 20;

export class SequenceTrackers {
  #size = 0;
  #state: Uint32Array;
  #odd: Uint32Array;
  #odds = 1;
  readonly #pool: RangePool;

  constructor(maxRanges = DEFAULT_RANGES, plain?: PlainTrackers) {
    this.#pool = new RangePool(maxRanges, plain?.nodes);
    this.#state = plain?.state ?? new Uint32Array(64 * STRIDE);
    this.#odd = plain?.odd ?? new Uint32Array(8 * ODD_STRIDE);
    if (plain !== undefined) {
      this.#size = plain.size;
      this.#odds = plain.odd.length / ODD_STRIDE;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** A new tracker; its number is the count of those before it. */
  add(): number {
    if ((this.#size + 1) * STRIDE > this.#state.length) this.#state = grow(this.#state, STRIDE);
    this.#size += 1;
    return this.#size - 1;
  }

  /** Notes an arrival. `seq` from 1 to 2^32 - 2; `marked`: the delivery says itself that it may be a second copy. */
  seen(tracker: number, seq: number, marked: boolean): Seen {
    const state = this.#state;
    const at = tracker * STRIDE;
    const top = state[at + TOP]!;
    if (seq > top) {
      if (seq > top + 1) this.#openGap(at, top + 1, seq - 1);
      state[at + TOP] = seq;
      state[at + DISTINCT]! += 1;
      if (marked) this.#bump(at, MARKED);
      return SEEN.next;
    }
    let newer = 0;
    let node = state[at + GAPS]!;
    while (node !== 0 && this.#pool.to(node) >= seq) {
      if (this.#pool.from(node) <= seq) {
        this.#closeGap(at, newer, node, seq);
        state[at + DISTINCT]! += 1;
        this.#bump(at, REORDERED);
        if (marked) this.#bump(at, MARKED);
        const distance = this.#oddOf(at) + DISTANCE;
        if (top - seq > this.#odd[distance]!) this.#odd[distance] = top - seq;
        return SEEN.late;
      }
      newer = node;
      node = this.#pool.next(node);
    }
    const odd = this.#oddOf(at);
    if (seq <= this.#odd[odd + FLOOR]!) {
      this.#odd[odd + UNDECIDED]! += 1;
      return SEEN.undecided;
    }
    if (marked) {
      this.#odd[odd + EXPLAINED]! += 1;
      return SEEN.duplicateExplained;
    }
    this.#odd[odd + UNEXPLAINED]! += 1;
    // Remembered, because the sender may say later that it sent this one twice. When the pool is full it stays unexplained.
    const copy = this.#pool.add(seq, seq, this.#odd[odd + COPIES]!);
    if (copy !== 0) this.#odd[odd + COPIES] = copy;
    return SEEN.duplicateUnexplained;
  }

  figures(tracker: number): TrackerFigures {
    const at = tracker * STRIDE;
    // Place 0 of the irregular part belongs to nobody and stays zero.
    const odd = this.#state[at + ODD]! * ODD_STRIDE;
    const field = (offset: number): number => this.#odd[odd + offset]!;
    return {
      top: this.#state[at + TOP]!,
      distinct: this.#state[at + DISTINCT]!,
      duplicatesExplained: field(EXPLAINED),
      duplicatesUnexplained: field(UNEXPLAINED),
      reordered: field(REORDERED),
      maxReorderDistance: field(DISTANCE),
      forgotten: field(FORGOTTEN),
      undecided: field(UNDECIDED),
      markedFirst: field(MARKED),
    };
  }

  /** The numbers from 1 to `upTo` that never came, as ranges (see ranges.ts); forgotten ones are not among them. */
  missing(tracker: number, upTo: number): number[] {
    const at = tracker * STRIDE;
    const newestFirst: number[] = [];
    const top = this.#state[at + TOP]!;
    if (top < upTo) newestFirst.push(upTo, top + 1);
    for (let node = this.#state[at + GAPS]!; node !== 0; node = this.#pool.next(node)) {
      const from = this.#pool.from(node);
      if (from <= upTo) newestFirst.push(Math.min(upTo, this.#pool.to(node)), from);
    }
    return newestFirst.reverse();
  }

  /** Sequence numbers of second copies that nothing has explained yet, one for each copy. */
  copies(tracker: number): number[] {
    const sequences: number[] = [];
    const odd = this.#state[tracker * STRIDE + ODD]! * ODD_STRIDE;
    for (let node = this.#odd[odd + COPIES]!; node !== 0; node = this.#pool.next(node)) sequences.push(this.#pool.from(node));
    return sequences;
  }

  /** Copies of the arrays, to be posted and given to another thread's constructor. */
  toPlain(): PlainTrackers {
    return {
      size: this.#size,
      state: this.#state.slice(0, this.#size * STRIDE),
      odd: this.#odd.slice(0, this.#odds * ODD_STRIDE),
      nodes: this.#pool.toPlain(),
    };
  }

  #openGap(at: number, from: number, to: number): void {
    let node = this.#pool.add(from, to, this.#state[at + GAPS]!);
    if (node === 0) {
      this.#forgetOlderHalf(at);
      node = this.#pool.add(from, to, this.#state[at + GAPS]!);
    }
    if (node === 0) this.#forget(at, from, to);
    else this.#state[at + GAPS] = node;
  }

  /** Takes `seq` out of a gap; `newer` is the node before it in the list, 0 when it is the first. */
  #closeGap(at: number, newer: number, node: number, seq: number): void {
    const pool = this.#pool;
    const from = pool.from(node);
    const to = pool.to(node);
    if (from === to) {
      if (newer === 0) this.#state[at + GAPS] = pool.next(node);
      else pool.link(newer, pool.next(node));
      pool.release(node);
    } else if (seq === from) pool.set(node, from + 1, to);
    else if (seq === to) pool.set(node, from, to - 1);
    else {
      const upper = pool.add(seq + 1, to, node);
      if (upper === 0) {
        // No node for the second half: this gap's lower part and all older ones are forgotten.
        this.#cutAfter(at, node);
        this.#forget(at, from, seq - 1);
        pool.set(node, seq + 1, to);
        return;
      }
      pool.set(node, from, seq - 1);
      if (newer === 0) this.#state[at + GAPS] = upper;
      else pool.link(newer, upper);
    }
  }

  // Half at once, so that a tracker with many gaps does not walk its list for each new one.
  #forgetOlderHalf(at: number): void {
    let length = 0;
    for (let node = this.#state[at + GAPS]!; node !== 0; node = this.#pool.next(node)) length += 1;
    if (length === 0) return;
    if (length === 1) {
      const only = this.#state[at + GAPS]!;
      this.#state[at + GAPS] = 0;
      this.#forget(at, this.#pool.from(only), this.#pool.to(only));
      this.#pool.release(only);
      return;
    }
    let last = this.#state[at + GAPS]!;
    for (let i = 1; i < length >> 1; i += 1) last = this.#pool.next(last);
    this.#cutAfter(at, last);
  }

  #cutAfter(at: number, last: number): void {
    let node = this.#pool.next(last);
    this.#pool.link(last, 0);
    while (node !== 0) {
      const next = this.#pool.next(node);
      this.#forget(at, this.#pool.from(node), this.#pool.to(node));
      this.#pool.release(node);
      node = next;
    }
  }

  #forget(at: number, from: number, to: number): void {
    const odd = this.#oddOf(at);
    this.#odd[odd + FORGOTTEN]! += to - from + 1;
    if (to > this.#odd[odd + FLOOR]!) this.#odd[odd + FLOOR] = to;
  }

  #bump(at: number, field: number): void {
    const odd = this.#oddOf(at);
    this.#odd[odd + field]! += 1;
  }

  #oddOf(at: number): number {
    let index = this.#state[at + ODD]!;
    if (index === 0) {
      if ((this.#odds + 1) * ODD_STRIDE > this.#odd.length) this.#odd = grow(this.#odd, ODD_STRIDE);
      index = this.#odds;
      this.#odds += 1;
      this.#state[at + ODD] = index;
    }
    return index * ODD_STRIDE;
  }
}

/** Half as large again: doubling would leave up to half of the memory unused. */
export function grow(array: Uint32Array, stride: number): Uint32Array {
  const grown = new Uint32Array(Math.ceil((array.length / stride) * 1.5) * stride);
  grown.set(array);
  return grown;
}
