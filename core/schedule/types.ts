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
  /** Writes the next due event into `out`; false when there is none any more (closed loop: none until the next `done`). */
  next(out: Due): boolean;
  /** Closed loop only: the actor's message is acknowledged or given up at `atUs`, so its next one may be planned. */
  done?(actor: number, atUs: number): void;
  /** Closed loop only: set by whoever drives the schedule; called after each `done`, when `next` has something again. */
  onRefill?: (() => void) | undefined;
}

/** The times of a population's messages, numbered from 0, without saying who sends them. */
export interface Arrivals {
  /** Due time of message `i`, microseconds; Infinity when there is no such message. Computed, never accumulated. */
  at(i: number): number;
}
