/** Consumer groups as the brokers keep them. */
import type { Cluster, Queue } from './cluster.ts';
import { ANSWER, REQUEST } from './codes.ts';
import { Refusal } from './errors.ts';

/** Makes the group known to the brokers of these queues; one that exists keeps its configuration. @throws Refusal, Disconnected */
export async function ensureGroup({ links }: Cluster, group: string, queues: readonly Queue[]): Promise<void> {
  for (const address of new Set(queues.map((queue) => queue.address))) {
    const link = await links.get(address);
    const answer = await link.ask(REQUEST.groupConfig, { group });
    if (answer.code === ANSWER.success) continue;
    if (answer.code !== ANSWER.groupUnknown) throw new Refusal(answer.code, answer.remark, address);
    const config = {
      groupName: group,
      consumeEnable: true,
      consumeFromMinEnable: true,
      consumeBroadcastEnable: true,
      consumeMessageOrderly: false,
      retryQueueNums: 1,
      retryMaxTimes: 16,
      notifyConsumerIdsChangedEnable: true,
    };
    await link.call(REQUEST.createGroup, {}, Buffer.from(JSON.stringify(config)));
  }
}
