/** What is compared between runs, figure by figure. Pure. */
import type { Direction, Latency, RunResult } from '../../../core/protocol/result.ts';

export type MetricKind = 'rate' | 'latency' | 'count' | 'share' | 'bytes' | 'duration';
export interface Metric {
  readonly key: string;
  /** Where the name stands in text/en/compare.ts; with the direction, where there is one. */
  readonly name: MetricName;
  readonly direction: Direction | null;
  readonly kind: MetricKind;
  /** Which way is better; null: neither, e.g. what was offered. */
  readonly better: 'higher' | 'lower' | null;
  /** Does a run whose verdict is invalid still say something here? Counts of the ledger are facts; rates and times are not. */
  readonly fact: boolean;
  readonly value: (result: RunResult) => number | null;
}
export type MetricName =
  | 'offered'
  | 'achieved'
  | 'delivered'
  | 'p50'
  | 'p99'
  | 'p999'
  | 'max'
  | 'lost'
  | 'duplicates'
  | 'reordered'
  | 'corrupted'
  | 'mapping'
  | 'slip'
  | 'utilisation'
  | 'connect'
  | 'reconnects'
  | 'bytesIn'
  | 'bytesOut';

const DIRECTIONS: readonly Direction[] = ['up', 'down', 'device'];
const ledgerSum = (result: RunResult, key: 'lost' | 'duplicatesUnexplained' | 'reordered' | 'corrupted'): number =>
  DIRECTIONS.reduce((sum, direction) => sum + result.ledger[direction][key], 0);
const latencyOf = (result: RunResult, direction: Direction, key: keyof Latency): number | null => {
  const path = result.paths.find((one) => one.direction === direction);
  return path === undefined || path.endToEnd.count === 0 ? null : path.endToEnd[key];
};

const metric = (
  name: MetricName,
  kind: MetricKind,
  better: Metric['better'],
  fact: boolean,
  value: Metric['value'],
  direction: Direction | null = null,
): Metric => ({ key: direction === null ? name : `${direction}.${name}`, name, direction, kind, better, fact, value });

export const METRICS: readonly Metric[] = [
  metric('offered', 'rate', null, true, ({ rates }) => rates.offered),
  metric('achieved', 'rate', 'higher', false, ({ rates }) => rates.achieved),
  metric('delivered', 'rate', 'higher', false, ({ rates }) => rates.delivered),
  ...DIRECTIONS.flatMap((direction) =>
    (['p50', 'p99', 'p999', 'max'] as const).map((name) =>
      metric(name, 'latency', 'lower', false, (result) => latencyOf(result, direction, name), direction),
    ),
  ),
  metric('lost', 'count', 'lower', true, (result) => ledgerSum(result, 'lost')),
  metric('duplicates', 'count', 'lower', true, (result) => ledgerSum(result, 'duplicatesUnexplained')),
  metric('reordered', 'count', 'lower', true, (result) => ledgerSum(result, 'reordered')),
  metric('corrupted', 'count', 'lower', true, (result) => ledgerSum(result, 'corrupted')),
  metric('mapping', 'count', 'lower', true, ({ mapping }) => mapping.reduce((sum, { failed }) => sum + failed, 0)),
  metric('slip', 'latency', 'lower', true, ({ saturation }) => saturation.slip.p99),
  metric(
    'utilisation',
    'share',
    'lower',
    false,
    ({ saturation }) => saturation.threads.find(({ thread }) => thread === 'main')?.utilisation ?? null,
  ),
  metric('connect', 'duration', 'lower', false, ({ clients }) => clients.connectMs),
  metric('reconnects', 'count', null, true, ({ clients }) => clients.reconnects),
  metric('bytesIn', 'bytes', null, true, ({ rates }) => rates.bytesIn),
  metric('bytesOut', 'bytes', null, true, ({ rates }) => rates.bytesOut),
];

/** Metrics that at least one of the runs knows. */
export const knownMetrics = (results: readonly RunResult[]): readonly Metric[] =>
  METRICS.filter(({ value }) => results.some((result) => value(result) !== null));

export type Delta =
  | { readonly kind: 'baseline' }
  /** One of both has no such figure. */
  | { readonly kind: 'unknown' }
  /** An invalid run's rates and times say nothing about the system. */
  | { readonly kind: 'notComparable' }
  | { readonly kind: 'same' }
  | {
      readonly kind: 'differs';
      readonly judged: 'better' | 'worse' | 'neither';
      readonly difference: number;
      /** Of the baseline's value; null where that is 0. */
      readonly share: number | null;
    };

/** Rates and times that differ less than this are the same: two runs of one thing differ as much. */
const NOISE = 0.03;

export function deltaOf(metric: Metric, result: RunResult, baseline: RunResult): Delta {
  if (result === baseline) return { kind: 'baseline' };
  const [value, base] = [metric.value(result), metric.value(baseline)];
  if (value === null || base === null) return { kind: 'unknown' };
  if (!metric.fact && (result.verdict === 'invalid' || baseline.verdict === 'invalid')) return { kind: 'notComparable' };
  const difference = value - base;
  const share = base === 0 ? null : difference / base;
  const exact = metric.kind === 'count';
  if (difference === 0 || (!exact && share !== null && Math.abs(share) < NOISE)) return { kind: 'same' };
  const judged = metric.better === null ? 'neither' : difference > 0 === (metric.better === 'higher') ? 'better' : 'worse';
  return { kind: 'differs', judged, difference, share };
}
