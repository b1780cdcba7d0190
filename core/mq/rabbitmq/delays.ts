/**
 * Delayed messages: they wait in a queue whose messages expire after the delay and go on to their topic, with the
 * routing key they came with. One queue per topic and delay, so that none waits behind one that waits longer.
 */
import type { Link } from './link.ts';
import { delayQueue } from './names.ts';

/** A queue that nobody has asked for so long after its delay has nothing in it, and goes. */
const UNUSED_MS = 600_000;
/** Asked for again within this time, so that it cannot go while it has messages. */
const RENEW_MS = 60_000;

export class Delays {
  readonly #link: Link;
  readonly #renewed = new Map<string, number>();

  constructor(link: Link) {
    this.#link = link;
  }

  /** Asks again for everything next time: it may be gone. */
  forget(): void {
    this.#renewed.clear();
  }

  /** The exchange to send to instead of the topic's. */
  async exchange(topic: string, delayMs: number): Promise<string> {
    const ms = roundUp(delayMs);
    const name = delayQueue(topic, ms);
    const now = performance.now();
    if (now - (this.#renewed.get(name) ?? Number.NEGATIVE_INFINITY) < RENEW_MS) return name;
    const channel = await this.#link.channel();
    try {
      await channel.assertExchange(name, 'fanout', { durable: true, autoDelete: true });
      await channel.assertQueue(name, {
        durable: true,
        messageTtl: ms,
        deadLetterExchange: topic,
        expires: Math.min(2 ** 32 - 1, ms + UNUSED_MS),
      });
      await channel.bindQueue(name, name, '');
      await channel.close();
    } catch (error) {
      throw this.#link.error(error, topic);
    }
    this.#renewed.set(name, now);
    return name;
  }
}

/** To two significant digits: a sender of random delays would make a queue for every millisecond else. */
function roundUp(ms: number): number {
  const whole = Math.ceil(ms);
  const step = 10 ** Math.max(0, String(whole).length - 2);
  return Math.ceil(whole / step) * step;
}
