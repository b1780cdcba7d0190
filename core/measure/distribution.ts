/** A histogram as a picture of it: few buckets, the same for every run, so that runs can be laid over each other. */
import type { Distribution } from '../protocol/result.ts';
import type { HistogramSource } from './histogram.ts';
import { highestOf, LARGEST_US } from './histogramBuckets.ts';

const PER_DECADE = 11;
/** From 10 microseconds to 100 seconds, eleven to a decade, and one for all above. */
export const BOUNDS: readonly number[] = [
  ...Array.from({ length: 7 * PER_DECADE + 1 }, (_, i) => Math.round(10 * 10 ** (i / PER_DECADE))),
  LARGEST_US,
];

/** All sources together. A bucket of the histogram that a bound cuts (0.1 % wide) counts above it. */
export function distributionOf(direction: Distribution['direction'], sources: readonly HistogramSource[]): Distribution {
  const counts = BOUNDS.map(() => 0);
  for (const source of sources) {
    let at = 0;
    for (let bucket = source.from; bucket <= source.to; bucket += 1) {
      const count = source.counts[bucket]!;
      if (count === 0) continue;
      while (at < BOUNDS.length - 1 && highestOf(bucket) > BOUNDS[at]!) at += 1;
      counts[at]! += count;
    }
  }
  return { direction, bounds: BOUNDS, counts };
}
