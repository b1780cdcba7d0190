/**
 * Sends in batches. Of each queue one request is on its way, and what is sent meanwhile goes together in the next: that keeps each
 * key's order and makes batches as large as the load asks for, without a linger time.
 */
import { nowUs } from '../../clock.ts';
import { CausewayError } from '../../protocol/errors.ts';
import { checkMessage } from '../embedded/checkMessage.ts';
import { Deque } from '../embedded/deque.ts';
import type { MqMessage, MqProducer, MqReceipt } from '../engine.ts';
import type { Cluster, Queue } from './cluster.ts';
import { ANSWER, REQUEST } from './codes.ts';
import { Disconnected, Refusal, rocketMqError } from './errors.ts';
import { delayedBody, encodeForBatch, encodeProperties } from './messages.ts';
import { topicName } from './names.ts';
import type { Answer, Fields } from './remoting.ts';
import type { RocketMqTopics } from './topics.ts';

/** Bounds of one request. A message larger than this goes alone. */
const BATCH_BYTES = 512 * 1024;
const BATCH_MESSAGES = 500;
/** A request that cannot have been stored, because the broker is away or overloaded, is repeated so long. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;
/** Shown in the brokers' statistics. */
const PRODUCER_GROUP = 'causeway';
/** A broker rounds due times down to this, milliseconds (timerPrecisionMs). */
const TIMER_PRECISION_MS = 1_000;

class Pending {
  readonly message: MqMessage;
  readonly bytes: Buffer;
  /** Of a delayed message, which cannot go in a batch: its properties and when it is due. */
  readonly delayed: string | undefined;
  readonly resolve: (receipt: MqReceipt) => void;
  readonly reject: (error: Error) => void;

  constructor(message: MqMessage, resolve: (receipt: MqReceipt) => void, reject: (error: Error) => void) {
    this.message = message;
    this.resolve = resolve;
    this.reject = reject;
    if (message.delayMs !== undefined && message.delayMs > 0) {
      this.delayed = encodeProperties(message, dueAt(message.delayMs));
      this.bytes = delayedBody(message);
    } else {
      this.delayed = undefined;
      this.bytes = encodeForBatch(message);
    }
  }
}

/** Rounded up, and one more: the broker delivers in the second that begins at what it has rounded down to. */
function dueAt(delayMs: number): number {
  return (Math.ceil((Date.now() + delayMs) / TIMER_PRECISION_MS) + 1) * TIMER_PRECISION_MS;
}

/** What is to be sent to one queue. */
interface Lane {
  readonly queue: Queue;
  readonly pending: Deque<Pending>;
  running: boolean;
}

interface Topic {
  lanes: readonly Lane[];
  /** Of the next message without key. */
  next: number;
  /** Sent before the queues were known; while there are such, everything lines up behind them. */
  readonly waiting: Pending[];
  looking: boolean;
}

export class RocketMqProducer implements MqProducer {
  readonly #cluster: Cluster;
  readonly #topics: RocketMqTopics;
  readonly #onClose: (producer: RocketMqProducer) => void;
  readonly #open = new Map<string, Topic>();
  readonly #running = new Set<Promise<void>>();
  #closing: Promise<void> | undefined;

  constructor(cluster: Cluster, topics: RocketMqTopics, onClose: (producer: RocketMqProducer) => void) {
    this.#cluster = cluster;
    this.#topics = topics;
    this.#onClose = onClose;
  }

  send(message: MqMessage): Promise<MqReceipt> {
    if (this.#closing !== undefined) return Promise.reject(new CausewayError('mq.closed'));
    return new Promise((resolve, reject) => {
      // What is thrown in here rejects.
      checkMessage(message);
      topicName(message.topic);
      const pending = new Pending(message, resolve, reject);
      let topic = this.#open.get(message.topic);
      if (topic === undefined) {
        topic = { lanes: [], next: 0, waiting: [], looking: false };
        this.#open.set(message.topic, topic);
      }
      if (topic.lanes.length > 0) this.#place(topic, pending);
      else {
        topic.waiting.push(pending);
        if (!topic.looking) {
          topic.looking = true;
          this.#track(this.#look(message.topic, topic));
        }
      }
    });
  }

  async flush(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.flush();
    this.#onClose(this);
  }

  async #look(name: string, topic: Topic): Promise<void> {
    try {
      const queues = await this.#topics.queues(name);
      topic.lanes = queues.map((queue) => ({ queue, pending: new Deque<Pending>(), running: false }));
      for (const pending of topic.waiting.splice(0)) this.#place(topic, pending);
    } catch (error) {
      this.#open.delete(name);
      for (const { reject } of topic.waiting.splice(0)) reject(error as Error);
    }
    topic.looking = false;
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.then(() => this.#running.delete(work));
  }

  #place(topic: Topic, pending: Pending): void {
    const { key } = pending.message;
    const { lanes } = topic;
    const lane = lanes[key === undefined ? topic.next : queueOf(key, lanes.length)]!;
    if (key === undefined) topic.next = (topic.next + 1) % lanes.length;
    lane.pending.push(pending);
    if (lane.running) return;
    lane.running = true;
    this.#track(this.#run(lane));
  }

