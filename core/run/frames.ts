/** Makes frames out of the threads' shared memory: what happened since the frame before. */
import { HistogramWindow } from '../measure/histogramWindow.ts';
import { type ResourceMemory, readResources } from '../measure/resources.ts';
import type { Frame } from '../protocol/result.ts';
import { type InstrumentMemory, Instruments, runCounters } from './instruments.ts';

const AT = runCounters.at;
/** Where a run stands; frames say so. */
export type RunState = Frame['state'];

export class FrameMaker {
  readonly #memories: readonly InstrumentMemory[];
  readonly #all: readonly Instruments[];
  readonly #mainResources: ResourceMemory;
  readonly #windows;
  #now = new Float64Array(runCounters.names.length);
  #before = new Float64Array(runCounters.names.length);
  #bridgeBefore = { stored: 0, taken: 0 };

  constructor(memories: readonly InstrumentMemory[], mainResources: ResourceMemory) {
    this.#memories = memories;
    this.#mainResources = mainResources;
    this.#all = memories.map((memory) => new Instruments(memory));
    const window = (name: 'up.endToEnd' | 'down.endToEnd' | 'device.endToEnd' | 'slip'): HistogramWindow =>
      new HistogramWindow(this.#all.map((i) => i.histograms[name]));
    this.#windows = {
      up: window('up.endToEnd'),
      down: window('down.endToEnd'),
      device: window('device.endToEnd'),
      slip: window('slip'),
    };
  }

  /** The totals of all threads now. */
  totals(): Record<(typeof runCounters.names)[number], number> {
    return runCounters.sum(this.#all.map((i) => i.counters));
  }

  /** Turns of the slowest thread's timer so far. */
  beats(): number {
    return Math.min(...this.#all.map((i) => i.counters.get(AT.beats)));
  }

  /**
   * Counts of this window; what is lost is known only when the books are settled at the end. `bridge`: what it has stored
   * in MQ and taken from it so far.
   */
  next(atMs: number, state: RunState, bridge?: { readonly stored: number; readonly taken: number }): Frame {
    runCounters.sumInto(
      this.#all.map((i) => i.counters),
      this.#now,
    );
    const since = (name: keyof typeof AT): number => Math.max(0, this.#now[AT[name]]! - this.#before[AT[name]]!);
    const latency = (window: HistogramWindow): { p50: number | null; p99: number | null } => {
      const values = window.next();
      return { p50: values.percentile(50), p99: values.percentile(99) };
    };
    const utilisation: Record<string, number> = { main: readResources('main', this.#mainResources).utilisationNow };
    for (const memory of this.#memories)
      utilisation[memory.thread] = readResources(memory.thread, memory.resources).utilisationNow;
    const frame: Frame = {
      atMs: Math.round(atMs),
      state,
      connected: this.#now[AT.connected]!,
      offered: since('offered'),
      sent: since('sent'),
      acknowledged: since('acknowledged'),
      up: since('up'),
      down: since('down'),
      device: since('device'),
      pending: this.#now[AT.pending]!,
      duplicates: since('duplicates'),
      reordered: since('reordered'),
      corrupted: since('corrupted'),
      mappingFailed: since('mappingFailed'),
      answers: since('answers'),
      latency: { up: latency(this.#windows.up), down: latency(this.#windows.down), device: latency(this.#windows.device) },
      slipP99: this.#windows.slip.next().percentile(99),
      ...(bridge === undefined
        ? {}
        : {
            hops: {
              commands: since('commands'),
              // A bridge that was started anew counts from nought.
              stored: Math.max(0, bridge.stored - this.#bridgeBefore.stored),
              taken: Math.max(0, bridge.taken - this.#bridgeBefore.taken),
            },
          }),
      utilisation,
    };
    if (bridge !== undefined) this.#bridgeBefore = bridge;
    [this.#now, this.#before] = [this.#before, this.#now];
    return frame;
  }
}
