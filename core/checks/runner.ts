/** Executes cases: several at a time, each with a parent topic of its own, and alone those that look at the whole lab. */
import { randomBytes } from 'node:crypto';
import { type Clock, nowUs } from '../clock.ts';
import { CausewayError } from '../protocol/errors.ts';
import { EvidenceLog } from './evidence.ts';
import type { LabUnderTest } from './labUnderTest.ts';
import { type ConformanceReport, makeReport } from './report.ts';
import { Stage } from './stage.ts';
import { type CaseResult, type CaseVerdict, type CheckCase, NotApplicable, Stuck } from './types.ts';
import { openWatch, type Watch } from './watch.ts';

export interface CheckRunOptions {
  readonly cases: readonly CheckCase[];
  /** Cases at a time; never more than the lab has topics. Default 8. */
  readonly concurrency?: number;
  /** How long a case waits for one condition. Default 5,000. */
  readonly patienceMs?: number;
  readonly onStart?: (check: CheckCase) => void;
  readonly onResult?: (result: CaseResult) => void;
  /** Start of every client ID and payload; must differ between runs against one lab. Default: random. */
  readonly token?: string;
  /** True: cases not yet begun are left out. */
  readonly stopped?: () => boolean;
  readonly clock?: Clock;
}

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_PATIENCE_MS = 5_000;

/**
 * Runs the cases and returns the report; a case that fails does not stop the others.
 * @throws CausewayError of the lab's MQ connection; input.argument (a lab without topics)
 */
export async function runChecks(lab: LabUnderTest, options: CheckRunOptions): Promise<ConformanceReport> {
  const { cases, clock = nowUs, stopped = () => false } = options;
  if (lab.topics.length === 0) {
    const expected = 'give at least one parent topic that is bridged both ways';
    throw new CausewayError('input.argument', { argument: 'topics', value: '', reason: 'there is none', expected });
  }
  const startUs = clock();
  const token = options.token ?? `k${randomBytes(3).toString('hex')}`;
  const watch = await openWatch(lab);
  const results: CaseResult[] = [];
  const free = [...lab.topics];
  let number = 0;
  const execute = async (check: CheckCase): Promise<void> => {
    const parent = free.shift()!;
    number += 1;
    options.onStart?.(check);
    const patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
    const result = await runCase(check, { lab, watch, parent, token: `${token}x${number}`, patienceMs }, clock);
    results.push(result);
    options.onResult?.(result);
    free.push(parent);
  };
  try {
    const queue = cases.filter((check) => check.alone !== true);
    const lanes = Math.min(options.concurrency ?? DEFAULT_CONCURRENCY, lab.topics.length);
    const lane = async (): Promise<void> => {
      for (let check = queue.shift(); check !== undefined && !stopped(); check = queue.shift()) await execute(check);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    for (const check of cases) if (check.alone === true && !stopped()) await execute(check);
  } finally {
    await watch.close();
  }
  const order = new Map(cases.map((check, i) => [check.id, i]));
  results.sort((a, b) => order.get(a.id)! - order.get(b.id)!);
  return makeReport(lab, results, (clock() - startUs) / 1000);
}

interface Place {
  readonly lab: LabUnderTest;
  readonly watch: Watch;
  readonly parent: string;
  readonly token: string;
  readonly patienceMs: number;
}

async function runCase(check: CheckCase, place: Place, clock: Clock): Promise<CaseResult> {
  const startUs = clock();
  const log = new EvidenceLog();
  const stage = new Stage({ ...place, log });
  let inapplicable: string | undefined;
  try {
    await check.run(stage);
    // A case that has compared nothing has proved nothing.
    if (!log.entries.some((entry) => entry.kind === 'compared')) {
      log.compared('comparisons', 'at least one', 'none', 'the case itself is wrong', false);
    }
  } catch (error) {
    if (error instanceof NotApplicable) inapplicable = error.message;
    else if (!(error instanceof Stuck)) {
      const text = error instanceof Error ? error.message : String(error);
      log.compared('the case', 'no error', text, 'it ended in the middle', false);
    }
  }
  await stage.close();
  const failures = log.failures();
  const verdict: CaseVerdict = failures.length > 0 ? 'fail' : inapplicable !== undefined ? 'not-applicable' : 'pass';
  const reasons = verdict === 'not-applicable' ? [inapplicable!] : failures;
  const { id, number, title, why, covers } = check;
  return { id, number, title, why, covers, verdict, reasons, evidence: log.entries, durationMs: (clock() - startUs) / 1000 };
}
