import type { Arrivals } from './types.ts';

/** Messages at given times, in any order. */
export class Replay implements Arrivals {
  readonly #atUs: Float64Array;

  constructor(atMs: readonly number[]) {
    this.#atUs = Float64Array.from(atMs, (ms) => ms * 1000).sort();
  }

  at(i: number): number {
    return this.#atUs[i] ?? Number.POSITIVE_INFINITY;
  }
}
