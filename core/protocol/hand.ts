/** What the main process and the service thread say to each other about commands by hand. Plain data. */
import type { CommandKind } from './fleet.ts';

/** To the service thread: send this now. */
export interface HandOrder {
  readonly kind: 'order';
  /** From 1 on, in the order of asking. */
  readonly wave: number;
  /** First stream of the variant, and the targets within it (members, groups, or 0). */
  readonly base: number;
  readonly targets: readonly number[];
  readonly action: CommandKind;
  /** Of the order, microseconds since the start of traffic. */
  readonly dueUs: number;
  /** Where to, metres; only for a route. */
  readonly to?: { readonly x: number; readonly y: number };
}

/** From the service thread: how far a wave is. Times in milliseconds. */
export interface HandProgress {
  readonly wave: number;
  readonly sent: number;
  readonly answered: number;
  readonly refused: number;
  readonly t50: number | null;
  readonly t95: number | null;
  readonly t100: number | null;
  readonly counts: readonly number[];
  /** Members that have answered since this was told last: done, and refused. */
  readonly newlyDone: readonly number[];
  readonly newlyRefused: readonly number[];
}

/** A message to or from a vehicle that somebody looks at. */
export interface Overheard {
  readonly member: number;
  readonly direction: 'up' | 'down';
  readonly topic: string;
  readonly text: string;
  readonly stream: number;
  readonly seq: number;
  /** Microseconds since the start of traffic; received: up only. */
  readonly sentUs: number;
  readonly receivedUs: number | undefined;
  /** Of an answer: the command. */
  readonly refStream: number;
  readonly refSeq: number;
}

/** In place of a bound: whatever takes longer than the one before. */
export const NO_BOUND = 3_600_000;

/** Upper bounds of the answer times told, milliseconds; what takes longer counts in the last. */
export const ANSWER_BOUNDS: readonly number[] = [
  25,
  50,
  75,
  100,
  125,
  150,
  175,
  200,
  250,
  300,
  400,
  500,
  750,
  1000,
  1500,
  2000,
  3000,
  5000,
  10_000,
  30_000,
  NO_BOUND,
];
