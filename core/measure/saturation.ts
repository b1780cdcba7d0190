/**
 * Was the lab itself the limit? Then low figures say nothing about the system under test. The reasons for these bounds
 * are in docs/decisions/measuring.md.
 */
import type { Latency, RunResult } from '../protocol/result.ts';

/** Less than this share of the offered messages sent: the generator did not keep its promise. */
export const LEAST_ACHIEVED_SHARE = 0.95;
/** p99 of the schedule slip (send time minus due time), microseconds, beyond which latencies are those of the generator. */
export const MOST_SLIP_US = 500_000;
/** A generator thread is busy in a window above this utilisation ... */
export const BUSY_UTILISATION = 0.97;
/** ... and was the limit when it was busy in more than this share of its windows ... */
export const MOST_BUSY_SHARE = 0.5;
/** ... while the p99 of the slip was beyond this, microseconds: a thread that is full and still on time is not saturated. */
export const BUSY_SLIP_US = 100_000;

/** A thread that was ready to run, and got no core, for more than this share of the time was starved. */
export const MOST_WAITING_SHARE = 0.1;

export interface GeneratorThread {
  readonly thread: string;
  /** Does it send load (and not only receive, or host the gateway)? */
  readonly generator: boolean;
  /** Share of its windows above BUSY_UTILISATION, 0..1. */
  readonly busyShare: number;
}

export interface SaturationInput {
  /** Messages due, and messages written. */
  readonly offered: number;
  readonly sent: number;
  /** Due, and given up for a reason that belongs to the scenario (a device whose network was taken away): not the generator's fault. */
  readonly excused: number;
  readonly slip: Latency;
  readonly generators: readonly GeneratorThread[];
  readonly threads: RunResult['saturation']['threads'];
}

/** The saturation part of a result. */
export function judgeSaturation(input: SaturationInput): RunResult['saturation'] {
  const owed = input.offered - input.excused;
  const achievedShare = owed <= 0 ? 1 : Math.min(1, input.sent / owed);
  const slip = input.slip.p99 ?? 0;
  const reasons: string[] = [];
  if (achievedShare < LEAST_ACHIEVED_SHARE) {
    reasons.push(
      `only ${percent(achievedShare)} of the offered messages were sent (at least ${percent(LEAST_ACHIEVED_SHARE)} needed)`,
    );
  }
  if (slip > MOST_SLIP_US) reasons.push(`p99 of the schedule slip is ${ms(slip)} ms (at most ${ms(MOST_SLIP_US)} ms)`);
  for (const { thread, generator, busyShare } of input.generators) {
    if (!generator || busyShare <= MOST_BUSY_SHARE || slip <= BUSY_SLIP_US) continue;
    reasons.push(
      `thread ${thread} was fully busy in ${percent(busyShare)} of its windows while the slip's p99 was ${ms(slip)} ms`,
    );
  }
  const starved = input.threads.flatMap(({ thread, waitingShare = 0 }) =>
    waitingShare > MOST_WAITING_SHARE
      ? [`thread ${thread} waited for a core ${percent(waitingShare)} of the time (at most ${percent(MOST_WAITING_SHARE)})`]
      : [],
  );
  return { saturated: reasons.length > 0, reasons, starved, achievedShare, slip: input.slip, threads: [...input.threads] };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const ms = (us: number): string => (us / 1000).toFixed(0);
