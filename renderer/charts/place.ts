/** From values to places on a drawing. Pure. */

export interface Axis {
  readonly domain: readonly [number, number];
  readonly log?: boolean;
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

/** From a value to its place between `start` and `end`, to a tenth of a pixel. */
export function place(
  { domain, log = false }: Pick<Axis, 'domain' | 'log'>,
  start: number,
  end: number,
): (value: number) => number {
  const of = log ? Math.log10 : (value: number) => value;
  const [low, high] = [of(domain[0]), of(domain[1])];
  const factor = high === low ? 0 : (end - start) / (high - low);
  return (value) => Math.round(10 * (start + (of(value) - low) * factor)) / 10;
}

/** The item whose place is nearest; the items' places must rise. Undefined for no items. */
export function nearest<T>(items: readonly T[], placeOf: (item: T) => number, at: number): T | undefined {
  let [low, high] = [0, items.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (placeOf(items[middle] as T) < at) low = middle;
    else high = middle;
  }
  const [before, after] = [items[low], items[high]];
  if (before === undefined || after === undefined) return before ?? after;
  return at - placeOf(before) <= placeOf(after) - at ? before : after;
}

/**
 * The end of an axis on which time goes on: with the first value exact, then with room for what comes, so that the axis
 * moves now and then instead of at every redraw.
 */
export function roomFor(held: number | undefined, from: number, to: number): number {
  if (held === undefined || to < held - 2 * room(from, held)) return to;
  return to <= held ? held : to + room(from, to);
}
const room = (from: number, to: number): number => Math.max(2_000, 0.08 * (to - from));
