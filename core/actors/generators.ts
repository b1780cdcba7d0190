/** The fixed list of generators that bodies are made of, compiled once and shared by all members. */
import { CausewayError } from '../protocol/errors.ts';
import type { Generator, Population } from '../scenario/model.ts';
import { renderTemplate } from '../scenario/template.ts';
import { Stream } from '../schedule/counterRandom.ts';
import { talk } from './chat.ts';
import type { Maker, NumberMaker } from './maker.ts';
import { boundedGaussian, decimalText, walkStep, weightedIndex } from './numbers.ts';

type Of<K extends Generator['kind']> = Extract<Generator, { kind: K }>;

/** A body's author: an actor of a population, or a service that sends commands. */
export type Author = Population['actor'] | 'service';

/**
 * Compiles one generator. `place` names the field in errors.
 * @throws CausewayError input.argument when a figure makes no sense or the generator is not for this author
 */
export function createMaker(make: Generator, place: string, author: Author): Maker {
  switch (make.kind) {
    case 'constant':
      return { kind: 'constant', json: JSON.stringify(make.value) };
    case 'sequence':
      return sequence(make, place);
    case 'uniform':
      return uniform(make, place);
    case 'gaussian':
      return gaussian(make, place);
    case 'choice':
      return choice(make, place);
    case 'randomWalk':
      return randomWalk(make, place);
    case 'route':
      if (author !== 'vehicle') refuse(place, 'route', 'only vehicles have a route', 'another generator or actor: vehicle');
      return route(make);
    case 'timestamp':
      return {
        ...number(
          (state) => Math.floor(state.atUs / 1000),
          (value) => String(value),
        ),
        ofTime: true,
      };
    case 'text':
      return text(make, place);
    case 'talk':
      if (author !== 'chat-user') refuse(place, 'talk', 'only chat users talk', 'another generator or actor: chat-user');
      return { kind: 'text', text: (state) => JSON.stringify(talk(state.stream, state.incoming)) };
    case 'template':
      return { kind: 'text', text: (state) => JSON.stringify(renderTemplate(make.text, state.vars)) };
  }
}

function number(next: NumberMaker['next'], toText: (value: number) => string, slots = 0): NumberMaker {
  return { kind: 'number', slots, ofTime: false, next, text: toText, distance: (a, b) => Math.abs(a - b) };
}

function sequence({ start, step }: Of<'sequence'>, place: string): NumberMaker {
  finite(place, { start, step });
  return number(
    (state, _, slot) => {
      const k = Number.isNaN(state.slots[slot]!) ? 0 : state.slots[slot]!;
      state.slots[slot] = k + 1;
      // Multiplied, not added up; 12 digits hide what binary fractions add to a step of 0.1.
      return Number((start + step * k).toPrecision(12));
    },
    String,
    1,
  );
}

function uniform({ min, max, decimals }: Of<'uniform'>, place: string): NumberMaker {
  bounds(place, min, max, decimals);
  return number(
    (_, stream) => stream.between(min, max),
    (value) => decimalText(value, decimals, min, max),
  );
}

function gaussian({ mean, deviation, min, max, decimals }: Of<'gaussian'>, place: string): NumberMaker {
  bounds(place, min, max, decimals);
  finite(place, { mean, deviation });
  return number(
    (_, stream) => boundedGaussian(mean, deviation, min, max, stream),
    (value) => decimalText(value, decimals, min, max),
  );
}

function randomWalk({ start, step, min, max, decimals }: Of<'randomWalk'>, place: string): NumberMaker {
  bounds(place, min, max, decimals);
  finite(place, { start, step });
  return number(
    (state, stream, slot) => {
      const last = state.slots[slot]!;
      const next = Number.isNaN(last) ? Math.min(max, Math.max(min, start)) : walkStep(last, step, min, max, stream);
      state.slots[slot] = next;
      return next;
    },
    (value) => decimalText(value, decimals, min, max),
    1,
  );
}

