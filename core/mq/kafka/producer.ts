/**
 * An idempotent producer. One request at a time is on its way, and what is sent meanwhile goes together in the next:
 * that keeps each key's order through retries and makes batches as large as the load asks for, without a linger time.
 */
import { type Message, type PartitionerArgs, Partitioners, type PartitionMetadata, type Producer } from 'kafkajs';
import { CausewayError } from '../../protocol/errors.ts';
import { checkMessage } from '../embedded/checkMessage.ts';
import { Deque } from '../embedded/deque.ts';
import type { MqMessage, MqProducer, MqReceipt } from '../engine.ts';
import { type KafkaConnection, RETRY } from './connection.ts';
import { kafkaError } from './errors.ts';
import { recordBytes, toHeaders } from './records.ts';
import type { KafkaTopics } from './topics.ts';

/** Bounds of one request. A message larger than this goes alone. */
const BATCH_BYTES = 512 * 1024;
/** The library copies a partition's list for every message added to it: cost grows with the square of this. */
const BATCH_MESSAGES = 500;

class Pending {
  readonly topic: string;
  readonly record: Message;
  readonly bytes: number;
  readonly resolve: (receipt: MqReceipt) => void;
  readonly reject: (error: Error) => void;
  partition = -1;

  constructor(topic: string, record: Message, bytes: number, resolve: (receipt: MqReceipt) => void, reject: (e: Error) => void) {
    this.topic = topic;
    this.record = record;
    this.bytes = bytes;
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** Every record has been given its partition already, so that its receipt can name its offset. */
const placed = ({ message }: PartitionerArgs): number => message.partition ?? 0;

/** The library's partitioner looks at the number of partitions, and for messages without key at who leads them; only keys go there. */
const byKey = Partitioners.DefaultPartitioner();

export class KafkaProducer implements MqProducer {
  readonly #connection: KafkaConnection;
  readonly #topics: KafkaTopics;
  readonly #onClose: (producer: KafkaProducer) => void;
  readonly #queue = new Deque<Pending>();
  readonly #partitions = new Map<string, { readonly metadata: PartitionMetadata[]; next: number }>();
  #client: Producer | undefined;
  #running: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(connection: KafkaConnection, topics: KafkaTopics, onClose: (producer: KafkaProducer) => void) {
    this.#connection = connection;
    this.#topics = topics;
    this.#onClose = onClose;
  }

  /** @throws CausewayError mq.connection-lost, mq.refused */
  async open(): Promise<void> {
    // Not kept if connecting fails: the library's producer would go on with half a state.
    const client = this.#connection.client().producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => placed,
      retry: RETRY,
    });
    try {
      await client.connect();
    } catch (error) {
      await client.disconnect().catch(() => {});
      throw kafkaError(error, this.#connection.place);
    }
    this.#client = client;
  }

  send(message: MqMessage): Promise<MqReceipt> {
    if (this.#closing !== undefined) return Promise.reject(new CausewayError('mq.closed'));
    let record: Message;
    try {
      checkMessage(message);
      if (message.delayMs !== undefined && message.delayMs > 0) {
        throw new CausewayError('mq.unsupported', {
          engine: 'kafka',
          feature: 'delayed messages',
          value: `${message.delayMs} ms`,
        });
      }
      // Copied: the caller may use its buffer again before the request is written.
      record = { key: message.key ?? null, value: Buffer.from(message.body), headers: toHeaders(message) };
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#queue.push(new Pending(message.topic, record, recordBytes(message), resolve, reject));
      this.#running ??= this.#run();
    });
  }

  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.flush();
    await this.#client?.disconnect().catch(() => {});
    this.#onClose(this);
  }

  async #run(): Promise<void> {
    // What is sent in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#sendBatch(this.#takeBatch());
    // In one step with the last look at the queue: nothing can be pushed in between.
    this.#running = undefined;
  }

  #takeBatch(): Pending[] {
    const batch: Pending[] = [];
    let bytes = 0;
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      if (batch.length > 0 && (bytes + next.bytes > BATCH_BYTES || batch.length >= BATCH_MESSAGES)) break;
      bytes += next.bytes;
      batch.push(this.#queue.shift()!);
    }
    return batch;
  }

  async #sendBatch(batch: readonly Pending[]): Promise<void> {
    const byTopic = new Map<string, Pending[]>();
    for (const pending of batch) {
      const list = byTopic.get(pending.topic);
      if (list === undefined) byTopic.set(pending.topic, [pending]);
      else list.push(pending);
    }
    for (const [topic, list] of byTopic) {
      try {
        const partitions = this.#topics.known(topic) ?? (await this.#topics.partitions(topic));
        for (const pending of list) this.#place(pending, partitions);
      } catch (error) {
        byTopic.delete(topic);
        for (const pending of list) pending.reject(kafkaError(error, this.#connection.place, topic));
      }
    }
    if (byTopic.size === 0) return;
    try {
      if (this.#client === undefined) await this.open();
      const topicMessages = [...byTopic].map(([topic, list]) => ({ topic, messages: list.map(({ record }) => record) }));
      const results = await this.#client!.sendBatch({ topicMessages, acks: -1 });
      const base = new Map<string, number>();
      for (const { topicName, partition, baseOffset } of results) base.set(`${topicName}/${partition}`, Number(baseOffset));
      for (const [topic, list] of byTopic) {
        for (const pending of list) {
          const place = `${topic}/${pending.partition}`;
          const offset = base.get(place) ?? -1;
          base.set(place, offset + 1);
          pending.resolve({ topic, partition: pending.partition, offset });
        }
      }
    } catch (error) {
      const messages = [...byTopic.values()].flat();
      // A request that failed may have been stored. The broker would take the next one, which would bear the same
      // sequence numbers, for its repetition and drop it in silence: a new producer begins with new numbers.
      const client = this.#client;
      this.#client = undefined;
      await client?.disconnect().catch(() => {});
      const { code } = kafkaError(error, this.#connection.place);
      // Kafka refuses a batch as a whole: one by one it shows which message is too large.
      if (code === 'input.argument' && messages.length > 1) {
        for (const pending of messages) await this.#sendBatch([pending]);
        return;
      }
      // What waits would find the brokers away too, one batch after the other.
      if (code === 'mq.connection-lost') messages.push(...this.#takeAll());
      for (const pending of messages) pending.reject(kafkaError(error, this.#connection.place, pending.topic));
      // The topic may have been deleted, or made again with other partitions.
      for (const topic of byTopic.keys()) this.#topics.forget(topic);
    }
  }

  #takeAll(): Pending[] {
    const all: Pending[] = [];
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) all.push(next);
    return all;
  }

  #place(pending: Pending, partitions: number): void {
    let topic = this.#partitions.get(pending.topic);
    if (topic === undefined || topic.metadata.length !== partitions) {
      const metadata = Array.from({ length: partitions }, (_, partitionId) => ({
        partitionErrorCode: 0,
        partitionId,
        leader: 0,
        replicas: [],
        isr: [],
      }));
      topic = { metadata, next: 0 };
      this.#partitions.set(pending.topic, topic);
    }
    const { record } = pending;
    if (record.key === null) {
      pending.partition = topic.next;
      topic.next = (topic.next + 1) % partitions;
    } else {
      pending.partition = byKey({ topic: pending.topic, partitionMetadata: topic.metadata, message: record });
    }
    record.partition = pending.partition;
  }
}
