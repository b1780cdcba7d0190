/** Sets of sequence numbers as flat, ascending, disjoint ranges: [from, to, from, to, ...], both ends included. */
export type Ranges = readonly number[];

export function rangesSize(ranges: Ranges): number {
  let size = 0;
  for (let i = 0; i < ranges.length; i += 2) size += ranges[i + 1]! - ranges[i]! + 1;
  return size;
}

export function rangesHave(ranges: Ranges, value: number): boolean {
  let low = 0;
  let high = ranges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (value < ranges[middle * 2]!) high = middle - 1;
    else if (value > ranges[middle * 2 + 1]!) low = middle + 1;
    else return true;
  }
  return false;
}

/** What is in both. */
export function intersectRanges(a: Ranges, b: Ranges): number[] {
  const both: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const from = Math.max(a[i]!, b[j]!);
    const to = Math.min(a[i + 1]!, b[j + 1]!);
    if (from <= to) both.push(from, to);
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return both;
}

/** What is in `a` and not in `b`. */
export function subtractRanges(a: Ranges, b: Ranges): number[] {
  const rest: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let from = a[i]!;
    const to = a[i + 1]!;
    while (j < b.length && b[j + 1]! < from) j += 2;
    for (let k = j; k < b.length && b[k]! <= to; k += 2) {
      if (b[k]! > from) rest.push(from, b[k]! - 1);
      from = b[k + 1]! + 1;
    }
    if (from <= to) rest.push(from, to);
  }
  return rest;
}

/** Ranges in any order, overlapping or touching, brought into form. */
export function normaliseRanges(pairs: readonly number[]): number[] {
  const sorted: [number, number][] = [];
  for (let i = 0; i < pairs.length; i += 2) sorted.push([pairs[i]!, pairs[i + 1]!]);
  sorted.sort((x, y) => x[0] - y[0]);
  const ranges: number[] = [];
  for (const [from, to] of sorted) {
    const last = ranges.length - 1;
    if (last > 0 && from <= ranges[last]! + 1) ranges[last] = Math.max(ranges[last]!, to);
    else ranges.push(from, to);
  }
  return ranges;
}
