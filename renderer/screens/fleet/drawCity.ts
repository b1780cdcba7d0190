/** The city itself, drawn with a 2D canvas each time the view changes: always crisp, and nothing of it costs a frame. */
import type { FleetPlan } from '../../../core/protocol/fleet.ts';
import type { Size, View } from './geometry.ts';
import type { MapColors } from './palette.ts';

type Road = FleetPlan['roads'][number];

/** Widths in metres, and what they have at least in pixels. */
const WIDTHS = { ring: [30, 3.2], avenue: [22, 2.3], street: [12, 1.1] } as const;
/** From this many pixels per metre on, houses are drawn. */
const HOUSES_FROM = 0.28;
const ORDER = ['street', 'avenue', 'ring'] as const;

/** What is drawn of a city, worked out once. */
export interface CityShapes {
  readonly roads: Readonly<Record<Road['street'], Path2D>>;
  readonly bridges: Path2D;
  readonly tunnels: Path2D;
  readonly portals: readonly { readonly x: number; readonly y: number }[];
  /** Avenues and ring on their way out of the city. */
  readonly country: Path2D;
  /** By how far out of town: offices, dwellings, suburbs. */
  readonly blocks: readonly [Path2D, Path2D, Path2D];
  readonly fields: readonly [Path2D, Path2D];
  readonly trees: Path2D;
  readonly parks: Path2D;
  readonly houses: Path2D;
  readonly water: Path2D;
  readonly ripples: Path2D;
}

/** A number from 0 to 1 that belongs to the place: the same city looks the same each time. */
export function grain(a: number, b: number, c = 0): number {
  const value = Math.sin(a * 127.1 + b * 311.7 + c * 74.7) * 43_758.5453;
  return value - Math.floor(value);
}

const sorted = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

/** How far the water may be from where its bank lies by plan, metres: the nearest street is a little farther away. */
const WINDING = 62;

/** In the city the river winds a little, as far as its streets let it; outside of it more. */
function bend(x: number, width: number): number {
  const out = Math.max(0, -x, x - width) - 160;
  const little = Math.sin(x / 560 + 0.6) * 26 + Math.sin(x / 233) * 13;
  return out <= 0 ? little : little + Math.sin(out / 700 + (x < 0 ? 0.2 : 0)) * Math.min(420, out * 0.45) * (x < 0 ? -1 : 1);
}

function bank(path: Path2D, width: number, y: number, from: number, to: number, phase: number, begin: boolean): void {
  const step = from < to ? 60 : -60;
  for (let x = from; from < to ? x <= to : x >= to; x += step) {
    const at = y + bend(x, width) + Math.sin(x / 310 + phase) * 16 + Math.sin(x / 127 + phase * 2) * 7;
    if (begin && x === from) path.moveTo(x, at);
    else path.lineTo(x, at);
  }
}

