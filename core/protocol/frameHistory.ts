/** The frames of a run, however long, in bounded memory: when there are too many, neighbours are merged. */
import type { Frame } from './result.ts';

/** At most so many frames are kept. */
export const MOST_FRAMES = 2_400;

const larger = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));

/**
 * Two neighbouring frames as one: counts add up, gauges are the later one's. Of percentiles and utilisation the larger
 * stands: percentiles cannot be averaged, and a peak must not disappear because a run was long.
 */
export function mergeFrames(a: Frame, b: Frame): Frame {
  const latency = (direction: keyof Frame['latency']) => ({
    p50: larger(a.latency[direction].p50, b.latency[direction].p50),
    p99: larger(a.latency[direction].p99, b.latency[direction].p99),
  });
  const utilisation: Record<string, number> = { ...a.utilisation };
  for (const [thread, value] of Object.entries(b.utilisation)) utilisation[thread] = Math.max(utilisation[thread] ?? 0, value);
  const hops =
    a.hops === undefined || b.hops === undefined
      ? (a.hops ?? b.hops)
      : {
          commands: a.hops.commands + b.hops.commands,
          stored: a.hops.stored + b.hops.stored,
          taken: a.hops.taken + b.hops.taken,
        };
  return {
    atMs: b.atMs,
    state: b.state,
    connected: b.connected,
    offered: a.offered + b.offered,
    sent: a.sent + b.sent,
    acknowledged: a.acknowledged + b.acknowledged,
    up: a.up + b.up,
    down: a.down + b.down,
    device: a.device + b.device,
    pending: b.pending,
    duplicates: a.duplicates + b.duplicates,
    reordered: a.reordered + b.reordered,
    corrupted: a.corrupted + b.corrupted,
    mappingFailed: a.mappingFailed + b.mappingFailed,
    answers: a.answers + b.answers,
    latency: { up: latency('up'), down: latency('down'), device: latency('device') },
    slipP99: larger(a.slipP99, b.slipP99),
    ...(hops === undefined ? {} : { hops }),
    utilisation,
  };
}

export class FrameHistory {
  #frames: Frame[] = [];
  /** Original frames in each kept one, and in the last one so far. */
  #each = 1;
  #inLast = 0;
  readonly #most: number;

  constructor(most = MOST_FRAMES) {
    this.#most = most;
  }

  add(frame: Frame): void {
    const last = this.#frames.length - 1;
    if (last >= 0 && this.#inLast < this.#each) {
      this.#frames[last] = mergeFrames(this.#frames[last]!, frame);
      this.#inLast += 1;
      return;
    }
    if (this.#frames.length === this.#most) this.#halve();
    this.#frames.push(frame);
    this.#inLast = 1;
  }

  /** A copy of the list, oldest first. */
  frames(): Frame[] {
    return [...this.#frames];
  }

  #halve(): void {
    const halved: Frame[] = [];
    for (let i = 0; i < this.#frames.length; i += 2) {
      const [a, b] = [this.#frames[i]!, this.#frames[i + 1]];
      halved.push(b === undefined ? a : mergeFrames(a, b));
    }
    this.#frames = halved;
    this.#each *= 2;
  }
}
