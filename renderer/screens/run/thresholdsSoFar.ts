/** How the thresholds of a run under way stand, as far as its live figures tell. Pure. */
import { compare } from '../../../core/protocol/comparison.ts';
import { type Range, rangeAt } from '../../charts/distribution.ts';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { latencyShare, readThreshold, type Threshold } from './threshold.ts';

export interface ThresholdSoFar {
  readonly text: string;
  readonly metric: string;
  /** At most this much so far, in the unit of the metric; null: not known before the end. */
  readonly atMost: number | null;
  /** null: it cannot be told yet. */
  readonly holds: boolean | null;
}

export const thresholdsSoFar = (run: RunSnapshot): readonly ThresholdSoFar[] =>
  run.status.thresholds.map(({ text, metric }) => {
    const threshold = readThreshold(text);
    const range = threshold === undefined ? undefined : figureOf(threshold.metric, run);
    if (threshold === undefined || range === undefined) return { text, metric, atMost: null, holds: null };
    return { text, metric, atMost: range.to, holds: judge(threshold, range) };
  });

/** A figure lies above `from` and at most at `to`, or is known exactly: then both are the same. */
function figureOf(metric: string, { distributions, mapping, totals }: RunSnapshot): Range | undefined {
  const about = latencyShare(metric);
  if (about !== undefined) {
    const distribution = distributions.find(({ direction }) => direction === about.direction);
    const range = distribution === undefined ? undefined : rangeAt(distribution, about.share);
    return range === undefined ? undefined : { from: range.from / 1e3, to: range.to / 1e3 };
  }
  if (metric === 'mapping.failed') return exactly(mapping.reduce((sum, cell) => sum + cell.failed, 0));
  // Frames count these of all directions together, and before anything is explained: only none at all is sure.
  const counted = /^ledger\.\w+\.(corrupted|reordered|duplicatesUnexplained)$/.exec(metric)?.[1];
  if (counted === undefined) return undefined;
  const count = totals[counted === 'duplicatesUnexplained' ? 'duplicates' : (counted as 'corrupted' | 'reordered')];
  return count === 0 ? exactly(0) : undefined;
}

const exactly = (value: number): Range => ({ from: value, to: value });

/** Told only where it is the same for all that the figure may be. */
function judge({ op, value }: Threshold, { from, to }: Range): boolean | null {
  if (op === '==' && from < value && value < to) return null;
  const low = compare(from, op, value);
  return low === compare(to, op, value) ? low : null;
}
