import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, highestOf, LARGEST_US, lowestOf } from '../../../core/measure/histogramBuckets.ts';
import { HistogramWindow } from '../../../core/measure/histogramWindow.ts';
import { defineHistograms, mergeHistograms, SharedHistogram } from '../../../core/measure/sharedHistogram.ts';

const latencies = fc.array(fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: LARGEST_US })), {
  minLength: 1,
  maxLength: 300,
});

function recorded(values: readonly number[]): SharedHistogram {
  const histogram = new SharedHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** Nearest-rank percentile of a sorted array. */
function exact(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length - 1e-6) - 1)]!;
}

describe('buckets', () => {
  it('hold every value, without gap or overlap, each at most 0.1 % wide', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LARGEST_US }), (value) => {
        const bucket = bucketOf(value);
        expect(lowestOf(bucket)).toBeLessThanOrEqual(value);
        expect(highestOf(bucket)).toBeGreaterThanOrEqual(value);
        expect(lowestOf(bucket + 1)).toBe(highestOf(bucket) + 1);
        expect(highestOf(bucket) - lowestOf(bucket)).toBeLessThanOrEqual(value / 1000);
      }),
    );
  });
});

describe('SharedHistogram', () => {
  it('gives percentiles within 0.1 % of the sorted values, and mean, minimum, maximum exactly', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const snapshot = recorded(values).snapshot();
        const sorted = values.toSorted((a, b) => a - b);
        for (const percent of [0, 1, 25, 50, 90, 95, 99, 99.9, 100]) {
          const truth = exact(sorted, percent);
          expect(snapshot.percentile(percent)).toBeGreaterThanOrEqual(truth);
          expect(snapshot.percentile(percent)).toBeLessThanOrEqual(truth * 1.001);
        }
        expect(snapshot.mean).toBe(values.reduce((sum, value) => sum + value, 0) / values.length);
        expect(snapshot.min).toBe(sorted[0]);
        expect(snapshot.max).toBe(sorted.at(-1));
      }),
    );
  });

  it('merges to the histogram of all values, whoever recorded them', () => {
    fc.assert(
      fc.property(latencies, latencies, (a, b) => {
        expect(mergeHistograms([recorded(a), recorded(b)]).toLatency()).toEqual(
          recorded([...a, ...b])
            .snapshot()
            .toLatency(),
        );
      }),
    );
  });

  it('is empty until something is recorded', () => {
    const empty = new SharedHistogram().snapshot().toLatency();
    expect(empty).toEqual({ count: 0, mean: null, min: null, p50: null, p90: null, p95: null, p99: null, p999: null, max: null });
  });

  it('keeps negative and tiny values in the sum while they count as 1', () => {
    const histogram = recorded([-20, 0, 0.25, 10]).snapshot();
    expect(histogram.sum).toBe(-9.75);
    expect(histogram.min).toBe(-20);
    expect(histogram.percentile(50)).toBe(1);
    expect(histogram.count).toBe(4);
  });

  it('counts values over an hour and values that are no number', () => {
    const histogram = recorded([1000, LARGEST_US + 5_000, Number.NaN, Number.POSITIVE_INFINITY]);
    expect(histogram.clamped).toBe(3);
    expect(histogram.count).toBe(2);
    expect(histogram.max).toBe(LARGEST_US + 5_000);
    expect(histogram.snapshot().mean).toBe((1000 + LARGEST_US + 5_000) / 2);
  });

  it('is seen by whoever attaches to the same memory', () => {
    const layout = defineHistograms(['slip', 'up']);
    const buffer = layout.allocate();
    layout.open(buffer).up.record(700);
    const reader = layout.open(buffer);
    expect(reader.up.snapshot().toLatency()).toMatchObject({ count: 1, p50: 700 });
    expect(reader.slip.count).toBe(0);
  });

  it('becomes the same histogram in hdr-histogram-js', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const snapshot = recorded(values).snapshot();
        const hdr = snapshot.toHdr();
        expect(hdr.totalCount).toBe(values.length);
        for (const percent of [50, 99]) {
          const ours = snapshot.percentile(percent)!;
          expect(Math.abs(hdr.getValueAtPercentile(percent) - ours)).toBeLessThanOrEqual(ours / 1000);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('windows', () => {
  it('a difference of snapshots holds what came between them', () => {
    fc.assert(
      fc.property(latencies, latencies, (before, after) => {
        const histogram = recorded(before);
        const earlier = histogram.snapshot();
        for (const value of after) histogram.record(value);
        const window = histogram.snapshot().diff(earlier);
        expect(window.count).toBe(after.length);
        expect(window.mean).toBeCloseTo(after.reduce((sum, value) => sum + value, 0) / after.length, 3);
        expect(window.percentile(50)! / recorded(after).snapshot().percentile(50)!).toBeCloseTo(1, 2);
      }),
    );
  });

  it('a window over several threads holds each value once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(latencies, latencies), { minLength: 1, maxLength: 4 }), (rounds) => {
        const threads = [new SharedHistogram(), new SharedHistogram()] as const;
        const window = new HistogramWindow(threads);
        for (const [a, b] of rounds) {
          for (const value of a) threads[0].record(value);
          for (const value of b) threads[1].record(value);
          const read = window.next();
          const alone = recorded([...a, ...b]).snapshot();
          expect(read.count).toBe(a.length + b.length);
          for (const percent of [50, 99]) {
            const truth = alone.percentile(percent)!;
            expect(Math.abs(read.percentile(percent)! - truth)).toBeLessThanOrEqual(truth / 1000);
          }
        }
        expect(window.next().toLatency()).toMatchObject({ count: 0, p99: null });
      }),
    );
  });
});
