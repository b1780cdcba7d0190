/** What the cluster says of topics asked for by name: trouble that others have plays no part, and none is created by asking. */
import type { Cluster, ITopicMetadata, PartitionMetadata } from 'kafkajs';
import type { KafkaConnection } from './connection.ts';
import { kafkaError } from './errors.ts';

/** Part of the library's cluster that its types leave out. */
interface NamesTopics {
  metadata(asked: { topics: readonly string[] }): Promise<{
    readonly topicMetadata: readonly { readonly topic: string; readonly partitionMetadata: PartitionMetadata[] }[];
  }>;
}

/** Undefined: there is no such topic. Throws as the library does. */
export async function topicMetadata(
  { cluster, place }: Pick<KafkaConnection, 'cluster' | 'place'>,
  topic: string,
): Promise<ITopicMetadata | undefined> {
  try {
    const { topicMetadata: found } = await (cluster as Cluster & NamesTopics).metadata({ topics: [topic] });
    const partitions = found.find((one) => one.topic === topic)?.partitionMetadata;
    return partitions && { name: topic, partitions };
  } catch (error) {
    if (kafkaError(error, place, topic).code === 'mq.topic-unknown') return undefined;
    throw error;
  }
}
