/** The verdict taken apart: one chip for each thing that a run promises. Pure. */
import type { RunResult } from '../../../core/protocol/result.ts';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { latest } from '../../live/series.ts';
import { thresholdsSoFar } from './thresholdsSoFar.ts';

export const CHIPS = ['lost', 'intact', 'order', 'mapping', 'thresholds', 'generator'] as const;
export type ChipKey = (typeof CHIPS)[number];

/** Where a chip leads: the id of a panel. */
export const chipPanel: Readonly<Record<ChipKey, string>> = {
  lost: 'run-ledger',
  intact: 'run-ledger',
  order: 'run-order',
  mapping: 'run-mapping',
  thresholds: 'run-thresholds',
  generator: 'run-generator',
};

/** `good` and `watch` are of a run under way: nothing wrong so far; something that may yet be explained. */
export type ChipTone = 'pass' | 'fail' | 'invalid' | 'good' | 'watch' | 'none';

/** What a chip says besides its name; the texts stand in text/en/run.ts. */
export type ChipNote =
  | { readonly kind: 'kept' }
  | { readonly kind: 'healthy' }
  | { readonly kind: 'soFar' }
  | { readonly kind: 'atTheEnd' }
  | { readonly kind: 'notPromised' }
  | { readonly kind: 'noneSet' }
  | { readonly kind: 'nothingChecked' }
  | { readonly kind: 'noResult' }
  | { readonly kind: 'met'; readonly count: number }
  | { readonly kind: 'missed'; readonly count: number; readonly of: number }
  | { readonly kind: 'broken' }
  | { readonly kind: 'holding' | 'failing'; readonly count: number; readonly of: number }
  | {
      readonly kind: 'count';
      readonly what: 'lost' | 'duplicates' | 'corrupted' | 'reordered' | 'mapping';
      readonly count: number;
    }
  | { readonly kind: 'late' }
  | { readonly kind: 'limit' }
  | { readonly kind: 'busy'; readonly thread: string };

export interface Chip {
  readonly key: ChipKey;
  readonly tone: ChipTone;
  readonly note: ChipNote;
  /** Codes and texts of the verdict that belong here. */
  readonly reasons: RunResult['reasons'];
}

const CHIP_OF: Readonly<Record<string, ChipKey>> = {
  'messages-lost': 'lost',
  'messages-vanished': 'lost',
  'not-acknowledged': 'lost',
  'not-drained': 'lost',
  'retention-overrun': 'lost',
  'nothing-measured': 'lost',
  'clients-away': 'lost',
  'duplicates-unexplained': 'intact',
  'messages-corrupted': 'intact',
  'messages-unexpected': 'intact',
  'order-broken': 'order',
  'mapping-failed': 'mapping',
  'threshold-failed': 'thresholds',
  'threshold-unmeasured': 'thresholds',
  'machine-overloaded': 'generator',
  'generator-saturated': 'generator',
  'hops-inconsistent': 'generator',
};
/** These alone make a run invalid, they don't fail it. */
const LIMITS: ReadonlySet<string> = new Set(['not-drained', 'threshold-unmeasured', 'machine-overloaded', 'generator-saturated']);

/** The chip of a reason; one that this window does not know belongs to the thresholds, the chip that lists what was asked for. */
export const chipOf = (code: string): ChipKey => CHIP_OF[code] ?? 'thresholds';

/** A thread this busy, or messages this late, soon make the generator the limit. */
const BUSY = 0.9;
const LATE_US = 50_000;

const OVER: ReadonlySet<string> = new Set(['done', 'failed', 'aborted']);

export function chipsOf(run: RunSnapshot): readonly Chip[] {
  if (run.result !== null) return judged(run.result, run.status.orderPromised);
  if (OVER.has(run.status.phase)) return CHIPS.map((key) => ({ key, tone: 'none', note: { kind: 'noResult' }, reasons: [] }));
  return live(run);
}

