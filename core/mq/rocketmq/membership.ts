/**
 * Who is in a consumer group, and which queues are whose. RocketMQ's clients decide it by themselves: each asks the broker for the
 * names of all, and all come to the same answer. That a queue is read by one at a time is ensured by locks the broker keeps, which
 * expire by themselves after a minute.
 */
import type { Queue } from './cluster.ts';
import { REQUEST } from './codes.ts';
import { parseJson } from './json.ts';
import type { Links } from './links.ts';
import type { Remoting } from './remoting.ts';

export const queueName = ({ broker, topic, id }: Queue): string => `${broker}/${topic}/${id}`;

export interface MembershipOptions {
  readonly links: Links;
  /** As RocketMQ has it. */
  readonly group: string;
  /** Of this member, unlike that of any other. */
  readonly clientId: string;
  readonly queues: readonly Queue[];
}

export class Membership {
  readonly #options: MembershipOptions;
  readonly #addresses: readonly string[];
  #members: readonly string[] = [];

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#addresses = [...new Set(options.queues.map(({ address }) => address))];
  }

  /** Makes the group know this member; it is forgotten after two minutes, or with the connection. */
  async heartbeat(link: Remoting): Promise<void> {
    const { clientId, group, queues } = this.#options;
    const subscriptionDataSet = [...new Set(queues.map(({ topic }) => topic))].map((topic) => ({
      topic,
      subString: '*',
      tagsSet: [],
      codeSet: [],
      subVersion: 1,
      expressionType: 'TAG',
      classFilterMode: false,
    }));
    const consumer = {
      groupName: group,
      consumeType: 'CONSUME_PASSIVELY',
      messageModel: 'CLUSTERING',
      consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET',
      subscriptionDataSet,
      unitMode: false,
    };
    const data = { clientID: clientId, producerDataSet: [], consumerDataSet: [consumer] };
    await link.call(REQUEST.heartbeat, {}, Buffer.from(JSON.stringify(data)));
  }

  async heartbeats(): Promise<void> {
    await Promise.all(this.#addresses.map(async (address) => this.heartbeat(await this.#options.links.get(address))));
  }

  /** The queues that are to be this member's; undefined when the group does not know it. */
  async share(): Promise<Queue[] | undefined> {
    const { links, group, clientId, queues } = this.#options;
    const link = await links.get(this.#addresses[0]!);
    const { body } = await link.call(REQUEST.consumerList, { consumerGroup: group });
    const { consumerIdList } = parseJson(body) as { consumerIdList: readonly string[] };
    const members = [...consumerIdList].sort();
    const gone = this.#members.filter((member) => !members.includes(member));
    this.#members = members;
    // One that left in good order has let go of its queues; one that did not would keep them for a minute.
    for (const member of gone) await this.#unlock(queues, member);
    const mine = members.indexOf(clientId);
    return mine < 0 ? undefined : queues.filter((_, i) => i % members.length === mine);
  }

  /** Takes or keeps what nobody else holds. */
  async lock(queues: readonly Queue[]): Promise<Queue[]> {
    const locked = new Set<string>();
    await this.#perBroker(queues, async (link, body) => {
      const answer = await link.call(REQUEST.lockQueues, {}, body(this.#options.clientId));
      const { lockOKMQSet } = parseJson(answer.body) as {
        lockOKMQSet?: readonly { readonly brokerName: string; readonly topic: string; readonly queueId: number }[];
      };
      for (const { brokerName, topic, queueId } of lockOKMQSet ?? []) locked.add(`${brokerName}/${topic}/${queueId}`);
    });
    return queues.filter((queue) => locked.has(queueName(queue)));
  }

  async unlock(queues: readonly Queue[]): Promise<void> {
    await this.#unlock(queues, this.#options.clientId);
  }

  async #unlock(queues: readonly Queue[], clientId: string): Promise<void> {
    await this.#perBroker(queues, async (link, body) => {
      await link.call(REQUEST.unlockQueues, {}, body(clientId));
    });
  }

  async #perBroker(
    queues: readonly Queue[],
    ask: (link: Remoting, body: (clientId: string) => Buffer) => Promise<void>,
  ): Promise<void> {
    const { group, links } = this.#options;
    for (const address of new Set(queues.map((queue) => queue.address))) {
      const mqSet = queues
        .filter((queue) => queue.address === address)
        .map(({ topic, broker, id }) => ({ topic, brokerName: broker, queueId: id }));
      await ask(await links.get(address), (clientId) => Buffer.from(JSON.stringify({ consumerGroup: group, clientId, mqSet })));
    }
  }

  /** The others hear of it at once. */
  async leave(): Promise<void> {
    const { links, clientId, group } = this.#options;
    for (const address of this.#addresses) {
      await (await links.get(address)).call(REQUEST.unregisterClient, { clientID: clientId, consumerGroup: group });
    }
  }
}
