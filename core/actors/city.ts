import { purposeKey, Stream } from '../schedule/counterRandom.ts';

/** A street runs straight through the whole city, from west to east or from south to north. */
export interface Street {
  readonly name: string;
  readonly kind: 'ring' | 'avenue' | 'street';
  /** Metres per second. */
  readonly limit: number;
}

/** A piece of street between two neighbouring crossings. */
export interface Block {
  readonly street: Street;
  readonly kind: 'road' | 'bridge' | 'tunnel';
  /** Crossings at its western or southern end, and at its eastern or northern one. */
  readonly a: number;
  readonly b: number;
  /** Metres. */
  readonly length: number;
}

/** Directions: east, north, west, south; the opposite one is two further. */
export const HEADINGS = [90, 0, 270, 180] as const;
export const DX = [1, 0, -1, 0] as const;
export const DY = [0, 1, 0, -1] as const;

const COLUMNS = 32;
const ROWS = 24;
const AVENUE_EVERY = 5;
const RIVER_BANK = 70;
const KMH = 1 / 3.6;

const WORDS = (
  'Alder Amber Anchor Aspen Barley Beacon Birch Bramble Brook Canal Cedar Chapel Cherry Clover Copper Coral ' +
  'Crane Elm Falcon Fern Finch Foundry Garden Ginger Hawthorn Hazel Heron Ivy Juniper Kiln Lantern Larch ' +
  'Lime Linden Maple Market Meadow Mill Mint Olive Orchard Otter Pearl Pine Plum Poplar Quarry Quince Raven ' +
  'Reed Rowan Saffron Sage Silver Station Swan Thistle Willow Wren Yarrow'
).split(' ');

/**
 * A city drawn from a seed: a grid of streets about 200 m apart, a ring road around it, wider avenues, and a river that
 * only the ring and the avenues cross, on bridges or in tunnels. The origin is the south-western corner; x goes east, y
 * north, in metres. There are no dead ends.
 */
export class City {
  readonly width: number;
  readonly height: number;
  readonly river: { readonly south: number; readonly north: number };
  readonly columns: readonly Street[];
  readonly rows: readonly Street[];
  readonly blocks: readonly Block[];
  /** Positions of the columns (x) and rows (y). */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** Block that leaves crossing c in direction d, at 4c + d; -1: none. */
  readonly #exits: Int32Array;

  constructor(seed: number) {
    const stream = new Stream(purposeKey(seed, 'city'), 0);
    const bank = Math.floor(stream.between(ROWS * 0.4, ROWS * 0.6));
    this.xs = lines(COLUMNS, stream, -1);
    this.ys = lines(ROWS, stream, bank);
    this.width = this.xs.at(-1)!;
    this.height = this.ys.at(-1)!;
    this.river = { south: this.ys[bank]! + RIVER_BANK, north: this.ys[bank + 1]! - RIVER_BANK };
    const words = shuffled(WORDS, stream);
    this.columns = this.xs.map((_, i) => street(i, COLUMNS, ['West Ring', 'East Ring'], words[i]!, stream));
    this.rows = this.ys.map((_, i) => street(i, ROWS, ['South Ring', 'North Ring'], words[COLUMNS + i]!, stream));
    const blocks: Block[] = [];
    const exits = new Int32Array(COLUMNS * ROWS * 4).fill(-1);
    const add = (block: Block, direction: 0 | 1): void => {
      exits[4 * block.a + direction] = blocks.length;
      exits[4 * block.b + direction + 2] = blocks.length;
      blocks.push(block);
    };
    for (let row = 0; row < ROWS; row += 1) {
      for (let column = 0; column < COLUMNS; column += 1) {
        const a = row * COLUMNS + column;
        if (column + 1 < COLUMNS) {
          const along = this.rows[row]!;
          const tunnel = along.kind === 'avenue' && stream.next() < 0.12;
          const length = this.xs[column + 1]! - this.xs[column]!;
          add({ street: along, kind: tunnel ? 'tunnel' : 'road', a, b: a + 1, length }, 0);
        }
        if (row + 1 < ROWS) {
          const along = this.columns[column]!;
          const drawn = stream.next();
          const length = this.ys[row + 1]! - this.ys[row]!;
          const b = a + COLUMNS;
          if (row !== bank)
            add({ street: along, kind: along.kind === 'avenue' && drawn < 0.12 ? 'tunnel' : 'road', a, b, length }, 1);
          else if (along.kind !== 'street') add({ street: along, kind: drawn < 0.35 ? 'tunnel' : 'bridge', a, b, length }, 1);
        }
      }
    }
    this.blocks = blocks;
    this.#exits = exits;
  }

  get crossings(): number {
    return COLUMNS * ROWS;
  }

  column(crossing: number): number {
    return crossing % COLUMNS;
  }

  row(crossing: number): number {
    return Math.floor(crossing / COLUMNS);
  }

  /** The crossing of a column and a row. */
  crossing(column: number, row: number): number {
    return row * COLUMNS + column;
  }

  x(crossing: number): number {
    return this.xs[this.column(crossing)]!;
  }

  y(crossing: number): number {
    return this.ys[this.row(crossing)]!;
  }

  /** The block that leaves a crossing in a direction (0 east, 1 north, 2 west, 3 south); undefined when there is none. */
  exit(crossing: number, direction: number): Block | undefined {
    return this.blocks[this.#exits[4 * crossing + direction]!];
  }
}

/** Positions of parallel streets, 160 to 240 m apart; the gap after line `river` is wide enough for a river. */
function lines(count: number, stream: Stream, river: number): number[] {
  const positions = [0];
  for (let i = 0; i + 1 < count; i += 1) {
    const gap = i === river ? stream.between(300, 380) : stream.between(160, 240);
    positions.push(Math.round(positions[i]! + gap));
  }
  return positions;
}

function street(i: number, count: number, rings: readonly [string, string], word: string, stream: Stream): Street {
  if (i === 0) return { name: rings[0], kind: 'ring', limit: 80 * KMH };
  if (i === count - 1) return { name: rings[1], kind: 'ring', limit: 80 * KMH };
  if (i % AVENUE_EVERY === 2) return { name: `${word} Avenue`, kind: 'avenue', limit: 60 * KMH };
  const quiet = stream.next() < 0.3;
  return { name: `${word} ${quiet ? 'Lane' : 'Street'}`, kind: 'street', limit: (quiet ? 30 : 50) * KMH };
}

function shuffled(words: readonly string[], stream: Stream): string[] {
  const all = [...words];
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = stream.int(i + 1);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}
