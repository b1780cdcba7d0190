/**
 * Which topics the lab has made, with how many partitions, and who consumes them. AMQP can tell whether a given exchange
 * exists and nothing more; so the list is kept in the broker as one message in a queue, and whoever reads or changes it
 * holds a lock: a queue that only one connection at a time can have, and that goes when its owner does.
 */
import type { Channel, ConfirmChannel } from 'amqplib';
import { isLocked } from './errors.ts';
import type { Link } from './link.ts';
import { REGISTRY, REGISTRY_LOCK } from './names.ts';

export interface TopicEntry {
  readonly partitions: number;
  /** Groups that have queues of this topic. */
  readonly groups: readonly string[];
}

export type Topics = ReadonlyMap<string, TopicEntry>;

const LOCKED_PAUSE_MS = 20;
const LOCK_PATIENCE_MS = 30_000;

export class Registry {
  readonly #link: Link;
  /** Within this process one after the other, instead of all trying for the lock. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(link: Link) {
    this.#link = link;
  }

  read(): Promise<Topics> {
    return this.change(async () => undefined);
  }

  /** `update` returns what is to be kept instead, or undefined for no change; nobody else changes it meanwhile. */
  change(update: (topics: Topics) => Promise<Topics | undefined>): Promise<Topics> {
    const turn = this.#turn.then(() => this.#locked(update));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #locked(update: (topics: Topics) => Promise<Topics | undefined>): Promise<Topics> {
    const lock = await this.#lock();
    try {
      const channel = await this.#link.confirmChannel();
      try {
        return await readAndWrite(channel, update);
      } finally {
        // What has been read and not acknowledged goes back.
        await this.#link.closeChannel(channel);
      }
    } catch (error) {
      throw this.#link.error(error);
    } finally {
      await this.#link.answered(lock.deleteQueue(REGISTRY_LOCK)).catch(() => {});
      await this.#link.closeChannel(lock);
    }
  }

  async #lock(): Promise<Channel> {
    for (let waited = 0; ; waited += LOCKED_PAUSE_MS) {
      const channel = await this.#link.channel();
      try {
        // Also exclusive within a connection: the name is deleted before the next turn asks for it.
        await channel.assertQueue(REGISTRY_LOCK, { exclusive: true, durable: false });
        return channel;
      } catch (error) {
        if (!isLocked(error) || waited >= LOCK_PATIENCE_MS) throw this.#link.error(error);
      }
      await new Promise((resolve) => setTimeout(resolve, LOCKED_PAUSE_MS));
    }
  }
}

async function readAndWrite(channel: ConfirmChannel, update: (topics: Topics) => Promise<Topics | undefined>): Promise<Topics> {
  await channel.assertQueue(REGISTRY, { durable: true });
  const topics = new Map<string, TopicEntry>();
  // More than one where a writer was interrupted between adding the new list and removing the old: the newest counts.
  let held = await channel.get(REGISTRY);
  let last = held;
  while (held !== false) {
    last = held;
    held = await channel.get(REGISTRY);
  }
  if (last !== false) {
    const entries = JSON.parse(last.content.toString('utf8')) as Record<string, TopicEntry>;
    for (const name in entries) topics.set(name, entries[name]!);
  }
  const changed = await update(topics);
  if (changed === undefined) return topics;
  channel.sendToQueue(REGISTRY, Buffer.from(JSON.stringify(Object.fromEntries(changed))), { persistent: true });
  await channel.waitForConfirms();
  if (last !== false) channel.ack(last, true);
  return changed;
}
