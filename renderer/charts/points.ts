/** What charts draw: rows of one time and the series' values, thinned honestly. */

export interface ChartSeries {
  /** Any short name without dots. */
  readonly key: string;
  readonly label: string;
  readonly color: string;
  readonly dash?: string | undefined;
  /** An area down to the axis instead of a line. */
  readonly area?: boolean;
  /** One value a time; null: nothing was measured then, the line breaks. */
  readonly values: readonly (number | null)[];
  /** How neighbours become one where there are too many: rates `mean` (the default), percentiles and utilisation `max`. */
  readonly merge?: 'mean' | 'max';
}

export type ChartPoint = { readonly t: number } & Readonly<Record<string, number | null>>;

export const MOST_POINTS = 600;

/** Rows for Recharts: at most `most`, each the mean or the maximum of equally many neighbours, at the time of the last of them. */
export function chartPoints(times: readonly number[], series: readonly ChartSeries[], most = MOST_POINTS): ChartPoint[] {
  const width = Math.max(1, Math.ceil(times.length / most));
  const points: ChartPoint[] = [];
  for (let start = 0; start < times.length; start += width) {
    const end = Math.min(start + width, times.length);
    const point: Record<string, number | null> & { t: number } = { t: times[end - 1] ?? 0 };
    for (const { key, values, merge } of series) {
      let sum = 0;
      let found = 0;
      let max = Number.NEGATIVE_INFINITY;
      for (let index = start; index < end; index += 1) {
        const value = values[index];
        if (value === null || value === undefined) continue;
        sum += value;
        found += 1;
        if (value > max) max = value;
      }
      point[key] = found === 0 ? null : merge === 'max' ? max : sum / found;
    }
    points.push(point);
  }
  return points;
}

/** Whole powers of ten (1, 10, 100 ...) around the positive values, for a log axis; [1, 10] where there are none. */
export function logTicks(values: Iterable<number | null>): readonly number[] {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (const value of values) {
    if (value === null || value <= 0) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (max === 0) return [1, 10];
  const low = Math.floor(Math.log10(min));
  const high = Math.max(low + 1, Math.ceil(Math.log10(max)));
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}

/** Recharts breaks the labels of an axis at spaces; a figure stays with its unit. */
export const unbroken = (label: string): string => label.replaceAll(' ', '\u00a0');

/** Seconds between marks of a time axis: what people count in. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400];

/** Round times between two others, at most `most` of them, milliseconds. */
export function timeTicks(from: number, to: number, most = 7): readonly number[] {
  const step = 1_000 * (STEPS.find((seconds) => (to - from) / (1_000 * seconds) < most) ?? Math.ceil((to - from) / 1_000 / most));
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}

/** Round numbers from 0 to above the largest value, about five of them, whole ones; [0, 1] where there are none. */
export function linearTicks(values: Iterable<number | null>): readonly number[] {
  let max = 0;
  for (const value of values) if (value !== null && value > max) max = value;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, max / 4)));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => Number.isInteger(factor * power) && 4 * factor * power >= max) ?? 10);
  const count = Math.max(1, Math.ceil(max / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
