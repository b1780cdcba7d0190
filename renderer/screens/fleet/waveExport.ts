/** The waves of a run as files. */
import type { FleetWave } from '../../../core/protocol/fleet.ts';
import { NO_BOUND } from '../../../core/protocol/hand.ts';
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
  /** Milliseconds: more than `from`, at most `to`; null: however much more. */
  readonly from: number;
  readonly to: number | null;
  readonly count: number;
}

/** Can so large a share still answer, or will too many never get the command? */
export const canReach = (wave: Pick<FleetWave, 'addressed' | 'dropped'>, share: number): boolean =>
  wave.addressed - wave.dropped >= Math.ceil(wave.addressed * share);

const LEAST_BARS = 9;

/** The histogram as bars, cut to where something is; a few answers stand among empty bars, so that one sees where. */
export function bars({ histogram: { bounds, counts } }: Pick<FleetWave, 'histogram'>): readonly Bar[] {
  const all = bounds.map((to, i) => ({
    from: bounds[i - 1] ?? 0,
    to: to === NO_BOUND ? null : to,
    count: counts[i] ?? 0,
  }));
  const first = all.findIndex(({ count }) => count > 0);
  const last = all.findLastIndex(({ count }) => count > 0);
  if (first === -1) return [];
  const least = Math.min(LEAST_BARS, all.length);
  const more = Math.max(0, least - (last + 1 - first));
  const from = Math.min(Math.max(0, first - Math.ceil(more / 2)), all.length - least);
  return all.slice(Math.min(from, first), Math.max(last + 1, from + least));
}
