/**
 * What the bridge has published and will hear again, as it is subscribed to the same topics. Over MQTT 5 a mark tells;
 * MQTT 3.1.1 has no room for one, so there the bridge remembers topic and payload. A device that publishes the very same
 * is not confused with it: of two equal messages one is left out, and one is carried.
 */
import { createHash } from 'node:crypto';

/** Remembered at most; a message that the broker never sends back (QoS 0 dropped) is forgotten after so many others. */
const MOST = 10_000;

export class EchoBook {
  readonly #open = new Map<string, number>();

  /** To be called before the message is published. */
  published(topic: string, payload: Buffer): void {
    const key = keyOf(topic, payload);
    const count = this.#open.get(key) ?? 0;
    // Taken out and put in again: a map keeps the order of insertion, so its first is the one not touched for longest.
    this.#open.delete(key);
    this.#open.set(key, count + 1);
    if (this.#open.size > MOST) this.#open.delete(this.#open.keys().next().value!);
  }

  /** Is this message one of those? Each counts once. */
  heard(topic: string, payload: Buffer): boolean {
    if (this.#open.size === 0) return false;
    const key = keyOf(topic, payload);
    const count = this.#open.get(key);
    if (count === undefined) return false;
    if (count === 1) this.#open.delete(key);
    else this.#open.set(key, count - 1);
    return true;
  }
}

const keyOf = (topic: string, payload: Buffer): string =>
  createHash('sha1').update(`${topic}\0`).update(payload).digest('base64');
