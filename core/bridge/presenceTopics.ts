/** Presence records into MQ: one topic per group of clients, `{GroupID}_MQTT`, made when its first record comes. */
import type { PresenceRecord } from '../gateway/presence.ts';
import type { MqEngine, MqProducer } from '../mq/engine.ts';

/** What separates group and device in a client ID. */
const SEPARATOR = '@@@';
const GROUP = /^[0-9A-Za-z_-]{1,59}$/;
/** Groups are named by clients: hostile ones must not make topics without end. */
const MOST_GROUPS = 1_000;

/** The MQ topic of a client's presence records; undefined where its ID names no group. */
export function presenceTopic(clientId: string): string | undefined {
  const at = clientId.indexOf(SEPARATOR);
  const group = at < 1 ? '' : clientId.slice(0, at);
  return GROUP.test(group) ? `${group}_MQTT` : undefined;
}

export interface PresenceStats {
  readonly stored: number;
  /** Client IDs without a group, or too many groups, or a topic that is there for messages. */
  readonly ignored: number;
  readonly failed: number;
}

export class PresenceTopics {
  readonly #engine: MqEngine;
  readonly #producer: MqProducer;
  readonly #reserved: ReadonlySet<string>;
  readonly #topics = new Map<string, Promise<void>>();
  readonly #underWay = new Set<Promise<unknown>>();
  #stored = 0;
  #ignored = 0;
  #failed = 0;

  private constructor(engine: MqEngine, producer: MqProducer, reserved: ReadonlySet<string>) {
    this.#engine = engine;
    this.#producer = producer;
    this.#reserved = reserved;
  }

  /** `reserved`: topics of messages, which presence records stay out of. */
  static async open(engine: MqEngine, reserved: ReadonlySet<string>): Promise<PresenceTopics> {
    return new PresenceTopics(engine, await engine.producer(), reserved);
  }

  /** Stores the record; records of one client keep their order. */
  tell(record: PresenceRecord): void {
    const topic = presenceTopic(record.clientId);
    let ready = topic === undefined ? undefined : this.#topics.get(topic);
    if (topic === undefined || this.#reserved.has(topic) || (ready === undefined && this.#topics.size >= MOST_GROUPS)) {
      this.#ignored += 1;
      return;
    }
    if (ready === undefined) {
      ready = this.#create(topic);
      this.#topics.set(topic, ready);
    }
    const sent = ready.then(() =>
      this.#producer.send({
        topic,
        key: record.clientId,
        tag: record.eventType,
        properties: {},
        body: Buffer.from(JSON.stringify(record)),
      }),
    );
    const settled = sent.then(
      () => {
        this.#stored += 1;
        this.#underWay.delete(settled);
      },
      () => {
        this.#failed += 1;
        this.#underWay.delete(settled);
      },
    );
    this.#underWay.add(settled);
  }

  stats(): PresenceStats {
    return { stored: this.#stored, ignored: this.#ignored, failed: this.#failed };
  }

  /** Waits for what is under way. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    await this.#producer.close();
  }

  /** A topic of that name that somebody made with other partitions will do; if there is none, the sends fail and are counted. */
  async #create(topic: string): Promise<void> {
    try {
      if ((await this.#engine.partitionsOf(topic)) === undefined) await this.#engine.createTopic({ name: topic, partitions: 1 });
    } catch {
      // The next record tries again.
      this.#topics.delete(topic);
    }
  }
}
