import { describe, expect, it } from 'vitest';
import { paths } from '../../../renderer/charts/Curves.tsx';
import { latencyAt, percentileCurve, shareAtTail, tailPosition } from '../../../renderer/charts/distribution.ts';
import { chartPoints, linearTicks, logTicks, timeTicks } from '../../../renderer/charts/points.ts';

const series = (key: string, values: (number | null)[], merge?: 'mean' | 'max') => ({
  key,
  label: key,
  color: 'red',
  values,
  ...(merge === undefined ? {} : { merge }),
});

describe('points of a chart', () => {
  it('stays below the limit and keeps the mean of a rate and the worst of a percentile', () => {
    const times = Array.from({ length: 2_400 }, (_, index) => index * 250);
    const points = chartPoints(
      times,
      [
        series(
          'rate',
          times.map((_, index) => index % 4),
        ),
        series('p99', times, 'max'),
      ],
      600,
    );
    expect(points).toHaveLength(600);
    expect(points.every((point) => point.rate === 1.5)).toBe(true);
    expect(points.map((point) => point.p99)).toEqual(points.map((point) => point.t));
    expect(points.at(-1)?.t).toBe(times.at(-1));
  });

  it('leaves a gap only where nothing at all was measured', () => {
    const points = chartPoints([0, 1, 2, 3], [series('a', [null, null, 4, null])], 2);
    expect(points.map((point) => point.a)).toEqual([null, 4]);
  });

  it('marks a log axis with powers of ten around the values', () => {
    expect(logTicks([0.5, 30, null, 0, -3])).toEqual([0.1, 1, 10, 100]);
    expect(logTicks([])).toEqual([1, 10]);
    expect(logTicks([100])).toEqual([100, 1000]);
  });
});

describe('axes', () => {
  it('are marked with round numbers from nought to above the largest value, whole ones', () => {
    expect(linearTicks([3, null, 5_300])).toEqual([0, 2_000, 4_000, 6_000]);
    expect(linearTicks([0.4])).toEqual([0, 1]);
    expect(linearTicks([])).toEqual([0, 1]);
    for (const max of [1, 2, 7, 9, 10, 11, 99, 250, 998, 123_456]) {
      const ticks = linearTicks([max]);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.every(Number.isInteger)).toBe(true);
    }
  });

  it('are marked at round times, few of them, none outside', () => {
    expect(timeTicks(-1_300, 31_000)).toEqual([0, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000]);
    expect(timeTicks(0, 900)).toEqual([0]);
    expect(timeTicks(0, 7_200_000).length).toBeLessThanOrEqual(8);
  });
});

describe('a line', () => {
  it('breaks where there is no value; a lonely point is seen all the same', () => {
    expect(paths([0, 10, 20, 30], [5, 6, null, 7], 100)).toEqual({
      line: 'M0,5L10,6M30,7h0',
      below: 'M0,100L0,5L10,6V100ZM30,100L30,7V100Z',
    });
    expect(paths([0, 10], [5, 6], 100, 'at next').line).toBe('M0,5H10V6');
    expect(paths([0, 10], [5, 6], 100, 'half way').line).toBe('M0,5H5V6H10');
    expect(paths([], [], 100).line).toBe('');
  });
});

describe('distribution', () => {
  it('gives the latency below which a share of the deliveries was', () => {
    const curve = percentileCurve({ bounds: [10, 100, 1000], counts: [90, 0, 10] });
    expect(latencyAt(curve, 0.5)).toBe(10);
    expect(latencyAt(curve, 0.9)).toBe(10);
    expect(latencyAt(curve, 0.91)).toBe(1000);
    expect(latencyAt(curve, 1)).toBe(1000);
    expect(latencyAt(percentileCurve({ bounds: [10], counts: [0] }), 0.5)).toBeNull();
  });

  it('gives every further nine the same room', () => {
    for (const [share, position] of [
      [0, 0],
      [0.9, 1],
      [0.99, 2],
      [0.999, 3],
    ] as const) {
      expect(tailPosition(share)).toBeCloseTo(position);
      expect(shareAtTail(position)).toBeCloseTo(share);
    }
    expect(tailPosition(1)).toBe(5);
  });
});
