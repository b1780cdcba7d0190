import type { Connection } from './connection.ts';
import type { TopicInfo } from './topicRules.ts';
import type { QoS } from './types.ts';

/** A PUBLISH as read from the wire. */
export interface IncomingPublish {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Packet identifier; 0 with QoS 0. */
  readonly id: number;
}

/** A PUBLISH on its way in, until it is acknowledged. */
export interface Pending {
  readonly connection: Connection;
  readonly info: TopicInfo;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly will: boolean;
  /** Packet identifier; 0 with QoS 0. */
  readonly id: number;
  /** Only the acknowledgement is owed: a refused message, or the second copy of a QoS 2 message. */
  readonly ackOnly: boolean;
  /** The uplink's answer; undefined: nothing to wait for. */
  readonly stored: Promise<void> | undefined;
}

/**
 * What one client ID has under way, in order. The uplink has been called already, in the order of receipt; answers are
 * taken in that order, so acknowledgements go out in order too [MQTT-4.6.0-2]. One async loop serves the whole chain,
 * so a message costs no closure.
 */
export class UplinkChain {
  readonly clientId: string;
  /** Payload bytes under way. */
  bytes = 0;
  /** A successor connection that may not read before this chain is empty. */
  successor: Connection | undefined = undefined;
  /** What the successor had sent before it could be paused. */
  held: IncomingPublish[] = [];
  #items: Pending[] = [];
  #head = 0;

  constructor(clientId: string) {
    this.clientId = clientId;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: Pending): void {
    this.#items.push(item);
    this.bytes += item.payload.length;
  }

  /** Settles one after another until nothing is left; what is pushed meanwhile is settled too. */
  async drain(settle: (item: Pending, failure: unknown) => void): Promise<void> {
    for (let item = this.#items[this.#head]; item !== undefined; item = this.#items[this.#head]) {
      let failure: unknown;
      if (item.stored !== undefined) {
        try {
          await item.stored;
        } catch (error) {
          failure = error ?? new Error('refused');
        }
      }
      this.#head += 1;
      this.bytes -= item.payload.length;
      if (this.#head === this.#items.length) {
        this.#items = [];
        this.#head = 0;
      } else if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
        this.#items = this.#items.slice(this.#head);
        this.#head = 0;
      }
      settle(item, failure);
    }
  }
}
