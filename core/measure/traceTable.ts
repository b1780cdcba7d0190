/**
 * When the latest messages of every stream passed the points between sender and receiver, in shared memory. The gateway
 * and the bridge write, receivers in other threads read. Each stream has a ring of slots; a slot has for every point a
 * tag (the sequence it belongs to) and a time.
 *
 * The race: a reader may look while the slot is being reused for a later sequence. So the writer clears the tag, writes
 * the time, and sets the tag; the reader takes the time only if the tag is right both before and after. Atomics on the
 * tags keep that order. Each point is written by one thread only (two would mix their steps); different points of a
 * slot may have different writers.
 */
export const TRACE_POINTS = { arrived: 0, stored: 1, taken: 2 } as const;
export type TracePoint = (typeof TRACE_POINTS)[keyof typeof TRACE_POINTS];

const POINTS = 3;
const LEAST_SLOTS = 8;
const MOST_SLOTS = 65_536;

/** What another thread needs to attach to the same table. */
export interface TraceMemory {
  readonly streams: number;
  readonly slots: number;
  readonly buffer: SharedArrayBuffer;
}

export class TraceTable {
  readonly memory: TraceMemory;
  /** Messages of one stream that are remembered: a power of two from 8 to 65,536. */
  readonly slots: number;
  readonly #streams: number;
  readonly #times: Float64Array;
  readonly #tags: Int32Array;

  /** Room for streams 0..streams-1, sharing about `budget` slots of 36 bytes among them. */
  static create(streams: number, budget = 2 ** 20): TraceTable {
    const share = Math.max(LEAST_SLOTS, Math.min(MOST_SLOTS, Math.floor(budget / Math.max(1, streams))));
    const slots = 2 ** Math.floor(Math.log2(share));
    const cells = streams * slots * POINTS;
    return new TraceTable({ streams, slots, buffer: new SharedArrayBuffer(cells * 12) });
  }

  constructor(memory: TraceMemory) {
    const cells = memory.streams * memory.slots * POINTS;
    this.memory = memory;
    this.slots = memory.slots;
    this.#streams = memory.streams;
    this.#times = new Float64Array(memory.buffer, 0, cells);
    this.#tags = new Int32Array(memory.buffer, cells * 8, cells);
  }

  /**
   * Notes when a message passed a point (microseconds on the clock the reader uses). The first time counts: a second
   * copy must not move a time that a receiver is about to read. Streams that the table does not have are ignored.
   */
  mark(stream: number, seq: number, point: TracePoint, us: number): void {
    if (stream >= this.#streams) return;
    const cell = (stream * this.slots + (seq & (this.slots - 1))) * POINTS + point;
    const tag = seq | 0;
    if (Atomics.load(this.#tags, cell) === tag) return;
    Atomics.store(this.#tags, cell, 0);
    this.#times[cell] = us;
    Atomics.store(this.#tags, cell, tag);
  }

  /** When the message passed the point; undefined when it did not, or when a later message has taken its slot. */
  read(stream: number, seq: number, point: TracePoint): number | undefined {
    if (stream >= this.#streams) return undefined;
    const cell = (stream * this.slots + (seq & (this.slots - 1))) * POINTS + point;
    const tag = seq | 0;
    if (Atomics.load(this.#tags, cell) !== tag) return undefined;
    const us = this.#times[cell]!;
    return Atomics.load(this.#tags, cell) === tag ? us : undefined;
  }
}
