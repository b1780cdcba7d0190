/** What the experiments of "MQTT or MQ?" work on: a gateway, an engine, clients of both; whatever a row opens is closed with it. */
import { randomBytes, randomInt } from 'node:crypto';
import { connectMq, type ExternalConnection, type MqConnection, type MqHooks } from '../mq/connect.ts';
import type { MqEngine } from '../mq/engine.ts';
import { CausewayError } from '../protocol/errors.ts';
import { type Lab, startLab } from '../run/lab.ts';
import type { Endpoint } from '../swarm/types.ts';
import type { Sizes } from './sizes.ts';

/** MQTT only: what devices publish here stays among devices. */
export const LOCAL_TOPIC = 'causeway-choose-mqtt';
/** Over the bridge, both ways. */
export const BRIDGED_TOPIC = 'causeway-choose-way';
/** MQ only. These topics stay in an engine that lives on, for the next time. */
export const MQ_TOPIC = 'causeway-choose-mq';
const TOPICS = [MQ_TOPIC, BRIDGED_TOPIC];
const HOST = '127.0.0.1';
/** Longer than an engine needs to deliver again what a member that left had not acknowledged. */
const QUIET_MS = 8000;

export interface BenchOptions {
  /** Absent: an embedded MQ of its own. */
  readonly mq?: ExternalConnection;
  readonly sizes: Sizes;
  readonly signal: AbortSignal;
  /** In place of connecting to the engine: tests slow it down. */
  readonly wrapEngine?: (engine: MqEngine) => MqEngine;
}

/** The lab of all experiments. */
export interface Bench {
  readonly lab: Lab;
  readonly embedded: boolean;
  readonly sizes: Sizes;
  readonly signal: AbortSignal;
  /** `host:port` of the engine as a stranger would call it. */
  readonly mqAddress: string;
  /** How the engine outside is reached; absent: the embedded one. */
  readonly external?: ExternalConnection;
  /** To the engine of the bench, or as is said. */
  connect(at?: MqConnection, hooks?: MqHooks): Promise<MqEngine>;
  close(): Promise<void>;
}

/** @throws CausewayError those of startLab */
export async function openBench(options: BenchOptions): Promise<Bench> {
  const { mq, sizes, signal, wrapEngine = (engine) => engine } = options;
  const bridgeGroup = `causeway-choose-${randomBytes(4).toString('hex')}`;
  const lab = await startLab({
    profile: 'strict',
    topics: [
      { name: LOCAL_TOPIC, direction: 'none', partitions: 1 },
      { name: BRIDGED_TOPIC, direction: 'both', partitions: 4 },
    ],
    listeners: [
      { kind: 'tcp', host: HOST, port: 0 },
      { kind: 'ws', host: HOST, port: 0 },
    ],
    bridgeGroup,
    ...(mq === undefined
      ? { mqListen: { host: HOST, port: 0 } }
      : { mq, ownGroups: [{ name: bridgeGroup, topics: [BRIDGED_TOPIC] }] }),
    storage: 'memory',
    fsync: 'never',
  });
  const at = mq ?? { engine: 'embedded' as const, ...lab.mqAddress! };
  const bench: Bench = {
    lab,
    embedded: mq === undefined,
    sizes,
    signal,
    mqAddress: mq === undefined ? `${HOST}:${lab.mqAddress!.port}` : mq.address.split(',')[0]!,
    ...(mq === undefined ? {} : { external: mq }),
    connect: async (to = at, hooks = {}) => wrapEngine(await connectMq(to, { name: 'causeway-choose', ...hooks })),
    close: () => lab.close(1000).then(() => undefined),
  };
  try {
    await ensureTopic(lab.engine);
    return bench;
  } catch (error) {
    await bench.close();
    throw error;
  }
}

async function ensureTopic(engine: MqEngine): Promise<void> {
  try {
    await engine.createTopic({ name: MQ_TOPIC, partitions: 4, retention: { messages: 100_000, bytes: 64 * 1024 * 1024 } });
  } catch (error) {
    if (!(await engine.topics()).some(({ name }) => name === MQ_TOPIC)) throw error;
  }
}

/** One experiment at work: its number, its time, and what has to be closed after it. */
export class Scope {
  readonly bench: Bench;
  /** Marks the messages of this experiment: those of others are no concern of it. */
  readonly nonce = randomInt(1, 2 ** 31);
  /** Start of every client ID, group and subtopic of this experiment. */
  readonly prefix = randomBytes(3).toString('hex');
  readonly #deadline: number;
  readonly #tell: (step: string) => void;
  readonly #opened: (() => Promise<unknown>)[] = [];
  readonly #groups = new Set<string>();
  #names = 0;

