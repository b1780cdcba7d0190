/** Things due later (retries, delayed messages), in a binary heap with one timer for the soonest. */
import type { Clock } from '../../clock.ts';

export interface Timed {
  /** On the engine's monotonic clock. */
  dueUs: number;
  due(): void;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export class Timetable {
  readonly #clock: Clock;
  readonly #heap: Timed[] = [];
  #timer: NodeJS.Timeout | undefined;
  #timerUs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(item: Timed): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.dueUs <= item.dueUs) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
    if (item.dueUs < this.#timerUs) this.#arm();
  }

  clear(): void {
    this.#heap.length = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerUs = Number.POSITIVE_INFINITY;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const soonest = this.#heap[0];
    if (soonest === undefined) {
      this.#timer = undefined;
      this.#timerUs = Number.POSITIVE_INFINITY;
      return;
    }
    this.#timerUs = soonest.dueUs;
    // Rounded up: firing early would only mean arming again.
    const ms = Math.min(LONGEST_TIMEOUT_MS, Math.max(1, Math.ceil((soonest.dueUs - this.#clock()) / 1000)));
    this.#timer = setTimeout(this.#fire, ms);
  }

  readonly #fire = (): void => {
    const now = this.#clock();
    for (let soonest = this.#heap[0]; soonest !== undefined && soonest.dueUs <= now; soonest = this.#heap[0]) {
      this.#removeSoonest();
      soonest.due();
    }
    this.#arm();
  };

  #removeSoonest(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    const length = heap.length;
    if (length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && heap[child + 1]!.dueUs < heap[child]!.dueUs) child += 1;
      if (heap[child]!.dueUs >= last.dueUs) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}
