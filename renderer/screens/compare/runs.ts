/** A run among those that are compared: its letter, colour and dash go with it through the whole screen. */
import type { RunResult } from '../../../core/protocol/result.ts';
import type { RunView } from '../../../core/protocol/window.ts';
import { SERIES_COLORS } from '../../theme/directions.ts';

export const MOST_RUNS = 5;
export const LETTERS = ['A', 'B', 'C', 'D', 'E'] as const;
const DASHES = [undefined, '7 3', '2 3', '9 3 2 3', '4 4'];

export interface Compared {
  readonly id: string;
  readonly letter: string;
  readonly place: number;
  readonly view: RunView;
  readonly result: RunResult;
}

export const lookOf = ({ place }: Pick<Compared, 'place'>): { readonly color: string; readonly dash: string | undefined } => ({
  color: SERIES_COLORS[place] as string,
  dash: DASHES[place],
});
