/**
 * A consumer. It pulls from the queues that are its own; the inbox decides what is delivered when; offsets are committed here, only
 * up to where everything is settled.
 */
import type { MqConsumer } from '../engine.ts';
import type { Inbox } from '../kafka/inbox.ts';
import type { Cluster, Queue } from './cluster.ts';
import { ANSWER, REQUEST } from './codes.ts';
import { Refusal, rocketMqError } from './errors.ts';
import { ensureGroup } from './groups.ts';
import { Links } from './links.ts';
import { Membership, queueName } from './membership.ts';
import { decodeMessages } from './messages.ts';
import { labName } from './names.ts';
import { commitOffset, groupOffset, queueBounds } from './offsets.ts';
import type { RocketMqOptions } from './options.ts';
import { pullOnce } from './pull.ts';

/** The broker keeps a pull so long when there is nothing; more than this many messages it does not give at once. */
const WAIT_MS = 15_000;
const PULL_MESSAGES = 32;
const COMMIT_MS = 100;
/** How often a member looks for others, unless the broker tells it; and while it waits for a queue that another still has. */
const LOOK_MS = 1_000;
const LOOK_AGAIN_MS = 50;
const HEARTBEAT_MS = 10_000;
const PAUSE_MS = 500;
/** Handlers under way get so long before queues go to others; messages waiting to be delivered again this long. */
const DRAIN_MS = 6_000;
const RETRIES_MS = 2_000;
/**
 * A newcomer waits so long for the queues that are to be its own. By then the group knows of it and where it begins is committed: it
 * will get what is sent from now on.
 */
const JOIN_PATIENCE_MS = 5_000;

export interface RocketMqConsumerOptions {
  readonly options: RocketMqOptions;
  readonly cluster: Cluster;
  readonly inbox: Inbox;
  /** As RocketMQ has it. */
  readonly group: string;
  /** Of this member, unlike that of any other. */
  readonly clientId: string;
  /** This member reads all queues, whatever others do. */
  readonly broadcasting: boolean;
  readonly from: 'latest' | 'earliest';
  readonly queues: readonly Queue[];
  readonly onClose: (consumer: RocketMqConsumer) => void;
}

export class RocketMqConsumer implements MqConsumer {
  readonly #options: RocketMqConsumerOptions;
  readonly #links: Links;
  readonly #membership: Membership | undefined;
  /** Read by this member, by name. A pull whose queue object is not in here any more ends. */
  readonly #owned = new Map<string, Queue>();
  readonly #byPlace = new Map<string, Queue>();
  #committing: Promise<void> | undefined;
  #commitTimer: NodeJS.Timeout | undefined;
  #heartbeatTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #stopping = false;
  #wake: () => void = () => {};
  /** The broker said that members have changed. */
  #changed = false;
  #complete: () => void = () => {};