  async #run(lane: Lane): Promise<void> {
    // What is sent in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (lane.pending.length > 0) await this.#send(lane, takeBatch(lane.pending));
    // In one step with the last look at the queue: nothing can be pushed in between.
    lane.running = false;
  }

  async #send(lane: Lane, batch: readonly Pending[]): Promise<void> {
    const { queue } = lane;
    const first = batch[0]!;
    const { topic } = first.message;
    const delayed = first.delayed !== undefined;
    const code = delayed ? REQUEST.sendMessage : REQUEST.sendBatch;
    const fields = sendFields(queue, first.delayed ?? '', !delayed);
    const body = batch.length === 1 ? first.bytes : Buffer.concat(batch.map(({ bytes }) => bytes));
    try {
      const answer = await this.#patiently(queue, code, fields, body);
      const base = Number(answer.fields.queueOffset);
      for (const [i, { resolve }] of batch.entries()) {
        // A delayed message has its place only when it is due; the offset named is that in the broker's timer.
        resolve({ topic, partition: queue.partition, offset: delayed ? -1 : base + i });
      }
    } catch (error) {
      // The topic may have been deleted, or be elsewhere.
      this.#cluster.forget(queue.topic);
      const known = rocketMqError(error, this.#cluster.place, topic);
      // A batch is refused as a whole: one by one it shows which message is too large.
      if (known.code === 'input.argument' && batch.length > 1) {
        for (const pending of batch) await this.#send(lane, [pending]);
        return;
      }
      for (const { reject } of batch) reject(known);
      // What waits would find the broker away too, one batch after the other.
      if (error instanceof Disconnected && error.before) {
        for (let next = lane.pending.shift(); next !== undefined; next = lane.pending.shift()) next.reject(known);
      }
      this.#forget(topic);
    }
  }

  /** Looks for the queues anew with the next send, once nothing waits for the old ones: a key must not overtake itself. */
  #forget(name: string): void {
    const topic = this.#open.get(name);
    if (topic?.lanes.every(({ pending }) => pending.length === 0)) this.#open.delete(name);
  }

  async #patiently(queue: Queue, code: number, fields: Fields, body: Buffer): Promise<Answer> {
    const untilUs = nowUs() + PATIENCE_MS * 1000;
    for (;;) {
      try {
        return await (await this.#cluster.links.get(queue.address)).call(code, fields, body);
      } catch (error) {
        const passing =
          (error instanceof Disconnected && error.before) ||
          (error instanceof Refusal && (error.code === ANSWER.busy || error.code === ANSWER.notAvailable));
        if (!passing || nowUs() >= untilUs) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function takeBatch(pending: Deque<Pending>): Pending[] {
  const batch: Pending[] = [];
  let bytes = 0;
  for (let next = pending.peek(); next !== undefined; next = pending.peek()) {
    if (batch.length > 0) {
      if (next.delayed !== undefined || bytes + next.bytes.length > BATCH_BYTES || batch.length >= BATCH_MESSAGES) break;
    }
    bytes += next.bytes.length;
    batch.push(pending.shift()!);
    if (next.delayed !== undefined) break;
  }
  return batch;
}

/** The names are the protocol's: one letter each, to be short. */
function sendFields({ topic, broker, id }: Queue, properties: string, batch: boolean): Fields {
  return {
    a: PRODUCER_GROUP,
    b: topic,
    // Which topic to copy where this one does not exist: itself, so that none is created by a send.
    c: topic,
    d: 4,
    e: id,
    f: 0,
    g: Date.now(),
    h: 0,
    i: properties,
    j: 0,
    k: false,
    l: 0,
    m: batch,
    n: broker,
  };
}

/** As Java hashes a text and RocketMQ's client for Java picks a queue by it (SelectMessageQueueByHash). */
export function queueOf(key: string, queues: number): number {
  let hash = 0;
  for (let i = 0; i < key.length; i += 1) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
  return Math.abs(hash % queues);
}
