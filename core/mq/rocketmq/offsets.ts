/** Offsets of queues: what there is, and how far a group has come. */
import type { Queue } from './cluster.ts';
import { ANSWER, REQUEST } from './codes.ts';
import { Refusal } from './errors.ts';
import type { Remoting } from './remoting.ts';

/** Of the oldest message kept, and of the next one to come. */
export async function queueBounds(
  link: Remoting,
  { topic, id, broker }: Queue,
): Promise<{ readonly low: number; readonly high: number }> {
  const fields = { topic, queueId: id, bname: broker };
  const [low, high] = await Promise.all([link.call(REQUEST.minOffset, fields), link.call(REQUEST.maxOffset, fields)]);
  return { low: Math.max(0, Number(low.fields.offset)), high: Math.max(0, Number(high.fields.offset)) };
}

/** Undefined for a group that has none. */
export async function groupOffset(link: Remoting, queue: Queue, group: string): Promise<number | undefined> {
  const answer = await link.ask(REQUEST.queryConsumerOffset, {
    consumerGroup: group,
    topic: queue.topic,
    queueId: queue.id,
    // Otherwise the broker begins a group by itself, at the start where the log is young.
    setZeroIfNotFound: false,
    bname: queue.broker,
  });
  if (answer.code === ANSWER.notFound) return undefined;
  if (answer.code !== ANSWER.success) throw new Refusal(answer.code, answer.remark, link.address);
  return Number(answer.fields.offset);
}

export async function commitOffset(link: Remoting, queue: Queue, group: string, offset: number): Promise<void> {
  await link.call(REQUEST.updateConsumerOffset, {
    consumerGroup: group,
    topic: queue.topic,
    queueId: queue.id,
    commitOffset: offset,
    bname: queue.broker,
  });
}
