/** What the embedded engine is asked for, and what it offers beyond the common engine interface. */
import type { Clock } from '../../clock.ts';
import type { MqGuard } from '../../credentials/mqGuard.ts';
import type { CausewayError } from '../../protocol/errors.ts';
import type { MqEngine } from '../engine.ts';

export interface EmbeddedMqOptions {
  /** memory: gone with the process. file: segments under `folder`. Default memory. */
  readonly storage?: 'memory' | 'file';
  readonly folder?: string;
  /** always: a send is acknowledged after fsync. interval: fsync every `fsyncIntervalMs`. never: left to the system. Default interval. */
  readonly fsync?: 'always' | 'interval' | 'never';
  /** Default 100. */
  readonly fsyncIntervalMs?: number;
  /** A segment file is closed and a new one begun beyond this size. Default 16 MiB. */
  readonly segmentBytes?: number;
  /** Bytes of messages per topic kept in memory beside the files; older ones are read back. Default 64 MiB. */
  readonly cacheBytes?: number;
  /** Told when files of a topic can no longer be written: from then on its sends fail, and nothing mends that. */
  readonly onFailure?: (error: CausewayError) => void;
  /** Monotonic microseconds, for deadlines. */
  readonly clock?: Clock;
  /** Wall-clock milliseconds, for `storedAtMs` and delays. */
  readonly wallClock?: () => number;
}

export interface MqAddress {
  readonly host: string;
  readonly port: number;
}

/** What opening a folder had to mend: the torn end of the last segment is cut off, damaged bytes within a segment are left out. */
export interface MqRepair {
  readonly kind: 'truncated' | 'skipped';
  readonly path: string;
  /** Position in the file, and number of bytes concerned. */
  readonly at: number;
  readonly bytes: number;
}

/** One group on one topic; each broadcasting member is an entry of its own. */
export interface MqGroupStats {
  readonly group: string;
  readonly topic: string;
  readonly mode: 'clustering' | 'broadcasting';
  readonly members: number;
  /** Messages not yet settled, delayed ones included. */
  readonly lag: number;
  /** Delivered and not yet settled. */
  readonly inFlight: number;
  /** Never delivered because retention took them first (or a damaged file lost them). */
  readonly skipped: number;
  readonly redelivered: number;
  readonly deadLettered: number;
}

/** The engine with what only the embedded one can tell. */
export interface EmbeddedMqView extends MqEngine {
  groups(): Promise<MqGroupStats[]>;
}

/** The engine in this process. */
export interface EmbeddedMq extends EmbeddedMqView {
  /** Opens a TCP port for `connectEmbeddedMq`; port 0 takes any free one. With a guard clients must show credentials. @throws CausewayError port.taken, port.denied */
  listen(at: MqAddress, guard?: MqGuard): Promise<MqAddress>;
  readonly repairs: readonly MqRepair[];
}
