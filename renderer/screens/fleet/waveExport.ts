/** The waves of a run as files. */
import type { FleetWave } from '../../../core/protocol/fleet.ts';
import type { Target } from './selection.ts';

const COLUMNS = [
  'wave',
  'kind',
  'qos',
  'store',
  'atMs',
  'addressed',
  'sent',
  'delivered',
  'storedOffline',
  'dropped',
  'answered',
  'refused',
  't50',
  't95',
  't100',
] as const;

const targetText = (target: Target): string =>
  'all' in target ? 'all' : 'district' in target ? `district ${target.district}` : `members ${target.members.join(' ')}`;

export const wavesJson = (runId: string, waves: readonly FleetWave[]): string => `${JSON.stringify({ runId, waves }, null, 2)}\n`;

/** A line per wave; times in milliseconds, empty where not reached. */
export const wavesCsv = (waves: readonly FleetWave[]): string =>
  [
    ['target', ...COLUMNS].join(','),
    ...waves.map((wave) => [targetText(wave.target), ...COLUMNS.map((key) => wave[key] ?? '')].join(',')),
    '',
  ].join('\r\n');

/** Share of the addressed vehicles that have answered, 0 to 1. */
export const answeredShare = (wave: Pick<FleetWave, 'addressed' | 'answered'>): number =>
  wave.addressed === 0 ? 0 : Math.min(1, wave.answered / wave.addressed);

export interface Bar {
  /** Milliseconds: more than `from`, at most `to`. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The histogram as bars, cut to where something is (one empty bar on each side stays out). */
export function bars({ histogram: { bounds, counts } }: Pick<FleetWave, 'histogram'>): readonly Bar[] {
  const all = bounds.map((to, i) => ({ from: bounds[i - 1] ?? 0, to, count: counts[i] ?? 0 }));
  const first = all.findIndex(({ count }) => count > 0);
  const last = all.findLastIndex(({ count }) => count > 0);
  return first === -1 ? [] : all.slice(first, last + 1);
}
