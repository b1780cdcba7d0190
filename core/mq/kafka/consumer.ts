/**
 * A member of a Kafka consumer group. The library fetches and keeps the membership; the inbox decides what is delivered
 * when; offsets are committed here, only up to where everything is settled.
 */
import { type Consumer, type EachBatchPayload, type PartitionAssigner, PartitionAssigners } from 'kafkajs';
import type { MqConsumer } from '../engine.ts';
import { type KafkaConnection, RETRY } from './connection.ts';
import { deleteGroup } from './deleteGroup.ts';
import { kafkaError } from './errors.ts';
import type { Inbox } from './inbox.ts';
import { toDelivery } from './records.ts';

/** A fetch waits so long for messages; between fetches the library looks whether the group is being rearranged. */
const FETCH_WAIT_MS = 250;
const HEARTBEAT_MS = 500;
/** A member that vanished without leaving holds its partitions this long. */
const SESSION_MS = 10_000;
const REBALANCE_MS = 60_000;
const COMMIT_MS = 100;
const FETCH_BYTES = 8 * 1024 * 1024;
/** Fewer than elsewhere: a consumer that gives up is started anew. */
const CONSUMER_RETRIES = 3;
const RESTART_MS = 500;
/** Handlers under way get so long before partitions go to others: well below the session, in which no heartbeat is sent. */
const DRAIN_MS = 6_000;
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
  readonly onLog: ((line: string) => void) | undefined;
  readonly onClose: (consumer: KafkaConsumer) => void;
}

/** What a fetched batch says only to those who look inside: the offset that was asked for. */
interface Fetched {
  readonly fetchedOffset?: unknown;
}

export class KafkaConsumer implements MqConsumer {
  readonly #options: KafkaConsumerOptions;
  #consumer: Consumer | undefined;
  /** Goes up whenever partitions are given out anew. */
  #generation = 0;
  #commitOffsets: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  #committing: Promise<void> | undefined;
  #commitTimer: NodeJS.Timeout | undefined;
  /** Positions as committed, by topic and partition; asked for once per generation. */
  #positions: Map<string, number> | undefined;
  #restarting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  readonly #stopped: Promise<void>;
  #stop: () => void = () => {};

  constructor(options: KafkaConsumerOptions) {
    this.#options = options;
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  /**
   * Resolves when the member has its partitions, or the group knows of it and will give it some.
   * @throws CausewayError mq.connection-lost, mq.refused, mq.denied
   */
  async open(): Promise<void> {
    const { connection, topics } = this.#options;
    try {
      await this.#start();
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
    const { connection, groupId, inbox, ownGroup } = this.#options;
    // Handlers are waited for as long as they may take: until they answer or their message expires.
    await inbox.drain(Number.POSITIVE_INFINITY, RETRIES_MS);
    clearInterval(this.#commitTimer);
    await this.#commit();
    this.#stop();
    await this.#restarting;
    await this.#consumer?.disconnect().catch(() => {});
    inbox.reset();
    // What cannot be deleted expires by itself.
    if (ownGroup) await deleteGroup(connection, groupId).catch(() => {});
    this.#options.onClose(this);
  }

  async #start(): Promise<void> {
    const { connection, groupId, topics } = this.#options;
    const consumer = connection.client(CONSUMER_RETRIES).consumer({
      groupId,
      partitionAssigners: [this.#gatedAssigner()],
      allowAutoTopicCreation: false,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: REBALANCE_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytes: FETCH_BYTES,
      // The library starts again after some failures and not after others; here it is done after all of them.
      retry: { ...RETRY, retries: CONSUMER_RETRIES, restartOnFailure: async () => false },
    });
    let started = false;
    const crash = new Promise<never>((_, reject) => {
      consumer.on('consumer.crash', ({ payload }) => {
        if (started) this.#restart(payload.error);
        reject(payload.error);
      });
    });
    crash.catch(() => {});
    this.#consumer = consumer;
    let patience: NodeJS.Timeout | undefined;
    try {
      await consumer.connect();
      // Where a group starts is committed beforehand. What has no committed offset in spite of that is a partition
      // that was added since, and it is read from its beginning.
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      const running = consumer.run({ autoCommit: false, eachBatch: (payload) => this.#eachBatch(payload) });
      running.catch(() => {});
      const enough = new Promise<void>((resolve) => {
        patience = setTimeout(resolve, JOIN_PATIENCE_MS);
      });
      // A run that failed resolves too, just after it said that it crashed: so the crash comes first.
      await Promise.race([crash, running.then(() => undefined), enough]);
      started = true;
    } catch (error) {
      await consumer.disconnect().catch(() => {});
      throw error;
    } finally {
      clearTimeout(patience);
    }
  }

  /** The library has given up (the broker is away, say). Nobody else would notice: try again until closed. */
  #restart(because: Error): void {
    if (this.#closing !== undefined || this.#restarting !== undefined) return;
    const { groupId, onLog } = this.#options;
    onLog?.(`Kafka consumer of ${groupId} was interrupted, and begins again: ${because.message}`);
    // What would be committed by the old connection is committed by nobody: it comes again.
    this.#commitOffsets = undefined;
    this.#committing = undefined;
    this.#restarting = (async () => {
      while (!(await this.#stoppedWithin(RESTART_MS))) {
        try {
          await this.#start();
          break;
        } catch {
          // As above.
        }
      }
      this.#restarting = undefined;
    })();
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
      // Any error but the library's own counts as a passing one: it then looks whether it has been stopped, and has.
      throw new Error('the consumer is closing');
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
    if (generation !== this.#generation) throw new Error('the group was rearranged meanwhile');
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
    throw new Error('a batch from before the group was rearranged');
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
    const committing = (async () => {
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
      }
    })();
    this.#committing = committing;
    await committing;
    if (this.#committing === committing) this.#committing = undefined;
  }
}
