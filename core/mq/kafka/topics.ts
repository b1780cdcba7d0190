/** Topics of the cluster: which there are and with how many partitions, creating them, what they hold. */
import { CausewayError } from '../../protocol/errors.ts';
import type { MqTopicSpec, MqTopicStats } from '../engine.ts';
import { topicBounds } from './bounds.ts';
import type { KafkaConnection } from './connection.ts';
import { checkTopicName, kafkaError } from './errors.ts';
import { topicBytes } from './logDirs.ts';
import { NotYet, patiently } from './patience.ts';
import { topicMetadata } from './topicMetadata.ts';

/** The embedded engine's default. Kafka bounds bytes only; it has no bound on the number of messages. */
const RETAINED_BYTES = 256 * 1024 * 1024;
/** What the embedded engine takes, and a little for the frame around it. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 + 65_536;
const MIB = 1024 * 1024;

export class KafkaTopics {
  readonly #connection: KafkaConnection;
  readonly #replicationFactor: number;
  /** Partitions by topic; a topic never loses partitions while it lives. */
  readonly #known = new Map<string, number>();

  constructor(connection: KafkaConnection, replicationFactor: number) {
    this.#connection = connection;
    this.#replicationFactor = replicationFactor;
  }

  /** Partitions of a topic that has been seen, without asking the cluster. */
  known(topic: string): number | undefined {
    return this.#known.get(topic);
  }

  /** @throws CausewayError mq.topic-unknown */
  async partitions(topic: string): Promise<number> {
    const partitions = this.#known.get(topic) ?? (await this.partitionsOf(topic));
    if (partitions === undefined) throw new CausewayError('mq.topic-unknown', { topic });
    return partitions;
  }

  /** Asks the cluster. Undefined: there is no such topic. */
  async partitionsOf(topic: string): Promise<number | undefined> {
    let found: number | undefined;
    try {
      // Just being made by somebody, it has no leader yet.
      found = (await patiently(() => topicMetadata(this.#connection, topic)))?.partitions.length;
    } catch (error) {
      throw kafkaError(error, this.#connection.place, topic);
    }
    if (found === undefined) this.#known.delete(topic);
    else this.#known.set(topic, found);
    return found;
  }

  /** Asks the cluster the next time: it may have been deleted, or made again. */
  forget(topic: string): void {
    this.#known.delete(topic);
  }

  /** One that exists keeps its configuration: it may be somebody else's. @throws CausewayError input.argument when it exists with another number of partitions */
  async create(spec: MqTopicSpec): Promise<void> {
    checkTopicName(spec.name);
    const { admin, place } = this.#connection;
    const bytes = String(Math.ceil((spec.retention?.bytes ?? RETAINED_BYTES) / spec.partitions));
    // Kafka forgets whole segments, and never the one it writes to: small ones keep the bound near what was asked for.
    const segment = String(Math.min(64 * MIB, Math.max(MIB, Math.ceil(Number(bytes) / 4))));
    let created: boolean;
    try {
      created = await admin.createTopics({
        waitForLeaders: false,
        topics: [
          {
            topic: spec.name,
            numPartitions: spec.partitions,
            replicationFactor: this.#replicationFactor,
            configEntries: [
              { name: 'retention.bytes', value: bytes },
              { name: 'segment.bytes', value: segment },
              { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
              // `storedAtMs` is the broker's word, not the producer's.
              { name: 'message.timestamp.type', value: 'LogAppendTime' },
            ],
          },
        ],
      });
    } catch (error) {
      throw kafkaError(error, place, spec.name);
    }
    if (created) {
      await this.#waitForLeaders(spec);
      return;
    }
    // Another member may be making it at this moment.
    const partitions = await patiently(async () => {
      const found = await this.partitionsOf(spec.name);
      if (found === undefined) throw new NotYet(`no partitions of ${spec.name} yet`);
      return found;
    });
    if (partitions !== spec.partitions) {
      throw new CausewayError('input.argument', {
        argument: `topic ${spec.name}: partitions`,
        value: spec.partitions,
        reason: `the topic exists with ${partitions}`,
        expected: `${partitions}`,
      });
    }
  }

  /** One that is not there is no error. */
  async remove(topic: string): Promise<void> {
    const { admin, place } = this.#connection;
    try {
      await admin.deleteTopics({ topics: [topic] });
    } catch (error) {
      const known = kafkaError(error, place, topic);
      if (known.code !== 'mq.topic-unknown') throw known;
    }
    this.#known.delete(topic);
  }

  /** The library's own waiting gives up at once where a broker has not heard of the topic yet. */
  async #waitForLeaders({ name, partitions }: MqTopicSpec): Promise<void> {
    const { place } = this.#connection;
    try {
      await patiently(async () => {
        const found = (await topicMetadata(this.#connection, name))?.partitions ?? [];
        if (found.length < partitions || found.some(({ leader }) => leader < 0)) throw new NotYet(`no leader of ${name} yet`);
      });
    } catch (error) {
      throw kafkaError(error, place, name);
    }
    this.#known.set(name, partitions);
  }

  /** All topics but Kafka's own. Stored counts offsets, so in topics that others write in transactions it counts their marks too. */
  async stats(): Promise<MqTopicStats[]> {
    const { cluster, place } = this.#connection;
    // A user without the right to describe the cluster sees everything but bytes.
    const bytes = await topicBytes(cluster).catch(() => new Map<string, number>());
    const stats: MqTopicStats[] = [];
    let all: Awaited<ReturnType<typeof topicBounds>>;
    try {
      all = await topicBounds(this.#connection);
    } catch (error) {
      throw kafkaError(error, place);
    }
    this.#known.clear();
    for (const [name, partitions] of all) {
      this.#known.set(name, partitions.length);
      if (name.startsWith('__')) continue;
      const stored = partitions.reduce((sum, { high }) => sum + high, 0);
      const retained = partitions.reduce((sum, { high, low }) => sum + high - low, 0);
      stats.push({ name, partitions: partitions.length, stored, retained, retainedBytes: bytes.get(name) });
    }
    return stats;
  }
}
