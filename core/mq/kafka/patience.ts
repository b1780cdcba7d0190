/** Waiting out what passes by itself: a new topic takes a moment until every broker knows it, a new cluster until it can keep offsets. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;

/** Tries again while the failure is one that the broker calls passing; then throws the last one. */
export async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return await attempt();
    } catch (error) {
      const retriable: unknown = (error as { retriable?: unknown }).retriable;
      if (retriable !== true || waited >= PATIENCE_MS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** A passing failure that `patiently` waits out. */
export class NotYet extends Error {
  readonly retriable = true;
}
