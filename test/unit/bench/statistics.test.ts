import { describe, expect, it } from 'vitest';
import { format, median, spread } from '../../../bench/statistics.ts';

describe('median', () => {
  it('is the middle one of an odd number of values, whatever their order', () => expect(median([9, 1, 5])).toBe(5));
  it('is the mean of the two in the middle of an even number', () => expect(median([4, 1, 3, 100])).toBe(3.5));
  it('of nothing is no number', () => expect(median([])).toBeNaN());
  it('sorts by value, not by text, and leaves its argument alone', () => {
    const values = [100, 9, 20];
    expect(median(values)).toBe(20);
    expect(values).toEqual([100, 9, 20]);
  });
});

it('spread tells the extremes, and a deviation that one bad round does not move', () => {
  expect(spread([10, 11, 12, 13, 500])).toEqual({ median: 12, min: 10, max: 500, mad: 1 });
});

it('figures are shown with as many digits as mean something', () => {
  expect([0, 0.12345, 8.1, 99.96, 12345.6, Number.NaN].map(format)).toEqual(['0', '0.123', '8.10', '100', '12,346', '-']);
});
