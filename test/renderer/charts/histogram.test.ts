import { expect, it } from 'vitest';
import { histogramBars } from '../../../renderer/charts/histogram.ts';

const BOUNDS = [10, 100, 1_000, 10_000, 100_000];

it('has a bar for each bucket in use and an empty one at both ends', () => {
  const bars = histogramBars([{ bounds: BOUNDS, counts: [0, 30, 0, 10, 0] }]);
  expect(bars.map(({ from, to, counts, shares }) => [from, to, counts[0], shares[0]])).toEqual([
    [1, 10, 0, 0],
    [10, 100, 30, 0.75],
    [100, 1_000, 0, 0],
    [1_000, 10_000, 10, 0.25],
    [10_000, 100_000, 0, 0],
  ]);
  expect(bars[1]?.middle).toBeCloseTo(Math.sqrt(1_000));
});

it('lays distributions over each other, each by its own whole; one without deliveries has no shares', () => {
  const bars = histogramBars([
    { bounds: BOUNDS, counts: [0, 1, 1, 0, 0] },
    { bounds: [50, 500], counts: [3, 1] },
    { bounds: BOUNDS, counts: [0, 0, 0, 0, 0] },
  ]);
  expect(bars.map(({ shares }) => shares)).toEqual([
    [0, 0, null],
    [0.5, 0.75, null],
    [0.5, 0.25, null],
    [0, 0, null],
  ]);
});

it('has no bars where nothing was counted', () => {
  expect(histogramBars([{ bounds: BOUNDS, counts: [0, 0, 0, 0, 0] }])).toEqual([]);
  expect(histogramBars([])).toEqual([]);
});
