/** What a conformance case is, and what its execution leaves behind. */
import type { Stage } from './stage.ts';

export const SUBJECTS = [
  'topic',
  'qoslevel',
  'cleansessionflag',
  'mqttSecondTopic',
  'mqttRealTopic',
  'clientId',
  'payload',
  'P2P',
  'offline messages',
  'retain',
  'message id',
  'loop mark',
  'consumption',
  'order',
  'access',
  'limits',
] as const;

/** What a case is about: a row of the matrix. */
export type Subject = (typeof SUBJECTS)[number];
/** up: from a device to MQ; down: from MQ to devices. */
export type Direction = 'up' | 'down';
/** One cell of the matrix. */
export type Cover = `${Subject}:${Direction}`;

export interface CheckCase {
  /** `{number}.{name}`, e.g. `2.wildcard`; unique. */
  readonly id: string;
  /** 1 to 42, see `NUMBERS`. */
  readonly number: number;
  /** What happens, as a sentence without full stop. */
  readonly title: string;
  /** Why it must be so. */
  readonly why: string;
  readonly covers: readonly Cover[];
  /** Counts of the whole lab are looked at (or its clock is moved): nothing else may run meanwhile. */
  readonly alone?: boolean;
  readonly run: (stage: Stage) => Promise<void>;
}

export type CaseVerdict = 'pass' | 'fail' | 'not-applicable';

/** Something the case did, or one comparison of what it found with what must be. Texts may hold hostile characters. */
export type Evidence =
  | { readonly kind: 'did'; readonly text: string }
  | {
      readonly kind: 'compared';
      readonly what: string;
      readonly expected: string;
      readonly found: string;
      readonly because: string;
      readonly ok: boolean;
    };

export interface CaseResult {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly why: string;
  readonly covers: readonly Cover[];
  readonly verdict: CaseVerdict;
  /** Why it failed (one text per failed comparison), or why it does not apply. Empty for a pass. */
  readonly reasons: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly durationMs: number;
}

/** Thrown by a case that cannot be carried out against this lab. */
export class NotApplicable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotApplicable';
  }
}

/** Thrown where a case cannot go on because what it waits for did not happen; the evidence says what. */
export class Stuck extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'Stuck';
  }
}
