/**
 * Which messages of a partition a group has settled. Everything below `committed` is; above it single offsets may be,
 * because consumers finish out of order. One byte per offset of the span between, in a ring that grows with it.
 */
export class SettledWindow {
  #committed: number;
  #flags = new Uint8Array(64);
  /** Settled offsets above `committed`. */
  #ahead = 0;

  constructor(committed: number) {
    this.#committed = committed;
  }

  /** The lowest offset not settled. */
  get committed(): number {
    return this.#committed;
  }

  get ahead(): number {
    return this.#ahead;
  }

  has(offset: number): boolean {
    if (offset < this.#committed) return true;
    return this.#ahead > 0 && offset - this.#committed < this.#flags.length && this.#flags[this.#index(offset)] === 1;
  }

  settle(offset: number): void {
    if (offset === this.#committed) {
      this.#committed += 1;
      if (this.#ahead > 0) this.#advance();
      return;
    }
    // A late answer for something retention has already passed.
    if (offset < this.#committed) return;
    if (offset - this.#committed >= this.#flags.length) this.#grow(offset);
    const index = this.#index(offset);
    if (this.#flags[index] === 1) return;
    this.#flags[index] = 1;
    this.#ahead += 1;
  }

  /** Everything below `offset` counts as settled: retention has taken it. */
  skipTo(offset: number): void {
    if (offset <= this.#committed) return;
    if (this.#ahead === 0) {
      this.#committed = offset;
      return;
    }
    while (this.#committed < offset) {
      const index = this.#index(this.#committed);
      if (this.#flags[index] === 1) {
        this.#flags[index] = 0;
        this.#ahead -= 1;
      }
      this.#committed += 1;
      if (this.#ahead === 0) this.#committed = offset;
    }
    this.#advance();
  }

  /** Settled ranges above `committed`, as [from, below) pairs, at most `limit` of them: what restarts must not deliver again. */
  ranges(limit: number): [number, number][] {
    const ranges: [number, number][] = [];
    let left = this.#ahead;
    for (let offset = this.#committed; left > 0 && ranges.length < limit; offset += 1) {
      if (this.#flags[this.#index(offset)] !== 1) continue;
      const from = offset;
      // Bounded by what is left: in a full ring the index would come round to the start.
      while (left > 0 && this.#flags[this.#index(offset)] === 1) {
        offset += 1;
        left -= 1;
      }
      ranges.push([from, offset]);
    }
    return ranges;
  }

  #index(offset: number): number {
    return offset % this.#flags.length;
  }

  #advance(): void {
    while (this.#ahead > 0) {
      const index = this.#index(this.#committed);
      if (this.#flags[index] === 0) return;
      this.#flags[index] = 0;
      this.#ahead -= 1;
      this.#committed += 1;
    }
  }

  #grow(offset: number): void {
    const old = this.#flags;
    let size = old.length * 2;
    while (offset - this.#committed >= size) size *= 2;
    const flags = new Uint8Array(size);
    for (let i = 0; i < old.length; i += 1) {
      const at = this.#committed + i;
      flags[at % size] = old[at % old.length]!;
    }
    this.#flags = flags;
  }
}
