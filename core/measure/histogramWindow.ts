/** The values of the last window over all threads: what one frame shows. Reads only the buckets in use and keeps its memory. */
import { Histogram, type HistogramSource } from './histogram.ts';
import { BUCKETS, highestOf, lowestOf } from './histogramBuckets.ts';

export class HistogramWindow {
  readonly #sources: readonly HistogramSource[];
  readonly #before = new Float64Array(BUCKETS);
  readonly #window = new Histogram();
  #sumBefore = 0;
  #clampedBefore = 0;

  constructor(sources: readonly HistogramSource[]) {
    this.#sources = sources;
  }

  /** What was recorded since the last call. The histogram returned is filled anew by the next call: copy figures, do not keep it. */
  next(): Histogram {
    const window = this.#window;
    window.counts.fill(0, window.from, window.to + 1);
    let from: number = BUCKETS;
    let to = -1;
    let sum = 0;
    let clamped = 0;
    for (const source of this.#sources) {
      from = Math.min(from, source.from);
      to = Math.max(to, source.to);
      sum += source.sum;
      clamped += source.clamped;
    }
    let count = 0;
    window.from = BUCKETS;
    window.to = -1;
    for (let i = from; i <= to; i += 1) {
      let now = 0;
      for (const source of this.#sources) now += source.counts[i]!;
      const added = now - this.#before[i]!;
      if (added === 0) continue;
      this.#before[i] = now;
      window.counts[i] = added;
      count += added;
      if (window.from > i) window.from = i;
      window.to = i;
    }
    window.count = count;
    window.sum = sum - this.#sumBefore;
    window.clamped = clamped - this.#clampedBefore;
    window.min = count === 0 ? Number.POSITIVE_INFINITY : lowestOf(window.from);
    window.max = count === 0 ? Number.NEGATIVE_INFINITY : highestOf(window.to);
    this.#sumBefore = sum;
    this.#clampedBefore = clamped;
    return window;
  }
}
