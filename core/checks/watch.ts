/** The suite's own look into MQ: one consumer of all parent topics and one of the dead letters, for all cases at once. */
import { randomBytes } from 'node:crypto';
import { DEAD_LETTER, type MqConsumer, type MqDelivery, type MqProducer } from '../mq/engine.ts';
import type { LabUnderTest } from './labUnderTest.ts';

/** On every message the suite sends itself, so that what came from devices can be told apart without the lab's own marks. */
export const CHECK_ID = 'checkId';

/** Whoever has a parent topic for itself. */
export interface Watcher {
  /** Start of the `CHECK_ID` of its own messages. */
  readonly token: string;
  onStored(delivery: MqDelivery): void;
  onLetter(delivery: MqDelivery): void;
}

export class Watch {
  readonly producer: MqProducer;
  readonly #consumers: readonly MqConsumer[];
  readonly #watchers: Map<string, Watcher>;
  #closing: Promise<void> | undefined;

  constructor(producer: MqProducer, consumers: readonly MqConsumer[], watchers: Map<string, Watcher>) {
    this.producer = producer;
    this.#consumers = consumers;
    this.#watchers = watchers;
  }

  add(parent: string, watcher: Watcher): void {
    this.#watchers.set(parent, watcher);
  }

  remove(parent: string): void {
    this.#watchers.delete(parent);
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const consumer of this.#consumers) await consumer.close().catch(() => undefined);
    await this.producer.close().catch(() => undefined);
  }
}

/** Opens it; resolves when everything stored from now on is seen. */
export async function openWatch(lab: LabUnderTest): Promise<Watch> {
  const watchers = new Map<string, Watcher>();
  const consumers: MqConsumer[] = [];
  const group = `causeway-check-${randomBytes(6).toString('hex')}`;
  const spec = { mode: 'clustering', ordered: true, from: 'latest' } as const;
  try {
    consumers.push(
      await lab.engine.consume({ ...spec, group, topics: lab.topics }, (delivery) => {
        watchers.get(delivery.topic)?.onStored(delivery);
      }),
    );
    if (lab.deadLetterTopic !== undefined) {
      const letters = { ...spec, group: `${group}-letters`, topics: [lab.deadLetterTopic] };
      consumers.push(
        await lab.engine.consume(letters, (delivery) => {
          const id = delivery.properties[CHECK_ID] ?? '';
          for (const watcher of watchers.values()) if (id.startsWith(`${watcher.token}:`)) return watcher.onLetter(delivery);
          watchers.get(delivery.properties[DEAD_LETTER.topic] ?? '')?.onLetter(delivery);
        }),
      );
    }
    return new Watch(await lab.engine.producer(), consumers, watchers);
  } catch (error) {
    for (const consumer of consumers) await consumer.close().catch(() => undefined);
    throw error;
  }
}
