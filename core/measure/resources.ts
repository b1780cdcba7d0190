/**
 * How busy a thread is: event-loop utilisation, and the delay of a timer that is due every 10 ms. Each thread samples
 * itself and writes into shared memory, which the runner reads whenever it likes.
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { type Clock, nowUs } from '../clock.ts';
import type { RunResult } from '../protocol/result.ts';
import { BUSY_UTILISATION, type GeneratorThread } from './saturation.ts';
import { defineCounters } from './sharedCounters.ts';
import { HISTOGRAM_BYTES, SharedHistogram } from './sharedHistogram.ts';

const GAUGES = defineCounters([
  'windows',
  'utilisationLast',
  'utilisationSum',
  'utilisationMax',
  'busyWindows',
  'cpuUs',
  'rssBytes',
  'elapsedUs',
  'waitedUs',
]);
const AT = GAUGES.at;

const PROBE_MS = 10;
const WINDOW_MS = 250;

/** Shared memory of one thread's samples. */
export interface ResourceMemory {
  readonly gauges: SharedArrayBuffer;
  readonly delay: SharedArrayBuffer;
}

export function allocateResources(): ResourceMemory {
  return { gauges: GAUGES.allocate(), delay: new SharedArrayBuffer(HISTOGRAM_BYTES) };
}

/** The readings of the event loop and the process, injectable. */
export interface ResourceSource {
  /** Idle and active milliseconds of this thread's event loop since its start. */
  loop(): { readonly idle: number; readonly active: number };
  /** CPU time of the whole process, microseconds, and its resident memory, bytes. */
  process(): { readonly cpuUs: number; readonly rssBytes: number };
  /** Microseconds this thread has been ready to run while all cores were busy with others; undefined where the system does not tell. */
  waitedUs(): number | undefined;
}

/** CPU time and run-queue time of the calling thread, nanoseconds [Linux, Documentation/scheduler/sched-stats.rst]. */
const SCHEDSTAT = '/proc/thread-self/schedstat';

function schedulerWait(): number | undefined {
  try {
    const waited = Number(readFileSync(SCHEDSTAT, 'latin1').split(' ')[1]);
    return Number.isFinite(waited) ? waited / 1000 : undefined;
  } catch {
    return undefined;
  }
}

const realSource: ResourceSource = {
  loop: () => performance.eventLoopUtilization(),
  process: () => {
    const { user, system } = process.cpuUsage();
    return { cpuUs: user + system, rssBytes: process.memoryUsage.rss() };
  },
  waitedUs: schedulerWait,
};

export interface SamplerOptions {
  /** Also CPU time and memory of the process: for one thread per process. */
  readonly wholeProcess?: boolean;
  readonly clock?: Clock;
  readonly source?: ResourceSource;
}

/** Samples the thread it is created in, from `start()` to `close()`. */
export class ResourceSampler {
  readonly #gauges;
  readonly #delay: SharedHistogram;
  readonly #clock: Clock;
  readonly #source: ResourceSource;
  readonly #wholeProcess: boolean;
  #probe: NodeJS.Timeout | undefined;
  #window: NodeJS.Timeout | undefined;
  #dueUs = 0;
  #idle = 0;
  #active = 0;
  #waited: number | undefined;
  #sampledUs = 0;

  constructor(memory: ResourceMemory, options: SamplerOptions = {}) {
    this.#gauges = GAUGES.open(memory.gauges);
    this.#delay = new SharedHistogram(memory.delay);
    this.#clock = options.clock ?? nowUs;
    this.#source = options.source ?? realSource;
    this.#wholeProcess = options.wholeProcess ?? false;
  }

