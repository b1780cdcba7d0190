/** Which of both sides is ahead in a figure, and in the first of several that tells them apart. */
import type { ChooseFigure } from '../protocol/choose.ts';
import { figureValue, valueText } from './figures.ts';

/** A side is ahead when it is better by this factor; on an overloaded machine by that one. */
export const AHEAD = 1.5;
export const AHEAD_OVERLOADED = 3;
/** Milliseconds below which a difference of times says nothing. */
export const SAME_MS = 1;
export interface Figures {
  readonly mqtt: readonly ChooseFigure[];
  readonly mq: readonly ChooseFigure[];
}

/** Units of what other programs make worse. */
const TIMED = ['ms', 'messages/s', 'commands/s', 'MB/s'];

export type Ahead = 'mqtt' | 'mq' | 'same' | null;

/** Which side is ahead in this figure; null: one of them was not measured. */
export function ahead(figures: Figures, name: string, better: 'lower' | 'higher', overloaded: boolean): Ahead {
  const a = figureValue(figures.mqtt, name);
  const b = figureValue(figures.mq, name);
  if (a === null || b === null) return null;
  const unit = figures.mqtt.find((one) => one.name === name)?.unit;
  if (unit === 'ms' && Math.abs(a - b) < SAME_MS) return 'same';
  // Who else uses the processors changes times and rates, not memory and counts.
  const factor = overloaded && TIMED.some((timed) => unit === timed) ? AHEAD_OVERLOADED : AHEAD;
  const [low, high] = better === 'lower' ? (['mqtt', 'mq'] as const) : (['mq', 'mqtt'] as const);
  if (a * factor <= b) return a === b ? 'same' : low;
  if (b * factor <= a) return high;
  return 'same';
}

/** What was sent and did not come, or came where it should not. Null: nothing of the kind was measured. */
function faultsOf(figures: readonly ChooseFigure[]): number | null {
  const counted = ['missing', 'lost', 'at the wrong device'].map((name) => figureValue(figures, name)).filter((n) => n !== null);
  return counted.length === 0 ? null : counted.reduce((sum, n) => sum + n, 0);
}

/** A side that loses what the other delivers is not recommended, whatever else it is good at. */
function sound(figures: Figures): 'mqtt' | 'mq' | 'both' | 'neither' {
  const mqtt = (faultsOf(figures.mqtt) ?? 0) === 0;
  const mq = (faultsOf(figures.mq) ?? 0) === 0;
  if (mqtt && mq) return 'both';
  if (mqtt) return 'mqtt';
  return mq ? 'mq' : 'neither';
}

/** The first of these figures in which a side is ahead decides. */
export function byFigures(
  figures: Figures,
  overloaded: boolean,
  deciding: readonly (readonly [name: string, better: 'lower' | 'higher'])[],
): { readonly side: 'mqtt' | 'mq' | 'both'; readonly reason: string } {
  const whole = sound(figures);
  if (whole === 'neither') return { side: 'both', reason: 'on both sides something was missing: neither is preferred by this' };
  if (whole !== 'both') {
    const other = whole === 'mqtt' ? 'MQ' : 'MQTT';
    return { side: whole, reason: `over ${other} something was missing or went astray` };
  }
  for (const [name, better] of deciding) {
    const side = ahead(figures, name, better, overloaded);
    if (side === 'mqtt' || side === 'mq')
      return { side, reason: `${side === 'mqtt' ? 'MQTT' : 'MQ'} is ahead in ${name}: ${pair(figures, name)}` };
  }
  if (deciding.every(([name]) => ahead(figures, name, 'lower', overloaded) === null))
    return { side: 'both', reason: 'what decides did not come to be measured on both sides' };
  const factor = overloaded ? `${AHEAD_OVERLOADED} (a time needs that on an overloaded machine)` : `${AHEAD}`;
  return {
    side: 'both',
    reason: `neither side is ahead by a factor of ${factor}, in ${deciding.map(([name]) => name).join(' or ')}`,
  };
}

function pair({ mqtt, mq }: Figures, name: string): string {
  const shown = (figures: readonly ChooseFigure[]): string => {
    const one = figures.find((candidate) => candidate.name === name);
    return one === undefined ? 'not measured' : valueText(one);
  };
  return `MQTT ${shown(mqtt)}, MQ ${shown(mq)}`;
}
