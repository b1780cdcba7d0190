/** The view of the city, and which vehicles a click or a lasso means. World: metres, y goes north. Screen: CSS pixels. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Centre of the view in metres, and pixels per metre. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MOST_SCALE = 2.5;
const MARGIN = 26;
/** Room for the legend below, pixels. */
const BELOW = 34;

export const toScreen = (view: View, size: Size, at: Point): Point => ({
  x: (at.x - view.x) * view.scale + size.width / 2,
  y: size.height / 2 - (at.y - view.y) * view.scale,
});
export const toWorld = (view: View, size: Size, at: Point): Point => ({
  x: (at.x - size.width / 2) / view.scale + view.x,
  y: view.y - (at.y - size.height / 2) / view.scale,
});

/** The whole city with a margin. `covered`: pixels on the right that something else lies on. */
export function wholeCity(city: Size, size: Size, covered = 0): View {
  const across = Math.max(1, size.width - covered - 2 * MARGIN) / city.width;
  const up = Math.max(1, size.height - 2 * MARGIN - BELOW) / city.height;
  const scale = Math.min(across, up);
  return { x: city.width / 2 + covered / 2 / scale, y: city.height / 2 - BELOW / 2 / scale, scale };
}

/** Kept over the city, and between the whole of it and a street. */
export function limited(view: View, city: Size, size: Size): View {
  const scale = Math.min(MOST_SCALE, Math.max(wholeCity(city, size).scale * 0.8, view.scale));
  return {
    x: Math.min(city.width * 1.25, Math.max(city.width * -0.25, view.x)),
    y: Math.min(city.height * 1.25, Math.max(city.height * -0.25, view.y)),
    scale,
  };
}

/** Nearer or farther by a factor; the place at `at` stays where it is. */
export function zoomed(view: View, city: Size, size: Size, factor: number, at: Point): View {
  const scale = limited({ ...view, scale: view.scale * factor }, city, size).scale;
  const fixed = toWorld(view, size, at);
  const x = fixed.x - (at.x - size.width / 2) / scale;
  const y = fixed.y + (at.y - size.height / 2) / scale;
  return limited({ x, y, scale }, city, size);
}

/** Is the point in the closed line? Even-odd: what a line that crosses itself encloses twice is outside. */
export function inside(polygon: readonly Point[], x: number, y: number): boolean {
  let within = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const a = polygon[i]!;
    const b = polygon[j]!;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) within = !within;
  }
  return within;
}

interface Places {
  readonly vehicles: number;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly known: ArrayLike<number>;
}

/** Vehicles in a lasso drawn in the world. */
export function lassoed(polygon: readonly Point[], places: Places): number[] {
  const found: number[] = [];
  if (polygon.length < 3) return found;
  for (let i = 0; i < places.vehicles; i += 1)
    if (places.known[i] === 1 && inside(polygon, places.x[i]!, places.y[i]!)) found.push(i);
  return found;
}

/** The vehicle nearest to a place, if within `reach` metres. */
export function nearest(places: Places, at: Point, reach: number): number | undefined {
  let best: number | undefined;
  let least = reach;
  for (let i = 0; i < places.vehicles; i += 1) {
    if (places.known[i] !== 1) continue;
    const distance = Math.hypot(places.x[i]! - at.x, places.y[i]! - at.y);
    if (distance > least) continue;
    least = distance;
    best = i;
  }
  return best;
}
