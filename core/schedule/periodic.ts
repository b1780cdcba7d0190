import { purposeKey, unit } from './counterRandom.ts';
import type { PopulationContext } from './populationSchedule.ts';
import { TimeHeap } from './timeHeap.ts';
import type { Due, Schedule } from './types.ts';

/**
 * Each member on its own: message k of a member is due at phase + k * every, moved by up to ± jitter * every. The jitter
 * is around the member's own grid and never accumulates. A member's times follow from (seed, name, member, k) alone.
 */
export class Periodic implements Schedule {
  readonly #everyUs: number;
  readonly #jitterUs: number;
  readonly #from: number;
  readonly #durationUs: number;
  readonly #phaseKey: number;
  readonly #jitterKey: number;
  readonly #heap: TimeHeap;
  /** Next k of each member of the slice. */
  readonly #next: Uint32Array;

  constructor(everyMs: number, jitter: number, context: PopulationContext) {
    this.#everyUs = everyMs * 1000;
    this.#jitterUs = jitter * this.#everyUs;
    this.#from = context.from;
    this.#durationUs = context.durationUs;
    this.#phaseKey = purposeKey(context.seed, context.name, 'phase');
    this.#jitterKey = purposeKey(context.seed, context.name, 'jitter');
    const members = Math.max(0, context.to - context.from);
    this.#heap = new TimeHeap(members);
    this.#next = new Uint32Array(members);
    for (let member = context.from; member < context.to; member += 1) {
      const atUs = this.#at(member, 0);
      if (atUs < this.#durationUs) this.#heap.push(atUs, member);
    }
  }

  next(out: Due): boolean {
    const heap = this.#heap;
    if (heap.size === 0) return false;
    const atUs = heap.topTime;
    const member = heap.topValue;
    out.atUs = atUs;
    out.actor = member;
    const slot = member - this.#from;
    const k = this.#next[slot]! + 1;
    this.#next[slot] = k;
    // With a jitter above one half two neighbours of a member may change places; it still sends one after the other.
    const following = Math.max(atUs, this.#at(member, k));
    if (following < this.#durationUs) heap.replaceTop(following, member);
    else heap.pop();
    return true;
  }

  #at(member: number, k: number): number {
    const grid = unit(this.#phaseKey, member, 0) * this.#everyUs + k * this.#everyUs;
    if (this.#jitterUs === 0) return grid;
    // Mirrored at zero: cutting off would let many members start in the very first microsecond.
    return Math.abs(grid + (2 * unit(this.#jitterKey, member, k) - 1) * this.#jitterUs);
  }
}
