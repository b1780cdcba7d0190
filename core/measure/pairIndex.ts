/** Numbers pairs of integers 0, 1, 2 ... in order of first appearance: a hash table in typed arrays, without objects. */
import { grow } from './sequenceTracker.ts';

export class PairIndex {
  #size = 0;
  #keys: Uint32Array;
  /** Open addressing, linear probing, at most half full; pair number + 1, 0 for empty. */
  #slots: Uint32Array;

  constructor(keys?: Uint32Array) {
    this.#keys = keys ?? new Uint32Array(128);
    this.#size = keys === undefined ? 0 : keys.length / 2;
    let slots = 128;
    while (slots < this.#size * 2) slots *= 2;
    this.#slots = new Uint32Array(slots);
    this.#fill();
  }

  get size(): number {
    return this.#size;
  }

  /** Number of a pair; -1 when it has none. */
  find(a: number, b: number): number {
    const mask = this.#slots.length - 1;
    for (let at = hash(a, b) & mask; ; at = (at + 1) & mask) {
      const pair = this.#slots[at]! - 1;
      if (pair < 0 || (this.#keys[pair * 2] === a && this.#keys[pair * 2 + 1] === b)) return pair;
    }
  }

  /** Gives a pair that `find` does not know the next number. */
  add(a: number, b: number): number {
    const pair = this.#size;
    if ((pair + 1) * 2 > this.#keys.length) this.#keys = grow(this.#keys, 2);
    this.#keys[pair * 2] = a;
    this.#keys[pair * 2 + 1] = b;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) {
      this.#slots = new Uint32Array(this.#slots.length * 2);
      this.#fill();
    } else this.#place(pair);
    return pair;
  }

  first(pair: number): number {
    return this.#keys[pair * 2]!;
  }

  second(pair: number): number {
    return this.#keys[pair * 2 + 1]!;
  }

  /** The pairs in order of their numbers, for the constructor in another thread. */
  toPlain(): Uint32Array {
    return this.#keys.slice(0, this.#size * 2);
  }

  #fill(): void {
    for (let pair = 0; pair < this.#size; pair += 1) this.#place(pair);
  }

  #place(pair: number): void {
    const mask = this.#slots.length - 1;
    let at = hash(this.#keys[pair * 2]!, this.#keys[pair * 2 + 1]!) & mask;
    while (this.#slots[at] !== 0) at = (at + 1) & mask;
    this.#slots[at] = pair + 1;
  }
}

function hash(a: number, b: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
