/** What the lab's side of the window is made of: its options, its clients, and what a group of calls offers. */
import type { z } from 'zod';
import type { LabMessage, WindowAnswers, WindowCall, WindowPush, windowCalls } from '../protocol/window.ts';

/** The system's own dialogs (desktop): absolute paths; undefined: cancelled. */
export interface Dialogs {
  openScenario(): Promise<string | undefined>;
  saveScenario(suggested: string): Promise<string | undefined>;
  openRun(): Promise<string | undefined>;
}

/** The system's key store (desktop). Without one, passwords are kept in memory only. */
export interface Secrets {
  /** Text that may stand in a file. */
  encrypt(text: string): string;
  /** Undefined: it was encrypted elsewhere, or is damaged. */
  decrypt(text: string): string | undefined;
}

export interface LabHostOptions {
  readonly version: string;
  readonly host: 'desktop' | 'browser';
  /** Electron's version; absent: there is none. */
  readonly electron?: string;
  /** Scenarios that come with the program; never written to. */
  readonly shippedScenarios: string;
  readonly scenariosFolder: string;
  readonly runsFolder: string;
  readonly settingsFile: string;
  /** Folder of the compiled worker entries. */
  readonly workersUrl: URL;
  readonly dialogs?: Dialogs;
  readonly secrets?: Secrets;
  /** Passwords that scenarios name are taken from here. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** One window, whatever connects it. */
export interface LabClient {
  send(message: LabMessage): void;
  /** Bytes handed over by `send` that the window has not taken yet; absent: it takes everything at once. */
  backlog?(): number;
}

export interface AttachedClient {
  /** A message of the window as it came; anything is allowed to be in it. */
  take(message: unknown): void;
  /** The window has gone. Idempotent. */
  detach(): void;
}

/** The lab behind its windows. */
export interface LabHost {
  attach(client: LabClient): AttachedClient;
  /** Is a run under way? */
  readonly running: boolean;
  /** Ends the traffic of the run under way; resolves when it is drained, judged and written. */
  stop(): Promise<void>;
  /** Ends everything at once; a run under way leaves no result. Idempotent. */
  close(): Promise<void>;
}

/** A window as the groups of calls see it. */
export interface Caller {
  push(push: WindowPush): void;
  /** Calls back when the window has gone; at once when it has gone already. */
  onDetach(listener: () => void): void;
}

export type CallInput<C extends WindowCall> = z.output<(typeof windowCalls)[C]>;

/** The calls of one group, by name. They may throw CausewayError: the window gets it as an answer. */
export type Calls<Names extends WindowCall> = {
  readonly [C in Names]: (input: CallInput<C>, caller: Caller) => WindowAnswers[C] | Promise<WindowAnswers[C]>;
};

/** Tells all windows. */
export type Broadcast = (push: WindowPush) => void;
