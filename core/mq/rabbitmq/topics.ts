/**
 * Topics as exchanges: a topic exchange of the topic's name, behind it one that spreads routing keys over the
 * partitions, behind that one exchange per partition, to which every group binds a queue of its own.
 */
import { CausewayError } from '../../protocol/errors.ts';
import { deadLetterTopic, type MqTopicSpec, type MqTopicStats } from '../engine.ts';
import { isNotFound, replyCode } from './errors.ts';
import type { Link } from './link.ts';
import { checkNames, hashExchange, isDeadLetterTopic, partitionExchange, partitionQueue } from './names.ts';
import { QUORUM } from './queues.ts';
import { Registry, type Topics } from './registry.ts';

/** Of the hash ring: each partition gets an equal share. */
const SHARE = '1';

export class RabbitTopics {
  readonly #link: Link;
  readonly #registry: Registry;
  readonly #defaultPartitions: number;
  /** Partitions by topic, of topics whose exchanges have been seen. */
  readonly #known = new Map<string, number>();

  constructor(link: Link, defaultPartitions: number) {
    this.#link = link;
    this.#registry = new Registry(link);
    this.#defaultPartitions = defaultPartitions;
  }

  /** Of a topic that has been seen. */
  known(topic: string): number | undefined {
    return this.#known.get(topic);
  }

  /** It has turned out not to be there any more. */
  forget(topic: string): void {
    this.#known.delete(topic);
  }

  /**
   * Partitions of a topic. One whose exchange others have made gets partitions behind it once they are asked for.
   * @throws CausewayError mq.topic-unknown
   */
  async partitions(topic: string): Promise<number> {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    checkNames(topic);
    if (!(await this.exists(topic))) throw new CausewayError('mq.topic-unknown', { topic });
    const entry = (await this.#registry.read()).get(topic);
    if (entry === undefined) return this.#create(topic, this.#defaultPartitions, false);
    this.#known.set(topic, entry.partitions);
    return entry.partitions;
  }

  /** Asks the broker. One that others have made has as many as it would get here. Undefined: there is no such topic. */
  async partitionsOf(topic: string): Promise<number | undefined> {
    checkNames(topic);
    if (!(await this.exists(topic))) return undefined;
    return (await this.#registry.read()).get(topic)?.partitions ?? this.#defaultPartitions;
  }

  /** Takes note of a topic to send to. @throws CausewayError mq.topic-unknown */
  async find(topic: string): Promise<void> {
    checkNames(topic);
    if (!(await this.exists(topic))) throw new CausewayError('mq.topic-unknown', { topic });
    // One that others have made may stay as it is as long as nobody here consumes from it.
    const partitions = (await this.#registry.read()).get(topic)?.partitions;
    if (partitions !== undefined) this.#known.set(topic, partitions);
  }

  /** Asks without making it. */
  async exists(topic: string): Promise<boolean> {
    const channel = await this.#link.channel();
    try {
      await channel.checkExchange(topic);
      await channel.close();
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw this.#link.error(error, topic);
    }
  }

  /** @throws CausewayError input.argument when it exists with another number of partitions, mq.unsupported without the plugin */
  async create({ name, partitions }: MqTopicSpec): Promise<void> {
    checkNames(name);
    if (!Number.isInteger(partitions) || partitions < 1 || partitions > 1000) {
      const details = { argument: `topic ${name}: partitions`, value: partitions, reason: 'out of range', expected: '1 to 1000' };
      throw new CausewayError('input.argument', details);
    }
    const found = this.#known.get(name) ?? (await this.#create(name, partitions, true));
    if (found === partitions) return;
    throw new CausewayError('input.argument', {
      argument: `topic ${name}: partitions`,
      value: partitions,
      reason: `the topic exists with ${found}`,
      expected: `${found}`,
    });
  }

  /** `own`: the exchange is the lab's to make; else it is there, and of any type. Returns how many partitions it has then. */
  async #create(name: string, partitions: number, own: boolean): Promise<number> {
    const topics = await this.#registry.change(async (topics) => {
      if (topics.has(name) && (await this.exists(name))) return undefined;
      await this.#declare(name, partitions, own);
      return new Map(topics).set(name, { partitions, groups: [] });
    });
    const found = topics.get(name)!.partitions;
    this.#known.set(name, found);
    return found;
  }

