import type { Arrivals } from './types.ts';

/**
 * The rate goes linearly from one value to another, then stays. Messages up to time t number N(t) = from t + slope t² / 2;
 * message i is due where N(t) = i.
 */
export class Ramp implements Arrivals {
  readonly #from: number;
  readonly #to: number;
  readonly #overS: number;
  readonly #slope: number;
  readonly #inRamp: number;

  constructor(from: number, to: number, overMs: number) {
    this.#from = from;
    this.#to = to;
    this.#overS = overMs / 1000;
    this.#slope = overMs > 0 ? (to - from) / this.#overS : 0;
    this.#inRamp = ((from + to) / 2) * this.#overS;
  }

  at(i: number): number {
    if (i < this.#inRamp) {
      // The root in the form that loses no digits when the slope is small or the start is at rate 0.
      const root = Math.sqrt(Math.max(0, this.#from * this.#from + 2 * this.#slope * i));
      const seconds = i === 0 ? 0 : (2 * i) / (this.#from + root);
      return Math.min(seconds, this.#overS) * 1_000_000;
    }
    return this.#to > 0 ? (this.#overS + (i - this.#inRamp) / this.#to) * 1_000_000 : Number.POSITIVE_INFINITY;
  }
}
