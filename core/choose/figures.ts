/** Figures and the arithmetic on them. */
import { type ChooseFigure, unitOf } from '../protocol/choose.ts';

type Better = 'lower' | 'higher';

/** Whole numbers stay exact, since many are counts; others keep three digits, more than which no repetition bears out. */
export function figure(name: string, value: number | null, unit: string, better?: Better, note?: string): ChooseFigure {
  const rounded =
    value === null || !Number.isFinite(value) ? null : Number.isInteger(value) ? value : Number(value.toPrecision(3));
  return {
    name,
    value: rounded,
    unit,
    ...(better === undefined ? {} : { better }),
    ...(note !== undefined ? { note } : rounded === null ? { note: 'nothing came to be measured in the time' } : {}),
  };
}

/** The value of a figure; null: not measured. */
export function figureValue(figures: readonly ChooseFigure[], name: string): number | null {
  return figures.find((one) => one.name === name)?.value ?? null;
}

/** Value and unit as people read them, e.g. `1,370 messages/s`, `yes`, `not measured`. */
export function valueText({ value, unit, bound }: Pick<ChooseFigure, 'value' | 'unit' | 'bound'>): string {
  if (value === null) return 'not measured';
  if (unit === 'yes/no') return value === 0 ? 'no' : 'yes';
  const number = value.toLocaleString('en-US', { maximumFractionDigits: 4 });
  const shown = bound === undefined ? number : `${bound} ${number}`;
  return unit === '' ? shown : `${shown} ${unitOf(unit, value)}`;
}

/** Nearest rank; null of none. */
export function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
}

/** Of an even number the mean of the two in the middle; null of none. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  if (upper === undefined) return null;
  return Number.isInteger(middle) ? (sorted[middle - 1]! + upper) / 2 : upper;
}
