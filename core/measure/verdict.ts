/**
 * pass, fail or invalid. A lost message is a fact whoever was busy, so ledger and mapping fail a run in any case; a missed
 * rate or latency says nothing when the generator was the limit, and makes the run invalid instead.
 */
import type { Direction, Ledger, RunResult } from '../protocol/result.ts';

/** Codes are stable: reports and CI read them. */
export type ReasonCode =
  | 'nothing-measured'
  | 'messages-lost'
  | 'duplicates-unexplained'
  | 'messages-corrupted'
  | 'messages-unexpected'
  | 'order-broken'
  | 'mapping-failed'
  | 'hops-inconsistent'
  | 'threshold-failed'
  | 'generator-saturated';

export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
}

export interface Warning {
  readonly code: 'untraced' | 'interrupted';
  readonly text: string;
}

export interface VerdictInput
  extends Pick<RunResult, 'ledger' | 'mapping' | 'paths' | 'saturation' | 'thresholds' | 'interrupted'> {
  /** From the settlement, where some receivers of a direction are promised order and others not. */
  readonly orderViolations?: Readonly<Partial<Record<Direction, number>>>;
  /** Mean end-to-end latency of the deliveries that count in the hops, microseconds, where some were untraced. */
  readonly tracedMean?: Readonly<Partial<Record<Direction, number | null>>>;
}

export interface Verdict {
  readonly verdict: RunResult['verdict'];
  /** Empty for a pass. */
  readonly reasons: Reason[];
  /** Worth saying, without changing the verdict. */
  readonly warnings: Warning[];
}

/** The sum of the hops' means may differ from the end-to-end mean by this share ... */
export const HOP_TOLERANCE = 0.01;
/** ... and by this many microseconds (stamps hold whole microseconds). */
export const HOP_TOLERANCE_US = 5;
/** Share of deliveries without a trace above which a warning says so. */
export const MOST_UNTRACED_SHARE = 0.01;

const DIRECTIONS = ['up', 'down', 'device'] as const;
/** Metrics that the speed of the generator itself can spoil; counts of the ledger and the mapping are facts. */
const FACTS = /^(ledger\.\w+\.(lost|duplicates\w+|reordered|maxReorderDistance|corrupted|unexpected)|mapping\.failed)$/;

/** Judges a run. Pure; the thresholds must be evaluated already. */
export function judge(input: VerdictInput): Verdict {
  const failures: Reason[] = [];
  const warnings: Warning[] = [];
  let delivered = 0;
  for (const direction of DIRECTIONS) {
    const ledger = input.ledger[direction];
    delivered += ledger.delivered;
    judgeLedger(direction, ledger, input.orderViolations?.[direction], failures);
  }
  if (delivered === 0) {
    failures.unshift({ code: 'nothing-measured', text: 'no message was delivered to any receiver' });
  }
  for (const cell of input.mapping) {
    if (cell.failed === 0) continue;
    const example = cell.examples[0];
    const detail = example === undefined ? '' : `, e.g. expected ${example.expected}, found ${example.found}`;
    failures.push({
      code: 'mapping-failed',
      text: `${cell.direction}: ${cell.property} was wrong in ${cell.failed} of ${cell.checked} messages${detail}`,
    });
  }
  judgeHops(input, failures, warnings);
  if (input.interrupted)
    warnings.push({ code: 'interrupted', text: 'ended before its time; what was measured until then counts' });

  const { saturated } = input.saturation;
  for (const threshold of input.thresholds) {
    // Of a saturated generator only facts can be held against the system under test.
    if (threshold.passed || (saturated && !FACTS.test(threshold.metric))) continue;
    failures.push({ code: 'threshold-failed', text: `${threshold.text}: found ${threshold.found ?? 'nothing'}` });
  }
  const limits: Reason[] = saturated ? input.saturation.reasons.map((text) => ({ code: 'generator-saturated', text })) : [];
  const verdict = failures.length > 0 ? 'fail' : saturated ? 'invalid' : 'pass';
  return { verdict, reasons: [...failures, ...limits], warnings };
}

function judgeLedger(direction: Direction, ledger: Ledger, violations: number | undefined, failures: Reason[]): void {
  if (ledger.lost > 0) {
    failures.push({ code: 'messages-lost', text: `${direction}: ${ledger.lost} acknowledged message(s) never arrived` });
  }
  if (ledger.duplicatesUnexplained > 0) {
    failures.push({
      code: 'duplicates-unexplained',
      text: `${direction}: ${ledger.duplicatesUnexplained} second copies that are not marked and were not sent again`,
    });
  }
  if (ledger.corrupted > 0) {
    failures.push({ code: 'messages-corrupted', text: `${direction}: ${ledger.corrupted} message(s) arrived with other bytes` });
  }
  if (ledger.unexpected > 0) {
    failures.push({
      code: 'messages-unexpected',
      text: `${direction}: ${ledger.unexpected} message(s) that nobody sent, or not to that receiver`,
    });
  }
  const broken = violations ?? (ledger.orderGuaranteed ? ledger.reordered : 0);
  if (broken > 0) {
    failures.push({
      code: 'order-broken',
      text: `${direction}: ${broken} message(s) out of order where order is promised (up to ${ledger.maxReorderDistance} too late)`,
    });
  }
}

function judgeHops(input: VerdictInput, failures: Reason[], warnings: Warning[]): void {
  for (const { direction, endToEnd, untraced, sumOfHopMeans } of input.paths) {
    if (endToEnd.count > 0 && untraced / endToEnd.count > MOST_UNTRACED_SHARE) {
      const share = ((untraced / endToEnd.count) * 100).toFixed(1);
      warnings.push({ code: 'untraced', text: `${direction}: ${share} % of the deliveries count in no hop` });
    }
    // Untraced deliveries count in the end-to-end mean and in no hop: comparable only with the mean of the traced ones.
    const mean = input.tracedMean?.[direction] ?? (untraced === 0 ? endToEnd.mean : null);
    if (mean === null || sumOfHopMeans === null) continue;
    const difference = Math.abs(sumOfHopMeans - mean);
    if (difference <= HOP_TOLERANCE_US || difference <= Math.abs(mean) * HOP_TOLERANCE) continue;
    failures.push({
      code: 'hops-inconsistent',
      text: `${direction}: the hops' means add up to ${sumOfHopMeans.toFixed(1)} µs, the end-to-end mean is ${mean.toFixed(1)} µs`,
    });
  }
}
