/**
 * A histogram in shared memory: one thread records, any thread reads. No locks: every cell has one writer, so the worst
 * a reader sees is a value that is in the counts and not yet in the sum. Final figures are read when the writers are done.
 */
import { bucketFor, Histogram, type HistogramSource } from './histogram.ts';
import { BUCKETS, LARGEST_US } from './histogramBuckets.ts';

const COUNT = 0;
const SUM = 1;
const MIN = 2;
const MAX = 3;
const CLAMPED = 4;
const FROM = 5;
const TO = 6;
const HEAD = 8;

/** Bytes of one histogram. */
export const HISTOGRAM_BYTES = HEAD * 8 + BUCKETS * 4;

export class SharedHistogram implements HistogramSource {
  readonly counts: Uint32Array;
  readonly #head: Float64Array;

  /** Attaches to `buffer` at `offset` (a fresh, zeroed buffer becomes an empty histogram); without one, makes its own. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(HISTOGRAM_BYTES), offset = 0) {
    this.#head = new Float64Array(buffer, offset, HEAD);
    this.counts = new Uint32Array(buffer, offset + HEAD * 8, BUCKETS);
  }

  get buffer(): SharedArrayBuffer {
    return this.counts.buffer as SharedArrayBuffer;
  }

  /** Records one value, microseconds. Only the one writing thread may call it. */
  record(us: number): void {
    const head = this.#head;
    if (!(us > Number.NEGATIVE_INFINITY && us <= LARGEST_US)) {
      head[CLAMPED]! += 1;
      // NaN or infinite: counted, or it would spoil the sum for good.
      if (!Number.isFinite(us)) return;
    }
    const bucket = bucketFor(us);
    if (head[COUNT] === 0) {
      head[MIN] = us;
      head[MAX] = us;
      head[FROM] = bucket;
      head[TO] = bucket;
    } else {
      if (us < head[MIN]!) head[MIN] = us;
      if (us > head[MAX]!) head[MAX] = us;
      if (bucket < head[FROM]!) head[FROM] = bucket;
      if (bucket > head[TO]!) head[TO] = bucket;
    }
    this.counts[bucket]! += 1;
    head[SUM]! += us;
    head[COUNT]! += 1;
  }

  get count(): number {
    return this.#head[COUNT]!;
  }

  /** Exact and signed, microseconds. */
  get sum(): number {
    return this.#head[SUM]!;
  }

  get min(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.#head[MIN]!;
  }

  get max(): number {
    return this.count === 0 ? Number.NEGATIVE_INFINITY : this.#head[MAX]!;
  }

  /** Values out of range: above an hour (recorded as an hour, true in sum and maximum), or no finite number (not recorded). */
  get clamped(): number {
    return this.#head[CLAMPED]!;
  }

  get from(): number {
    return this.count === 0 ? BUCKETS : this.#head[FROM]!;
  }

  get to(): number {
    return this.count === 0 ? -1 : this.#head[TO]!;
  }

  /** A copy that no longer changes. */
  snapshot(): Histogram {
    return new Histogram().merge(this);
  }
}

/** All histograms together, as one that no longer changes. */
export function mergeHistograms(sources: Iterable<HistogramSource>): Histogram {
  const merged = new Histogram();
  for (const source of sources) merged.merge(source);
  return merged;
}

/** A named set of histograms in one buffer, one set per writing thread. */
export interface HistogramLayout<Name extends string> {
  readonly names: readonly Name[];
  allocate(): SharedArrayBuffer;
  open(buffer: SharedArrayBuffer): Readonly<Record<Name, SharedHistogram>>;
}

/** e.g. `defineHistograms(['up.endToEnd', 'slip'])`: every thread that knows the list finds the same places. */
export function defineHistograms<const Name extends string>(names: readonly Name[]): HistogramLayout<Name> {
  return {
    names,
    allocate: () => new SharedArrayBuffer(HISTOGRAM_BYTES * names.length),
    open: (buffer) =>
      Object.fromEntries(names.map((name, i) => [name, new SharedHistogram(buffer, i * HISTOGRAM_BYTES)])) as Record<
        Name,
        SharedHistogram
      >,
  };
}
