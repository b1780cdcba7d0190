/** What every worker thread of a run writes and the runner reads: one set of counters and histograms per thread, in shared memory. */
import { MAPPING_COUNTS, type MappingMatrix } from '../measure/mappingMatrix.ts';
import { DIRECT_HOPS, HOPS } from '../measure/metricNames.ts';
import { allocateResources, type ResourceMemory } from '../measure/resources.ts';
import { type Counters, defineCounters } from '../measure/sharedCounters.ts';
import { defineHistograms, SharedHistogram } from '../measure/sharedHistogram.ts';

export const runCounters = defineCounters([
  /** Gauge: clients connected now. */
  'connected',
  'reconnects',
  /** Gauge: clients that stay away for good, since their credentials were withdrawn. */
  'dismissed',
  'refusedConnects',
  /**
   * Due by schedule or reaction; handed to the wire or its queue; acknowledged (QoS 0: written); refused by the client
   * (queue full, offline); of these, refused because the scenario has taken the network away.
   */
  'offered',
  'sent',
  /** Of these, commands that services sent to MQ. */
  'commands',
  'acknowledged',
  'notSent',
  'excused',
  /** Gauge: handed over and neither acknowledged nor written yet. */
  'pending',
  /** Gauge: reactions of devices whose delay is not over. */
  'reacting',
  'up',
  'down',
  'device',
  'duplicates',
  'reordered',
  'corrupted',
  'unexpected',
  'mappingFailed',
  'answers',
  /** Deliveries to services that the engine says are not the first of their message. */
  'redelivered',
  'untracedUp',
  'untracedDown',
  'untracedDevice',
  'bytesIn',
  'bytesOut',
  /** Turns of the thread's timer: a thread that gets no CPU time has none. */
  'beats',
]);

const hopNames = (['up', 'down', 'device'] as const).flatMap((direction) => [
  ...HOPS[direction].map((hop) => `${direction}.${hop}` as const),
  `${direction}.endToEnd` as const,
  `${direction}.service` as const,
  `${direction}.traced` as const,
]);

/** `<direction>.traced` is the end-to-end time of just those deliveries that all hops were known of. */
export const runHistograms = defineHistograms([...hopNames, 'device.sentToDevice', 'slip'] as const);

/** The shared memory of one thread. */
export interface InstrumentMemory {
  readonly thread: string;
  readonly counters: SharedArrayBuffer;
  readonly histograms: SharedArrayBuffer;
  readonly resources: ResourceMemory;
  /** One histogram per command of the scenario, in the order of services and their commands: due to answer. */
  readonly answers: readonly SharedArrayBuffer[];
  /** Counts of the thread's mapping matrix, a copy made a few times a second. */
  readonly mapping: SharedArrayBuffer;
}

export class Instruments {
  readonly thread: string;
  readonly counters: Counters;
  readonly histograms: ReturnType<typeof runHistograms.open>;
  readonly answers: readonly SharedHistogram[];
  /** Checked and failed in turn, in the order of MAPPING_COUNTS. */
  readonly mapping: Float64Array;

  constructor(memory: InstrumentMemory) {
    this.thread = memory.thread;
    this.counters = runCounters.open(memory.counters);
    this.histograms = runHistograms.open(memory.histograms);
    this.answers = memory.answers.map((buffer) => new SharedHistogram(buffer));
    this.mapping = new Float64Array(memory.mapping);
  }

  /** Called by the thread that owns the matrix. */
  showMapping(matrix: MappingMatrix): void {
    matrix.writeCounts(this.mapping);
  }

  static allocate(thread: string, commands = 0): InstrumentMemory {
    return {
      thread,
      counters: runCounters.allocate(),
      histograms: runHistograms.allocate(),
      resources: allocateResources(),
      answers: Array.from({ length: commands }, () => new SharedHistogram().buffer),
      mapping: new SharedArrayBuffer(MAPPING_COUNTS.length * 2 * Float64Array.BYTES_PER_ELEMENT),
    };
  }
}

/**
 * Records the hops of one delivery and its end-to-end time. `times` are the moments at which the message passed each
 * point, first the due time, last the receipt; a point that no trace tells of is undefined. A message that has reached
 * a later point has by necessity passed the earlier ones: a note that comes late (the acknowledgement of a message that
 * its consumer already holds, say) is moved to the later point, so that no hop is negative and the hops add up.
 */
export class HopRecorder {
  readonly #hops: readonly SharedHistogram[];
  readonly #endToEnd: SharedHistogram;
  readonly #service: SharedHistogram;
  readonly #traced: SharedHistogram;

  /** `direct`: between devices over an external broker. */
  constructor(instruments: Instruments, direction: 'up' | 'down' | 'device', direct = false) {
    const h = instruments.histograms as Readonly<Record<string, SharedHistogram>>;
    this.#hops = (direct ? DIRECT_HOPS : HOPS[direction]).map((hop) => h[`${direction}.${hop}`]!);
    this.#endToEnd = h[`${direction}.endToEnd`]!;
    this.#service = h[`${direction}.service`]!;
    this.#traced = h[`${direction}.traced`]!;
  }

  /** @returns false when a needed point was unknown, so that no hop was recorded. `times` is changed. */
  record(times: Float64Array): boolean {
    const last = times.length - 1;
    const end = times[last]!;
    this.#endToEnd.record(end - times[0]!);
    this.#service.record(end - times[1]!);
    for (let i = last - 1; i >= 0; i -= 1) {
      if (Number.isNaN(times[i]!)) return false;
      if (times[i]! > times[i + 1]!) times[i] = times[i + 1]!;
    }
    this.#traced.record(end - times[0]!);
    for (let i = 0; i < last; i += 1) this.#hops[i]!.record(times[i + 1]! - times[i]!);
    return true;
  }
}
