/**
 * Random numbers without a state to carry: number k of member m for a purpose is a hash of (purpose, m, k). A thread
 * can start anywhere in the sequence, and 20,000 members need no generator objects.
 */
import { hash32, type Random } from '../random.ts';

/** The key of a purpose, from the scenario's seed and a path of names. */
export function purposeKey(seed: number, ...path: (string | number)[]): number {
  return hash32([seed, ...path].join('/')) | 0;
}

/** Number `k` of member `member` for a purpose: uniform in [0, 1), with 32 bits. */
export function unit(key: number, member: number, k: number): number {
  let h = key ^ Math.imul(member + 0x3c6ef372, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h ^= h >>> 12;
  // An odd multiplier and xor-shifts are bijections: for one member no two numbers below 2^32 are tied together.
  h ^= Math.imul(k + 0x5bd1e995, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** The numbers of one member for one purpose, in turn. Three fields instead of closures: there is one for each body of each member. */
export class Stream implements Random {
  readonly #key: number;
  readonly #member: number;
  #k = 0;

  constructor(key: number, member: number) {
    this.#key = key;
    this.#member = member;
  }

  next(): number {
    const value = unit(this.#key, this.#member, this.#k);
    this.#k += 1;
    return value;
  }

  int(n: number): number {
    return Math.floor(this.next() * n);
  }

  between(min: number, max: number): number {
    return min + this.next() * (max - min);
  }

  gaussian(mean: number, deviation: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.next());
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }
}
