/** A binary min-heap of (time, number) in typed arrays; equal times come in the order of their numbers. */
export class TimeHeap {
  #times: Float64Array;
  #values: Float64Array;
  #size = 0;

  constructor(capacity = 64) {
    this.#times = new Float64Array(Math.max(1, capacity));
    this.#values = new Float64Array(Math.max(1, capacity));
  }

  get size(): number {
    return this.#size;
  }

  /** Earliest time; Infinity when empty. */
  get topTime(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  /** The number that belongs to the earliest time; -1 when empty. */
  get topValue(): number {
    return this.#size === 0 ? -1 : this.#values[0]!;
  }

  push(time: number, value: number): void {
    if (this.#size === this.#times.length) this.#grow();
    let hole = this.#size;
    this.#size += 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#before(time, value, parent)) break;
      this.#times[hole] = this.#times[parent]!;
      this.#values[hole] = this.#values[parent]!;
      hole = parent;
    }
    this.#times[hole] = time;
    this.#values[hole] = value;
  }

  /** Removes the earliest entry. */
  pop(): void {
    if (this.#size === 0) return;
    this.#size -= 1;
    if (this.#size > 0) this.replaceTop(this.#times[this.#size]!, this.#values[this.#size]!);
  }

  /** Removes the earliest entry and adds another: one descent instead of two. */
  replaceTop(time: number, value: number): void {
    const size = this.#size;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#before(this.#times[right]!, this.#values[right]!, child)) child = right;
      if (!this.#before(this.#times[child]!, this.#values[child]!, -1, time, value)) break;
      this.#times[hole] = this.#times[child]!;
      this.#values[hole] = this.#values[child]!;
      hole = child;
    }
    this.#times[hole] = time;
    this.#values[hole] = value;
  }

  clear(): void {
    this.#size = 0;
  }

  /** Is (time, value) before entry `other`, or before the pair given when `other` is -1? */
  #before(time: number, value: number, other: number, otherTime = 0, otherValue = 0): boolean {
    const t = other < 0 ? otherTime : this.#times[other]!;
    if (time !== t) return time < t;
    return value < (other < 0 ? otherValue : this.#values[other]!);
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const values = new Float64Array(this.#values.length * 2);
    times.set(this.#times);
    values.set(this.#values);
    this.#times = times;
    this.#values = values;
  }
}
