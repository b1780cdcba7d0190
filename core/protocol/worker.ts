/**
 * What the runner and its worker threads say to each other: a task when the thread starts, a few control messages over a
 * MessagePort, and a report at the end (the task's result). Everything counted per message goes through shared memory.
 */
import type { ErrorCode } from './errors.ts';
import type { HandOrder, HandProgress, Overheard } from './hand.ts';

/** Answer to `tokens-wanted`: the token of one member, or none because it has lost its right to one. */
export interface TokenForMember {
  readonly receiver: number;
  readonly token: string | undefined;
  /** Wall-clock milliseconds. */
  readonly expiresAtMs: number;
}

/** From the runner to a worker. */
export type ToWorker =
  /** Traffic starts at `epochUs` (core/clock.ts). */
  | { readonly kind: 'go'; readonly epochUs: number }
  /** Schedules stand still at `atUs` (core/clock.ts); clients stay connected, what is under way goes on. */
  | { readonly kind: 'pause'; readonly atUs: number }
  /** They go on; everything scheduled is due `shiftUs` later than it was. */
  | { readonly kind: 'resume'; readonly shiftUs: number }
  /** No new scheduled traffic; devices that are away come back; what is under way goes on. */
  | { readonly kind: 'stop' }
  /** A command that somebody sends by hand; the members to overhear from now on. For the service thread. */
  | HandOrder
  | { readonly kind: 'overhear'; readonly members: readonly number[] }
  | { readonly kind: 'tokens'; readonly tokens: readonly TokenForMember[] }
  /** Nothing more is awaited: close everything and report. */
  | { readonly kind: 'finish' };

/** From a worker to the runner. */
export type FromWorker =
  /** Clients are connected and subscribed, consumers are placed. */
  | { readonly kind: 'ready'; readonly connected: number; readonly connectMs: number }
  | { readonly kind: 'event'; readonly level: 'info' | 'warn' | 'error'; readonly text: string }
  /** Commands by hand that have got on; what was said to and by the members to overhear. */
  | { readonly kind: 'hand'; readonly waves: readonly HandProgress[] }
  | { readonly kind: 'overheard'; readonly messages: readonly Overheard[] }
  /** Members (by receiver number) that need a token. */
  | { readonly kind: 'tokens-wanted'; readonly receivers: readonly number[] }
  /** The thread cannot go on; the run ends. `code` is one of the error table. */
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly details: Readonly<Record<string, string | number>>;
    };
