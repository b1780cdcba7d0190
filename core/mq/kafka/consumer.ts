/**
 * A member of a Kafka consumer group. The library fetches and keeps the membership; the inbox decides what is delivered
 * when; offsets are committed here, only up to where everything is settled.
 */
import { type Consumer, type EachBatchPayload, KafkaJSError, type PartitionAssigner, PartitionAssigners } from 'kafkajs';
import type { MqConsumer } from '../engine.ts';
import { type KafkaConnection, RETRY } from './connection.ts';
import { kafkaError } from './errors.ts';
import type { Inbox } from './inbox.ts';
import { toDelivery } from './records.ts';

/** A fetch waits so long for messages; between fetches the library looks whether the group is being rearranged. */
const FETCH_WAIT_MS = 250;
const HEARTBEAT_MS = 500;
const SESSION_MS = 30_000;
const REBALANCE_MS = 60_000;
const COMMIT_MS = 100;
/** Handlers under way get so long before partitions go to others: well below the session, in which no heartbeat is sent. */
const DRAIN_MS = 10_000;
/** And messages waiting to be delivered again so long. */
const RETRIES_MS = 2_000;
/**
 * A group is rearranged only when all its members have let go of their partitions. One whose handler takes its time
 * holds up a newcomer; by then the newcomer is known to the group and its start is committed: it will get what is sent
 * from now on, so it need not be waited for longer.
 */
const JOIN_PATIENCE_MS = 5_000;

export interface KafkaConsumerOptions {
  readonly connection: KafkaConnection;
  readonly inbox: Inbox;
  /** As Kafka has it. */
  readonly groupId: string;
  /** The group is this member's alone (broadcasting) and ends with it. */
  readonly ownGroup: boolean;
  readonly topics: readonly string[];
  readonly onClose: (consumer: KafkaConsumer) => void;
}

/** What a fetched batch says only to those who look inside: the offset that was asked for. */
interface Fetched {
  readonly fetchedOffset?: unknown;
}

export class KafkaConsumer implements MqConsumer {
  readonly #options: KafkaConsumerOptions;
  readonly #consumer: Consumer;
  /** Goes up whenever partitions are given out anew. */
  #generation = 0;
  #commitOffsets: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  #committing: Promise<void> | undefined;
  #commitTimer: NodeJS.Timeout | undefined;
  /** Positions as committed, by topic and partition; asked for once per generation. */
  #positions: Map<string, number> | undefined;
  #closing: Promise<void> | undefined;
  readonly #stopped: Promise<void>;
  #stop: () => void = () => {};

  constructor(options: KafkaConsumerOptions) {
    this.#options = options;
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
    this.#consumer = options.connection.client().consumer({
      groupId: options.groupId,
      partitionAssigners: [this.#gatedAssigner()],
      allowAutoTopicCreation: false,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: REBALANCE_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytes: 8 * 1024 * 1024,
      // Broker down, coordinator moved: it comes back, and so does the consumer.
      retry: { ...RETRY, restartOnFailure: async () => this.#closing === undefined },
    });
  }

