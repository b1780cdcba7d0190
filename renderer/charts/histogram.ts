/** Distributions as shares of latencies alike. Pure. */
import type { Distribution } from '../../core/protocol/window.ts';

/** Deliveries that took more than `from` and at most `to` microseconds; one count and one share of the whole per distribution. */
export interface HistogramBar {
  readonly from: number;
  readonly to: number;
  /** Half way between them on a logarithmic axis. */
  readonly middle: number;
  readonly counts: readonly number[];
  /** 0..1; null where nothing at all was counted. */
  readonly shares: readonly (number | null)[];
}

/**
 * One bar for each bucket from the first to the last one in use, and an empty one at both ends. Buckets are those of the
 * first distribution; a bucket of another one goes where its upper bound lies.
 */
export function histogramBars(distributions: readonly Pick<Distribution, 'bounds' | 'counts'>[]): readonly HistogramBar[] {
  const bounds = distributions[0]?.bounds ?? [];
  if (bounds.length < 2) return [];
  const binned = distributions.map(({ bounds: own, counts }) => {
    const bins = bounds.map(() => 0);
    let at = 0;
    for (const [index, count] of counts.entries()) {
      while (at < bins.length - 1 && (own[index] as number) > (bounds[at] as number)) at += 1;
      bins[at] = (bins[at] as number) + count;
    }
    return bins;
  });
  const used = bounds.flatMap((_, index) => (binned.some((bins) => bins[index] !== 0) ? [index] : []));
  if (used.length === 0) return [];
  const wholes = binned.map((bins) => bins.reduce((sum, count) => sum + count, 0));
  const first = Math.max(0, (used[0] as number) - 1);
  const last = Math.min(bounds.length - 1, (used.at(-1) as number) + 1);
  return bounds.slice(first, last + 1).map((to, offset) => {
    const index = first + offset;
    const from = bounds[index - 1] ?? (to * to) / (bounds[1] as number);
    const counts = binned.map((bins) => bins[index] as number);
    const shares = counts.map((count, one) => (wholes[one] === 0 ? null : count / (wholes[one] as number)));
    return { from, to, middle: Math.sqrt(from * to), counts, shares };
  });
}
