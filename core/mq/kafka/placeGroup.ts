/** Where a consumer group begins. */
import type { KafkaConnection } from './connection.ts';
import { kafkaError } from './errors.ts';

/** The first group of a new cluster waits until the broker has made the topic that offsets are kept in. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;

/**
 * Commits where a group begins on partitions it has no offset for, so that it misses nothing from now on, however
 * often its partitions change hands before it commits anything itself.
 * @throws CausewayError mq.connection-lost, mq.denied
 */
export async function placeGroup(
  connection: KafkaConnection,
  groupId: string,
  topics: readonly string[],
  from: 'latest' | 'earliest',
): Promise<void> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      await place(connection, groupId, topics, from);
      return;
    } catch (error) {
      const { type, retriable } = error as { type?: unknown; retriable?: unknown };
      // Refused because the group has members; then they have placed it.
      if (type === 'UNKNOWN_MEMBER_ID') return;
      if (retriable !== true || waited >= PATIENCE_MS) throw kafkaError(error, connection.place, topics.join(','));
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function place(
  { admin, cluster }: KafkaConnection,
  groupId: string,
  topics: readonly string[],
  from: 'latest' | 'earliest',
): Promise<void> {
  const missing: { topic: string; partitions: { partition: number; offset: string }[] }[] = [];
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: [...topics] })) {
    const without = new Set(partitions.filter(({ offset }) => Number(offset) < 0).map(({ partition }) => partition));
    if (without.size === 0) continue;
    const bounds = await admin.fetchTopicOffsets(topic);
    missing.push({
      topic,
      partitions: bounds
        .filter(({ partition }) => without.has(partition))
        .map(({ partition, high, low }) => ({ partition, offset: from === 'latest' ? high : low })),
    });
  }
  if (missing.length === 0) return;
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  // Generation -1: not as a member.
  await coordinator.offsetCommit({ groupId, memberId: '', groupGenerationId: -1, topics: missing });
}