  constructor(bench: Bench, budgetMs: number, tell: (step: string) => void) {
    this.bench = bench;
    this.#deadline = performance.now() + budgetMs;
    this.#tell = tell;
  }

  get tcp(): Endpoint {
    return { transport: 'tcp', host: HOST, port: this.bench.lab.gateway.addresses[0]!.port };
  }

  get ws(): Endpoint {
    return { transport: 'ws', host: HOST, port: this.bench.lab.gateway.addresses[1]!.port };
  }

  /** Milliseconds until this experiment must come to its end. */
  get leftMs(): number {
    return Math.max(0, this.#deadline - performance.now());
  }

  /** Says what comes next. @throws CausewayError choose.cancelled */
  step(text: string): void {
    this.check();
    this.#tell(text);
  }

  /** @throws CausewayError choose.cancelled */
  check(): void {
    if (this.bench.signal.aborted) throw new CausewayError('choose.cancelled');
  }

  name(): string {
    this.#names += 1;
    return `${this.prefix}-${this.#names}`;
  }

  /** Of one use; removed from the engine at the end. */
  group(): string {
    const group = `GID_choose_${this.name()}`;
    this.#groups.add(group);
    return group;
  }

  defer(close: () => Promise<unknown>): void {
    this.#opened.push(close);
  }

  /** @throws CausewayError those of connectMq, choose.cancelled */
  async connect(at?: MqConnection, hooks?: MqHooks): Promise<MqEngine> {
    this.check();
    const engine = await this.bench.connect(at, hooks);
    this.defer(() => engine.close());
    return engine;
  }

  /**
   * `count` connections, some at a time; fewer when the time is over, or from the first on that the engine refuses.
   * @throws CausewayError those of connectMq when not even one came
   */
  async connections(count: number, atOnce = 10): Promise<MqEngine[]> {
    return this.asMany(count, atOnce, () => this.connect());
  }

  /** What `open` gives, up to `count` times, `atOnce` at a time; ends with the time, or the first that fails. @throws what the first attempt throws, when none succeeded */
  async asMany<Opened>(count: number, atOnce: number, open: () => Promise<Opened>): Promise<Opened[]> {
    const opened: Opened[] = [];
    while (opened.length < count && (opened.length === 0 || this.leftMs > 0)) {
      const next = Math.min(atOnce, count - opened.length);
      const tried = await Promise.allSettled(Array.from({ length: next }, open));
      this.check();
      const refused = tried.find((one) => one.status === 'rejected');
      opened.push(...tried.filter((one) => one.status === 'fulfilled').map(({ value }) => value));
      if (refused === undefined) continue;
      if (opened.length === 0) throw refused.reason;
      break;
    }
    return opened;
  }

  /** Waits for a condition; false: it did not come about in time. @throws CausewayError choose.cancelled */
  async until(condition: () => boolean, withinMs: number): Promise<boolean> {
    const end = performance.now() + Math.min(withinMs, Math.max(this.leftMs, 200));
    while (!condition()) {
      this.check();
      if (performance.now() > end) return false;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return true;
  }

  /**
   * Waits until as many have arrived, or none any more for `quietMs`; false: some are missing. The time of the experiment does not
   * end it: what is late on a busy machine is not missing. @throws CausewayError choose.cancelled
   */
  async arrived(count: () => number, expected: number, quietMs = QUIET_MS): Promise<boolean> {
    let last = count();
    let movedAt = performance.now();
    while (count() < expected) {
      await this.pause(2);
      const now = performance.now();
      if (count() !== last) movedAt = now;
      else if (now - movedAt > quietMs) return false;
      last = count();
    }
    return true;
  }

  async pause(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.check();
  }

  /** Does work, and closes what it has opened, so that it does not burden what comes next. */
  async apart<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = this.#opened.length;
    try {
      return await work();
    } finally {
      await closeAll(this.#opened.splice(before));
    }
  }

  /** Closes clients, newest first, then removes their groups. Never throws: what was measured stands. */
  async close(): Promise<void> {
    await closeAll(this.#opened.splice(0));
    const { engine } = this.bench.lab;
    for (const group of this.#groups) await engine.removeGroup?.(group, TOPICS).catch(() => undefined);
  }
}

/** Some at a time: leaving one by one costs a round of the group each, where groups are arranged anew. */
async function closeAll(opened: readonly (() => Promise<unknown>)[]): Promise<void> {
  const closers = opened.toReversed();
  for (let i = 0; i < closers.length; i += 50) await Promise.allSettled(closers.slice(i, i + 50).map((close) => close()));
}
