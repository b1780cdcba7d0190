import type { Population } from '../scenario/model.ts';
import { memberGroup } from '../scenario/template.ts';
import type { City } from './city.ts';

/** A part of the city: the crossings from column `west` to `east` and from row `south` to `north`, all four within it. */
export interface District {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** Crossings that a district has at least from side to side: in less nobody can drive around. */
const LEAST = 3;
/** Wider than this many times its height, a part is cut from north to south. */
const WIDE = 1.25;
/** Metres from the river to the outline of a district. */
const SHORE = 60;

/**
 * The city cut into `count` districts of about the same size; none of them lies on both banks of the river. Where there are
 * more than fit, several share one place.
 */
export function districtsOf(city: City, count: number): readonly District[] {
  const whole = { west: 0, east: city.xs.length - 1, south: 0, north: city.ys.length - 1 };
  if (count < 2) return [whole];
  const bank = city.ys.findLastIndex((y) => y < city.river.south);
  const south = Math.min(count - 1, Math.max(1, Math.round((count * (bank + 1)) / city.ys.length)));
  return [...cut({ ...whole, north: bank }, south), ...cut({ ...whole, south: bank + 1 }, count - south)];
}

/** Where member `index` of a population lives; undefined: its members belong to no groups, and drive all over the city. */
export function homesOf(city: City, population: Pick<Population, 'group'>): (index: number) => District | undefined {
  if (population.group === undefined) return () => undefined;
  const districts = districtsOf(city, population.group.count);
  return (index) => districts[memberGroup(population, index)];
}

/** How far a crossing is from a district, in blocks; 0: it lies in it. */
export function blocksFrom(city: City, { west, east, south, north }: District, crossing: number): number {
  const column = city.column(crossing);
  const row = city.row(crossing);
  return Math.max(west - column, 0, column - east) + Math.max(south - row, 0, row - north);
}

/** Its outline, metres: halfway to the streets of its neighbours, and to the shore of the river. */
export function outlineOf({ xs, ys, river }: City, { west, east, south, north }: District) {
  const [x1, x2] = [middle(xs, west - 1), middle(xs, east)];
  const [y1, y2] = [middle(ys, south - 1), middle(ys, north)];
  const onRiver = (y: number): boolean => y > river.south && y < river.north;
  return { x1, y1: onRiver(y1) ? river.north + SHORE : y1, x2, y2: onRiver(y2) ? river.south - SHORE : y2 };
}

/** Between line `i` and the next; beyond the first or the last one, a little outside. */
function middle(lines: readonly number[], i: number): number {
  const [before, after] = [lines[i], lines[i + 1]];
  if (before === undefined) return after! - 60;
  return after === undefined ? before + 60 : (before + after) / 2;
}

function cut(part: District, count: number): District[] {
  if (count <= 1) return [part];
  const half = count >> 1;
  const across = part.east - part.west + 1;
  const up = part.north - part.south + 1;
  const isWide = across > up * WIDE;
  const whole = isWide ? across : up;
  const first = Math.round((whole * half) / count);
  if (Math.min(first, whole - first) < LEAST) return Array.from({ length: count }, () => part);
  const end = (isWide ? part.west : part.south) + first - 1;
  const [a, b] = isWide
    ? [
        { ...part, east: end },
        { ...part, west: end + 1 },
      ]
    : [
        { ...part, north: end },
        { ...part, south: end + 1 },
      ];
  return [...cut(a, half), ...cut(b, count - half)];
}