  async #declare(name: string, partitions: number, own: boolean): Promise<void> {
    const channel = await this.#link.channel();
    try {
      if (own) await channel.assertExchange(name, 'topic', { durable: true });
      let spread = name;
      let pattern = '#';
      // One partition needs no plugin.
      if (partitions > 1) {
        spread = hashExchange(name);
        await channel.assertExchange(spread, 'x-consistent-hash', { durable: true });
        pattern = SHARE;
      }
      for (let partition = 0; partition < partitions; partition += 1) {
        const exchange = partitionExchange(name, partition);
        await channel.assertExchange(exchange, 'fanout', { durable: true });
        await channel.bindExchange(exchange, spread, pattern);
      }
      // Last, so that every message that comes in finds all partitions.
      if (partitions > 1) await channel.bindExchange(spread, name, '#');
      if (isDeadLetterTopic(name)) {
        // Dead letters wait for a reader, whoever that will be: in one queue, not in one per group.
        await channel.assertQueue(name, { durable: true, arguments: QUORUM });
        await channel.bindQueue(name, partitionExchange(name, 0), '');
      }
      await channel.close();
    } catch (error) {
      throw this.#link.error(error, name);
    }
  }

  /** Keeps account of a group that has queues of the topic now. */
  async addGroup(topic: string, group: string): Promise<void> {
    await this.#registry.change(async (topics) => {
      const entry = topics.get(topic);
      if (entry === undefined || entry.groups.includes(group)) return undefined;
      return new Map(topics).set(topic, { ...entry, groups: [...entry.groups, group] });
    });
  }

  /** Deletes the queues of a group, with what waits in them, and its dead letters. What is not there is no error. */
  async removeGroup(group: string, topics: readonly string[]): Promise<void> {
    const graves = deadLetterTopic(group);
    await this.#registry.change(async (all) => {
      const left = new Map(all);
      const channel = await this.#link.channel();
      for (const topic of topics) {
        const entry = left.get(topic);
        if (entry === undefined) continue;
        for (let n = 0; n < entry.partitions; n += 1) await channel.deleteQueue(partitionQueue(topic, group, n));
        left.set(topic, { ...entry, groups: entry.groups.filter((one) => one !== group) });
      }
      await channel.deleteQueue(graves);
      await channel.deleteExchange(partitionExchange(graves, 0));
      await channel.deleteExchange(graves);
      await channel.close();
      left.delete(graves);
      return left;
    });
    this.#known.delete(graves);
  }

  /** Topics made by the lab. Retained: what waits in queues, counted once for each group it waits for. The rest is not known. */
  async stats(): Promise<MqTopicStats[]> {
    const topics: Topics = await this.#registry.read();
    const stats: MqTopicStats[] = [];
    for (const [name, { partitions, groups }] of topics) {
      if (!(await this.exists(name))) continue;
      this.#known.set(name, partitions);
      const queues = isDeadLetterTopic(name)
        ? [name]
        : groups.flatMap((group) => Array.from({ length: partitions }, (_, n) => partitionQueue(name, group, n)));
      const retained = await this.#waiting(queues);
      stats.push({ name, partitions, stored: undefined, retained, retainedBytes: undefined });
    }
    return stats;
  }

  async #waiting(queues: readonly string[]): Promise<number> {
    let waiting = 0;
    let channel = await this.#link.channel();
    for (const queue of queues) {
      try {
        waiting += (await channel.checkQueue(queue)).messageCount;
      } catch (error) {
        // A queue that somebody has removed ends the channel, and nothing more.
        if (replyCode(error) === undefined) throw this.#link.error(error);
        channel = await this.#link.channel();
      }
    }
    await channel.close().catch(() => {});
    return waiting;
  }
}
