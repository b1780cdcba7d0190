/**
 * pass, fail or invalid. A lost message is a fact whoever was busy, so ledger and mapping fail a run in any case; a missed
 * rate or latency says nothing when the generator was the limit, and makes the run invalid instead.
 */
import type { Direction, Ledger, RunResult } from '../protocol/result.ts';
import { metricUnit } from './metricNames.ts';

/** Codes are stable: reports and CI read them. */
export type ReasonCode =
  | 'nothing-measured'
  | 'not-acknowledged'
  | 'clients-away'
  | 'messages-vanished'
  | 'not-drained'
  | 'retention-overrun'
  | 'messages-lost'
  | 'duplicates-unexplained'
  | 'messages-corrupted'
  | 'messages-unexpected'
  | 'order-broken'
  | 'mapping-failed'
  | 'hops-inconsistent'
  | 'threshold-failed'
  | 'threshold-unmeasured'
  | 'generator-saturated'
  | 'machine-overloaded';

export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
}

export interface Warning {
  readonly code: 'untraced' | 'interrupted' | 'vanished';
  readonly text: string;
}

export interface VerdictInput
  extends Pick<RunResult, 'ledger' | 'mapping' | 'paths' | 'saturation' | 'thresholds' | 'interrupted'> {
  /** With `drain`. */
  readonly clients?: RunResult['clients'];
  /** How draining ended; undefined: there was no traffic to drain. */
  readonly drain?: 'settled' | 'stuck' | 'late';
  /** From the settlement: what was sent and never acknowledged, and what went missing between two that were connected. */
  readonly unacknowledged?: Readonly<Record<Direction, number>>;
  readonly vanished?: Readonly<Record<Direction, number>>;
  /** Messages that gateway and bridge say they dropped or refused: then a missing one of QoS 0 may be one of these. */
  readonly dropsCounted?: number;
  /** Messages that the embedded MQ's retention took before a group had read them. */
  readonly overrun?: readonly { readonly group: string; readonly topic: string; readonly messages: number }[];
  /** From the settlement, where some receivers of a direction are promised order and others not. */
  readonly orderViolations?: Readonly<Partial<Record<Direction, number>>>;
  /** Commands that were never due in this run: a threshold about their waves or answers has nothing to judge. */
  readonly neverDue?: readonly string[];
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
const LOSSES = /^ledger\.\w+\.lost$/;
const FACTS = /^(ledger\.\w+\.(lost|duplicates\w+|reordered|maxReorderDistance|corrupted|unexpected)|mapping\.failed)$/;

/** Does a machine that others keep busy spoil this figure? Times and rates, yes; what was due and what was counted, no. */
function isSpeed(metric: string): boolean {
  const unit = metricUnit(metric);
  return (unit === 'ms' || unit === 'messages/s' || unit === 'bytes/s') && metric !== 'rates.offered';
}

/** Judges a run. Pure; the thresholds must be evaluated already. */
export function judge(input: VerdictInput): Verdict {
  const failures: Reason[] = [];
  const warnings: Warning[] = [];
  const limits: Reason[] = [];
  const late = input.drain === 'late';
  let sent = 0;
  let delivered = 0;
  for (const direction of DIRECTIONS) {
    const ledger = input.ledger[direction];
    sent += ledger.sent;
    delivered += ledger.delivered;
    judgeLedger(direction, ledger, input.orderViolations?.[direction], late, failures);
  }
  if (delivered === 0 && sent > 0) {
    failures.unshift({ code: 'nothing-measured', text: 'no message was delivered to any receiver' });
  } else if (delivered === 0) {
    limits.push({ code: 'nothing-measured', text: 'nothing was sent: no message was due in this time' });
  }
  if (late) {
    const text = 'messages were still on their way when the time to drain was over: what is missing may only be late';
    limits.push({ code: 'not-drained', text });
  } else if (input.drain !== undefined) judgeEnd(input, failures);
  judgeVanished(input, late, failures, warnings);
  for (const cell of input.mapping) {
    if (cell.failed === 0) continue;
    const example = cell.examples[0];
    const detail = example === undefined ? '' : `, e.g. expected ${example.expected}, found ${example.found}`;
    failures.push({
      code: 'mapping-failed',
      text: `${cell.direction}: ${cell.property} was wrong in ${cell.failed} of ${cell.checked} deliveries${detail}`,
    });
  }
  judgeHops(input, failures, warnings);
  if (input.interrupted)
    warnings.push({ code: 'interrupted', text: 'ended before its time; what was measured until then counts' });

  const { saturated, starved = [] } = input.saturation;
  for (const { group, topic, messages } of input.overrun ?? []) {
    const text = `${group} was so far behind on ${topic} that the MQ's retention took ${messages} message(s) before it had read them`;
    // Who had no core cannot read.
    (saturated || starved.length > 0 ? limits : failures).push({ code: 'retention-overrun', text });
  }
  for (const threshold of input.thresholds) {
    // Of a saturated generator only facts can be held against the system under test.
    if (threshold.passed || (saturated && !FACTS.test(threshold.metric))) continue;
    // Stopped before the first message: there is nothing that any threshold could be about, and that is said already.
    if (sent === 0 && threshold.found === null) continue;
    if (late && LOSSES.test(threshold.metric)) continue;
    const idle = input.neverDue?.find(
      (c) => threshold.metric.startsWith(`waves.${c}.`) || threshold.metric.startsWith(`answers.${c}.`),
    );
    if (idle !== undefined && threshold.found === null) {
      limits.push({ code: 'threshold-unmeasured', text: `${threshold.text}: the command ${idle} was not due once in this time` });
      continue;
    }
    if (starved.length > 0 && isSpeed(threshold.metric)) {
      limits.push({
        code: 'machine-overloaded',
        text: `${threshold.text}: found ${threshold.found ?? 'nothing'}, but ${starved[0]}`,
      });
      continue;
    }
    failures.push({ code: 'threshold-failed', text: `${threshold.text}: found ${threshold.found ?? 'nothing'}` });
  }
  if (saturated) limits.push(...input.saturation.reasons.map((text) => ({ code: 'generator-saturated' as const, text })));
  const verdict = failures.length > 0 ? 'fail' : limits.length > 0 ? 'invalid' : 'pass';
  return { verdict, reasons: [...failures, ...limits], warnings };
}

/** When nothing moved any more: does somebody still wait for an answer, or for a connection? */
function judgeEnd(input: VerdictInput, failures: Reason[]): void {
  for (const direction of DIRECTIONS) {
    const count = input.unacknowledged?.[direction] ?? 0;
    if (count === 0) continue;
    const what = direction === 'down' ? 'command(s) to MQ' : 'message(s) of QoS 1 or 2';
    failures.push({ code: 'not-acknowledged', text: `${direction}: ${count} ${what} were sent and never acknowledged` });
  }
  const { planned, connected } = input.clients ?? { planned: 0, connected: 0 };
  if (connected < planned) {
    failures.push({ code: 'clients-away', text: `${planned - connected} of ${planned} clients had no connection at the end` });
  }
}

/** QoS 0 promises nothing, but what gateway and bridge drop they must count. */
function judgeVanished(input: VerdictInput, late: boolean, failures: Reason[], warnings: Warning[]): void {
  for (const direction of DIRECTIONS) {
    const count = input.vanished?.[direction] ?? 0;
    if (count === 0 || late) continue;
    const text = `${direction}: ${count} message(s) of QoS 0 never arrived although both ends were connected all the time`;
    if ((input.dropsCounted ?? 0) > 0) warnings.push({ code: 'vanished', text });
    else failures.push({ code: 'messages-vanished', text: `${text}, and nothing was counted as dropped` });
  }
}

function judgeLedger(
  direction: Direction,
  ledger: Ledger,
  violations: number | undefined,
  late: boolean,
  failures: Reason[],
): void {
  if (ledger.lost > 0 && !late) {
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
