/** Measured figures as the tables show them: side by side where both sides have the same one. */
import { aheadIn, type ChooseFigure, type ChooseRow } from '../../../core/protocol/choose.ts';
import { DASH, type Format } from '../../shared/format.ts';
import { wirePlain } from '../../shared/wire.ts';
import type { Texts } from '../../text/en.ts';

export interface FigurePair {
  readonly name: string;
  readonly mqtt: ChooseFigure | null;
  readonly mq: ChooseFigure | null;
  /** Lengths of the bars, 0 to 1; null: nothing to compare, as units differ or one side is not measured. */
  readonly bars: { readonly mqtt: number; readonly mq: number } | null;
  /** The side that is ahead by the rule of the lab, which the verdicts go by too. */
  readonly better: 'mqtt' | 'mq' | null;
}

/** What the tables need of a row. */
type Sides = Pick<ChooseRow, 'mqtt' | 'mq'> & Partial<Pick<ChooseRow, 'measured'>>;

/** All figures of a row, those that both sides have first. A name with two units is two figures. */
export function pairsOf({ mqtt, mq, measured }: Sides): readonly FigurePair[] {
  const overloaded = measured?.overloaded === true;
  const same = (a: ChooseFigure, b: ChooseFigure): boolean => a.name === b.name && a.unit === b.unit;
  const both = mqtt.figures.flatMap((left) => {
    const right = mq.figures.find((figure) => same(figure, left));
    return right === undefined ? [] : [pair(left, right, overloaded)];
  });
  const alone = (figures: readonly ChooseFigure[], others: readonly ChooseFigure[]): readonly ChooseFigure[] =>
    figures.filter((figure) => !others.some((other) => same(figure, other)));
  return [
    ...both,
    ...alone(mqtt.figures, mq.figures).map((figure) => pair(figure, null, overloaded)),
    ...alone(mq.figures, mqtt.figures).map((figure) => pair(null, figure, overloaded)),
  ];
}

/** The few that a row shows at once: those with a better and a worse first, then as the lab orders them on either side. */
export function keyPairs(row: Sides, most = 4): readonly FigurePair[] {
  const place = ({ mqtt, mq }: FigurePair): number =>
    Math.min(...[mqtt === null ? [] : [row.mqtt.figures.indexOf(mqtt)], mq === null ? [] : [row.mq.figures.indexOf(mq)]].flat()) +
    ((mqtt ?? mq)?.better === undefined ? 1_000 : 0);
  return pairsOf(row)
    .toSorted((a, b) => place(a) - place(b))
    .slice(0, most);
}

function pair(mqtt: ChooseFigure | null, mq: ChooseFigure | null, overloaded: boolean): FigurePair {
  const figure = { name: (mqtt ?? mq)?.name ?? '', mqtt, mq };
  const [left, right] = [mqtt?.value ?? null, mq?.value ?? null];
  if (mqtt === null || mq === null || left === null || right === null) return { ...figure, bars: null, better: null };
  const most = Math.max(left, right);
  const way = mqtt.better;
  // Bars of what has no better and worse, as how many took part, would say something that is not meant.
  const drawn = way !== undefined && most > 0 && left >= 0 && right >= 0 && mqtt.unit !== 'yes/no';
  const bars = drawn ? { mqtt: left / most, mq: right / most } : null;
  const leads = way === undefined ? null : aheadIn(mqtt, mq, way, overloaded);
  return { ...figure, bars, better: leads === 'same' ? null : leads };
}

/** Value and unit; a dash where there is no value. */
export function figureText(figure: ChooseFigure | null, words: Texts['choose'], format: Format): string {
  if (figure === null || figure.value === null || !Number.isFinite(figure.value)) return DASH;
  if (figure.unit === 'yes/no') return figure.value === 0 ? words.no : words.yes;
  const size = Math.abs(figure.value);
  const number = size >= 1e6 ? format.axis(figure.value) : format.decimal(figure.value, decimals(size));
  const value = figure.bound === undefined ? number : `${figure.bound === 'at most' ? '≤' : '≥'} ${number}`;
  const unit = wirePlain(words.unit(figure.unit, figure.value), 40);
  return unit === '' ? value : `${value} ${unit}`;
}

const decimals = (size: number): number => (size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4);
