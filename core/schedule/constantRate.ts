import type { Arrivals } from './types.ts';

/** Message i is due at exactly i / rate. */
export class ConstantRate implements Arrivals {
  readonly #perSecond: number;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  at(i: number): number {
    return this.#perSecond > 0 ? (i * 1_000_000) / this.#perSecond : Number.POSITIVE_INFINITY;
  }
}
