/** Topics of the cluster: creating them, which there are, what they hold. */
import { CausewayError } from '../../protocol/errors.ts';
import type { MqTopicSpec, MqTopicStats } from '../engine.ts';
import { NotYet, patiently } from '../kafka/patience.ts';
import type { Cluster, Queue } from './cluster.ts';
import { ANSWER, REQUEST } from './codes.ts';
import { Refusal, rocketMqError } from './errors.ts';
import { parseJson } from './json.ts';
import { groupName, labName, topicName } from './names.ts';
import { queueBounds } from './offsets.ts';
import { pullOnce } from './pull.ts';

/** Of RocketMQ's own, beside those its servers list. */
const SYSTEM = /^(%RETRY%|%DLQ%|rmq_sys_|RMQ_SYS_|SCHEDULE_TOPIC_)|_REPLY_TOPIC$/;
/** A group that every broker has, for its own tools. */
const OBSERVER = 'TOOLS_CONSUMER';

export class RocketMqTopics {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** @throws CausewayError mq.topic-unknown, mq.connection-lost */
  async queues(name: string): Promise<readonly Queue[]> {
    const topic = topicName(name);
    try {
      const queues = await this.#cluster.queues(topic);
      if (queues.length === 0) throw new CausewayError('mq.topic-unknown', { topic: name });
      return queues;
    } catch (error) {
      throw rocketMqError(error, this.#cluster.place, name);
    }
  }

  /** Asks the name server. Undefined: there is no such topic. */
  async partitionsOf(name: string): Promise<number | undefined> {
    const topic = topicName(name);
    this.#cluster.forget(topic);
    const partitions = await this.#count(topic, name);
    return partitions === 0 ? undefined : partitions;
  }

  /** One that exists keeps its configuration: it may be somebody else's. @throws CausewayError input.argument when it exists with another number of partitions */
  async create({ name, partitions }: MqTopicSpec): Promise<void> {
    const topic = topicName(name);
    const existing = await this.#count(topic, name);
    if (existing === partitions) return;
    if (existing > 0) {
      throw new CausewayError('input.argument', {
        argument: `topic ${name}: partitions`,
        value: partitions,
        reason: `the topic exists with ${existing}`,
        expected: `${existing}`,
      });
    }
    try {
      const brokers = await this.#cluster.brokers();
      for (const [i, { address }] of brokers.entries()) {
        const queues = Math.floor(partitions / brokers.length) + (i < partitions % brokers.length ? 1 : 0);
        if (queues === 0) continue;
        await (await this.#cluster.links.get(address)).call(REQUEST.createTopic, {
          topic,
          defaultTopic: 'TBW102',
          readQueueNums: queues,
          writeQueueNums: queues,
          perm: 6,
          topicFilterType: 'SINGLE_TAG',
          topicSysFlag: 0,
          order: false,
          // So that applications may send with message groups through a proxy.
          attributes: '+message.type=FIFO',
          force: false,
        });
      }
      await patiently(async () => {
        this.#cluster.forget(topic);
        if ((await this.#count(topic, name)) < partitions) throw new NotYet(`the name server has not heard of ${name} yet`);
      });
    } catch (error) {
      throw rocketMqError(error, this.#cluster.place, name);
    }
  }

  /** One that is not there is no error. */
  async remove(name: string): Promise<void> {
    await this.#remove(topicName(name), name);
  }

  /** Positions of a group, and the topic in which RocketMQ's own clients would repeat its messages. */
  async removeGroup(group: string): Promise<void> {
    const encoded = groupName(group);
    try {
      for (const { address } of await this.#cluster.brokers()) {
        const link = await this.#cluster.links.get(address);
        await link.call(REQUEST.removeGroup, { groupName: encoded, cleanOffset: true });
      }
    } catch (error) {
      throw rocketMqError(error, this.#cluster.place);
    }
    await this.#remove(`%RETRY%${encoded}`, group);
  }

  async #remove(topic: string, name: string): Promise<void> {
    try {
      for (const { address } of await this.#cluster.brokers()) {
        await (await this.#cluster.links.get(address)).call(REQUEST.removeTopicFromBroker, { topic });
      }
      await this.#cluster.tellNameServers(REQUEST.removeTopicFromNameServer, { topic });
    } catch (error) {
      throw rocketMqError(error, this.#cluster.place, name);
    } finally {
      this.#cluster.forget(topic);
    }
  }

  async #count(topic: string, name: string): Promise<number> {
    try {
      return (await this.#cluster.queues(topic)).length;
    } catch (error) {
      if (error instanceof Refusal && error.code === ANSWER.topicUnknown) return 0;
      throw rocketMqError(error, this.#cluster.place, name);
    }
  }

  /**
   * All topics but RocketMQ's own. It keeps no sizes: all topics share one log. `retainedBytes` is the size of the newest message of
   * each partition times their number.
   */
  async stats(): Promise<MqTopicStats[]> {
    try {
      const stats: MqTopicStats[] = [];
      for (const topic of await this.#names()) {
        let queues: readonly Queue[];
        try {
          queues = await this.#cluster.queues(topic);
        } catch (error) {
          // Deleted between the list and the question.
          if (error instanceof Refusal && error.code === ANSWER.topicUnknown) continue;
          throw error;
        }
        let [stored, retained, retainedBytes] = [0, 0, 0];
        for (const held of await Promise.all(queues.map((queue) => this.#held(queue)))) {
          stored += held.stored;
          retained += held.retained;
          retainedBytes += held.bytes;
        }
        stats.push({ name: labName(topic), partitions: queues.length, stored, retained, retainedBytes, bytesEstimated: true });
      }
      return stats;
    } catch (error) {
      throw rocketMqError(error, this.#cluster.place);
    }
  }

  async #names(): Promise<string[]> {
    const list = async (asking: Promise<{ readonly body: Buffer }>): Promise<readonly string[]> =>
      (parseJson((await asking).body) as { topicList?: readonly string[] }).topicList ?? [];
    const system = new Set(await list(this.#cluster.askNameServer(REQUEST.nameServerSystemTopics, {})));
    for (const { address } of await this.#cluster.brokers()) {
      const link = await this.#cluster.links.get(address);
      for (const topic of await list(link.call(REQUEST.brokerSystemTopics, {}))) system.add(topic);
    }
    const all = await list(this.#cluster.askNameServer(REQUEST.topicList, {}));
    return all.filter((topic) => !system.has(topic) && !SYSTEM.test(topic));
  }

  async #held(queue: Queue): Promise<{ readonly stored: number; readonly retained: number; readonly bytes: number }> {
    const link = await this.#cluster.links.get(queue.address);
    const { low, high } = await queueBounds(link, queue);
    const retained = high - low;
    if (retained === 0) return { stored: high, retained, bytes: 0 };
    const { body } = await pullOnce(link, queue, OBSERVER, high - 1, { most: 1, waitMs: 0 });
    return { stored: high, retained, bytes: retained * body.length };
  }
}
