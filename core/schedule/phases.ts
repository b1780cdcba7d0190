import type { Due, Schedule } from './types.ts';

/** A stretch of a run at a share of full load: 0.5 makes everything half as frequent, 2 twice as frequent, 0 pauses it. */
export interface Phase {
  readonly forMs: number;
  readonly load: number;
}

/**
 * The clock that schedules live by when the load varies: in a phase with load 0.5 it runs at half speed. Beyond the last
 * phase it goes on at that phase's speed.
 */
export class Warp {
  /** Start of each phase in real time and in load time, with one more entry for the end of the last. */
  readonly #real: readonly number[];
  readonly #load: readonly number[];
  readonly #speeds: readonly number[];

  constructor(phases: readonly Phase[]) {
    const real = [0];
    const load = [0];
    for (const phase of phases) {
      real.push(real.at(-1)! + phase.forMs * 1000);
      load.push(load.at(-1)! + phase.forMs * 1000 * phase.load);
    }
    this.#real = real;
    this.#load = load;
    this.#speeds = phases.map((phase) => phase.load);
  }

  /** Load time to real time, microseconds; what falls on the edge of a pause comes after it. Infinity: never reached. */
  toReal(loadUs: number): number {
    const last = this.#speeds.length - 1;
    for (let i = 0; i <= last; i += 1) {
      if (loadUs < this.#load[i + 1]! || (i === last && this.#speeds[i]! > 0)) {
        return this.#real[i]! + (loadUs - this.#load[i]!) / this.#speeds[i]!;
      }
    }
    return last < 0 ? loadUs : Number.POSITIVE_INFINITY;
  }

  /** Real time to load time, microseconds. */
  toLoad(realUs: number): number {
    const last = this.#speeds.length - 1;
    for (let i = 0; i <= last; i += 1) {
      if (realUs < this.#real[i + 1]! || i === last) return this.#load[i]! + (realUs - this.#real[i]!) * this.#speeds[i]!;
    }
    return realUs;
  }
}

/** Any schedule, living by a warped clock. */
export class WarpedSchedule implements Schedule {
  readonly done?: (actor: number, atUs: number) => void;
  readonly #inner: Schedule;
  readonly #warp: Warp;
  readonly #durationUs: number;

  constructor(inner: Schedule, warp: Warp, durationUs: number) {
    this.#inner = inner;
    this.#warp = warp;
    this.#durationUs = durationUs;
    // Only a closed loop has `done`: whoever drives a schedule tells the kinds apart by it.
    if (inner.done !== undefined) this.done = (actor, atUs) => inner.done!(actor, warp.toLoad(atUs));
  }

  get onRefill(): (() => void) | undefined {
    return this.#inner.onRefill;
  }

  set onRefill(listener: (() => void) | undefined) {
    this.#inner.onRefill = listener;
  }

  next(out: Due): boolean {
    if (!this.#inner.next(out)) return false;
    out.atUs = this.#warp.toReal(out.atUs);
    return out.atUs < this.#durationUs;
  }
}
