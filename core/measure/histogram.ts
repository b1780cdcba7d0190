/** A merged or copied histogram: what figures are read from. Recording is SharedHistogram's business. */
import { build, type Histogram as HdrHistogram } from 'hdr-histogram-js';
import type { Latency } from '../protocol/result.ts';
import { BUCKETS, bucketOf, highestOf, LARGEST_US, lowestOf } from './histogramBuckets.ts';

/** Anything whose counts can be added to a histogram. */
export interface HistogramSource {
  readonly counts: { readonly [bucket: number]: number };
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly clamped: number;
  /** First and last bucket that may hold something; from > to: nothing recorded. */
  readonly from: number;
  readonly to: number;
}

/** Counts per bucket, with exact count, sum, minimum and maximum; microseconds. */
export class Histogram implements HistogramSource {
  /** Float64, because sums over threads may pass 2^32. */
  readonly counts = new Float64Array(BUCKETS);
  count = 0;
  /** Exact and signed: values below 1 count in the lowest bucket, yet with their own value here. */
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** Values above the largest trackable, held in the last bucket (`max` and `sum` keep the true value), and values that were no number. */
  clamped = 0;
  from: number = BUCKETS;
  to = -1;

  /** Adds another's counts to this one's; percentiles of the result are those of all values together. */
  merge(other: HistogramSource): this {
    // Read once: the source may be growing under a writer in another thread.
    const { from, to, counts } = other;
    for (let i = from; i <= to; i += 1) this.counts[i]! += counts[i]!;
    this.count += other.count;
    this.sum += other.sum;
    this.clamped += other.clamped;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.from = Math.min(this.from, from);
    this.to = Math.max(this.to, to);
    return this;
  }

  /** What was recorded since `previous` was copied from the same source. Minimum and maximum are those of the buckets. */
  diff(previous: HistogramSource): Histogram {
    const window = new Histogram();
    for (let i = this.from; i <= this.to; i += 1) {
      const added = this.counts[i]! - previous.counts[i]!;
      if (added <= 0) continue;
      window.counts[i] = added;
      window.count += added;
      if (window.from > i) window.from = i;
      window.to = i;
    }
    window.sum = this.sum - previous.sum;
    window.clamped = this.clamped - previous.clamped;
    if (window.count > 0) {
      window.min = Math.max(lowestOf(window.from), this.min);
      window.max = Math.min(highestOf(window.to), this.max);
    }
    return window;
  }

  /** The value that `percent` (0..100) of all values do not pass, at most 0.1 % too high; null when empty. */
  percentile(percent: number): number | null {
    // Counted here and not taken from `count`: a reader may see a writer between its two steps.
    let total = 0;
    for (let i = this.from; i <= this.to; i += 1) total += this.counts[i]!;
    if (total === 0) return null;
    if (percent >= 100) return this.max;
    // 99.9 / 100 * 1000 is a little over 999 in floating point: without the slack it would ask for one value more.
    const rank = Math.max(1, Math.ceil((percent / 100) * total - 1e-6));
    let seen = 0;
    for (let i = this.from; i <= this.to; i += 1) {
      seen += this.counts[i]!;
      if (seen >= rank) return Math.max(this.min, Math.min(this.max, highestOf(i)));
    }
    return this.max;
  }

  /** Exact mean; null when empty. */
  get mean(): number | null {
    return this.count === 0 ? null : this.sum / this.count;
  }

  toLatency(): Latency {
    if (this.count === 0) {
      return { count: 0, mean: null, min: null, p50: null, p90: null, p95: null, p99: null, p999: null, max: null };
    }
    return {
      count: this.count,
      mean: this.mean,
      min: this.min,
      p50: this.percentile(50),
      p90: this.percentile(90),
      p95: this.percentile(95),
      p99: this.percentile(99),
      p999: this.percentile(99.9),
      max: this.max,
    };
  }

  /** The same counts in hdr-histogram-js, for .hlog files. Microseconds, 1 to one hour, three digits. */
  toHdr(): HdrHistogram {
    const hdr = build({
      lowestDiscernibleValue: 1,
      highestTrackableValue: LARGEST_US,
      numberOfSignificantValueDigits: 3,
      bitBucketSize: 64,
      useWebAssembly: false,
    });
    for (let i = this.from; i <= this.to; i += 1) {
      const count = this.counts[i]!;
      if (count > 0) hdr.recordValueWithCount(Math.min(lowestOf(i), LARGEST_US), count);
    }
    return hdr;
  }
}

/** Bucket for a measured value: below 1 the lowest, above an hour the last; otherwise rounded to whole microseconds. */
export function bucketFor(us: number): number {
  if (us < 1.5) return 1;
  return us > LARGEST_US ? bucketOf(LARGEST_US) : bucketOf((us + 0.5) >>> 0);
}
