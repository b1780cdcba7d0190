/** A topic: its partitions, where a message goes, and what is kept. */
import { CausewayError } from '../../protocol/errors.ts';
import { hash32 } from '../../random.ts';
import type { MqDelivery, MqMessage, MqReceipt, MqTopicSpec, MqTopicStats } from '../engine.ts';
import { AppendOrder } from './appendOrder.ts';
import { BodyArena } from './bodyArena.ts';
import { makeDelivery, sizeOf } from './delivery.ts';
import { type ColdReader, Partition } from './partition.ts';

export const DEFAULT_RETENTION = { messages: 1_000_000, bytes: 256 * 1024 * 1024 } as const;
const MAX_PARTITIONS = 1024;
const MAX_NAME = 255;

/** Called once: with a receipt when the message is stored, with an error when it will never be. */
export type Appended = (error: Error | undefined, receipt: MqReceipt | undefined) => void;

/** Where a topic's messages are written besides memory. */
export interface TopicStore {
  /** Encodes and queues the record; `stored` is called in append order once it is as safe as the fsync policy promises. */
  append(delivery: MqDelivery, stored: (error: Error | undefined) => void): void;
  /** Bytes the record takes in its file. */
  lastSize(): number;
  read: ColdReader;
  /** Why nothing more can be stored. */
  readonly failure: Error | undefined;
  /** The oldest record of the whole topic went out of retention; whole files may go. */
  dropOldest(): void;
}

/** What a store knows of a topic after opening it. */
export interface RestoredTopic {
  readonly store: TopicStore;
  readonly partitions: readonly { readonly first: number; readonly next: number }[];
  /** Fills the append order of the records on disk. */
  replay(each: (partition: number, size: number) => void): void;
}

