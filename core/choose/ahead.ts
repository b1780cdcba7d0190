/** Which of both sides is ahead in a figure, and in the first of several that tells them apart. */
import { AHEAD, AHEAD_OVERLOADED, type Ahead, aheadIn, type ChooseFigure } from '../protocol/choose.ts';
import { valueText } from './figures.ts';

export interface Figures {
  readonly mqtt: readonly ChooseFigure[];
  readonly mq: readonly ChooseFigure[];
}

const named = (figures: readonly ChooseFigure[], name: string) => figures.find((one) => one.name === name);

/** Which side is ahead in this figure; null: one of them was not measured. */
export function ahead(figures: Figures, name: string, better: 'lower' | 'higher', overloaded: boolean): Ahead {
  const [mqtt, mq] = [named(figures.mqtt, name), named(figures.mq, name)];
  return mqtt === undefined || mq === undefined ? null : aheadIn(mqtt, mq, better, overloaded);
}

/** Clients that were asked for and did not come: the figure of this name counts among what went wrong. */
export const NOT_CONNECTED = 'not connected';
/** What was sent and did not come, came where it should not, or could not be sent at all. */
const FAULTS = ['missing', 'lost', 'at the wrong device', NOT_CONNECTED];

/** What went wrong, in words; empty: nothing. On an overloaded machine it may be no fault of the side that clients came late. */
function faultsOf(figures: readonly ChooseFigure[], overloaded: boolean): string {
  return FAULTS.filter((name) => !(overloaded && name === NOT_CONNECTED))
    .map((name) => named(figures, name))
    .filter((one) => one !== undefined && (one.value ?? 0) > 0)
    .map((one) => `${one!.name}: ${valueText(one!)}`)
    .join(', ');
}

/** The first of these figures in which a side is ahead decides. A side that loses what the other delivers is not recommended, whatever else it is good at. */
export function byFigures(
  figures: Figures,
  overloaded: boolean,
  deciding: readonly (readonly [name: string, better: 'lower' | 'higher'])[],
): { readonly side: 'mqtt' | 'mq' | 'both' | null; readonly reason: string } {
  const [mqtt, mq] = [faultsOf(figures.mqtt, overloaded), faultsOf(figures.mq, overloaded)];
  if (mqtt !== '' && mq !== '') return { side: null, reason: `neither side did all of it: over MQTT ${mqtt}; over MQ ${mq}` };
  if (mqtt !== '') return { side: 'mq', reason: `over MQTT not all went well: ${mqtt}` };
  if (mq !== '') return { side: 'mqtt', reason: `over MQ not all went well: ${mq}` };
  for (const [name, better] of deciding) {
    const side = ahead(figures, name, better, overloaded);
    if (side === 'mqtt' || side === 'mq')
      return { side, reason: `${side === 'mqtt' ? 'MQTT' : 'MQ'} is ahead in ${name}: ${pair(figures, name)}` };
  }
  if (deciding.every(([name]) => ahead(figures, name, 'lower', overloaded) === null))
    return { side: null, reason: 'what decides did not come to be measured on both sides' };
  const factor = overloaded ? `${AHEAD_OVERLOADED} (a time needs that on an overloaded machine)` : `${AHEAD}`;
  return {
    side: 'both',
    reason: `neither side is ahead by a factor of ${factor}, in ${deciding.map(([name]) => name).join(' or ')}`,
  };
}

function pair({ mqtt, mq }: Figures, name: string): string {
  const shown = (figures: readonly ChooseFigure[]): string => {
    const one = named(figures, name);
    return one === undefined ? 'not measured' : valueText(one);
  };
  return `MQTT ${shown(mqtt)}, MQ ${shown(mq)}`;
}
