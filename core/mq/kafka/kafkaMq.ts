/** Apache Kafka as an MQ engine of the lab. */
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
import { KAFKA_CAPABILITIES } from './capabilities.ts';
import { type KafkaConnection, openConnection } from './connection.ts';
import { KafkaConsumer } from './consumer.ts';
import { deleteGroup } from './deleteGroup.ts';
import { kafkaError } from './errors.ts';
import { Inbox } from './inbox.ts';
import type { KafkaOptions } from './options.ts';
import { placeGroup } from './placeGroup.ts';
import { KafkaProducer } from './producer.ts';
import { KafkaTopics } from './topics.ts';

/** @throws CausewayError connect.failed, mq.refused (credentials), mq.version (broker too old), input.argument */
export async function connectKafka(options: KafkaOptions): Promise<MqEngine> {
  checkOptions(options);
  return new KafkaMq(await openConnection(options), options);
}

class KafkaMq implements MqEngine {
  readonly name = 'kafka';
  readonly capabilities = KAFKA_CAPABILITIES;
  readonly #connection: KafkaConnection;
  readonly #options: KafkaOptions;
  readonly #topics: KafkaTopics;
  readonly #producers = new Set<KafkaProducer>();
  readonly #consumers = new Set<KafkaConsumer>();
  /** For dead letters; opened with the first of them. */
  #burier: Promise<KafkaProducer> | undefined;
  #closing: Promise<void> | undefined;

  constructor(connection: KafkaConnection, options: KafkaOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#topics = new KafkaTopics(connection, options.replicationFactor ?? -1);
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
    const producer = new KafkaProducer(this.#connection, this.#topics, (closed) => this.#producers.delete(closed));
    this.#producers.add(producer);
    try {
      await producer.open();
    } catch (error) {
      this.#producers.delete(producer);
      throw error;
    }
    return producer;
  }

  async consume(spec: MqConsumerSpec, handler: MqHandler): Promise<MqConsumer> {
    this.#open();
    checkConsumerSpec(spec);
    const topics = [...new Set(spec.topics)];
    for (const topic of topics) {
      // Whoever reads dead letters may come before the first of them.
      const dead = topic.startsWith(deadLetterTopic(''));
      if (dead && (await this.#topics.partitionsOf(topic)) === undefined)
        await this.#topics.create({ name: topic, partitions: 1 });
      else await this.#topics.partitions(topic);
    }
    const graves = deadLetterTopic(spec.group);
    if (!topics.includes(graves) && (await this.#topics.partitionsOf(graves)) === undefined)
      await this.#topics.create({ name: graves, partitions: 1 });
    // Kafka knows no broadcasting: every member is a group of its own, which ends with it.
    const broadcasting = spec.mode === 'broadcasting';
    const groupId = broadcasting ? memberGroup(spec.group, randomUUID()) : spec.group;
    await placeGroup(this.#connection, groupId, topics, spec.from ?? 'latest');
    this.#open();
    const consumer = new KafkaConsumer({
      connection: this.#connection,
      groupId,
      ownGroup: broadcasting,
      topics,
      onLog: this.#options.onLog,
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
      for (const one of [group, ...(await this.#memberGroups(group))]) await deleteGroup(this.#connection, one);
    } catch (error) {
      throw kafkaError(error, this.#connection.place);
    } finally {
      await this.#topics.remove(deadLetterTopic(group));
    }
  }

  /** Of members that got every message and vanished; those who left have taken theirs with them. */
  async #memberGroups(group: string): Promise<string[]> {
    const { groups } = await this.#connection.admin.listGroups();
    return groups.map(({ groupId }) => groupId).filter((name) => name.startsWith(memberGroup(group, '')));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Consumers first: their last refused messages may still become dead letters.
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    await Promise.all([...this.#producers].map((producer) => producer.close()));
    await (await this.#burier?.catch(() => undefined))?.close();
    await this.#connection.close();
  }

  #open(): void {
    if (this.#closing !== undefined) throw new CausewayError('mq.closed');
  }

  async #bury(topic: string, delivery: MqDelivery, reason: string): Promise<void> {
    this.#burier ??= this.#openBurier();
    const producer = await this.#burier;
    await producer.send({
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

  async #openBurier(): Promise<KafkaProducer> {
    const producer = new KafkaProducer(this.#connection, this.#topics, () => {});
    try {
      await producer.open();
    } catch (error) {
      this.#burier = undefined;
      throw error;
    }
    return producer;
  }
}

const memberGroup = (group: string, member: string): string => `${group}.member.${member}`;

function checkOptions(options: KafkaOptions): void {
  const bad = (argument: string, value: string, expected: string): never => {
    throw new CausewayError('input.argument', { argument: `kafka ${argument}`, value, reason: 'not usable', expected });
  };
  if (options.brokers.length === 0) bad('brokers', '(none)', 'at least one host:port');
  for (const broker of options.brokers) {
    const port = Number(/^[^\s/]+:(\d{1,5})$/.exec(broker)?.[1]);
    if (broker.startsWith('['))
      bad('brokers', broker, 'a host name or an IPv4 address: the client library for Kafka takes no IPv6 addresses');
    if (!(port >= 1 && port <= 65_535)) bad('brokers', broker, 'host:port');
  }
  if (options.sasl !== undefined && !['plain', 'scram-sha-256', 'scram-sha-512'].includes(options.sasl.mechanism))
    bad('sasl.mechanism', options.sasl.mechanism, 'plain, scram-sha-256 or scram-sha-512');
}
