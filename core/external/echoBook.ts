/**
 * What the bridge has published and will hear again, as it is subscribed to the same topics. Over MQTT 5 a mark tells;
 * MQTT 3.1.1 has no room for one, so there the bridge remembers topic and payload. A device that publishes the very same
 * is not confused with it: of two equal messages one is left out, and one is carried.
 */
import { createHash } from 'node:crypto';

/** Remembered at most; a message that the broker never sends back (QoS 0 dropped) is forgotten after so many others. */
const MOST = 10_000;
/** How long after a second sending a second echo may come. */
const SECOND_ECHO_MS = 60_000;

export class EchoBook {
  readonly #open = new Map<string, number>();
  /** Sent twice, so that there may be one echo more: until when, by what was published. */
  readonly #again = new Map<string, number>();
  readonly #now: () => number;

  /** `now`: a steady clock, in ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** To be called before the message is published. */
  published(topic: string, payload: Buffer): void {
    const key = keyOf(topic, payload);
    const count = this.#open.get(key) ?? 0;
    // Taken out and put in again: a map keeps the order of insertion, so its first is the one not touched for longest.
    this.#open.delete(key);
    this.#open.set(key, count + 1);
    if (this.#open.size > MOST) this.#open.delete(this.#open.keys().next().value!);
  }

  /**
   * To be called when it is published once more, as its acknowledgement was lost with the connection. Whether the broker
   * has had the first one as well nobody knows: a second echo is then left out for a while, and not waited for.
   */
  publishedAgain(topic: string, payload: Buffer): void {
    const key = keyOf(topic, payload);
    this.#again.delete(key);
    this.#again.set(key, this.#now() + SECOND_ECHO_MS);
    if (this.#again.size > MOST) this.#again.delete(this.#again.keys().next().value!);
  }

  /** Is this message one of those? Each counts once. */
  heard(topic: string, payload: Buffer): boolean {
    if (this.#open.size === 0 && this.#again.size === 0) return false;
    const key = keyOf(topic, payload);
    const count = this.#open.get(key);
    if (count === undefined) {
      const until = this.#again.get(key);
      this.#again.delete(key);
      return until !== undefined && this.#now() < until;
    }
    if (count === 1) this.#open.delete(key);
    else this.#open.set(key, count - 1);
    return true;
  }
}

const keyOf = (topic: string, payload: Buffer): string =>
  createHash('sha1').update(`${topic}\0`).update(payload).digest('base64');
