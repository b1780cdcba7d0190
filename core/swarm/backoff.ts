/** Waits between attempts to connect. */
import type { Random } from '../random.ts';

export interface Backoff {
  /** Ceiling of the first wait. */
  readonly minMs: number;
  /** Ceiling of every wait. */
  readonly maxMs: number;
}

/**
 * Milliseconds to wait after `attempt` failures (0-based): uniform below a ceiling that doubles each time ("full
 * jitter"), so that a fleet that lost its broker does not come back in one wave.
 */
export function backoffMs(backoff: Backoff, attempt: number, random: Random): number {
  return random.between(0, Math.min(backoff.maxMs, backoff.minMs * 2 ** Math.min(attempt, 30)));
}
