/** The queues of a group: one per partition, made with the group's first member and kept. */
import { CausewayError } from '../../protocol/errors.ts';
import { isNotFound, replyCode } from './errors.ts';
import type { Link } from './link.ts';
import { isDeadLetterTopic, partitionExchange, partitionQueue } from './names.ts';

/**
 * Replicated, where there is more than one node, and on disk. RabbitMQ 4 drops a message that has come back twenty
 * times unless told otherwise; here the consumer counts, and nothing is dropped.
 */
export const QUORUM = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 } as const;

/** A member's own queues outlive its connection so long: it may come back, and then has missed nothing. */
const MEMBER_QUEUE_MS = 300_000;

export interface QueueSet {
  readonly topic: string;
  readonly partitions: number;
  /** Group, or group and member. */
  readonly owner: string;
  readonly ordered: boolean;
  /** Of one member alone, and gone with it. */
  readonly own: boolean;
}

/** Dead letters wait in one queue, whoever reads them. */
const shared = ({ topic, own }: QueueSet): boolean => isDeadLetterTopic(topic) && !own;

export function queueName(set: QueueSet, partition: number): string {
  return shared(set) ? set.topic : partitionQueue(set.topic, set.owner, partition);
}

/** Whether the group has been here before. */
export async function queuesExist(link: Link, set: QueueSet): Promise<boolean> {
  const channel = await link.channel();
  try {
    await channel.checkQueue(queueName(set, set.partitions - 1));
    await channel.close();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw link.error(error, set.topic);
  }
}

/** @throws CausewayError input.argument when the group has queues of the other kind */
export async function makeQueue(link: Link, set: QueueSet, partition: number): Promise<void> {
  if (shared(set)) return;
  const queue = queueName(set, partition);
  const order = set.ordered ? { 'x-single-active-consumer': true } : {};
  const kind = set.own ? { expires: MEMBER_QUEUE_MS } : { arguments: { ...QUORUM, ...order } };
  const channel = await link.channel();
  try {
    await link.answered(channel.assertQueue(queue, { durable: true, ...kind }));
    await link.answered(channel.bindQueue(queue, partitionExchange(set.topic, partition), ''));
  } catch (error) {
    if (replyCode(error) === 406 && String(error).includes('x-single-active-consumer')) {
      throw new CausewayError('input.argument', {
        argument: 'consumer ordered',
        value: String(set.ordered),
        reason: `group ${set.owner} has queues of topic ${set.topic} that were made for ${set.ordered ? 'unordered' : 'ordered'} consumers`,
        expected: 'another group, or its queues are removed first',
      });
    }
    throw link.error(error, set.topic);
  } finally {
    await link.closeChannel(channel);
  }
}

/** What cannot be removed goes by itself. */
export async function removeQueues(link: Link, set: QueueSet): Promise<void> {
  try {
    const channel = await link.channel();
    for (let partition = 0; partition < set.partitions; partition += 1) await channel.deleteQueue(queueName(set, partition));
    await channel.close();
  } catch {
    // As above.
  }
}
