/** Sends with publisher confirms, any number under way at once. Every topic has a channel of its own: one that is gone takes no others with it. */
import { randomBytes } from 'node:crypto';
import type { ConfirmChannel, Options } from 'amqplib';
import { CausewayError } from '../../protocol/errors.ts';
import { checkMessage } from '../embedded/checkMessage.ts';
import { Deque } from '../embedded/deque.ts';
import type { MqMessage, MqProducer, MqReceipt } from '../engine.ts';
import type { Delays } from './delays.ts';
import type { Link } from './link.ts';
import { checkForAmqp, routingKey, toPublish } from './messages.ts';
import type { RabbitTopics } from './topics.ts';

/** At the end a broker that takes no messages (an alarm, say) is waited for so long. */
const LAST_MS = 10_000;

interface Pending {
  readonly number: number;
  readonly delayMs: number;
  readonly key: string;
  readonly body: Buffer;
  readonly options: Options.Publish;
  readonly resolve: (receipt: MqReceipt) => void;
  readonly reject: (error: Error) => void;
}

export interface ProducerParts {
  readonly link: Link;
  readonly topics: RabbitTopics;
  readonly delays: Delays;
}

export class RabbitProducer implements MqProducer {
  readonly #parts: ProducerParts;
  readonly #onClose: (producer: RabbitProducer) => void;
  readonly #sender = randomBytes(6).toString('hex');
  readonly #outlets = new Map<string, Outlet>();
  readonly #underWay = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(parts: ProducerParts, onClose: (producer: RabbitProducer) => void) {
    this.#parts = parts;
    this.#onClose = onClose;
  }

  send(message: MqMessage): Promise<MqReceipt> {
    if (this.#closing !== undefined) return Promise.reject(new CausewayError('mq.closed'));
    try {
      checkMessage(message);
      checkForAmqp(message);
    } catch (error) {
      return Promise.reject(error);
    }
    const { topic } = message;
    let outlet = this.#outlets.get(topic);
    if (outlet === undefined) {
      outlet = new Outlet(topic, this.#parts);
      this.#outlets.set(topic, outlet);
    }
    const sent = outlet.send(message, this.#sender);
    this.#underWay.add(sent);
    const over = (): void => {
      this.#underWay.delete(sent);
    };
    sent.then(over, over);
    return sent;
  }

  async flush(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#flushWithin(LAST_MS);
    await Promise.all([...this.#outlets.values()].map((outlet) => outlet.close()));
    this.#onClose(this);
  }

  async #flushWithin(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.flush(), enough]);
    clearTimeout(timer);
  }
}

/** One topic of one producer. */
class Outlet {
  readonly #topic: string;
  readonly #parts: ProducerParts;
  /** Sent while there is no channel. */
  readonly #queue = new Deque<Pending>();
  /** Written, and neither stored nor refused yet. */
  readonly #unconfirmed = new Set<Pending>();
  #next = 0;
  #channel: ConfirmChannel | undefined;
  #opening: Promise<void> | undefined;

  constructor(topic: string, parts: ProducerParts) {
    this.#topic = topic;
    this.#parts = parts;
  }

  send(message: MqMessage, sender: string): Promise<MqReceipt> {
    const number = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        number,
        delayMs: message.delayMs ?? 0,
        key: routingKey(message, number),
        // Copied: the caller may use its buffer again before it is written.
        body: Buffer.from(message.body),
        options: toPublish(message, sender, number, Date.now()),
        resolve,
        reject,
      };
      if (this.#channel !== undefined && this.#opening === undefined && pending.delayMs === 0)
        this.#publish(pending, this.#topic);
      else {
        this.#queue.push(pending);
        this.#opening ??= this.#run();
      }
    });
  }

  /** Rejects what is not stored yet; it may or may not be in the end. */
  async close(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    const left = [...this.#unconfirmed];
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) left.push(next);
    const { address } = this.#parts.link.place;
    const error = new CausewayError('mq.connection-lost', { address, reason: 'closed before the message was stored' });
    for (const { reject } of left) reject(error);
    await this.#parts.link.closeChannel(channel);
  }

  /** Sends what has been put aside, in order; sends meanwhile go behind it. */
  async #run(): Promise<void> {
    const { topics, delays, link } = this.#parts;
    try {
      for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
        if (this.#channel === undefined) {
          if (topics.known(this.#topic) === undefined) await topics.find(this.#topic);
          await this.#open();
        }
        const exchange = next.delayMs > 0 ? await delays.exchange(this.#topic, next.delayMs) : this.#topic;
        this.#queue.shift();
        this.#publish(next, exchange);
      }
    } catch (error) {
      const known = link.error(error, this.#topic);
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next.reject(known);
    } finally {
      // In one step with the last look at the queue: nothing can be pushed in between.
      this.#opening = undefined;
    }
  }

  async #open(): Promise<void> {
    const { link, topics, delays } = this.#parts;
    const channel = await link.confirmChannel();
    channel.on('error', (error) => {
      closedBecause.set(channel, { error, messages: this.#unconfirmed.size });
    });
    channel.on('close', () => {
      if (this.#channel === channel) this.#channel = undefined;
      // The exchange may have been deleted.
      topics.forget(this.#topic);
      delays.forget();
    });
    this.#channel = channel;
  }

  #publish(pending: Pending, exchange: string): void {
    const channel = this.#channel;
    const { topics } = this.#parts;
    if (channel === undefined) {
      pending.reject(this.#parts.link.lost());
      return;
    }
    this.#unconfirmed.add(pending);
    try {
      channel.publish(exchange, pending.key, pending.body, pending.options, (error: unknown) => {
        this.#unconfirmed.delete(pending);
        if (error !== null) {
          pending.reject(this.#failed(channel, error));
          return;
        }
        // With several partitions only the broker knows which it has chosen.
        pending.resolve({ topic: this.#topic, partition: topics.known(this.#topic) === 1 ? 0 : -1, offset: pending.number });
      });
    } catch (error) {
      this.#unconfirmed.delete(pending);
      // Closed already: the next send opens another.
      if (this.#channel === channel) this.#channel = undefined;
      pending.reject(this.#failed(channel, error));
    }
  }

  #failed(channel: ConfirmChannel, error: unknown): Error {
    const { link } = this.#parts;
    const because = closedBecause.get(channel);
    if (because !== undefined) {
      const known = link.error(because.error, this.#topic);
      if (known.code !== 'input.argument' || because.messages <= 1) return known;
      // The broker closes a channel for one message and does not say for which.
      const details = { address: link.place.address, reason: String(known.details.reason) };
      return new CausewayError('mq.connection-lost', details, { cause: known });
    }
    // The broker's own refusal, or the connection is gone.
    if (error instanceof Error && error.message === 'message nacked') {
      const details = { address: link.place.address, reason: `it could not store the message (topic ${this.#topic})` };
      return new CausewayError('mq.connection-lost', details);
    }
    return link.lost();
  }
}

/** What the broker closed a channel for, and how many messages were unconfirmed then. */
const closedBecause = new WeakMap<ConfirmChannel, { readonly error: Error; readonly messages: number }>();
