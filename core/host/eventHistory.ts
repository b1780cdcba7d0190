/** The last lines of a run's event log, in bounded memory. */
import type { LogEvent } from '../protocol/events.ts';

export const MOST_EVENTS = 2_000;

export class EventHistory {
  #events: LogEvent[] = [];

  add(event: LogEvent): void {
    this.#events.push(event);
    // Not at every line: what is cut off is moved only once in a while.
    if (this.#events.length >= 2 * MOST_EVENTS) this.#events = this.#events.slice(-MOST_EVENTS);
  }

  /** A copy, oldest first. */
  events(): LogEvent[] {
    return this.#events.slice(-MOST_EVENTS);
  }
}
