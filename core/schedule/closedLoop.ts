import { purposeKey, unit } from './counterRandom.ts';
import type { PopulationContext } from './populationSchedule.ts';
import { TimeHeap } from './timeHeap.ts';
import type { Due, Schedule } from './types.ts';

/** First messages are spread over at least this long, so that a think time of zero does not start everyone at once. */
const SPREAD_US = 1_000_000;

/**
 * Closed loop: a member's next message is due `thinkMs` after its former one was reported `done`. Slow answers therefore
 * lower the load and hide themselves; a run that uses it is labelled as such.
 */
export class ClosedLoop implements Schedule {
  onRefill: (() => void) | undefined = undefined;
  readonly #thinkUs: number;
  readonly #durationUs: number;
  readonly #heap: TimeHeap;

  constructor(thinkMs: number, context: PopulationContext) {
    this.#thinkUs = thinkMs * 1000;
    this.#durationUs = context.durationUs;
    this.#heap = new TimeHeap(Math.max(0, context.to - context.from));
    const spreadUs = Math.min(Math.max(this.#thinkUs, SPREAD_US), context.durationUs);
    const key = purposeKey(context.seed, context.name, 'phase');
    for (let member = context.from; member < context.to; member += 1) this.#heap.push(unit(key, member, 0) * spreadUs, member);
  }

  next(out: Due): boolean {
    if (!(this.#heap.topTime < this.#durationUs)) return false;
    out.atUs = this.#heap.topTime;
    out.actor = this.#heap.topValue;
    this.#heap.pop();
    return true;
  }

  done(actor: number, atUs: number): void {
    this.#heap.push(atUs + this.#thinkUs, actor);
    this.onRefill?.();
  }
}
