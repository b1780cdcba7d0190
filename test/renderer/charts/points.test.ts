import { describe, expect, it } from 'vitest';
import { latencyAt, percentileCurve, shareAtTail, tailPosition } from '../../../renderer/charts/distribution.ts';
import { chartPoints, logTicks } from '../../../renderer/charts/points.ts';

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
