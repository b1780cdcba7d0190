/** RabbitMQ as an MQ engine of the lab. */
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
import { RABBITMQ_CAPABILITIES } from './capabilities.ts';
import { RabbitConsumer } from './consumer.ts';
import { Delays } from './delays.ts';
import { Inbox } from './inbox.ts';
import { Link } from './link.ts';
import { checkNames, isDeadLetterTopic } from './names.ts';
import type { RabbitMqOptions } from './options.ts';
import { RabbitProducer } from './producer.ts';
import { type QueueSet, queuesExist } from './queues.ts';
import { RabbitTopics } from './topics.ts';

const DEFAULT_PARTITIONS = 4;

/** @throws CausewayError connect.failed, mq.refused (credentials), mq.denied, mq.version (broker too old), input.argument */
export async function connectRabbitMq(options: RabbitMqOptions): Promise<MqEngine> {
  checkOptions(options);
  const consuming = new Link(options, 'consumers');
  await consuming.open();
  // A connection of its own: where RabbitMQ holds back a sender, it stops reading its connection.
  const producing = new Link(options, 'producers');
  try {
    await producing.open();
  } catch (error) {
    await consuming.close();
    throw error;
  }
  return new RabbitMq(options, consuming, producing);
}

class RabbitMq implements MqEngine {
  readonly name = 'rabbitmq';
  readonly capabilities = RABBITMQ_CAPABILITIES;
  readonly #options: RabbitMqOptions;
  /** Everything but sending. */
  readonly #consuming: Link;
  readonly #producing: Link;
  readonly #topics: RabbitTopics;
  readonly #delays: Delays;
  readonly #producers = new Set<RabbitProducer>();
  readonly #consumers = new Set<RabbitConsumer>();
  /** For dead letters. */
  readonly #burier: RabbitProducer;
  #closing: Promise<void> | undefined;

  constructor(options: RabbitMqOptions, consuming: Link, producing: Link) {
    this.#options = options;
    this.#consuming = consuming;
    this.#producing = producing;
    this.#topics = new RabbitTopics(consuming, options.partitions ?? DEFAULT_PARTITIONS);
    this.#delays = new Delays(consuming);
    this.#burier = this.#newProducer();
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
    const producer = this.#newProducer();
    this.#producers.add(producer);
    return producer;
  }

  async consume(spec: MqConsumerSpec, handler: MqHandler): Promise<MqConsumer> {
    this.#open();
    checkConsumerSpec(spec);
    const topics = [...new Set(spec.topics)];
    const own = spec.mode === 'broadcasting';
    const owner = own ? `${spec.group}/${randomUUID()}` : spec.group;
    const graves = deadLetterTopic(spec.group);
    const sets: QueueSet[] = [];
    for (const topic of topics) {
      checkNames(topic, spec.group);
      // Whoever reads dead letters may come before the first of them.
      if (isDeadLetterTopic(topic)) await this.#topics.create({ name: topic, partitions: 1 });
      const partitions = await this.#topics.partitions(topic);
      const set = { topic, partitions, owner, ordered: spec.ordered, own };
      if (spec.from === 'earliest' && !isDeadLetterTopic(topic)) await this.#refuseEarliest(set);
      sets.push(set);
    }
    if (!topics.includes(graves) && (await this.#topics.partitionsOf(graves)) === undefined)
      await this.#topics.create({ name: graves, partitions: 1 });
    this.#open();
    const consumer = new RabbitConsumer({
      link: this.#consuming,
      inbox: new Inbox({
        spec,
        handler,
        deadLetter: (delivery, reason) => this.#bury(graves, delivery, reason),
        clock: this.#options.clock ?? nowUs,
      }),
      group: spec.group,
      sets,
      onLog: this.#options.onLog,
      onClose: (closed) => this.#consumers.delete(closed),
    });
    this.#consumers.add(consumer);
    await consumer.open();
    if (!own) for (const topic of topics) await this.#topics.addGroup(topic, spec.group);
    return consumer;
  }

  async removeGroup(group: string, topics: readonly string[]): Promise<void> {
    this.#open();
    await this.#topics.removeGroup(group, topics);
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
    await Promise.all([this.#producing.close(), this.#consuming.close()]);
  }

  #open(): void {
    if (this.#closing !== undefined) throw new CausewayError('mq.closed');
  }

  #newProducer(): RabbitProducer {
    const parts = { link: this.#producing, topics: this.#topics, delays: this.#delays };
    return new RabbitProducer(parts, (closed) => this.#producers.delete(closed));
  }

  /** A group that is there goes on where it was, whatever it asks for. A new one cannot have what was sent before it came. */
  async #refuseEarliest(set: QueueSet): Promise<void> {
    if (!set.own && (await queuesExist(this.#consuming, set))) return;
    const value = `group ${set.owner} of topic ${set.topic} is new`;
    throw new CausewayError('mq.unsupported', { engine: 'rabbitmq', feature: 'start at the earliest message', value });
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

function checkOptions(options: RabbitMqOptions): void {
  const bad = (argument: string, value: unknown, expected: string): never => {
    throw new CausewayError('input.argument', {
      argument: `rabbitmq ${argument}`,
      value: String(value),
      reason: 'not usable',
      expected,
    });
  };
  const { host, port, vhost, partitions } = options;
  if (host === '' || /[\s/@]/.test(host)) bad('host', host, 'a host name or an address, without scheme');
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) bad('port', port, '1 to 65535');
  if (vhost === '') bad('vhost', '(empty)', 'the name of a virtual host; / is the default one');
  if (partitions !== undefined && !(Number.isInteger(partitions) && partitions >= 1 && partitions <= 1000))
    bad('partitions', partitions, '1 to 1000');
}
