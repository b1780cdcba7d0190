import type { Connection } from './connection.ts';
import type { EncodedPublish } from './packets.ts';
import type { QoS } from './types.ts';

/** A PUBLISH to a session, not yet acknowledged or not yet sent; shared between all receivers of a fan-out. */
export interface Outgoing extends EncodedPublish {
  /** When it came in, for the age limit of offline messages (microseconds). */
  readonly atUs: number;
}

/** Stands in `inflight` for a QoS 2 message whose PUBREC has come: PUBREL is owed, not PUBLISH [MQTT-4.3.3-1]. */
export const RELEASED = Symbol('released');

/** MQTT session state. A clean one ends with its connection [MQTT-3.1.2-6]. */
export class Session {
  readonly clientId: string;
  readonly clean: boolean;
  connection: Connection | undefined = undefined;
  readonly subscriptions = new Map<string, QoS>();
  /** Sent and not acknowledged, in sending order. */
  inflight: Map<number, Outgoing | typeof RELEASED> | undefined = undefined;
  /** Waiting for the connection or for room in the window; `queueHead` is the first. */
  queue: Outgoing[] = [];
  queueHead = 0;
  /** Identifiers of QoS 2 messages received and not yet released [MQTT-4.3.3-2]. */
  incoming: Set<number> | undefined = undefined;

  constructor(clientId: string, clean: boolean) {
    this.clientId = clientId;
    this.clean = clean;
  }

  get queued(): number {
    return this.queue.length - this.queueHead;
  }

  enqueue(message: Outgoing): void {
    this.queue.push(message);
  }

  /** The oldest waiting message, taken out; undefined: none. */
  dequeue(): Outgoing | undefined {
    const message = this.queue[this.queueHead];
    if (message === undefined) return undefined;
    this.queueHead += 1;
    // Array.shift moves every element; so the head walks, and the array is cut when half of it is spent.
    if (this.queueHead === this.queue.length) {
      this.queue = [];
      this.queueHead = 0;
    } else if (this.queueHead > 256 && this.queueHead * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.queueHead);
      this.queueHead = 0;
    }
    return message;
  }

  peek(): Outgoing | undefined {
    return this.queue[this.queueHead];
  }
}