function judged(result: RunResult, orderPromised: boolean): readonly Chip[] {
  const counts = { lost: 0, duplicates: 0, corrupted: 0, reordered: 0, mapping: 0, checked: 0 };
  for (const ledger of Object.values(result.ledger)) {
    counts.lost += ledger.lost;
    counts.duplicates += ledger.duplicatesUnexplained;
    counts.corrupted += ledger.corrupted;
    if (ledger.orderGuaranteed) counts.reordered += ledger.reordered;
  }
  for (const cell of result.mapping) {
    counts.mapping += cell.failed;
    counts.checked += cell.checked;
  }
  const promised = orderPromised || Object.values(result.ledger).some((ledger) => ledger.orderGuaranteed && ledger.expected > 0);
  const missed = result.thresholds.filter(({ passed }) => !passed).length;

  const notes: Record<ChipKey, ChipNote> = {
    lost: counts.lost > 0 ? { kind: 'count', what: 'lost', count: counts.lost } : { kind: 'kept' },
    intact:
      counts.corrupted > 0
        ? { kind: 'count', what: 'corrupted', count: counts.corrupted }
        : counts.duplicates > 0
          ? { kind: 'count', what: 'duplicates', count: counts.duplicates }
          : { kind: 'kept' },
    order: counts.reordered > 0 ? { kind: 'count', what: 'reordered', count: counts.reordered } : { kind: 'kept' },
    mapping: counts.mapping > 0 ? { kind: 'count', what: 'mapping', count: counts.mapping } : { kind: 'kept' },
    thresholds:
      missed > 0
        ? { kind: 'missed', count: missed, of: result.thresholds.length }
        : { kind: 'met', count: result.thresholds.length },
    generator: { kind: 'healthy' },
  };
  const untested: Partial<Record<ChipKey, ChipNote>> = {
    ...(promised ? {} : { order: { kind: 'notPromised' } }),
    ...(counts.checked > 0 ? {} : { mapping: { kind: 'nothingChecked' } }),
    ...(result.thresholds.length > 0 ? {} : { thresholds: { kind: 'noneSet' } }),
  };
  return CHIPS.map((key): Chip => {
    const reasons = result.reasons.filter(({ code }) => chipOf(code) === key);
    if (reasons.length > 0) {
      const failing = result.verdict !== 'invalid' && reasons.some(({ code }) => !LIMITS.has(code));
      return { key, tone: failing ? 'fail' : 'invalid', note: saying(notes[key], reasons), reasons };
    }
    // Missed, and not held against the system: the generator was the limit.
    if (key === 'thresholds' && missed > 0) return { key, tone: 'invalid', note: notes.thresholds, reasons };
    const nothing = untested[key];
    if (nothing !== undefined) return { key, tone: 'none', note: nothing, reasons };
    return { key, tone: 'pass', note: key === 'thresholds' || key === 'generator' ? notes[key] : { kind: 'kept' }, reasons };
  });
}

/** A chip with reasons never says that all is well, even where its own count is nought (e.g. `not-acknowledged`). */
function saying(note: ChipNote, reasons: RunResult['reasons']): ChipNote {
  if (note.kind !== 'kept' && note.kind !== 'met' && note.kind !== 'healthy') return note;
  return { kind: reasons.every(({ code }) => LIMITS.has(code)) ? 'limit' : 'broken' };
}

function live(run: RunSnapshot): readonly Chip[] {
  const { status, totals, mapping, frames } = run;
  const failed = mapping.reduce((sum, cell) => sum + cell.failed, 0) || totals.mappingFailed;
  const chip = (key: ChipKey, tone: ChipTone, note: ChipNote): Chip => ({ key, tone, note, reasons: [] });
  const counted = (key: ChipKey, what: Extract<ChipNote, { kind: 'count' }>['what'], count: number, tone: ChipTone): Chip =>
    count > 0 ? chip(key, tone, { kind: 'count', what, count }) : chip(key, 'good', { kind: 'soFar' });
  const now = latest(frames)?.frame;
  const busy = Object.entries(now?.utilisation ?? {}).find(([, share]) => share >= BUSY);
  return [
    chip('lost', 'none', { kind: 'atTheEnd' }),
    totals.corrupted > 0
      ? counted('intact', 'corrupted', totals.corrupted, 'fail')
      : counted('intact', 'duplicates', totals.duplicates, 'watch'),
    status.orderPromised
      ? counted('order', 'reordered', totals.reordered, 'watch')
      : chip('order', 'none', { kind: 'notPromised' }),
    counted('mapping', 'mapping', failed, 'fail'),
    chip('thresholds', ...thresholdsNote(run)),
    busy !== undefined
      ? chip('generator', 'watch', { kind: 'busy', thread: busy[0] })
      : (now?.slipP99 ?? 0) > LATE_US
        ? chip('generator', 'watch', { kind: 'late' })
        : chip('generator', 'good', { kind: 'soFar' }),
  ];
}

/** Those that can be told before the end; one that is missed may yet be met, e.g. when the first second was slow. */
function thresholdsNote(run: RunSnapshot): readonly [ChipTone, ChipNote] {
  const all = thresholdsSoFar(run);
  const holding = all.filter(({ holds }) => holds === true).length;
  const failing = all.filter(({ holds }) => holds === false).length;
  if (all.length === 0) return ['none', { kind: 'noneSet' }];
  if (failing > 0) return ['watch', { kind: 'failing', count: failing, of: all.length }];
  if (holding > 0) return ['good', { kind: 'holding', count: holding, of: all.length }];
  return ['none', { kind: 'atTheEnd' }];
}
