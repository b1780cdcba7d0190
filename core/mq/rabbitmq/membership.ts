/**
 * Who else is in a group. RabbitMQ gives a queue with a single active consumer to the first that asks, so one member
 * would get all partitions: members tell each other that they are there, and share them. Should two see it differently
 * for a moment, both ask for a queue and the broker still gives it to one.
 *
 * Every member has a queue that goes with its connection. It is greeted through it once a second; a greeting that the
 * broker cannot deliver tells that the member has gone.
 */
import { randomUUID } from 'node:crypto';
import type { Channel } from 'amqplib';
import type { Link } from './link.ts';
import { membersExchange } from './names.ts';

const GREET_MS = 1_000;
const REJOIN_MS = 500;

interface Greeting {
  /** Sorts by the time of joining; also the name of the member's queue. */
  readonly id: string;
  readonly topics: readonly string[];
  readonly leaving?: boolean;
}

export class Membership {
  readonly #link: Link;
  readonly #exchange: string;
  readonly #topics: readonly string[];
  readonly #onChange: () => void;
  /** Of the others, by their ids. */
  readonly #others = new Map<string, readonly string[]>();
  #id = '';
  #channel: Channel | undefined;
  #greeting: NodeJS.Timeout | undefined;
  #rejoining: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(link: Link, group: string, topics: readonly string[], onChange: () => void) {
    this.#link = link;
    this.#exchange = membersExchange(group);
    this.#topics = topics;
    this.#onChange = onChange;
  }

  /** Whether a partition is this member's. */
  isMine(topic: string, partition: number): boolean {
    const members = [...this.#others].filter(([, topics]) => topics.includes(topic)).map(([id]) => id);
    members.push(this.#id);
    members.sort();
    return members[partition % members.length] === this.#id;
  }

  /** @throws CausewayError mq.connection-lost, mq.denied */
  async join(): Promise<void> {
    const channel = await this.#link.channel();
    // A new one each time: the queue of a lost connection may still be there, and not to be had.
    const id = `${this.#exchange}/${Date.now()}-${randomUUID()}`;
    await channel.assertExchange(this.#exchange, 'fanout', { durable: false, autoDelete: true });
    await channel.assertQueue(id, { exclusive: true, durable: false });
    await channel.bindQueue(id, this.#exchange, '');
    channel.on('return', ({ fields }) => this.#gone(fields.routingKey));
    let closed = false;
    channel.on('close', () => {
      closed = true;
      if (this.#channel === channel) this.#rejoin();
    });
    await channel.consume(id, (message) => message !== null && this.#greeted(message.content), { noAck: true });
    // It may have ended in the same breath as it answered.
    if (closed || this.#closed) throw this.#link.lost();
    this.#id = id;
    this.#channel = channel;
    this.#greeting = setInterval(() => {
      for (const other of this.#others.keys()) this.#greet(other);
    }, GREET_MS);
    this.#send(this.#exchange, '', {});
  }

  /** To be called when the partitions have been given up. */
  async leave(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#greeting);
    clearTimeout(this.#rejoining);
    const channel = this.#channel;
    this.#send(this.#exchange, '', { leaving: true });
    this.#channel = undefined;
    // Its queue goes with the connection at the latest; the others need not wait for that.
    if (channel !== undefined) await this.#link.answered(channel.deleteQueue(this.#id)).catch(() => {});
    await this.#link.closeChannel(channel);
  }

  #rejoin(): void {
    this.#channel = undefined;
    clearInterval(this.#greeting);
    if (this.#closed) return;
    this.join().then(this.#onChange, () => {
      this.#rejoining = setTimeout(() => this.#rejoin(), REJOIN_MS);
    });
  }

  #greeted(content: Buffer): void {
    const { id, topics, leaving } = JSON.parse(content.toString('utf8')) as Greeting;
    if (id === this.#id || this.#closed) return;
    if (leaving === true) {
      this.#gone(id);
      return;
    }
    if (this.#others.has(id)) return;
    this.#others.set(id, topics);
    this.#greet(id);
    this.#onChange();
  }

  #gone(id: string): void {
    if (this.#others.delete(id)) this.#onChange();
  }

  #greet(id: string): void {
    this.#send('', id, {});
  }

  #send(exchange: string, key: string, more: Partial<Greeting>): void {
    const greeting: Greeting = { id: this.#id, topics: this.#topics, ...more };
    try {
      this.#channel?.publish(exchange, key, Buffer.from(JSON.stringify(greeting)), { mandatory: exchange === '' });
    } catch {
      // The channel has gone: after joining again all are greeted.
    }
  }
}
