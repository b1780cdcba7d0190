/** Waiting for conditions: looked at whenever something arrives, and every few milliseconds for what announces nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, nowUs } from '../clock.ts';

const LOOK_EVERY_MS = 5;

export class Waiter {
  readonly #clock: Clock;
  #wake: (() => void)[] = [];

  constructor(clock: Clock = nowUs) {
    this.#clock = clock;
  }

  /** Something has changed: conditions are looked at again. */
  notify(): void {
    if (this.#wake.length === 0) return;
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  /** Resolves with true as soon as the condition holds, with false when it has not for `patienceMs`. */
  async until(condition: () => boolean, patienceMs: number): Promise<boolean> {
    const end = this.#clock() + patienceMs * 1000;
    while (!condition()) {
      if (this.#clock() > end) return false;
      const pause = new AbortController();
      await Promise.race([
        new Promise<void>((resolve) => this.#wake.push(resolve)),
        delay(LOOK_EVERY_MS, undefined, { signal: pause.signal }).catch(() => undefined),
      ]);
      pause.abort();
    }
    return true;
  }
}
