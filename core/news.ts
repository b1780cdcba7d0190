/** Keeps what repeats itself (an MQ that stays away) from being said over and over. */
import { type Clock, nowUs } from './clock.ts';

/** The same is news again after so long. */
const STALE_US = 60_000_000;
/** Remembered at most; texts beyond it push out the oldest. */
const MOST = 100;

export class News {
  readonly #told = new Map<string, number>();
  readonly #now: Clock;

  constructor(now: Clock = nowUs) {
    this.#now = now;
  }

  /** Was this not said within the last minute? Then it is about to be. */
  is(text: string): boolean {
    const now = this.#now();
    const told = this.#told.get(text);
    if (told !== undefined && now - told < STALE_US) return false;
    this.#told.delete(text);
    this.#told.set(text, now);
    if (this.#told.size > MOST) this.#told.delete(this.#told.keys().next().value!);
    return true;
  }
}