  start(): void {
    if (this.#window !== undefined) return;
    ({ idle: this.#idle, active: this.#active } = this.#source.loop());
    this.#waited = this.#source.waitedUs();
    this.#sampledUs = this.#clock();
    this.#window = setInterval(() => this.sample(), WINDOW_MS).unref();
    this.#arm();
  }

  /** Ends a window now. Called by the sampler's own timer; windows get longer when the thread is blocked. */
  sample(): void {
    const { idle, active } = this.#source.loop();
    const busy = active - this.#active;
    const length = busy + idle - this.#idle;
    this.#idle = idle;
    this.#active = active;
    this.#waiting();
    if (length <= 0) return;
    const utilisation = busy / length;
    // A window that was late stands for as many as it lasted: a blocked thread must not count as one busy moment.
    const windows = Math.max(1, Math.round(length / WINDOW_MS));
    this.#gauges.add(AT.windows, windows);
    this.#gauges.set(AT.utilisationLast, utilisation);
    this.#gauges.add(AT.utilisationSum, utilisation * windows);
    if (utilisation > this.#gauges.get(AT.utilisationMax)) this.#gauges.set(AT.utilisationMax, utilisation);
    if (utilisation > BUSY_UTILISATION) this.#gauges.add(AT.busyWindows, windows);
    if (this.#wholeProcess) {
      const { cpuUs, rssBytes } = this.#source.process();
      this.#gauges.set(AT.cpuUs, cpuUs);
      this.#gauges.set(AT.rssBytes, rssBytes);
    }
  }

  #waiting(): void {
    const before = this.#waited;
    if (before === undefined) return;
    this.#waited = this.#source.waitedUs();
    if (this.#waited === undefined) return;
    const now = this.#clock();
    this.#gauges.add(AT.waitedUs, Math.max(0, this.#waited - before));
    this.#gauges.add(AT.elapsedUs, Math.max(0, now - this.#sampledUs));
    this.#sampledUs = now;
  }

  /** Takes a last sample and stops. Idempotent. */
  async close(): Promise<void> {
    if (this.#window === undefined) return;
    clearInterval(this.#window);
    clearTimeout(this.#probe);
    this.#window = undefined;
    this.sample();
  }

  #arm(): void {
    this.#dueUs = this.#clock() + PROBE_MS * 1000;
    this.#probe = setTimeout(() => {
      // Timers of Node may fire up to a millisecond early: that is no delay.
      this.#delay.record(Math.max(0, this.#clock() - this.#dueUs));
      this.#arm();
    }, PROBE_MS).unref();
  }
}

/** What one thread's samples say. */
export interface ResourceReading {
  readonly sample: RunResult['saturation']['threads'][number];
  /** Utilisation of the last window, 0..1. */
  readonly utilisationNow: number;
  readonly busyShare: number;
  readonly cpuUs: number;
  readonly rssBytes: number;
}

/** Reads a thread's samples, from any thread. */
export function readResources(thread: string, memory: ResourceMemory): ResourceReading {
  const gauges = GAUGES.open(memory.gauges);
  const windows = gauges.get(AT.windows);
  const elapsedUs = gauges.get(AT.elapsedUs);
  return {
    sample: {
      thread,
      utilisation: windows === 0 ? 0 : gauges.get(AT.utilisationSum) / windows,
      utilisationMax: gauges.get(AT.utilisationMax),
      eventLoopDelay: new SharedHistogram(memory.delay).snapshot().toLatency(),
      ...(elapsedUs === 0 ? {} : { waitingShare: Math.min(1, gauges.get(AT.waitedUs) / elapsedUs) }),
    },
    utilisationNow: gauges.get(AT.utilisationLast),
    busyShare: windows === 0 ? 0 : gauges.get(AT.busyWindows) / windows,
    cpuUs: gauges.get(AT.cpuUs),
    rssBytes: gauges.get(AT.rssBytes),
  };
}

/** A reading in the form that `judgeSaturation` takes. */
export function generatorThread(reading: ResourceReading, generator: boolean): GeneratorThread {
  return { thread: reading.sample.thread, generator, busyShare: reading.busyShare };
}
