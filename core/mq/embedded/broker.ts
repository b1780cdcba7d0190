/** The engine's heart, without any transport: topics, groups, and the pump that delivers. */
import type { Clock } from '../../clock.ts';
import { CausewayError } from '../../protocol/errors.ts';
import {
  DEAD_LETTER,
  deadLetterTopic,
  type MqConsumerSpec,
  type MqDelivery,
  type MqMessage,
  type MqTopicSpec,
  type MqTopicStats,
} from '../engine.ts';
import { Deque } from './deque.ts';
import { Group, type SavedGroup } from './group.ts';
import { checkConsumerSpec, Member, type MemberHost, type MemberSink } from './member.ts';
import type { MqGroupStats } from './options.ts';
import { Timetable } from './timetable.ts';
import { type Appended, checkTopicSpec, type RestoredTopic, TopicLog } from './topicLog.ts';

/** The durable side of a broker. */
export interface BrokerStore {
  /** Creates (or opens, after a restart) the files of a topic. */
  topic(spec: MqTopicSpec): Promise<RestoredTopic>;
  readonly savedTopics: readonly MqTopicSpec[];
  readonly savedGroups: Readonly<Record<string, SavedGroup>>;
  readonly cacheBytes: number;
  /** Remembers a changed retention. */
  saveTopic(spec: MqTopicSpec): Promise<void>;
  /** Writes group positions when they have changed since the last call. */
  saveGroups(groups: Readonly<Record<string, SavedGroup>>): Promise<void>;
  close(): Promise<void>;
}

/** Deliveries to one member before the next gets its turn, and the longest time before sockets get theirs. */
const TURN = 32;
const SLICE_US = 4000;
/** Group positions are written this often: what was settled since is delivered again after a crash. */
const SAVE_MS = 200;

export class Broker implements MemberHost {
  readonly clock: Clock;
  readonly wallClock: () => number;
  readonly timetable: Timetable;
  readonly #store: BrokerStore | undefined;
  readonly #topics = new Map<string, TopicLog>();
  /** Topics being created: two callers must not open the same files. */
  readonly #creating = new Map<string, Promise<TopicLog>>();
  readonly #groups = new Map<string, Group>();
  readonly #members = new Set<Member>();
  readonly #ready = new Deque<Member>();
  #scheduled = false;
  #closed = false;
  #saveTimer: NodeJS.Timeout | undefined;

  constructor(clock: Clock, wallClock: () => number, store?: BrokerStore) {
    this.clock = clock;
    this.wallClock = wallClock;
    this.timetable = new Timetable(clock);
    this.#store = store;
  }

  get durable(): boolean {
    return this.#store !== undefined;
  }

