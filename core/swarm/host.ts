/** What all clients of a swarm share. */
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Arena } from './arena.ts';
import type { Backoff } from './backoff.ts';
import type { LinkFactory } from './link.ts';
import type { SimClientApi, SwarmEvents } from './types.ts';
import type { Wheel } from './wheel.ts';

/** Running totals behind `SwarmStats`; `connected` is the number of now. */
export interface Counters {
  connected: number;
  reconnects: number;
  refusedConnects: number;
  bytesIn: number;
  bytesOut: number;
}

/** A client as its swarm sees it. */
export interface Member extends SimClientApi {
  /** Opens the connection; false: no longer wanted. */
  open(): boolean;
  /** Writes what has been encoded since the last flush. */
  flush(nowUs: number): void;
}

/** The services of a swarm to its members. */
export interface SwarmHost {
  readonly arena: Arena;
  readonly wheel: Wheel;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: SwarmEvents;
  readonly links: LinkFactory;
  readonly counters: Counters;
  readonly backoff: Backoff;
  /** No CONNACK within this time: the attempt has failed. */
  readonly connectTimeoutMs: number;
  /** An ended connection that the broker does not close within this time is destroyed. */
  readonly endTimeoutMs: number;
  /** Bytes not taken by the operating system at which a client stops writing. */
  readonly maxBacklogBytes: number;
  /** Counts the client as one of the swarm until `release`. @throws CausewayError swarm.closed */
  adopt(client: Member): void;
  release(client: Member): void;
  /** Calls `client.open()` now, or when one of the attempts under way is over. */
  requestSlot(client: Member): void;
  releaseSlot(): void;
  /** The client has a batch to flush: at the end of this turn of the event loop at the latest. */
  markDirty(client: Member): void;
  /** One more packet is encoded; may flush everything. */
  countPacket(): void;
  /** Calls onDone for a QoS 0 publish, outside the caller's stack. */
  doneLater(client: SimClientApi, token: number): void;
  linkOpened(): void;
  linkGone(): void;
}