export function shapesOf(plan: Pick<FleetPlan, 'width' | 'height' | 'river' | 'roads'>): CityShapes {
  const roads = { ring: new Path2D(), avenue: new Path2D(), street: new Path2D() };
  const path = (): Path2D => new Path2D();
  const [bridges, tunnels, parks, houses, water, ripples, country, trees] = [
    path(),
    path(),
    path(),
    path(),
    path(),
    path(),
    path(),
    path(),
  ];
  const blocks: CityShapes['blocks'] = [path(), path(), path()];
  const fields: CityShapes['fields'] = [path(), path()];
  const portals: { x: number; y: number }[] = [];
  for (const { x1, y1, x2, y2, street, kind } of plan.roads) {
    const along = kind === 'tunnel' ? tunnels : roads[street];
    along.moveTo(x1, y1);
    along.lineTo(x2, y2);
    if (kind === 'bridge') {
      bridges.moveTo(x1, plan.river.south - WINDING);
      bridges.lineTo(x2, plan.river.north + WINDING);
    } else if (kind === 'tunnel') portals.push({ x: x1, y: y1 }, { x: x2, y: y2 });
  }
  const xs = sorted(plan.roads.flatMap(({ x1, x2 }) => [x1, x2]));
  const ys = sorted(plan.roads.flatMap(({ y1, y2 }) => [y1, y2]));
  const { river } = plan;
  for (let i = 0; i + 1 < xs.length; i += 1)
    for (let j = 0; j + 1 < ys.length; j += 1) {
      const [x, y] = [xs[i]! + 15, ys[j]! + 15];
      const [width, height] = [xs[i + 1]! - xs[i]! - 30, ys[j + 1]! - ys[j]! - 30];
      if (width <= 0 || height <= 0) continue;
      if (y + height > river.south && y < river.north) continue;
      const shore = Math.abs(y - river.north) < 320 || Math.abs(y + height - river.south) < 320;
      if (grain(i, j) < (shore ? 0.22 : 0.07)) {
        parks.roundRect(x, y, width, height, 16);
        for (let k = 0; k < 14; k += 1) {
          const [tx, ty, r] = [
            x + 14 + grain(i, k, j) * (width - 28),
            y + 14 + grain(j, i, k) * (height - 28),
            5 + grain(k, i, j) * 6,
          ];
          trees.moveTo(tx + r, ty);
          trees.arc(tx, ty, r, 0, 2 * Math.PI);
        }
        continue;
      }
      // Ragged, as quarters are.
      const out =
        Math.hypot((x - plan.width / 2) / plan.width, (y - plan.height / 2) / plan.height) + (grain(i, j, 5) - 0.5) * 0.12;
      blocks[out < 0.2 ? 0 : out < 0.36 ? 1 : 2].roundRect(x, y, width, height, 8);
      const across = 2 + Math.floor(grain(i, j, 1) * 3);
      const up = 2 + Math.floor(grain(i, j, 2) * 3);
      for (let a = 0; a < across; a += 1)
        for (let b = 0; b < up; b += 1) {
          if (grain(i * 7 + a, j * 7 + b, 3) < 0.18) continue;
          const inset = 4 + grain(i + a, j + b, 4) * 7;
          const [w, h] = [width / across - 2 * inset, height / up - 2 * inset];
          if (w > 4 && h > 4) houses.rect(x + (a * width) / across + inset, y + (b * height) / up + inset, w, h);
        }
    }
  const beyond = plan.width * 1.5;
  const ends = [-beyond, plan.width + beyond] as const;
  bank(water, plan.width, river.south, ends[0], ends[1], 0.4, true);
  bank(water, plan.width, river.north, ends[1], ends[0], 1.7, false);
  water.closePath();
  for (let k = 1; k <= 3; k += 1)
    bank(ripples, plan.width, river.south + ((river.north - river.south) * k) / 4, ends[0], ends[1], k * 1.3, true);
  outskirts(plan, beyond, { country, fields, trees });
  return { roads, bridges, tunnels, portals, country, blocks, fields, trees, parks, houses, water, ripples };
}

const FIELD = 420;

/** Fields, woods and the avenues on their way to other places. */
function outskirts(
  plan: Pick<FleetPlan, 'width' | 'height' | 'roads'>,
  beyond: number,
  { country, fields, trees }: Pick<CityShapes, 'country' | 'fields' | 'trees'>,
): void {
  const { width, height } = plan;
  for (const { x1, y1, x2, y2, street } of plan.roads) {
    if (street !== 'avenue') continue;
    if (x1 === 0) line(country, -beyond, y1, 0, y1);
    if (x2 === width) line(country, width, y2, width + beyond, y2);
    if (y1 === 0) line(country, x1, -beyond, x1, 0);
    if (y2 === height) line(country, x2, height, x2, height + beyond);
  }
  const near = 240;
  for (let i = Math.floor(-beyond / FIELD); i * FIELD < width + beyond; i += 1)
    for (let j = Math.floor(-beyond / FIELD); j * FIELD < height + beyond; j += 1) {
      const [x, y] = [i * FIELD + grain(j, 3) * 160, j * FIELD];
      if (x > -near - FIELD && x < width + near && y > -near - FIELD && y < height + near) continue;
      const kind = grain(i, j, 9);
      if (kind < 0.55) {
        fields[kind < 0.28 ? 0 : 1].roundRect(x + 14, y + 14, FIELD - 28 - grain(i, j, 6) * 120, FIELD - 28, 18);
        continue;
      }
      if (kind < 0.72) continue;
      for (let k = 0; k < 16; k += 1) {
        const [tx, ty, r] = [x + grain(i, k, j) * FIELD, y + grain(k, j, i) * FIELD, 14 + grain(k, i, j) * 22];
        trees.moveTo(tx + r, ty);
        trees.arc(tx, ty, r, 0, 2 * Math.PI);
      }
    }
}

