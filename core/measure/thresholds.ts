/** Thresholds against a result. Times in a result are microseconds, in a threshold milliseconds. */
import { compare } from '../protocol/comparison.ts';
import type { Latency, RunResult } from '../protocol/result.ts';
import type { Threshold } from '../scenario/model.ts';
import { splitFamily } from './metricNames.ts';

type ThresholdResult = RunResult['thresholds'][number];

/** What thresholds look at: a result that need not have its verdict and thresholds yet. */
export type Measured = Pick<
  RunResult,
  'paths' | 'ledger' | 'rates' | 'clients' | 'mapping' | 'saturation' | 'answers' | 'waves' | 'services'
>;

/** Looks the metric up and compares. A metric without a figure (nothing recorded, no such command) is `found: null` and not passed. */
export function evaluate(threshold: Threshold, result: Measured): ThresholdResult {
  const found = metricValue(threshold.metric, result);
  return {
    text: threshold.text,
    metric: threshold.metric,
    found,
    passed: found !== null && compare(found, threshold.op, threshold.value),
  };
}

/** The figure of a metric, in the unit that `metricUnit` names; null where the result has none. */
export function metricValue(metric: string, result: Measured): number | null {
  const parts = splitFamily(metric);
  if (parts !== undefined) return familyValue(parts.family, parts.name, parts.figure, result);
  const [first = '', second = '', third = ''] = metric.split('.');
  switch (first) {
    case 'up':
    case 'down':
    case 'device': {
      const path = result.paths.find((p) => p.direction === first);
      if (path === undefined) return null;
      if (second === 'untraced') return path.untraced;
      if (second === 'endToEnd') return latencyFigure(path.endToEnd, third);
      if (second === 'service') return latencyFigure(path.service, third);
      return latencyFigure(path.hops.find((hop) => hop.name === second)?.latency, third);
    }
    case 'ledger': {
      const ledger = (result.ledger as Readonly<Record<string, object>>)[second];
      return ledger === undefined ? null : numberIn(ledger, third);
    }
    case 'rates':
      return numberIn(result.rates, second);
    case 'clients':
      return numberIn(result.clients, second);
    case 'mapping':
      if (second !== 'checked' && second !== 'failed') return null;
      return result.mapping.reduce((sum, cell) => sum + cell[second], 0);
    case 'saturation':
      if (second === 'slip') return latencyFigure(result.saturation.slip, third);
      if (second === 'achievedShare') return result.saturation.achievedShare;
      if (second === 'utilisation') return worst(result.saturation.threads.map((thread) => thread.utilisation));
      return null;
    default:
      return null;
  }
}

function familyValue(family: string, name: string, figure: string, result: Measured): number | null {
  if (family === 'answers') {
    const answers = result.answers.find((a) => a.command === name);
    if (answers === undefined) return null;
    if (figure === 'share') return answers.expected === 0 ? null : answers.answered / answers.expected;
    if (figure === 'sent' || figure === 'expected' || figure === 'answered') return answers[figure];
    return latencyFigure(answers.latency, figure);
  }
  if (family === 'services') {
    return figure === 'received' ? (result.services.find((s) => s.name === name)?.received ?? null) : null;
  }
  if (figure !== 't50' && figure !== 't95' && figure !== 't100') return null;
  // The slowest wave counts, and one that never got so far leaves no figure: it must not hide behind the others.
  const times = result.waves.filter((wave) => wave.command === name).map((wave) => wave[figure]);
  if (times.includes(null)) return null;
  const slowest = worst(times.filter((t) => t !== null));
  return slowest === null ? null : slowest / 1000;
}

function latencyFigure(latency: Latency | undefined, figure: string): number | null {
  if (latency === undefined) return null;
  if (figure === 'count') return latency.count;
  const us = numberIn(latency, figure);
  return us === null ? null : us / 1000;
}

function numberIn(record: object, field: string): number | null {
  const value: unknown = Object.hasOwn(record, field) ? (record as Readonly<Record<string, unknown>>)[field] : undefined;
  return typeof value === 'number' ? value : null;
}

function worst(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}
