/** Percentile curves and histograms from counts by latency. */
import type { Distribution } from '../../core/protocol/window.ts';

export interface PercentilePoint {
  /** Share of deliveries, 0..1, that took at most `micros`. */
  readonly share: number;
  readonly micros: number;
}

export function percentileCurve({ bounds, counts }: Pick<Distribution, 'bounds' | 'counts'>): readonly PercentilePoint[] {
  const whole = counts.reduce((sum, count) => sum + count, 0);
  if (whole === 0) return [];
  const points: PercentilePoint[] = [];
  let below = 0;
  for (const [index, count] of counts.entries()) {
    if (count === 0) continue;
    below += count;
    points.push({ share: below / whole, micros: bounds[index] ?? 0 });
  }
  return points;
}

/** 0 at p0, 1 at p90, 2 at p99, 3 at p99.9 ...: gives the tail its room. p100 ends at 5. */
export const tailPosition = (share: number): number => (share >= 1 ? 5 : Math.min(5, -Math.log10(1 - share)));
export const shareAtTail = (position: number): number => 1 - 10 ** -position;

/** p99.9 for 0.999. */
export const percentileName = (share: number): string =>
  share >= 1 ? 'max' : `p${Number((share * 100).toFixed(Math.max(0, Math.ceil(tailPosition(share) - 1e-9) - 1)))}`;

/** Latency at a share, micros; null where nothing was counted. */
export function latencyAt(curve: readonly PercentilePoint[], share: number): number | null {
  return (curve.find((point) => point.share >= share - 1e-12) ?? curve.at(-1))?.micros ?? null;
}

/** A latency lies above `from` and at most at `to`, microseconds: no more is known of what was counted in a bucket. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where the latency at a share lies; undefined where nothing was counted. */
export function rangeAt(distribution: Pick<Distribution, 'bounds' | 'counts'>, share: number): Range | undefined {
  const to = latencyAt(percentileCurve(distribution), share);
  return to === null ? undefined : { from: distribution.bounds[distribution.bounds.indexOf(to) - 1] ?? 0, to };
}
