import type { Stream } from '../schedule/counterRandom.ts';

/** JSON text of a value with at most so many decimals; rounding never leaves [min, max]. */
export function decimalText(value: number, decimals: number, min: number, max: number): string {
  const scale = 10 ** decimals;
  let rounded = Math.round(value * scale) / scale;
  // Bounds with more decimals than the value: 0.996 would be rounded up to 1.00.
  if (rounded > max) rounded = Math.floor(max * scale) / scale;
  else if (rounded < min) rounded = Math.ceil(min * scale) / scale;
  return String(rounded);
}

/** The next value of a random walk: up to ± step away, thrown back at the bounds as a ball at a wall. */
export function walkStep(value: number, step: number, min: number, max: number, stream: Stream): number {
  let next = value + stream.between(-step, step);
  if (next > max) next = 2 * max - next;
  if (next < min) next = 2 * min - next;
  // A step wider than the range bounces more than once.
  return Math.min(max, Math.max(min, next));
}

/** A normal deviate within bounds: drawn again while outside, so that no value piles up on a bound. */
export function boundedGaussian(mean: number, deviation: number, min: number, max: number, stream: Stream): number {
  for (let attempt = 0; attempt < 16; attempt += 1) {
    const value = stream.gaussian(mean, deviation);
    if (value >= min && value <= max) return value;
  }
  return Math.min(max, Math.max(min, mean));
}

/** Which of the cumulative weights (the last is the sum) a number drawn from [0, 1) falls on. */
export function weightedIndex(cumulative: readonly number[], drawn: number): number {
  const target = drawn * cumulative[cumulative.length - 1]!;
  let index = 0;
  while (index < cumulative.length - 1 && target >= cumulative[index]!) index += 1;
  return index;
}