  constructor(options: RocketMqConsumerOptions) {
    this.#options = options;
    const { queues, group, clientId, broadcasting } = options;
    for (const queue of queues) this.#byPlace.set(`${labName(queue.topic)}/${queue.partition}`, queue);
    this.#links = new Links(options.options, async (link) => {
      link.onRequest((code) => {
        if (code === REQUEST.consumersChanged) this.#lookNow();
      });
      await this.#membership?.heartbeat(link);
    });
    if (!broadcasting) this.#membership = new Membership({ links: this.#links, group, clientId, queues });
  }

  /**
   * Resolves when the member has its queues, or the group knows of it and will give it some.
   * @throws CausewayError mq.connection-lost, mq.refused, mq.denied
   */
  async open(): Promise<void> {
    const { queues, from, cluster, group } = this.#options;
    try {
      await ensureGroup(cluster, group, queues);
      if (this.#membership === undefined) {
        await Promise.all(queues.map(async (queue) => this.#begin(queue, (await this.#bounds(queue))[from])));
        return;
      }
      await Promise.all(queues.map((queue) => this.#placeGroup(queue)));
      // The first contact as a member happens here, so that what goes wrong with it is said and not only tried again.
      await this.#membership.heartbeats();
      await this.#look();
    } catch (error) {
      await this.close();
      throw rocketMqError(error, cluster.place, queues.map(({ topic }) => labName(topic)).join(','));
    }
    this.#commitTimer = setInterval(() => void this.#commit(), COMMIT_MS);
    this.#heartbeatTimer = setInterval(() => void this.#membership?.heartbeats().catch(() => {}), HEARTBEAT_MS);
    const complete = new Promise<void>((resolve) => {
      this.#complete = resolve;
    });
    this.#looking = this.#keepLooking();
    let patience: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, JOIN_PATIENCE_MS);
    });
    await Promise.race([complete, enough]);
    clearTimeout(patience);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { inbox } = this.#options;
    this.#stopping = true;
    this.#wake();
    this.#complete();
    await this.#looking;
    const owned = [...this.#owned.values()];
    this.#owned.clear();
    // Handlers are waited for as long as they may take: until they answer or their message expires. The locks are kept meanwhile.
    const keep = setInterval(() => void this.#membership?.lock(owned).catch(() => {}), HEARTBEAT_MS);
    await inbox.drain(Number.POSITIVE_INFINITY, RETRIES_MS);
    clearInterval(keep);
    clearInterval(this.#commitTimer);
    clearInterval(this.#heartbeatTimer);
    await this.#commit();
    inbox.reset();
    await this.#membership?.unlock(owned).catch(() => {});
    await this.#membership?.leave().catch(() => {});
    await this.#links.close();
    this.#options.onClose(this);
  }

  async #bounds(queue: Queue): Promise<{ readonly earliest: number; readonly latest: number }> {
    const { low, high } = await queueBounds(await this.#options.cluster.links.get(queue.address), queue);
    return { earliest: low, latest: high };
  }

  /** Commits where a group begins that has no offset yet, so that it misses nothing from now on, however often its queues change hands. */
  async #placeGroup(queue: Queue): Promise<void> {
    const { cluster, group, from } = this.#options;
    const link = await cluster.links.get(queue.address);
    if ((await groupOffset(link, queue, group)) !== undefined) return;
    await commitOffset(link, queue, group, (await this.#bounds(queue))[from]);
  }

  #lookNow(): void {
    this.#changed = true;
    this.#wake();
  }

  async #keepLooking(): Promise<void> {
    let complete = false;
    while (!this.#stopping) {
      this.#changed = false;
      try {
        complete = await this.#look();
        if (complete) this.#complete();
      } catch (error) {
        complete = true;
        this.#log(error);
      }
      if (!this.#changed && !this.#stopping) await this.#pause(complete ? LOOK_MS : LOOK_AGAIN_MS);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Lets go of queues that are to be others', takes those that are to be its own. True when it has all of these. */
  async #look(): Promise<boolean> {
    const membership = this.#membership!;
    const share = await membership.share();
    if (share === undefined) {
      // The broker has forgotten this member: its machine was asleep, say.
      await membership.heartbeats();
      return false;
    }
    const names = new Set(share.map(queueName));
    if ([...this.#owned.keys()].some((name) => !names.has(name))) await this.#letGo(names);
    if (this.#stopping) return false;
    const locked = await membership.lock(share);
    const kept = new Set(locked.map(queueName));
    // The lock has expired, or the broker was started anew and another member was faster.
    if ([...this.#owned.keys()].some((name) => !kept.has(name))) await this.#letGo(kept);
    for (const queue of locked) {
      if (this.#stopping) return false;
      if (this.#owned.has(queueName(queue))) continue;
      const { cluster, group } = this.#options;
      const offset = await groupOffset(await cluster.links.get(queue.address), queue, group);
      this.#begin(queue, offset ?? (await this.#bounds(queue)).earliest);
    }
    return locked.length === share.length;
  }

  /** Finishes and commits what is under way, and forgets all queues; those to be kept are taken again by `look`. */
  async #letGo(kept: ReadonlySet<string>): Promise<void> {
    const { inbox } = this.#options;
    const owned = [...this.#owned.values()];
    this.#owned.clear();
    await inbox.drain(DRAIN_MS, RETRIES_MS);
    await this.#commit();
    inbox.reset();
    await this.#membership!.unlock(owned.filter((queue) => !kept.has(queueName(queue))));
  }

  #begin(known: Queue, offset: number): void {
    // An object of its own: a pull begun earlier for the same queue is told apart by it.
    const queue = { ...known };
    this.#owned.set(queueName(queue), queue);
    this.#options.inbox.open(labName(queue.topic), queue.partition, offset);
    void this.#pull(queue, offset);
  }

  #reads(queue: Queue): boolean {
    return this.#owned.get(queueName(queue)) === queue;
  }

  async #pull(queue: Queue, from: number): Promise<void> {
    const { inbox, group } = this.#options;
    const topic = labName(queue.topic);
    let next = from;
    while (this.#reads(queue)) {
      if (!inbox.hasRoom) {
        await inbox.roomWithin(PAUSE_MS);
        continue;
      }
      try {
        const link = await this.#links.get(queue.address);
        const answer = await pullOnce(link, queue, group, next, { most: PULL_MESSAGES, waitMs: WAIT_MS });
        if (!this.#reads(queue)) return;
        const { nextBeginOffset } = answer.fields;
        switch (answer.code) {
          case ANSWER.success:
            for (const delivery of decodeMessages(answer.body, topic, queue.partition)) {
              inbox.take(delivery);
              next = delivery.offset + 1;
            }
            next = Math.max(next, Number(nextBeginOffset));
            inbox.pump();
            break;
          case ANSWER.pullNothing:
          case ANSWER.pullAgain:
            next = Math.max(next, Number(nextBeginOffset));
            break;
          case ANSWER.pullMoved:
            next = Number(nextBeginOffset);
            // Retention has taken what was to come, or the broker has lost the end of the queue in a crash.
            inbox.open(topic, queue.partition, next);
            await this.#rest();
            break;
          default:
            throw new Refusal(answer.code, answer.remark, queue.address);
        }
      } catch (error) {
        if (!this.#reads(queue)) return;
        this.#log(error);
        await this.#rest();
      }
    }
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }

  #log(error: unknown): void {
    this.#options.options.onLog?.(
      `consumer of ${this.#options.group}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  /** One commit at a time, so that an older one cannot overtake a newer. A failed one is made up for by the next. */
  async #commit(): Promise<void> {
    if (this.#membership === undefined) return;
    while (this.#committing !== undefined) await this.#committing;
    const { inbox, group } = this.#options;
    const progress = inbox.progress();
    if (progress.length === 0) return;
    const committing = (async () => {
      await Promise.all(
        progress.map(async (one) => {
          const queue = this.#byPlace.get(`${one.topic}/${one.partition}`)!;
          try {
            await commitOffset(await this.#links.get(queue.address), queue, group, one.offset);
            inbox.committed([one]);
          } catch {
            // The broker is away: the next commit makes up for it.
          }
        }),
      );
    })();
    this.#committing = committing;
    await committing;
    this.#committing = undefined;
  }
}
