import type { Pick } from '../scenario/model.ts';
import { purposeKey, unit } from './counterRandom.ts';
import type { Arrivals, Due, Schedule } from './types.ts';
import { Zipf } from './zipf.ts';

/** What a population-level schedule needs to know: the population, this thread's slice of it, and when to end. */
export interface PopulationContext {
  readonly seed: number;
  /** Name of the purpose, e.g. `rooms.message`; two purposes draw different members. */
  readonly name: string;
  /** Members in all. */
  readonly count: number;
  /** This thread's members: from <= member < to. */
  readonly from: number;
  readonly to: number;
  /** Messages due at or after this time do not exist. */
  readonly durationUs: number;
  /** Of pick zipf; default 1.1. */
  readonly exponent?: number;
}

/**
 * Messages of a whole population: the arrival model says when message i is due, the pick says who sends it. Both follow
 * from i alone, so each thread walks the same sequence and keeps what falls into its slice.
 */
export class PopulationSchedule implements Schedule {
  readonly #arrivals: Arrivals;
  readonly #pick: Pick;
  readonly #context: PopulationContext;
  readonly #key: number;
  readonly #zipf: Zipf | undefined;
  #i = 0;
  #lastUs = 0;

  constructor(arrivals: Arrivals, pick: Pick, context: PopulationContext) {
    this.#arrivals = arrivals;
    this.#pick = pick;
    this.#context = context;
    this.#key = purposeKey(context.seed, context.name, 'pick');
    this.#zipf =
      pick === 'zipf'
        ? new Zipf(context.count, context.exponent ?? 1.1, purposeKey(context.seed, context.name, 'rank'))
        : undefined;
  }

  next(out: Due): boolean {
    const { from, to, durationUs } = this.#context;
    if (from >= to) return false;
    for (;;) {
      const member = this.#pick === 'round-robin' ? this.#turn() : this.#draw();
      const atUs = this.#arrivals.at(this.#i);
      if (!(atUs < durationUs)) return false;
      this.#i += 1;
      if (member < from || member >= to) continue;
      // Where two pieces of an arrival model meet, their rounding errors may differ in the last bit.
      this.#lastUs = Math.max(this.#lastUs, atUs);
      out.atUs = this.#lastUs;
      out.actor = member;
      return true;
    }
  }

  /** Round-robin: jumps straight to the next message of this slice. */
  #turn(): number {
    const { count, from, to } = this.#context;
    const member = this.#i % count;
    if (member >= from && member < to) return member;
    this.#i += member < from ? from - member : count - member + from;
    return from;
  }

  #draw(): number {
    const drawn = unit(this.#key, 0, this.#i);
    return this.#zipf === undefined ? Math.floor(drawn * this.#context.count) : this.#zipf.member(drawn);
  }
}
