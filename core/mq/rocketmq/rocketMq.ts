/** Apache RocketMQ 5 as an MQ engine of the lab. */
import { randomUUID } from 'node:crypto';
import { nowUs } from '../../clock.ts';
import { CausewayError } from '../../protocol/errors.ts';
import { checkConsumerSpec } from '../embedded/member.ts';
import {
  DEAD_LETTER,
  deadLetterTopic,
  type MqConsumer,
  type MqConsumerSpec,
  type MqDelivery,
  type MqEngine,
  type MqHandler,
  type MqProducer,
  type MqTopicSpec,
  type MqTopicStats,
} from '../engine.ts';
import { Inbox } from '../kafka/inbox.ts';
import { ROCKETMQ_CAPABILITIES } from './capabilities.ts';
import { Cluster, type Queue } from './cluster.ts';
import { RocketMqConsumer } from './consumer.ts';
import { groupName } from './names.ts';
import type { RocketMqOptions } from './options.ts';
import { RocketMqProducer } from './producer.ts';
import { RocketMqTopics } from './topics.ts';

/** @throws CausewayError connect.failed, mq.refused (credentials), mq.version (broker too old), input.argument */
export async function connectRocketMq(options: RocketMqOptions): Promise<MqEngine> {
  return new RocketMq(await Cluster.open(checkOptions(options), options), options);
}

class RocketMq implements MqEngine {
  readonly name = 'rocketmq';
  readonly capabilities = ROCKETMQ_CAPABILITIES;
  readonly #cluster: Cluster;
  readonly #options: RocketMqOptions;
  readonly #topics: RocketMqTopics;
  readonly #producers = new Set<RocketMqProducer>();
  readonly #consumers = new Set<RocketMqConsumer>();
  /** For dead letters. */
  readonly #burier: RocketMqProducer;
  #closing: Promise<void> | undefined;

  constructor(cluster: Cluster, options: RocketMqOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#topics = new RocketMqTopics(cluster);
    this.#burier = new RocketMqProducer(cluster, this.#topics, () => {});
  }

  async createTopic(spec: MqTopicSpec): Promise<void> {
    this.#open();
    await this.#topics.create(spec);
  }

  async topics(): Promise<MqTopicStats[]> {
    this.#open();
    return this.#topics.stats();
  }

  async partitionsOf(topic: string): Promise<number | undefined> {
    this.#open();
    return this.#topics.partitionsOf(topic);
  }

  async producer(): Promise<MqProducer> {
    this.#open();
    const producer = new RocketMqProducer(this.#cluster, this.#topics, (closed) => this.#producers.delete(closed));
    this.#producers.add(producer);
    return producer;
  }

  async consume(spec: MqConsumerSpec, handler: MqHandler): Promise<MqConsumer> {
    this.#open();
    checkConsumerSpec(spec);
    const topics = [...new Set(spec.topics)];
    const queues: Queue[] = [];
    for (const topic of topics) {
      // Whoever reads dead letters may come before the first of them.
      if (topic.startsWith(deadLetterTopic(''))) await this.#topics.create({ name: topic, partitions: 1 });
      queues.push(...(await this.#topics.queues(topic)));
    }
    const graves = deadLetterTopic(spec.group);
    if (!topics.includes(graves) && (await this.#topics.partitionsOf(graves)) === undefined)
      await this.#topics.create({ name: graves, partitions: 1 });
    this.#open();
    const consumer = new RocketMqConsumer({
      options: this.#options,
      cluster: this.#cluster,
      group: groupName(spec.group),
      clientId: `causeway@${randomUUID()}`,
      broadcasting: spec.mode === 'broadcasting',
      from: spec.from ?? 'latest',
      queues,
      inbox: new Inbox({
        spec,
        handler,
        deadLetter: (delivery, reason) => this.#bury(graves, delivery, reason),
        clock: this.#options.clock ?? nowUs,
      }),
      onClose: (closed) => this.#consumers.delete(closed),
    });
    this.#consumers.add(consumer);
    await consumer.open();
    return consumer;
  }

  async removeGroup(group: string): Promise<void> {
    this.#open();
    try {
      await this.#topics.removeGroup(group);
    } finally {
      await this.#topics.remove(deadLetterTopic(group));
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Consumers first: their last refused messages may still become dead letters.
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    await Promise.all([...this.#producers].map((producer) => producer.close()));
    await this.#burier.close();
    await this.#cluster.close();
  }

  #open(): void {
    if (this.#closing !== undefined) throw new CausewayError('mq.closed');
  }

  async #bury(topic: string, delivery: MqDelivery, reason: string): Promise<void> {
    await this.#burier.send({
      topic,
      body: delivery.body,
      properties: {
        ...delivery.properties,
        [DEAD_LETTER.reason]: reason,
        [DEAD_LETTER.topic]: delivery.topic,
        [DEAD_LETTER.partition]: String(delivery.partition),
        [DEAD_LETTER.offset]: String(delivery.offset),
      },
      ...(delivery.key === undefined ? {} : { key: delivery.key }),
      ...(delivery.tag === undefined ? {} : { tag: delivery.tag }),
    });
  }
}

/** The name servers' addresses. */
function checkOptions({ nameServer = '127.0.0.1:9876', accessKey, secretKey, securityToken }: RocketMqOptions): string[] {
  const bad = (argument: string, value: string, expected: string): never => {
    throw new CausewayError('input.argument', { argument: `rocketmq ${argument}`, value, reason: 'not usable', expected });
  };
  const addresses = nameServer.split(/[;,]/).map((address) => address.trim());
  for (const address of addresses) {
    const port = Number(/^[^\s/]+:(\d{1,5})$/.exec(address)?.[1]);
    if (!(port >= 1 && port <= 65_535)) bad('nameServer', address, 'host:port of the name server, or several separated by ";"');
  }
  if ((accessKey === undefined) !== (secretKey === undefined))
    bad(accessKey === undefined ? 'accessKey' : 'secretKey', '(none)', 'both accessKey and secretKey, or neither');
  if (securityToken !== undefined && accessKey === undefined) bad('accessKey', '(none)', 'an accessKey beside the securityToken');
  return addresses;
}
