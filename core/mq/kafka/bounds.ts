/**
 * First and next offset of partitions. The library's administrator would do it topic by topic, and remembers every topic it
 * was asked for: once one of them has been deleted by somebody, all its later questions fail. So its brokers are asked.
 */
import type { Broker, ITopicMetadata } from 'kafkajs';
import type { KafkaConnection } from './connection.ts';
import { patiently } from './patience.ts';
import { topicMetadata } from './topicMetadata.ts';

export interface Bounds {
  readonly partition: number;
  /** Offset of the oldest message, and of the next one to come. */
  readonly low: number;
  readonly high: number;
}

/** Timestamps that mean the two ends of a partition. */
const EARLIEST = '-2';
const LATEST = '-1';

interface Asked {
  readonly topic: string;
  readonly partitions: { readonly partition: number; readonly timestamp: string }[];
}

/** Part of the library's broker that its types leave out. */
interface ListsOffsets {
  listOffsets(request: { replicaId: number; isolationLevel: number; topics: readonly Asked[] }): Promise<{
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }>;
}

/** By topic; those that do not exist (any more) are left out. `wanted` undefined: all topics. */
export function topicBounds(
  connection: Pick<KafkaConnection, 'admin' | 'cluster' | 'place'>,
  wanted?: readonly string[],
): Promise<Map<string, Bounds[]>> {
  // Anew from the list of topics: one that was deleted after it was made is not in the next.
  return patiently(async () => {
    const topics = wanted === undefined ? (await connection.admin.fetchTopicMetadata()).topics : await named(connection, wanted);
    const bounds = new Map<string, Bounds[]>();
    const leaders = new Map<number, Asked[]>();
    for (const topic of topics) {
      bounds.set(topic.name, []);
      askLeaders(topic, leaders);
    }
    for (const [leader, asked] of leaders) {
      const broker = await connection.cluster.findBroker({ nodeId: String(leader) });
      const low = await endsOf(broker, asked, EARLIEST);
      const high = await endsOf(broker, asked, LATEST);
      for (const { topic, partitions } of asked) {
        for (const { partition } of partitions) {
          const place = `${topic}/${partition}`;
          bounds.get(topic)!.push({ partition, low: low.get(place) ?? 0, high: high.get(place) ?? 0 });
        }
      }
    }
    return bounds;
  });
}

async function named(
  connection: Pick<KafkaConnection, 'cluster' | 'place'>,
  wanted: readonly string[],
): Promise<ITopicMetadata[]> {
  const found = await Promise.all(wanted.map((topic) => topicMetadata(connection, topic)));
  return found.filter((topic) => topic !== undefined);
}

function askLeaders(topic: ITopicMetadata, leaders: Map<number, Asked[]>): void {
  for (const { partitionId, leader } of topic.partitions) {
    const asked = leaders.get(leader) ?? [];
    leaders.set(leader, asked);
    let entry = asked.find((one) => one.topic === topic.name);
    if (entry === undefined) {
      entry = { topic: topic.name, partitions: [] };
      asked.push(entry);
    }
    entry.partitions.push({ partition: partitionId, timestamp: LATEST });
  }
}

async function endsOf(broker: Broker, asked: readonly Asked[], timestamp: string): Promise<Map<string, number>> {
  const topics = asked.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition }) => ({ partition, timestamp })),
  }));
  // -1: not as a replica; 0: uncommitted messages of transactions count.
  const answer = await (broker as Broker & ListsOffsets).listOffsets({ replicaId: -1, isolationLevel: 0, topics });
  const offsets = new Map<string, number>();
  for (const { topic, partitions } of answer.responses) {
    for (const { partition, offset } of partitions) offsets.set(`${topic}/${partition}`, Number(offset));
  }
  return offsets;
}
