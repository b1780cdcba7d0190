/** Names in RabbitMQ of what belongs to a topic. No topic of the lab has a slash in its name, so none is taken twice. */
import { CausewayError } from '../../protocol/errors.ts';
import { deadLetterTopic } from '../engine.ts';

/** Spreads keys over the partitions. */
export const hashExchange = (topic: string): string => `${topic}/partitions`;

/** One partition, from where it goes to a queue of every group. */
export const partitionExchange = (topic: string, partition: number): string => `${topic}/${partition}`;

/** `owner`: a group, or `group/member` where every member has queues of its own. */
export const partitionQueue = (topic: string, owner: string, partition: number): string => `${topic}/${owner}/${partition}`;

/** Exchange and queue in which messages wait to be sent to their topic. */
export const delayQueue = (topic: string, delayMs: number): string => `${topic}/+${delayMs}ms`;

/** A fanout exchange between the members of a group. */
export const membersExchange = (group: string): string => `causeway/members/${group}`;

/** What topics and groups there are, as one message. */
export const REGISTRY = 'causeway/topics';
/** Exclusive to whoever changes the registry. */
export const REGISTRY_LOCK = 'causeway/topics/lock';

export const isDeadLetterTopic = (topic: string): boolean => topic.startsWith(deadLetterTopic(''));

/** Of an AMQP name, bytes of UTF-8. */
export const MAX_NAME = 255;
/** Kept free for what is added to a topic and a group: a member's number and a partition's. */
const MAX_TOPIC_AND_GROUP = 200;

/** @throws CausewayError input.argument for a topic or group whose names RabbitMQ would refuse */
export function checkNames(topic: string, group = ''): void {
  const bad = (argument: string, value: string, reason: string, expected: string): never => {
    throw new CausewayError('input.argument', { argument, value, reason, expected });
  };
  if (topic === '' || topic.includes('/')) bad('topic', topic, 'not a name for an exchange of the lab', 'a name without slashes');
  if (topic.startsWith('amq.')) bad('topic', topic, 'names that begin with amq. belong to RabbitMQ', 'another name');
  const bytes = Buffer.byteLength(topic) + Buffer.byteLength(group);
  if (bytes > MAX_TOPIC_AND_GROUP)
    bad(
      group === '' ? 'topic' : 'topic and group',
      `${topic} ${group}`.trim(),
      'too long',
      `at most ${MAX_TOPIC_AND_GROUP} bytes`,
    );
}
