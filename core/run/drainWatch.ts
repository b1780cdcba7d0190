/**
 * When is a run drained? Told by looks at it, not by the clock: a machine that was asleep, or a thread that got no CPU
 * time, has not been quiet, it just could not do anything. A quiet look counts only while all threads keep beating.
 */

/** What one look at the run sees. */
export interface DrainView {
  /** Messages acknowledged, stored and delivered so far: whatever grows as long as something gets on. */
  readonly progress: number;
  /** Everyone is connected, nothing waits for its acknowledgement, and no consumer lags. */
  readonly settled: boolean;
  /** Turns of the slowest thread's timer since it began (10 a second when it has CPU time). */
  readonly beats: number;
}

/**
 * settled: everything arrived. stuck: not everything, and nothing has moved for long. late: still moving when there was
 * no more time; what had not arrived by then is not lost.
 */
export type DrainEnd = 'settled' | 'stuck' | 'late';

/** Milliseconds between two looks. */
export const LOOK_MS = 50;
/** Quiet for 1.5 s, in looks, and in beats of every thread (fewer: they have their own phase). */
const QUIET = { looks: 30, beats: 12 };
/** Nothing for 35 s: longer than MQ waits before it delivers an unanswered message again (30 s). */
const STUCK = { looks: 700, beats: 300 };
/** Five minutes of looks. */
const MOST_LOOKS = 6_000;

export class DrainWatch {
  #progress = Number.NEGATIVE_INFINITY;
  #looks = 0;
  #quietLooks = 0;
  #beatsBefore = 0;

  /** Takes a look; undefined: go on draining. */
  look(view: DrainView): DrainEnd | undefined {
    this.#looks += 1;
    if (view.progress > this.#progress) {
      this.#progress = view.progress;
      this.#quietLooks = 0;
      this.#beatsBefore = view.beats;
    } else this.#quietLooks += 1;
    const quiet = (bound: { readonly looks: number; readonly beats: number }): boolean =>
      this.#quietLooks >= bound.looks && view.beats - this.#beatsBefore >= bound.beats;
    if (view.settled && quiet(QUIET)) return 'settled';
    if (quiet(STUCK)) return 'stuck';
    return this.#looks >= MOST_LOOKS ? 'late' : undefined;
  }
}
