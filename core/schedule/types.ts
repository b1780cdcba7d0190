/** When something is due. Schedules decide when, actors decide what. All times in microseconds since the start of traffic. */
export interface Due {
  atUs: number;
  /** Index of the actor in its population (0-based, over all threads). */
  actor: number;
}

/**
 * An endless or ending sequence of due times in nondecreasing order, computed from (seed, rate, population) alone: every
 * thread derives the same global sequence and keeps what concerns its own actors, so the number of threads changes nothing.
 */
export interface Schedule {
  /** Writes the next due event into `out`; false when there is none any more. */
  next(out: Due): boolean;
}
