import type { TemplateVars } from '../scenario/template.ts';
import type { Stream } from '../schedule/counterRandom.ts';
import type { Incoming } from './actor.ts';
import type { Journey } from './journey.ts';

/** What generators of one body of one member work with. */
export interface MakeState {
  /** Random numbers of this body. */
  readonly stream: Stream;
  /** Numbers that generators remember from message to message; NaN before the first. */
  readonly slots: Float64Array;
  /** The vehicle's way through the city; undefined for other actors. */
  readonly journey: Journey | undefined;
  /** Placeholders of templates. */
  vars: TemplateVars;
  atUs: number;
  incoming: Incoming | undefined;
}

/** Makes a value that can be compared with an earlier one. Shared by all members. */
export interface NumberMaker {
  readonly kind: 'number';
  /** Numbers to remember. */
  readonly slots: number;
  /** The value follows from the time alone: asking twice gives the same. */
  readonly ofTime: boolean;
  next(state: MakeState, stream: Stream, slot: number): number;
  /** The value as JSON text. */
  text(value: number): string;
  /** How far two values are apart, in the unit of the field. */
  distance(a: number, b: number): number;
}

/** Makes a JSON text that has no measure of change. */
export interface TextMaker {
  readonly kind: 'text';
  text(state: MakeState): string;
}

/** Always the same JSON text. */
export interface ConstantMaker {
  readonly kind: 'constant';
  readonly json: string;
}

export type Maker = NumberMaker | TextMaker | ConstantMaker;
