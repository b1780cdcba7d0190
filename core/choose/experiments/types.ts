/** What an experiment hands back. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import type { Scope } from '../bench.ts';

export interface Measured {
  readonly mqtt: readonly ChooseFigure[];
  readonly mq: readonly ChooseFigure[];
  /** What was done, with how much, in sentences. */
  readonly method: string;
}

export type Experiment = (scope: Scope) => Promise<Measured>;
