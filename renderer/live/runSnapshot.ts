/** One run as the screens draw it: the same shape while it goes on, when it is over, and from its folder. */
import type { LogEvent } from '../../core/protocol/events.ts';
import type { Frame, RunResult } from '../../core/protocol/result.ts';
import type { Distribution, LiveMapping, RunStatus, RunView } from '../../core/protocol/window.ts';

/** Sums over all frames so far. */
export interface Totals {
  readonly offered: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly up: number;
  readonly down: number;
  readonly device: number;
  readonly duplicates: number;
  readonly reordered: number;
  readonly corrupted: number;
  readonly mappingFailed: number;
  readonly answers: number;
}

export interface RunSnapshot {
  readonly status: RunStatus;
  /** At most 2,400, oldest first; neighbours are merged where the run is longer. */
  readonly frames: readonly Frame[];
  readonly totals: Totals;
  /** The newest ones, oldest first. */
  readonly events: readonly LogEvent[];
  /** How many older ones were dropped. */
  readonly eventsDropped: number;
  readonly distributions: readonly Distribution[];
  readonly mapping: LiveMapping;
  readonly result: RunResult | null;
  readonly scenarioText: string | null;
}

const COUNTED = [
  'offered',
  'sent',
  'acknowledged',
  'up',
  'down',
  'device',
  'duplicates',
  'reordered',
  'corrupted',
  'mappingFailed',
  'answers',
] as const satisfies readonly (keyof Totals)[];

export const NO_TOTALS: Totals = Object.fromEntries(COUNTED.map((key) => [key, 0])) as unknown as Totals;

export function addTotals(totals: Totals, frame: Frame): Totals {
  const sums: Record<keyof Totals, number> = { ...totals };
  for (const key of COUNTED) sums[key] += frame[key];
  return sums;
}

/** Counts of merged frames are sums, so that totals over a view's frames are those of the run. */
export const snapshotOf = (view: RunView): RunSnapshot => ({
  ...view,
  totals: view.frames.reduce(addTotals, NO_TOTALS),
  eventsDropped: 0,
});