  /** Opens what the store knows. */
  async open(): Promise<void> {
    for (const spec of this.#store?.savedTopics ?? []) await this.#open(spec);
    if (this.#store === undefined) return;
    for (const [name, saved] of Object.entries(this.#store.savedGroups)) this.#groups.set(name, new Group(name, saved));
    // A failure here shows at the next send, which fails for the same reason.
    this.#saveTimer = setInterval(() => void this.saveGroups().catch(() => undefined), SAVE_MS);
    this.#saveTimer.unref();
  }

  /** Creates a topic; one that exists with as many partitions gets the retention given. @throws CausewayError input.argument, mq.closed */
  async createTopic(spec: MqTopicSpec): Promise<void> {
    this.#mustBeOpen();
    checkTopicSpec(spec);
    const topic = await this.#open(spec);
    if (topic.partitions.length !== spec.partitions) {
      throw new CausewayError('input.argument', {
        argument: `topic ${spec.name}: partitions`,
        value: spec.partitions,
        reason: `the topic exists with ${topic.partitions.length}`,
        expected: `${topic.partitions.length}`,
      });
    }
    if (spec.retention !== undefined) {
      topic.retain(spec.retention);
      await this.#store?.saveTopic(spec);
    }
  }

  /** @throws CausewayError mq.topic-unknown, mq.closed */
  topic(name: string): TopicLog {
    this.#mustBeOpen();
    const topic = this.#topics.get(name);
    if (topic === undefined) throw new CausewayError('mq.topic-unknown', { topic: name });
    return topic;
  }

  topics(): MqTopicStats[] {
    return [...this.#topics.values()].map((topic) => topic.stats());
  }

  groups(): MqGroupStats[] {
    return [...this.#groups.values()].flatMap((group) => group.stats());
  }

  append(message: MqMessage, appended: Appended): void {
    let topic: TopicLog;
    try {
      topic = this.topic(message.topic);
    } catch (error) {
      appended(error as CausewayError, undefined);
      return;
    }
    topic.append(message, appended);
  }

  /** Adds a consumer to its group. @throws CausewayError mq.topic-unknown, input.argument, mq.closed */
  async join(spec: MqConsumerSpec, sink: MemberSink): Promise<Member> {
    this.#mustBeOpen();
    checkConsumerSpec(spec);
    const member = new Member(this, spec, sink);
    for (const name of member.topics) {
      // A dead-letter topic may be read before the first dead letter has made it.
      if (name.startsWith(deadLetterTopic('')) && !this.#topics.has(name)) await this.#open({ name, partitions: 1 });
    }
    const topics = member.topics.map((name) => this.topic(name));
    let group = this.#groups.get(member.group);
    if (group === undefined) {
      group = new Group(member.group);
      this.#groups.set(member.group, group);
    }
    this.#members.add(member);
    group.join(member, topics);
    return member;
  }

  /** Takes a consumer out, waits for what it holds, and writes the group's positions. Idempotent. */
  async leave(member: Member): Promise<void> {
    this.#groups.get(member.group)?.leave(member);
    await member.drain();
    this.#members.delete(member);
    await this.saveGroups();
  }

  /** Delivers nothing more to a consumer, which still answers what it holds. */
  halt(member: Member): void {
    this.#groups.get(member.group)?.leave(member);
    void member.drain();
  }

  /** A consumer is gone: others get what it held. `seen`: its handlers may have had it. */
  abandon(member: Member, seen: boolean): void {
    this.#groups.get(member.group)?.leave(member);
    this.#members.delete(member);
    member.abandon(seen);
  }

  enqueue(member: Member): void {
    if (member.queued) return;
    member.queued = true;
    this.#ready.push(member);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#pump);
  }

  deadLetter(group: string, delivery: MqDelivery, reason: string, done: (error: Error | undefined) => void): void {
    const name = deadLetterTopic(group);
    // A group that cannot even process its own dead letters: they stay readable in the log, circling would help nobody.
    if (delivery.topic === name) {
      done(undefined);
      return;
    }
    const properties = {
      ...delivery.properties,
      [DEAD_LETTER.reason]: reason,
      [DEAD_LETTER.topic]: delivery.topic,
      [DEAD_LETTER.partition]: String(delivery.partition),
      [DEAD_LETTER.offset]: String(delivery.offset),
    };
    // Not the delay: it is over.
    const { key, tag, body } = delivery;
    const letter: MqMessage = {
      topic: name,
      properties,
      body,
      ...(key === undefined ? {} : { key }),
      ...(tag === undefined ? {} : { tag }),
    };
    const topic = this.#topics.get(name);
    if (topic !== undefined) {
      topic.append(letter, done);
      return;
    }
    this.#open({ name, partitions: 1 }).then(
      (opened) => opened.append(letter, done),
      (error: unknown) => done(error as Error),
    );
  }

  async saveGroups(): Promise<void> {
    if (this.#store === undefined) return;
    const saved: Record<string, SavedGroup> = {};
    for (const [name, group] of this.#groups) saved[name] = group.save();
    await this.#store.saveGroups(saved);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    // Positions that cannot be written must not keep files open: the last attempt below tells.
    await Promise.allSettled([...this.#members].map((member) => this.leave(member)));
    this.#closed = true;
    clearInterval(this.#saveTimer);
    this.timetable.clear();
    this.#ready.clear();
    try {
      await this.saveGroups();
    } finally {
      await this.#store?.close();
    }
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new CausewayError('mq.closed');
  }

  async #open(spec: MqTopicSpec): Promise<TopicLog> {
    const known = this.#topics.get(spec.name) ?? this.#creating.get(spec.name);
    if (known !== undefined) return known;
    const making = this.#make(spec);
    this.#creating.set(spec.name, making);
    try {
      return await making;
    } finally {
      this.#creating.delete(spec.name);
    }
  }

  async #make(spec: MqTopicSpec): Promise<TopicLog> {
    const restored = this.#store === undefined ? undefined : await this.#store.topic(spec);
    const topic = new TopicLog(spec, this.wallClock, restored, this.#store?.cacheBytes);
    this.#topics.set(spec.name, topic);
    return topic;
  }

  // One pump for all members in a macrotask of its own: a handler that sends to itself cannot starve the sockets.
  readonly #pump = (): void => {
    this.#scheduled = false;
    const end = this.clock() + SLICE_US;
    for (let member = this.#ready.shift(); member !== undefined; member = this.#ready.shift()) {
      member.queued = false;
      if (member.pump(TURN)) this.enqueue(member);
      if (this.clock() >= end) break;
    }
    if (this.#ready.length > 0 && !this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#pump);
    }
  };
}
