/** The bridge between gateway and MQ engine. */
import type { Clock } from '../clock.ts';
import type { DownMessage, DownReport, MqttSide, UpPublish } from '../gateway/types.ts';
import type { mapDown } from '../mapping/down.ts';
import type { mapUp } from '../mapping/up.ts';
import type { MqDelivery, MqEngine, MqMessage } from '../mq/engine.ts';

/** A stage a bridged message has passed, told to whoever measures. Called for every message: must be cheap. */
export interface PathObserver {
  /** The gateway has read a device's PUBLISH (`publish.receivedUs`). */
  upReceived?(publish: UpPublish): void;
  /** The engine has acknowledged it. */
  upStored?(publish: UpPublish, atUs: number): void;
  /** The bridge has taken a message from MQ and hands it to the gateway. */
  downTaken?(delivery: MqDelivery, atUs: number): void;
  /** The gateway has handed it on, to so many sessions; undefined: a broker outside does not tell. Not told of dead letters. */
  downDelivered?(delivery: MqDelivery, report: DownReport | undefined): void;
  /** Handed to a broker outside once more, as the connection to it was lost before it had acknowledged. */
  downResent?(payload: Buffer): void;
  /** The gateway has read a device's PUBLISH that no MQ will see. */
  localReceived?(payload: Buffer, atUs: number): void;
}

/**
 * Deliberate faults, used by the checker's self-test and by `faults` of a scenario: what comes back is sent in place
 * of the message (none: dropped; two: duplicated). Never set in normal operation.
 */
export interface Tamper {
  up?(message: MqMessage): readonly MqMessage[];
  down?(message: DownMessage): readonly DownMessage[];
  /** Messages held back so far that shall go now: the overdue ones, or all of them when the bridge closes. Asked a few times a second. */
  release?(all: boolean): { readonly up: readonly MqMessage[]; readonly down: readonly DownMessage[] };
}

/**
 * The two mapping functions. Other ones than the lab's own are given to prove that its checks notice a wrong mapping;
 * never set in normal operation.
 */
export interface MappingFunctions {
  readonly mapUp: typeof mapUp;
  readonly mapDown: typeof mapDown;
}

export interface BridgeOptions {
  readonly engine: MqEngine;
  /** Parent topics carried, and which way. */
  readonly topics: readonly { readonly name: string; readonly up: boolean; readonly down: boolean }[];
  readonly profile: 'strict' | 'lenient';
  /** Same limits as the gateway's: a message from MQ that breaks them is dead-lettered, not cut. */
  readonly limits: { readonly payloadBytes: number; readonly topicChars: number };
  /** MQ consumer group of the bridge. Default `causeway-bridge`. */
  readonly group?: string;
  /** Messages and bytes on their way to the engine, over all clients; beyond it the gateway stops being answered. Defaults 10,000 and 64 MiB. */
  readonly maxInFlight?: { readonly messages?: number; readonly bytes?: number };
  readonly observer?: PathObserver;
  readonly tamper?: Tamper;
  /** In place of the lab's own mapping functions. */
  readonly mapping?: Partial<MappingFunctions>;
  /** How long the gateway may take for a message before MQ delivers it again, milliseconds. Default: the consumer's. */
  readonly handoverMs?: number;
  readonly onEvent?: (event: BridgeEvent) => void;
  /** Default `nowUs`. */
  readonly now?: Clock;
  /** Start of every message id; must differ between bridges of one MQ. Default: random. */
  readonly idPrefix?: string;
}

export type BridgeEvent =
  | { readonly kind: 'dead-letter'; readonly topic: string; readonly offset: number; readonly reason: string }
  | { readonly kind: 'warning'; readonly topic: string; readonly warning: string }
  /** What MQ, or the connection to it, has to say; the same at most once a minute. */
  | { readonly kind: 'mq'; readonly text: string }
  | { readonly kind: 'not-drained'; readonly messages: number };

export interface BridgeStats {
  readonly up: {
    readonly received: number;
    readonly stored: number;
    readonly failed: number;
    readonly inFlight: number;
    readonly inFlightBytes: number;
    /** Accepted from the gateway but held back: by the bound, or behind the message before it of the same client. */
    readonly waiting: number;
  };
  readonly down: {
    readonly taken: number;
    readonly delivered: number;
    readonly online: number;
    readonly stored: number;
    readonly dropped: number;
    readonly deadLettered: Readonly<Record<string, number>>;
    readonly skippedEcho: number;
  };
  readonly warnings: Readonly<Record<string, number>>;
}

export interface Bridge {
  /** The uplink to give to the gateway. */
  readonly uplink: import('../gateway/types.ts').Uplink;
  /** Starts the way down; call once the gateway listens. */
  start(gateway: MqttSide): Promise<void>;
  stats(): BridgeStats;
  /** Stops taking from MQ, waits until what is under way is settled (at most `drainMs`, default 10,000) and says what was not. Idempotent. */
  close(drainMs?: number): Promise<{ readonly notDrained: number }>;
}
