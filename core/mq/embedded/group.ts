/** A consumer group: its members, how far it has come in each partition, and which member reads which partition. */

import { Cursor } from './cursor.ts';
import type { Member } from './member.ts';
import type { MqGroupStats } from './options.ts';
import type { TopicLog } from './topicLog.ts';

/** What is remembered of a cursor over a restart: everything below `committed` is settled, and these ranges above it. */
export interface SavedCursor {
  readonly committed: number;
  readonly settled: readonly (readonly [number, number])[];
}

/** Committed positions by topic, one entry per partition. */
export type SavedGroup = Readonly<Record<string, readonly SavedCursor[]>>;

/** Beyond so many gaps in one partition a restart delivers some messages again. */
const MAX_RANGES = 1000;

export class Group {
  readonly name: string;
  readonly #saved: SavedGroup;
  readonly #clustered = new Map<string, Cursor[]>();
  readonly #members: Member[] = [];
  readonly #broadcasters = new Map<Member, Map<string, Cursor[]>>();

  constructor(name: string, saved: SavedGroup = {}) {
    this.name = name;
    this.#saved = saved;
  }

  /** Places a member: from now on it gets what is sent. */
  join(member: Member, topics: readonly TopicLog[]): void {
    if (member.broadcasting) {
      const own = new Map(topics.map((topic) => [topic.name, this.#start(topic, member, undefined)]));
      this.#broadcasters.set(member, own);
      member.cursors = [...own.values()].flat();
      for (const cursor of member.cursors) cursor.owner = member;
      member.wake();
      return;
    }
    for (const topic of topics) {
      if (!this.#clustered.has(topic.name)) this.#clustered.set(topic.name, this.#start(topic, member, this.#saved[topic.name]));
    }
    this.#members.push(member);
    this.#assign();
  }

  /** Takes a member out and gives its partitions to the others; what it holds it still may answer. Idempotent. */
  leave(member: Member): void {
    const own = this.#broadcasters.get(member);
    if (own !== undefined) {
      this.#broadcasters.delete(member);
      for (const cursor of [...own.values()].flat()) cursor.dispose();
      return;
    }
    const at = this.#members.indexOf(member);
    if (at < 0) return;
    this.#members.splice(at, 1);
    this.#assign();
  }

  save(): SavedGroup {
    const saved: Record<string, readonly SavedCursor[]> = { ...this.#saved };
    for (const [topic, cursors] of this.#clustered) {
      saved[topic] = cursors.map(({ window }) => ({ committed: window.committed, settled: window.ranges(MAX_RANGES) }));
    }
    return saved;
  }

  stats(): MqGroupStats[] {
    const all: MqGroupStats[] = [];
    for (const [topic, cursors] of this.#clustered) {
      const members = this.#members.filter((member) => member.topics.includes(topic)).length;
      all.push(this.#statsOf(topic, 'clustering', members, cursors));
    }
    for (const own of this.#broadcasters.values()) {
      for (const [topic, cursors] of own) all.push(this.#statsOf(topic, 'broadcasting', 1, cursors));
    }
    return all;
  }

  #statsOf(topic: string, mode: MqGroupStats['mode'], members: number, cursors: readonly Cursor[]): MqGroupStats {
    const sums = { lag: 0, inFlight: 0, skipped: 0, redelivered: 0, deadLettered: 0 };
    for (const cursor of cursors) {
      sums.lag += cursor.lag;
      sums.inFlight += cursor.inFlight;
      sums.skipped += cursor.counters.skipped;
      sums.redelivered += cursor.counters.redelivered;
      sums.deadLettered += cursor.counters.deadLettered;
    }
    return { group: this.name, topic, mode, members, ...sums };
  }

  #start(topic: TopicLog, member: Member, saved: readonly SavedCursor[] | undefined): Cursor[] {
    return topic.partitions.map((partition, index) => {
      const known = saved?.[index];
      if (known !== undefined) {
        // A position beyond the log (a crash lost its tail) must not hide what is stored from now on.
        const settled = known.settled.filter(([, below]) => below <= partition.next);
        return new Cursor(partition, Math.min(known.committed, partition.next), settled);
      }
      return new Cursor(partition, member.from === 'earliest' ? partition.first : partition.next);
    });
  }

  /** Each partition to the member with the fewest so far among those that want its topic; the same members give the same result. */
  #assign(): void {
    const share = new Map<Member, Cursor[]>(this.#members.map((member) => [member, []]));
    for (const topic of [...this.#clustered.keys()].sort()) {
      const wanting = this.#members.filter((member) => member.topics.includes(topic));
      for (const cursor of this.#clustered.get(topic)!) {
        let owner: Member | undefined;
        for (const member of wanting) {
          if (owner === undefined || share.get(member)!.length < share.get(owner)!.length) owner = member;
        }
        cursor.owner = owner;
        if (owner !== undefined) share.get(owner)!.push(cursor);
      }
    }
    for (const [member, cursors] of share) {
      member.cursors = cursors;
      member.wake();
    }
  }
}