function line(path: Path2D, x1: number, y1: number, x2: number, y2: number): void {
  path.moveTo(x1, y1);
  path.lineTo(x2, y2);
}

export function drawCity(
  context: CanvasRenderingContext2D,
  plan: Pick<FleetPlan, 'width' | 'height' | 'river'>,
  shapes: CityShapes,
  colors: MapColors,
  { view, size, ratio }: { readonly view: View; readonly size: Size; readonly ratio: number },
): void {
  const { scale } = view;
  const metres = (width: readonly [metres: number, pixels: number], more = 0): number =>
    Math.max(width[0], width[1] / scale) + more / scale;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = colors.beyond;
  context.fillRect(0, 0, size.width, size.height);
  const k = ratio * scale;
  context.setTransform(k, 0, 0, -k, ratio * (size.width / 2 - view.x * scale), ratio * (size.height / 2 + view.y * scale));

  for (const [index, field] of shapes.fields.entries()) {
    context.fillStyle = colors.fields[index]!;
    context.fill(field);
  }
  context.strokeStyle = colors.country;
  context.lineWidth = metres([18, 1.4]);
  context.stroke(shapes.country);
  context.fillStyle = colors.land;
  context.beginPath();
  context.roundRect(-110, -110, plan.width + 220, plan.height + 220, 130);
  context.fill();
  for (const [index, block] of shapes.blocks.entries()) {
    context.fillStyle = colors.blocks[index]!;
    context.fill(block);
  }
  context.fillStyle = colors.park;
  context.fill(shapes.parks);
  context.fillStyle = colors.tree;
  context.fill(shapes.trees);
  if (scale >= HOUSES_FROM) {
    context.globalAlpha = Math.min(1, (scale - HOUSES_FROM) / 0.15);
    context.fillStyle = colors.building;
    context.fill(shapes.houses);
    context.globalAlpha = 1;
  }

  const water = context.createLinearGradient(0, plan.river.south, 0, plan.river.north);
  water.addColorStop(0, colors.water[1]);
  water.addColorStop(0.5, colors.water[0]);
  water.addColorStop(1, colors.water[1]);
  context.fillStyle = water;
  context.fill(shapes.water);
  context.strokeStyle = colors.ripple;
  context.lineWidth = 1.2 / scale;
  context.setLineDash([90, 170]);
  context.stroke(shapes.ripples);

  // Tunnels: below everything, only hinted at, with their two mouths.
  context.strokeStyle = colors.tunnel;
  context.lineCap = 'butt';
  context.setLineDash([9 / Math.max(scale, 0.3), 7 / Math.max(scale, 0.3)]);
  context.lineWidth = metres([16, 1.6]);
  context.globalAlpha = 0.75;
  context.stroke(shapes.tunnels);
  context.globalAlpha = 1;
  context.setLineDash([]);
  context.lineCap = 'round';

  context.strokeStyle = colors.casing;
  for (const street of ORDER) {
    context.lineWidth = metres(WIDTHS[street], street === 'street' ? 0.8 : 2);
    context.stroke(shapes.roads[street]);
  }
  context.lineCap = 'butt';
  context.strokeStyle = colors.bridge;
  context.lineWidth = metres(WIDTHS.avenue, 3.6);
  context.stroke(shapes.bridges);
  context.lineCap = 'round';
  if (colors.glow !== undefined) {
    context.strokeStyle = colors.glow;
    context.lineWidth = metres(WIDTHS.ring, 9);
    context.stroke(shapes.roads.ring);
    context.lineWidth = metres(WIDTHS.avenue, 5);
    context.stroke(shapes.roads.avenue);
  }
  for (const street of ORDER) {
    context.strokeStyle = colors[street];
    context.lineWidth = metres(WIDTHS[street]);
    context.stroke(shapes.roads[street]);
  }
  context.fillStyle = colors.tunnel;
  const mouth = Math.max(9, 1.7 / scale);
  context.beginPath();
  for (const { x, y } of shapes.portals) {
    context.moveTo(x + mouth, y);
    context.arc(x, y, mouth, 0, 2 * Math.PI);
  }
  context.fill();
}
