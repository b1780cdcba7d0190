import { nowUs } from '../../clock.ts';

/** Waiting out what passes by itself: a new topic takes a moment until every broker knows it, a new cluster until it can keep offsets. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;

/** Tries again while the failure is one that the broker calls passing, for so long; then throws the last one. */
export async function patiently<T>(attempt: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const untilUs = nowUs() + patienceMs * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const retriable: unknown = (error as { retriable?: unknown }).retriable;
      if (retriable !== true || nowUs() >= untilUs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** A passing failure that `patiently` waits out. */
export class NotYet extends Error {
  readonly retriable = true;
}
