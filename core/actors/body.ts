import { CausewayError } from '../protocol/errors.ts';
import type { Body, Publication } from '../scenario/model.ts';
import type { TemplateVars } from '../scenario/template.ts';
import { Stream } from '../schedule/counterRandom.ts';
import type { Incoming } from './actor.ts';
import { type Author, createMaker } from './generators.ts';
import type { Journey } from './journey.ts';
import type { Maker, MakeState, NumberMaker } from './maker.ts';

/** What one member remembers for one body. */
export interface BodyState extends MakeState {
  /** onChange: random numbers of the watched field, which moves between messages too. */
  readonly watchStream: Stream | undefined;
  watchTick: number;
  watchValue: number;
  /** Value of the watched field in the last body; NaN before the first. */
  reported: number;
}

interface Watch {
  readonly field: number;
  readonly maker: NumberMaker;
  readonly by: number;
  readonly lookUs: number;
}

/**
 * A body compiled to pieces of JSON text and generators between them, shared by all members of a population: writing a
 * message joins strings and builds no object. Fields keep their order.
 */
export class BodyPlan {
  /** Text before each varying field; constants are part of it. */
  readonly #before: string[] = [];
  readonly #makers: Exclude<Maker, { kind: 'constant' }>[] = [];
  readonly #slotOf: number[] = [];
  readonly #end: string;
  readonly #slots: number;
  readonly #watch: Watch | undefined;

  /** @throws CausewayError input.argument naming `place` and the field when a generator or onChange makes no sense */
  constructor(body: Body, place: string, author: Author, onChange?: Publication['onChange']) {
    let text = '{';
    let slots = 0;
    let watch: Watch | undefined;
    let first = true;
    for (const { field, make } of body) {
      const maker = createMaker(make, `${place}.${field}`, author);
      text += `${first ? '' : ','}${JSON.stringify(field)}:`;
      first = false;
      if (field === onChange?.field && maker.kind === 'number') {
        watch = { field: this.#makers.length, maker, by: onChange.by, lookUs: onChange.lookMs * 1000 };
      }
      if (maker.kind === 'constant') {
        text += maker.json;
        continue;
      }
      this.#before.push(text);
      text = '';
      this.#makers.push(maker);
      this.#slotOf.push(slots);
      if (maker.kind === 'number') slots += maker.slots;
    }
    if (onChange !== undefined && watch === undefined) {
      throw new CausewayError('input.argument', {
        argument: `${place}.onChange.field`,
        value: onChange.field,
        reason: 'no field of the body with this name can be watched',
        expected: 'name a field made by a number generator or by choice',
      });
    }
    this.#end = `${text}}`;
    this.#slots = slots;
    this.#watch = watch;
  }

  /** A member's fresh state. `key` is the purpose's, so that no two bodies share random numbers. */
  start(key: number, index: number, vars: TemplateVars, journey: Journey | undefined): BodyState {
    return {
      stream: new Stream(key, index),
      slots: new Float64Array(this.#slots).fill(Number.NaN),
      journey,
      vars,
      atUs: 0,
      incoming: undefined,
      watchStream: this.#watch === undefined ? undefined : new Stream(~key, index),
      watchTick: -1,
      watchValue: Number.NaN,
      reported: Number.NaN,
    };
  }

  /** The next body. */
  write(state: BodyState, atUs: number, incoming?: Incoming): string {
    state.atUs = atUs;
    state.incoming = incoming;
    const watched = this.#watch?.field;
    let text = '';
    for (let i = 0; i < this.#makers.length; i += 1) {
      const maker = this.#makers[i]!;
      text += this.#before[i]!;
      if (maker.kind === 'text') text += maker.text(state);
      else if (i === watched) {
        state.reported = this.#watched(state, this.#watch!);
        text += maker.text(state.reported);
      } else text += maker.text(maker.next(state, state.stream, this.#slotOf[i]!));
    }
    return text + this.#end;
  }

  /** Has the watched field moved by at least `by` since the last body? Before the first body it is measured from the first look. */
  moved(state: BodyState, atUs: number): boolean {
    const watch = this.#watch;
    if (watch === undefined) return false;
    state.atUs = atUs;
    const value = this.#watched(state, watch);
    if (Number.isNaN(state.reported)) {
      state.reported = value;
      return false;
    }
    const distance = watch.maker.distance(value, state.reported);
    return distance > 0 && distance >= watch.by;
  }

  /**
   * The watched field takes one step each `lookUs`, whether someone looks or not: its course follows from the time alone,
   * and reports on schedule and on change show the same value.
   */
  #watched(state: BodyState, watch: Watch): number {
    if (watch.maker.ofTime) return watch.maker.next(state, state.stream, this.#slotOf[watch.field]!);
    const tick = Math.floor(state.atUs / watch.lookUs);
    while (state.watchTick < tick) {
      state.watchValue = watch.maker.next(state, state.watchStream!, this.#slotOf[watch.field]!);
      state.watchTick += 1;
    }
    return state.watchValue;
  }
}
