/** The sender's half of the bridge's session: publishes to the broker, in order, at most so many unacknowledged. */
import type { QoS } from '../gateway/types.ts';

/** A PUBLISH on its way to the broker. */
export interface Outgoing {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  /** 0 while it waits. */
  id: number;
  /** QoS 2: PUBREC has come, only PUBREL may be sent from here on [MQTT-4.3.3-1]. */
  released: boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const MAX_ID = 65_535;

export class OutgoingQueue {
  /** On the wire by identifier, in the order they were first sent. */
  readonly onWire = new Map<number, Outgoing>();
  #waiting: Outgoing[] = [];
  #next = 0;
  #lastId = 0;

  get waiting(): number {
    return this.#waiting.length - this.#next;
  }

  add(outgoing: Outgoing): void {
    this.#waiting.push(outgoing);
  }

  /** The next to be written, with its identifier; undefined: none, or `window` are on the wire. */
  advance(window: number): Outgoing | undefined {
    const outgoing = this.#waiting[this.#next];
    if (outgoing === undefined || (outgoing.qos > 0 && this.onWire.size >= window)) return undefined;
    this.#next += 1;
    if (this.#next > 1024 && this.#next * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
    if (outgoing.qos > 0) {
      outgoing.id = this.freeId();
      this.onWire.set(outgoing.id, outgoing);
    }
    return outgoing;
  }

  /** An identifier that no publish on the wire has; SUBSCRIBE and UNSUBSCRIBE take theirs here as well. */
  freeId(): number {
    do this.#lastId = this.#lastId === MAX_ID ? 1 : this.#lastId + 1;
    while (this.onWire.has(this.#lastId));
    return this.#lastId;
  }

  /** Takes all out, for good. */
  clear(): Outgoing[] {
    const all = [...this.onWire.values(), ...this.#waiting.slice(this.#next)];
    this.onWire.clear();
    this.#waiting = [];
    this.#next = 0;
    return all;
  }
}
