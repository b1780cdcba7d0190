/**
 * Named counters in shared memory: each thread adds to its own set, a reader sums over all. Float64 holds whole numbers
 * exactly up to 2^53, and one writer per set makes atomic operations unnecessary.
 */
export class Counters {
  readonly values: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.values = new Float64Array(buffer);
  }

  /** Adds to the counter at `index` (from the layout's `at`). Only the one writing thread may call it. */
  add(index: number, amount = 1): void {
    this.values[index]! += amount;
  }

  /** For gauges: the counter's value is the last one set. */
  set(index: number, value: number): void {
    this.values[index] = value;
  }

  get(index: number): number {
    return this.values[index]!;
  }
}

export interface CounterLayout<Name extends string> {
  readonly names: readonly Name[];
  /** Index of each name, for `Counters.add`. */
  readonly at: Readonly<Record<Name, number>>;
  allocate(): SharedArrayBuffer;
  open(buffer: SharedArrayBuffer): Counters;
  /** Sums over threads, by name. */
  sum(sets: Iterable<Counters>): Record<Name, number>;
  /** The same as an array in the order of `names`, into memory of the caller's, for readers that come back 4 times a second. */
  sumInto(sets: Iterable<Counters>, into: Float64Array): void;
}

/** e.g. `defineCounters(['offered', 'sent'])`; every thread that knows the list finds the same places. */
export function defineCounters<const Name extends string>(names: readonly Name[]): CounterLayout<Name> {
  const sumInto = (sets: Iterable<Counters>, into: Float64Array): void => {
    into.fill(0);
    for (const { values } of sets) for (let i = 0; i < names.length; i += 1) into[i]! += values[i]!;
  };
  return {
    names,
    at: Object.fromEntries(names.map((name, i) => [name, i])) as Record<Name, number>,
    allocate: () => new SharedArrayBuffer(Math.max(1, names.length) * 8),
    open: (buffer) => new Counters(buffer),
    sum(sets) {
      const totals = new Float64Array(names.length);
      sumInto(sets, totals);
      return Object.fromEntries(names.map((name, i) => [name, totals[i]!])) as Record<Name, number>;
    },
    sumInto,
  };
}
