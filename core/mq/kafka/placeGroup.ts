/** Where a consumer group begins. */
import { topicBounds } from './bounds.ts';
import type { KafkaConnection } from './connection.ts';
import { kafkaError } from './errors.ts';
import { patiently } from './patience.ts';

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
  try {
    await patiently(() => place(connection, groupId, topics, from));
  } catch (error) {
    // Refused because the group has members; then they have placed it.
    if ((error as { type?: unknown }).type === 'UNKNOWN_MEMBER_ID') return;
    throw kafkaError(error, connection.place, topics.join(','));
  }
}

async function place(
  connection: KafkaConnection,
  groupId: string,
  topics: readonly string[],
  from: 'latest' | 'earliest',
): Promise<void> {
  const { admin, cluster } = connection;
  const missing: { topic: string; partitions: { partition: number; offset: string }[] }[] = [];
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: [...topics] })) {
    const without = new Set(partitions.filter(({ offset }) => Number(offset) < 0).map(({ partition }) => partition));
    if (without.size === 0) continue;
    const bounds = (await topicBounds(connection, [topic])).get(topic) ?? [];
    missing.push({
      topic,
      partitions: bounds
        .filter(({ partition }) => without.has(partition))
        .map(({ partition, high, low }) => ({ partition, offset: String(from === 'latest' ? high : low) })),
    });
  }
  if (missing.length === 0) return;
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  // Generation -1: not as a member.
  await coordinator.offsetCommit({ groupId, memberId: '', groupGenerationId: -1, topics: missing });
}