  /** Resolves when the member has its partitions, or the group knows of it and will give it some. */
  async open(): Promise<void> {
    const { connection, topics } = this.#options;
    try {
      await this.#consumer.connect();
      // Where a group starts is committed beforehand. What has no committed offset in spite of that is a partition
      // that was added since, and it is read from its beginning.
      await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
      const failed = new Promise<never>((_, reject) => {
        this.#consumer.on('consumer.crash', ({ payload }) => {
          if (!payload.restart) reject(payload.error);
        });
      });
      failed.catch(() => {});
      let patience: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        patience = setTimeout(resolve, JOIN_PATIENCE_MS);
      });
      const running = this.#consumer.run({ autoCommit: false, eachBatch: (payload) => this.#eachBatch(payload) });
      running.catch(() => {});
      await Promise.race([running, failed, enough]);
      clearTimeout(patience);
    } catch (error) {
      await this.close();
      throw kafkaError(error, connection.place, topics.join(','));
    }
    this.#commitTimer = setInterval(() => void this.#commit(), COMMIT_MS);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Handlers are waited for as long as they may take: until they answer or their message expires.
    await this.#options.inbox.drain(Number.POSITIVE_INFINITY, RETRIES_MS);
    clearInterval(this.#commitTimer);
    await this.#commit();
    this.#stop();
    await this.#consumer.disconnect().catch(() => {});
    this.#options.inbox.reset();
    const { connection, groupId, ownGroup } = this.#options;
    // What cannot be deleted expires by itself.
    if (ownGroup) await connection.admin.deleteGroups([groupId]).catch(() => {});
    this.#options.onClose(this);
  }

  /**
   * The library lets go of its partitions without asking anyone: it sees that the group is being rearranged and joins
   * again. Whatever a handler had under way then would be delivered to the next owner as well. But before every join it
   * asks its cluster object who coordinates the group, waits for the answer, and hands the same object to its partition
   * assigners. So that question is where the door is: it is answered when all under way is settled and committed.
   */
  #gatedAssigner(): PartitionAssigner {
    return (config) => {
      const { cluster } = config;
      const find = cluster.findGroupCoordinator.bind(cluster);
      cluster.findGroupCoordinator = async (group) => {
        await this.#beforeJoin();
        return find(group);
      };
      return PartitionAssigners.roundRobin(config);
    };
  }

  async #beforeJoin(): Promise<void> {
    const { inbox } = this.#options;
    if (this.#closing === undefined) {
      await inbox.drain(DRAIN_MS, RETRIES_MS);
      await this.#commit();
    }
    if (this.#closing !== undefined) {
      await this.#stopped;
      // A passing error, as far as the library is told: it then looks whether it has been stopped, and has.
      throw new KafkaJSError('the consumer is closing', { retriable: true });
    }
    this.#generation += 1;
    this.#positions = undefined;
    inbox.reset();
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { inbox } = this.#options;
    const { topic, partition, messages } = payload.batch;
    const generation = this.#generation;
    // Unlike the consumer's own method of that name it does not try again behind our back: a commit repeated after the
    // group was rearranged would set back what the new owner has committed.
    this.#commitOffsets = payload.commitOffsetsIfNecessary;
    if (!inbox.isOpen(topic, partition)) {
      const offset = await this.#startOf(topic, partition, (payload.batch as Fetched).fetchedOffset);
      this.#stillOwned(generation);
      inbox.open(topic, partition, offset);
    }
    for (const message of messages) {
      while (!inbox.hasRoom || this.#closing !== undefined) {
        inbox.pump();
        if (this.#closing === undefined) await inbox.roomWithin(HEARTBEAT_MS);
        else if (await this.#stoppedWithin(HEARTBEAT_MS)) return;
        this.#stillOwned(generation);
        // Throws when the group is being rearranged, which ends this batch.
        await payload.heartbeat();
      }
      inbox.take(toDelivery(topic, partition, message));
    }
    inbox.pump();
  }

  #stillOwned(generation: number): void {
    if (generation !== this.#generation) throw new KafkaJSError('the group was rearranged meanwhile', { retriable: true });
  }

  /**
   * Where to count from in a partition just given to this member: the offset the batch was asked for. It has to be the
   * committed one. With several brokers a batch may come in that was asked for before the partitions were given out
   * anew, further ahead: to take it would leave out what lies between.
   */
  async #startOf(topic: string, partition: number, fetched: unknown): Promise<number> {
    const offset = Number(fetched);
    for (let fresh = this.#positions === undefined; ; fresh = true) {
      if (fresh) this.#positions = await this.#fetchPositions();
      const committed = this.#positions!.get(`${topic}/${partition}`) ?? -1;
      // Negative: none yet, or set back by the library because retention has taken what was committed.
      if (committed < 0 || committed >= offset) return committed < 0 ? offset : committed;
      if (fresh) break;
    }
    throw new KafkaJSError('a batch from before the group was rearranged', { retriable: true });
  }

  async #fetchPositions(): Promise<Map<string, number>> {
    const { connection, groupId, topics } = this.#options;
    const positions = new Map<string, number>();
    for (const { topic, partitions } of await connection.admin.fetchOffsets({ groupId, topics: [...topics] })) {
      for (const { partition, offset } of partitions) positions.set(`${topic}/${partition}`, Number(offset));
    }
    return positions;
  }

  async #stoppedWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), ms);
    });
    const stopped = await Promise.race([this.#stopped.then(() => true), over]);
    clearTimeout(timer);
    return stopped;
  }

  /** One commit at a time, so that an older one cannot overtake a newer. A failed one is made up for by the next. */
  async #commit(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing;
    const progress = this.#options.inbox.progress();
    const commit = this.#commitOffsets;
    if (progress.length === 0 || commit === undefined) return;
    const generation = this.#generation;
    this.#committing = (async () => {
      const byTopic = new Map<string, { partition: number; offset: string }[]>();
      for (const { topic, partition, offset } of progress) {
        const partitions = byTopic.get(topic) ?? [];
        byTopic.set(topic, partitions);
        partitions.push({ partition, offset: String(offset) });
      }
      try {
        await commit({ topics: [...byTopic].map(([topic, partitions]) => ({ topic, partitions })) });
        if (generation === this.#generation) this.#options.inbox.committed(progress);
      } catch {
        // Not a member any more, or the broker is away: the next owner, or the next commit, begins where the last good one was.
      } finally {
        this.#committing = undefined;
      }
    })();
    await this.#committing;
  }
}
