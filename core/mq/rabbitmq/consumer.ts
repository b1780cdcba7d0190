/** A consumer: lanes for the partitions that are its own, and the others of its group to share them with. */
import { CausewayError } from '../../protocol/errors.ts';
import type { MqConsumer } from '../engine.ts';
import type { Inbox } from './inbox.ts';
import { Lane } from './lane.ts';
import type { Link } from './link.ts';
import { Membership } from './membership.ts';
import { makeQueue, type QueueSet, removeQueues } from './queues.ts';

export interface RabbitConsumerOptions {
  readonly link: Link;
  readonly inbox: Inbox;
  readonly group: string;
  readonly sets: readonly QueueSet[];
  readonly onLog: ((line: string) => void) | undefined;
  readonly onClose: (consumer: RabbitConsumer) => void;
}

export class RabbitConsumer implements MqConsumer {
  readonly #options: RabbitConsumerOptions;
  readonly #lanes: Lane[];
  /** Of an ordered group: members of others compete for messages and need not know of each other. */
  readonly #membership: Membership | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RabbitConsumerOptions) {
    const { link, inbox, group, sets, onLog } = options;
    this.#options = options;
    this.#lanes = sets.flatMap((set) =>
      Array.from({ length: set.partitions }, (_, partition) => new Lane(set, partition, link, inbox, onLog)),
    );
    const shared = sets.filter(({ ordered, own }) => ordered && !own).map(({ topic }) => topic);
    if (shared.length > 0) this.#membership = new Membership(link, group, shared, () => this.#share());
  }

  /** @throws CausewayError mq.connection-lost, mq.denied, input.argument */
  async open(): Promise<void> {
    const { link, sets } = this.#options;
    try {
      await Promise.all(this.#lanes.map((lane) => makeQueue(link, lane.set, lane.partition)));
      // All partitions at first: those that others have now are theirs until they give them up.
      await Promise.all(this.#lanes.map((lane) => lane.start()));
      await this.#membership?.join();
    } catch (error) {
      await this.close();
      throw link.error(error, sets.map(({ topic }) => topic).join(','));
    }
    if (this.#closing !== undefined) throw new CausewayError('mq.closed');
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { link, sets, inbox, onClose } = this.#options;
    await Promise.all(this.#lanes.map((lane) => lane.stop()));
    inbox.close();
    await this.#membership?.leave();
    for (const set of sets) if (set.own) await removeQueues(link, set);
    onClose(this);
  }

  #share(): void {
    const membership = this.#membership;
    if (membership === undefined || this.#closing !== undefined) return;
    for (const lane of this.#lanes) lane.want(membership.isMine(lane.set.topic, lane.partition));
  }
}
