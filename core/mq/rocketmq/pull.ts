/** One request for messages of a queue. */
import type { Queue } from './cluster.ts';
import { REQUEST } from './codes.ts';
import type { Answer, Remoting } from './remoting.ts';

/** The broker may wait for messages; the subscription comes with the request. */
const SUSPEND = 2;
const SUBSCRIPTION = 4;
/** Beyond the time the broker waits. */
const GRACE_MS = 10_000;

export function pullOnce(
  link: Remoting,
  queue: Queue,
  group: string,
  offset: number,
  { most, waitMs }: { readonly most: number; readonly waitMs: number },
): Promise<Answer> {
  return link.ask(
    REQUEST.pullMessage,
    {
      consumerGroup: group,
      topic: queue.topic,
      queueId: queue.id,
      queueOffset: offset,
      maxMsgNums: most,
      sysFlag: waitMs > 0 ? SUSPEND | SUBSCRIPTION : SUBSCRIPTION,
      commitOffset: 0,
      suspendTimeoutMillis: waitMs,
      // Filters work in the lab: the members of a group may have different ones there, and not here.
      subscription: '*',
      subVersion: 0,
      expressionType: 'TAG',
      bname: queue.broker,
    },
    undefined,
    waitMs + GRACE_MS,
  );
}
