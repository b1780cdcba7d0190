/** A threshold of a scenario, read from its text. Pure. */
import type { Comparison } from '../../../core/protocol/comparison.ts';
import type { Direction } from '../../../core/protocol/result.ts';

export interface Threshold {
  readonly metric: string;
  readonly op: Comparison;
  /** Times in milliseconds, shares from 0 to 1. */
  readonly value: number;
}

const LINE = /^\s*([A-Za-z][\w.<>-]*)\s*(<=|>=|==|<|>)\s*(-?\d+(?:\.\d+)?)\s*(us|µs|ms|s|min|h|%)?\s*$/;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, min: 60e3, h: 3_600e3 };
const PARTS: Readonly<Record<string, number>> = { us: 1e3, µs: 1e3, '%': 100 };

/** Undefined where it is written in a way that this window does not know: only the lab can judge it then. */
export function readThreshold(text: string): Threshold | undefined {
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const unit = match[4] ?? '';
  const value = (Number(match[3]) * (UNITS[unit] ?? 1)) / (PARTS[unit] ?? 1);
  return { metric: match[1] as string, op: match[2] as Comparison, value };
}

/** Shares of deliveries that thresholds name. */
const SHARES: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999, max: 1 };
const LATENCY = /^(up|down|device)\.endToEnd\.(p50|p90|p95|p99|p999|max)$/;

/** What share of the deliveries of a direction a metric is about; undefined for other metrics. */
export function latencyShare(metric: string): { readonly direction: Direction; readonly share: number } | undefined {
  const match = LATENCY.exec(metric);
  return match === null ? undefined : { direction: match[1] as Direction, share: SHARES[match[2] as string] as number };
}

/** A bound that a percentile of all deliveries of a direction must stay below. */
export interface LatencyLimit {
  readonly direction: Direction;
  readonly share: number;
  readonly micros: number;
}

/** The strictest one of each percentile and direction. */
export function latencyLimits(thresholds: readonly { readonly text: string }[]): readonly LatencyLimit[] {
  const limits = new Map<string, LatencyLimit>();
  for (const { text } of thresholds) {
    const threshold = readThreshold(text);
    const about = threshold === undefined ? undefined : latencyShare(threshold.metric);
    if (threshold === undefined || about === undefined || !threshold.op.startsWith('<') || threshold.value <= 0) continue;
    const micros = threshold.value * 1e3;
    const held = limits.get(threshold.metric);
    if (held === undefined || micros < held.micros) limits.set(threshold.metric, { ...about, micros });
  }
  return [...limits.values()];
}
