/** One line of `thresholds`: `up.endToEnd.p99 < 250`. */
import { isKnownMetric, metricUnit, suggestMetric } from '../measure/metricNames.ts';
import type { Threshold } from './model.ts';
import type { Hint } from './problems.ts';
import { readDuration, readShare } from './units.ts';

const LINE = /^\s*([A-Za-z][\w.<>-]*)\s*(<=|>=|==|<|>)\s*(\S+)\s*$/;
const SHAPE = 'is not of the form metric < number';

export interface ThresholdProblem {
  readonly problem: string;
  readonly hint: Hint | undefined;
}

/** The number behind the operator: plain, or `250ms` where the metric is a time, or `5%` where it is a share. */
function readValue(text: string, unit: string | undefined): number | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const read = unit === 'ms' ? readDuration(text, true) : unit === 'share' ? readShare(text) : undefined;
  return read?.ok ? read.value : undefined;
}

/** Reads one threshold, or says what is wrong with it (continuing a sentence that begins with the text itself). */
export function readThreshold(text: string): Threshold | ThresholdProblem {
  const match = LINE.exec(text);
  if (match === null) return { problem: SHAPE, hint: 'e.g. "up.endToEnd.p99 < 250"; operators: < <= > >= ==' };
  const metric = match[1]!;
  const op = match[2] as Threshold['op'];
  if (!isKnownMetric(metric)) {
    const near = suggestMetric(metric);
    return {
      problem: `names the unknown metric "${metric}"`,
      hint: near === undefined ? 'e.g. up.endToEnd.p99 or ledger.up.lost' : { instead: near },
    };
  }
  const unit = metricUnit(metric);
  const value = readValue(match[3]!, unit);
  if (value === undefined)
    return {
      problem: `compares with "${match[3]}", which is no number of ${unit ?? 'anything'}`,
      hint: `give a number (${unit})`,
    };
  return { metric, op, value, text: text.trim() };
}
