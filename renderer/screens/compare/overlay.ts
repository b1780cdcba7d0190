/** Runs laid over each other: one list of times for all, aligned at the start of traffic. Pure. */
import type { Direction, Frame } from '../../../core/protocol/result.ts';
import { perSecond, type Span, spansOf, windowMs } from '../../live/series.ts';

export interface Overlay {
  /** Milliseconds since the start of traffic. */
  readonly times: readonly number[];
  /** For each run, the window that ended at each of the times; undefined: the run has none there. */
  readonly spans: readonly (readonly (Span | undefined)[])[];
  readonly widthMs: number;
}

/** Frames don't end at the same moments in all runs: in a second there are always some of each. */
const LEAST_MS = 1_000;

/** Connecting is left out: how long it takes would shift nothing, but stretch the axis. */
export function overlay(runs: readonly (readonly Frame[])[], most?: number): Overlay {
  const traffic = runs.map((frames) => frames.filter(({ atMs }) => atMs > 0));
  const width = Math.max(...traffic.map((frames) => windowMs(frames, most)), LEAST_MS);
  const placed = traffic.map((frames) => new Map(spansOf(frames, width).map((span) => [Math.ceil(span.atMs / width), span])));
  const last = Math.max(0, ...placed.map((spans) => Math.max(0, ...spans.keys())));
  const places = Array.from({ length: last }, (_, index) => index + 1);
  return {
    times: places.map((place) => place * width),
    spans: placed.map((spans) => places.map((place) => spans.get(place))),
    widthMs: width,
  };
}

export const deliveredPerSecond = (spans: readonly (Span | undefined)[]): (number | null)[] =>
  spans.map((span) => (span === undefined ? null : perSecond(span.frame.up + span.frame.down + span.frame.device, span.widthMs)));
export const latencyOver = (
  spans: readonly (Span | undefined)[],
  direction: Direction,
  which: 'p50' | 'p99',
): (number | null)[] => spans.map((span) => span?.frame.latency[direction][which] ?? null);
