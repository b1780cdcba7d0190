import type { Arrivals } from './types.ts';

/** A base rate, and in the last `forMs` of every `everyMs` a burst rate: a run starts quietly and meets its first burst in full. */
export class Burst implements Arrivals {
  readonly #base: number;
  readonly #burst: number;
  readonly #everyS: number;
  readonly #quietS: number;
  readonly #inQuiet: number;
  readonly #inPeriod: number;

  constructor(perSecond: number, burstPerSecond: number, everyMs: number, forMs: number) {
    this.#base = perSecond;
    this.#burst = burstPerSecond;
    this.#everyS = everyMs / 1000;
    this.#quietS = Math.max(0, everyMs - forMs) / 1000;
    this.#inQuiet = perSecond * this.#quietS;
    this.#inPeriod = this.#inQuiet + burstPerSecond * (this.#everyS - this.#quietS);
  }

  at(i: number): number {
    if (!(this.#inPeriod > 0)) return Number.POSITIVE_INFINITY;
    const period = Math.floor(i / this.#inPeriod);
    const rest = Math.max(0, i - period * this.#inPeriod);
    let seconds = this.#quietS;
    if (rest < this.#inQuiet) seconds = rest / this.#base;
    else if (this.#burst > 0) seconds += (rest - this.#inQuiet) / this.#burst;
    return (period * this.#everyS + seconds) * 1_000_000;
  }
}
