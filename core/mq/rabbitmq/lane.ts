/** One partition of a consumer: its queue on a channel of its own, which can be given up and taken up again. */
import type { Channel, ConsumeMessage, Message } from 'amqplib';
import type { Inbox } from './inbox.ts';
import { Source } from './inbox.ts';
import type { Link } from './link.ts';
import { toDelivery } from './messages.ts';
import { makeQueue, type QueueSet, queueName } from './queues.ts';
import { Tags } from './tags.ts';

/** Handlers of a lane whose channel was lost get so long before its messages are delivered to the same consumer again. */
const DRAIN_MS = 6_000;
const RETRY_MS = 500;
/** Messages that an ordered lane takes ahead: nobody else could have them meanwhile. */
const ORDERED_AHEAD = 512;
const MOST_AHEAD = 65_535;

export class Lane {
  readonly set: QueueSet;
  readonly partition: number;
  readonly #link: Link;
  readonly #inbox: Inbox;
  readonly #onLog: ((line: string) => void) | undefined;
  #wanted = false;
  #open: { readonly channel: Channel; readonly source: Source; readonly tags: Tags } | undefined;
  /** One change after the other. */
  #turn: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;

  constructor(set: QueueSet, partition: number, link: Link, inbox: Inbox, onLog: ((line: string) => void) | undefined) {
    this.partition = partition;
    this.set = set;
    this.#link = link;
    this.#inbox = inbox;
    this.#onLog = onLog;
  }

  /** The first time; from then on it is taken up again by itself until it is given up. @throws CausewayError mq.connection-lost, mq.denied */
  async start(): Promise<void> {
    this.#wanted = true;
    const turn = this.#turn.then(() => this.#start());
    this.#turn = turn.catch(() => {});
    await turn;
  }

  /** Finishes what handlers have and gives the rest back. Resolves when the next consumer of the queue has its turn. */
  stop(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#retry);
    this.#turn = this.#turn.then(() => this.#stop());
    return this.#turn;
  }

  /** Brings it to where it is to be, and keeps trying. */
  want(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    if (!wanted) {
      void this.stop();
      return;
    }
    this.#wanted = true;
    this.#resume(Promise.resolve());
  }

  #resume(after: Promise<void>): void {
    const turn = this.#turn
      .then(() => after)
      .then(async () => {
        if (!this.#wanted) return;
        // Others may have removed it.
        await makeQueue(this.#link, this.set, this.partition);
        await this.#start();
      });
    this.#turn = turn.catch(() => {
      clearTimeout(this.#retry);
      if (this.#wanted) this.#retry = setTimeout(() => this.#resume(Promise.resolve()), RETRY_MS);
    });
  }

  async #start(): Promise<void> {
    if (!this.#wanted || this.#open !== undefined) return;
    const channel = await this.#link.channel();
    const tags = new Tags((tag, upTo) => acknowledge(channel, tag, upTo));
    const source = new Source((tag) => tags.settle(tag));
    let closed = false;
    let why = '';
    channel.on('error', (error: Error) => {
      why = error.message;
    });
    channel.on('close', () => {
      closed = true;
      if (this.#open?.channel === channel) this.#lost(why);
    });
    const onMessage = (message: ConsumeMessage | null): void => {
      // The broker has ended it: the queue is gone, or has moved to another node.
      if (message === null) void this.#link.closeChannel(channel);
      else this.#inbox.take(source, message.fields.deliveryTag, toDelivery(this.set.topic, this.partition, message));
    };
    const share = Math.ceil(this.#inbox.prefetch / this.set.partitions);
    const ahead = Math.min(MOST_AHEAD, this.set.ordered ? Math.max(ORDERED_AHEAD, share) : share);
    try {
      await this.#link.answered(channel.prefetch(ahead));
      await this.#link.answered(channel.consume(queueName(this.set, this.partition), onMessage));
      // It may have ended in the same breath as it answered.
      if (closed) throw this.#link.lost();
    } catch (error) {
      source.ending = true;
      await this.#link.closeChannel(channel);
      throw error;
    }
    this.#open = { channel, source, tags };
  }

  async #stop(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    await this.#inbox.end(open.source);
    // Lost while it ended.
    if (this.#open !== open) return;
    this.#open = undefined;
    open.tags.flush();
    // Not cancelled before: what is given back would come to the next consumer behind what it is given first.
    await this.#link.closeChannel(open.channel);
  }

  /** The channel is gone, with the connection or by itself. What was under way comes again. */
  #lost(why: string): void {
    const { source } = this.#open!;
    this.#open = undefined;
    if (why !== '') this.#onLog?.(`consuming from partition ${this.partition} of ${this.set.topic} was interrupted: ${why}`);
    let timer: NodeJS.Timeout | undefined;
    const idle = Promise.race([
      this.#inbox.end(source),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, DRAIN_MS);
      }),
    ]).then(() => clearTimeout(timer));
    this.#resume(idle);
  }
}

function acknowledge(channel: Channel, tag: number, upTo: boolean): void {
  try {
    channel.ack({ fields: { deliveryTag: tag } } as Message, upTo);
  } catch {
    // The channel has gone: the message comes again.
  }
}