function choice({ values, weights }: Of<'choice'>, place: string): NumberMaker {
  if (values.length === 0) refuse(place, 'values', 'there is nothing to choose from', 'at least one value');
  if (weights !== undefined && weights.length !== values.length) {
    refuse(place, weights.length, `${values.length} values need as many weights`, 'one weight for each value');
  }
  const cumulative: number[] = [];
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    const weight = weights?.[i] ?? 1;
    if (!(weight >= 0 && Number.isFinite(weight))) refuse(place, weight, 'a weight cannot be that', 'weights of 0 or more');
    sum += weight;
    cumulative.push(sum);
  }
  if (!(sum > 0)) refuse(place, sum, 'all weights are 0', 'at least one weight above 0');
  const literals = values.map((value) => JSON.stringify(value));
  return {
    ...number(
      (_, stream) => weightedIndex(cumulative, stream.next()),
      (index) => literals[index]!,
    ),
    // Between words there is no "how far": another word is a change, whatever `by` says.
    distance: (a, b) => {
      const from = values[a]!;
      const to = values[b]!;
      if (typeof from === 'number' && typeof to === 'number') return Math.abs(from - to);
      return from === to ? 0 : Number.POSITIVE_INFINITY;
    },
  };
}

/** x and y in metres, speed in km/h, heading in degrees clockwise from north, battery in percent. */
function route({ value }: Of<'route'>): Maker {
  if (value === 'street') {
    return { kind: 'text', text: (state) => JSON.stringify(state.journey!.at(state.atUs).street) };
  }
  const decimals = value === 'heading' ? 0 : 1;
  const factor = value === 'speed' ? 3.6 : 1;
  return {
    ...number(
      (state) => state.journey!.at(state.atUs)[value] * factor,
      (n) => decimalText(n, decimals, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    ),
    ofTime: true,
    distance: value === 'heading' ? turnBetween : (a, b) => Math.abs(a - b),
  };
}

/** 350 and 10 degrees are 20 degrees apart. */
function turnBetween(a: number, b: number): number {
  const apart = Math.abs(a - b) % 360;
  return Math.min(apart, 360 - apart);
}

/** Characters of the pool besides the text's own length: so many different texts a body can have. */
const TEXT_VARIETY = 4096;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 ';

/** ASCII only, without quotes and backslashes: bytes of the string = characters, whatever the encoding. A cut-out of one pool costs no copying per message. */
function text({ bytes }: Of<'text'>, place: string): Maker {
  if (!(Number.isInteger(bytes) && bytes >= 0)) refuse(place, bytes, 'bytes must be a whole number', 'bytes of 0 or more');
  const stream = new Stream(bytes, 0);
  let pool = '';
  for (let i = 0; i < bytes + TEXT_VARIETY; i += 1) pool += LETTERS[stream.int(LETTERS.length)]!;
  return {
    kind: 'text',
    text: (state) => {
      const from = state.stream.int(TEXT_VARIETY);
      return `"${pool.slice(from, from + bytes)}"`;
    },
  };
}

function bounds(place: string, min: number, max: number, decimals: number): void {
  finite(place, { min, max });
  if (min > max) refuse(place, `${min}..${max}`, 'min is above max', 'min <= max');
  if (!(Number.isInteger(decimals) && decimals >= 0 && decimals <= 12)) {
    refuse(place, decimals, 'decimals must be a whole number', 'decimals in 0..12');
  }
}

function finite(place: string, figures: Record<string, number>): void {
  for (const [name, value] of Object.entries(figures)) {
    if (!Number.isFinite(value)) refuse(`${place}.${name}`, value, 'it must be a number', 'a finite number');
  }
}

function refuse(argument: string, value: string | number, reason: string, expected: string): never {
  throw new CausewayError('input.argument', { argument, value, reason, expected });
}
