/** The table as it is shown: what is claimed, and what was measured last. */
import type { EngineName } from '../mq/engines.ts';
import { CHOOSE_ROWS, type ChooseFigure, type ChooseRow, type ChooseRowId, type ChooseTable } from '../protocol/choose.ts';
import type { CausewayError } from '../protocol/errors.ts';
import { ROW_FACTS } from './rows.ts';
import { judge } from './rules.ts';

/** What is kept of a measured row. Verdicts are not: they follow from the figures by the rules of now. */
export interface KeptRow {
  readonly id: ChooseRowId;
  readonly mqtt: readonly ChooseFigure[];
  readonly mq: readonly ChooseFigure[];
  readonly method: string;
  /** ISO time. */
  readonly at: string;
  readonly engine: string;
  readonly seconds: number;
  readonly machine: string;
  readonly overloaded: boolean;
}

/** How much longer a row takes, roughly, where groups are arranged by an engine outside. */
const OUTSIDE = 3;

export function rowOf(id: ChooseRowId, kept: KeptRow | undefined): ChooseRow {
  const { kind, title, mqtt, mq, seconds } = ROW_FACTS[id];
  if (kept === undefined) {
    const cell = { holds: null, note: '', figures: [] };
    return {
      id,
      kind,
      title,
      mqtt: { side: 'mqtt', claim: mqtt, ...cell },
      mq: { side: 'mq', claim: mq, ...cell },
      recommended: null,
      reason: 'not measured yet',
      method: '',
      measured: null,
      seconds,
    };
  }
  const verdict = judge(id, kept, kept.overloaded);
  return {
    id,
    kind,
    title,
    mqtt: { side: 'mqtt', claim: mqtt, holds: verdict.mqtt.holds, note: verdict.mqtt.note, figures: kept.mqtt },
    mq: { side: 'mq', claim: mq, holds: verdict.mq.holds, note: verdict.mq.note, figures: kept.mq },
    recommended: verdict.recommended,
    reason: verdict.reason,
    method: kept.method,
    measured: { at: kept.at, engine: kept.engine, seconds: kept.seconds, machine: kept.machine, overloaded: kept.overloaded },
    // The last time is a better guess than that of another machine, or another engine.
    seconds: Math.max(1, Math.round(kept.seconds)),
  };
}

/** `kept`: the last measurement of each row on this engine; `problem`: why what was measured before cannot be read. */
export function tableOf(
  engine: EngineName,
  kept: ReadonlyMap<ChooseRowId, KeptRow>,
  running: ChooseRowId | null,
  problem?: CausewayError,
): ChooseTable {
  return {
    schema: 1,
    engine,
    embedded: engine === 'embedded',
    rows: CHOOSE_ROWS.map((id) => rowOf(id, kept.get(id))).map((row) =>
      row.measured !== null || engine === 'embedded' ? row : { ...row, seconds: row.seconds * OUTSIDE },
    ),
    running,
    problem: problem?.message ?? null,
  };
}