/** @throws CausewayError input.argument naming what is wrong with a topic's specification */
export function checkTopicSpec(spec: MqTopicSpec): void {
  const bad = (argument: string, value: unknown, reason: string, expected: string): never => {
    throw new CausewayError('input.argument', { argument: `topic ${argument}`, value: String(value), reason, expected });
  };
  if (typeof spec.name !== 'string' || spec.name.length === 0 || spec.name.length > MAX_NAME)
    bad('name', spec.name, 'wrong length', `a text of 1 to ${MAX_NAME} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
  if (/[\u0000-\u001f\u007f]/.test(spec.name))
    bad('name', JSON.stringify(spec.name), 'control character', 'a text without control characters');
  if (!Number.isInteger(spec.partitions) || spec.partitions < 1 || spec.partitions > MAX_PARTITIONS)
    bad('partitions', spec.partitions, 'out of range', `an integer from 1 to ${MAX_PARTITIONS}`);
  for (const bound of ['messages', 'bytes'] as const) {
    const value = spec.retention?.[bound];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      bad(`retention.${bound}`, value, 'not a positive integer', 'a positive integer');
  }
}

export class TopicLog {
  readonly name: string;
  readonly partitions: Partition[] = [];
  readonly #store: TopicStore | undefined;
  readonly #arena = new BodyArena();
  readonly #order = new AppendOrder();
  readonly #wallClock: () => number;
  readonly #cacheBytes: number;
  #maxMessages: number = DEFAULT_RETENTION.messages;
  #maxBytes: number = DEFAULT_RETENTION.bytes;
  #stored = 0;
  #retainedBytes = 0;
  #hotBytes = 0;
  #turn = 0;

  constructor(spec: MqTopicSpec, wallClock: () => number, restored?: RestoredTopic, cacheBytes = Number.POSITIVE_INFINITY) {
    this.name = spec.name;
    this.#wallClock = wallClock;
    this.#store = restored?.store;
    this.#cacheBytes = cacheBytes;
    for (let i = 0; i < spec.partitions; i += 1) {
      const known = restored?.partitions[i] ?? { first: 0, next: 0 };
      this.partitions.push(new Partition(i, known.first, known.next, restored?.store.read));
    }
    restored?.replay((partition, size) => {
      this.#order.push(partition, size);
      this.#retainedBytes += size;
    });
    this.retain(spec.retention);
  }

  /** Changes the bounds and applies them at once. */
  retain(retention: MqTopicSpec['retention']): void {
    this.#maxMessages = retention?.messages ?? DEFAULT_RETENTION.messages;
    this.#maxBytes = retention?.bytes ?? DEFAULT_RETENTION.bytes;
    this.#trim();
  }

  /** Stores a message; `appended` is called at once in memory, and after the write (and fsync) with files. */
  append(message: MqMessage, appended: Appended): void {
    if (this.#store === undefined) {
      const delivery = this.appendInMemory(message);
      appended(undefined, { topic: this.name, partition: delivery.partition, offset: delivery.offset });
      return;
    }
    // Before it takes an offset: what is refused must not grow the log in memory.
    if (this.#store.failure !== undefined) {
      appended(this.#store.failure, undefined);
      return;
    }
    const delivery = this.#place(message);
    const partition = this.partitions[delivery.partition]!;
    this.#store.append(delivery, (error) => {
      if (error !== undefined) {
        appended(error, undefined);
        return;
      }
      appended(undefined, { topic: this.name, partition: delivery.partition, offset: delivery.offset });
      partition.show(delivery.offset + 1);
      this.#trim();
    });
    const size = this.#store.lastSize();
    this.#count(delivery.partition, size);
    this.#hotBytes += size;
    if (this.#hotBytes > this.#cacheBytes) {
      this.#hotBytes = Math.min(this.#hotBytes, this.#retainedBytes);
      this.#cool();
    }
  }

  get inMemory(): boolean {
    return this.#store === undefined;
  }

  /** The fast path without files: stored when this returns. */
  appendInMemory(message: MqMessage): MqDelivery {
    const delivery = this.#place(message);
    this.#count(delivery.partition, sizeOf(delivery));
    this.partitions[delivery.partition]!.show(delivery.offset + 1);
    this.#trim();
    return delivery;
  }

  stats(): MqTopicStats {
    return {
      name: this.name,
      partitions: this.partitions.length,
      stored: this.#stored,
      retained: this.#order.length,
      retainedBytes: this.#retainedBytes,
    };
  }

  #place(message: MqMessage): MqDelivery {
    const count = this.partitions.length;
    let index = 0;
    if (count > 1) {
      if (message.key !== undefined) index = hash32(message.key) % count;
      else {
        index = this.#turn;
        this.#turn = (index + 1) % count;
      }
    }
    const partition = this.partitions[index]!;
    const body = this.#arena.copy(message.body);
    const properties = { ...message.properties };
    const delivery = makeDelivery(this.name, message, properties, body, index, partition.next, Math.floor(this.#wallClock()), 1);
    partition.push(delivery);
    return delivery;
  }

  #count(partition: number, size: number): void {
    this.#order.push(partition, size);
    this.#retainedBytes += size;
    this.#stored += 1;
  }

  #trim(): void {
    while (this.#order.length > this.#maxMessages || this.#retainedBytes > this.#maxBytes) {
      // Nothing at all is kept only of a message larger than the bound; what still waits for the disk stays.
      if (this.#order.length <= 1) return;
      const partition = this.partitions[this.#order.oldestPartition()]!;
      if (partition.first >= partition.visible) return;
      this.#retainedBytes -= this.#order.shift();
      partition.dropOldest();
      this.#store?.dropOldest();
    }
  }

  /** Lets half of what is cached go. Rare, so that walking all partitions does not matter. */
  #cool(): void {
    for (const partition of this.partitions) {
      const below = Math.min(partition.visible, partition.hot + Math.ceil((partition.next - partition.hot) / 2));
      partition.forgetBelow(below);
    }
    this.#hotBytes /= 2;
  }
}
