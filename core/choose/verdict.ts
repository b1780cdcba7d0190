/** What a rule says of a row, and the small parts that rules are made of. */
import type { ChooseFigure } from '../protocol/choose.ts';
import type { Figures } from './ahead.ts';
import { figureValue } from './figures.ts';

export interface Judged {
  readonly holds: boolean | null;
  readonly note: string;
}
export interface Verdict {
  readonly mqtt: Judged;
  readonly mq: Judged;
  /** both: either will do, or each for its own part. null: neither, by what was measured. */
  readonly recommended: 'mqtt' | 'mq' | 'both' | null;
  readonly reason: string;
}

export type Rule = (figures: Figures, overloaded: boolean) => Verdict;

export const judged = (holds: boolean | null, note: string): Judged => ({ holds, note });

/** Is this count nothing? null: not measured. */
export const zero = (figures: readonly ChooseFigure[], name: string): boolean | null => {
  const value = figureValue(figures, name);
  return value === null ? null : value === 0;
};

/** Is this answer yes? null: not tried. */
export const yes = (figures: readonly ChooseFigure[], name: string): boolean | null => {
  const value = figureValue(figures, name);
  return value === null ? null : value === 1;
};

/** False where one is, else null where one is not known. */
export const all = (...parts: readonly (boolean | null)[]): boolean | null =>
  parts.includes(false) ? false : parts.includes(null) ? null : true;
