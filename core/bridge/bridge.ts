/** The bridge: one producer and one consumer group at the MQ engine, one uplink and one receiver at the gateway. */
import { randomBytes } from 'node:crypto';
import { nowUs } from '../clock.ts';
import type { MqttSide } from '../gateway/types.ts';
import { mapDown } from '../mapping/down.ts';
import { LAB_PROPERTY } from '../mapping/names.ts';
import { mapUp } from '../mapping/up.ts';
import { deadLetterTopic, type MqConsumer, type MqEngine, type MqProducer } from '../mq/engine.ts';
import { CausewayError } from '../protocol/errors.ts';
import { DownPath } from './down.ts';
import type { Bridge, BridgeOptions, BridgeStats } from './types.ts';
import { UpPath } from './up.ts';

/** Its consumer group where nothing else is said. */
export const BRIDGE_GROUP = 'causeway-bridge';
const DEFAULT_IN_FLIGHT = { messages: 10_000, bytes: 64 * 1024 * 1024 };
const DEFAULT_DRAIN_MS = 10_000;
/** How often a tamper is asked for messages it has held back long enough. */
const RELEASE_EVERY_MS = 100;

const NO_DOWN: BridgeStats['down'] = {
  taken: 0,
  delivered: 0,
  online: 0,
  stored: 0,
  dropped: 0,
  deadLettered: {},
  skippedEcho: 0,
};

/**
 * Opens the bridge; the way up works at once, the way down from `start` on. Every topic must exist in the engine.
 * @throws CausewayError mq.topic-unknown, mq.closed, input.argument (a topic listed twice, a bound below 1)
 */
export async function createBridge(options: BridgeOptions): Promise<Bridge> {
  const { engine, observer, tamper, onEvent } = options;
  const group = options.group ?? BRIDGE_GROUP;
  const now = options.now ?? nowUs;
  const maxMessages = atLeastOne('maxInFlight.messages', options.maxInFlight?.messages ?? DEFAULT_IN_FLIGHT.messages);
  const maxBytes = atLeastOne('maxInFlight.bytes', options.maxInFlight?.bytes ?? DEFAULT_IN_FLIGHT.bytes);
  await checkTopics(options);
  const downTopics = options.topics.filter((topic) => topic.down).map((topic) => topic.name);
  if (downTopics.length > 0) await createDeadLetterTopic(engine, group);

  // 64 random bits: bridges of one MQ, and one bridge before and after a restart, never give the same id twice.
  const idPrefix = options.idPrefix ?? randomBytes(8).toString('hex');
  let ids = 0;
  const nextId = (): string => {
    ids += 1;
    return `${idPrefix}-${ids.toString(36)}`;
  };
  const { profile, limits } = options;
  const producer = await engine.producer();
  const up = new UpPath({
    producer,
    topics: new Set(options.topics.filter((topic) => topic.up).map((topic) => topic.name)),
    mapUp: options.mapping?.mapUp ?? mapUp,
    mapping: { profile, limits, nextId },
    maxMessages,
    maxBytes,
    observer,
    tamper,
    onEvent,
    now,
  });

  let started = false;
  let down: DownPath | undefined;
  let consumer: Promise<MqConsumer> | undefined;
  let closing: Promise<{ readonly notDrained: number }> | undefined;

  const release = async (all: boolean): Promise<void> => {
    const held = tamper?.release?.(all);
    if (held === undefined) return;
    await Promise.all([up.sendReleased(held.up), down?.deliverReleased(held.down)]);
  };
  const releaseTimer = tamper?.release === undefined ? undefined : setInterval(() => void release(false), RELEASE_EVERY_MS);
  releaseTimer?.unref();

  const start = async (gateway: MqttSide): Promise<void> => {
    if (closing !== undefined) throw new CausewayError('mq.closed');
    if (started) throw new CausewayError('bridge.started', { group });
    started = true;
    if (downTopics.length === 0) return;
    const path = new DownPath({
      gateway,
      producer,
      group,
      mapDown: options.mapping?.mapDown ?? mapDown,
      mapping: { profile, limits },
      observer,
      tamper,
      onEvent,
      now,
    });
    down = path;
    const placed = engine.consume(
      {
        group,
        topics: downTopics,
        mode: 'clustering',
        ordered: false,
        ...(options.handoverMs === undefined ? {} : { visibilityMs: options.handoverMs }),
        ...(engine.capabilities.filter ? { filter: { without: [LAB_PROPERTY.origin] } } : {}),
      },
      (delivery) => path.handle(delivery),
    );
    consumer = placed;
    try {
      await placed;
    } catch (error) {
      started = false;
      consumer = undefined;
      throw error;
    }
  };

  const close = async (drainMs: number): Promise<{ readonly notDrained: number }> => {
    clearInterval(releaseTimer);
    const limit = deadline(drainMs);
    // Both at once: what devices have sent must not wait for a subscriber that takes nothing, nor the reverse.
    const drained = Promise.all([consumer?.then((opened) => opened.close()).catch(() => undefined), up.drain()]).then(() =>
      release(true),
    );
    await Promise.race([drained, limit.passed]);
    const notDrained = up.abandon() + (down?.pending() ?? 0);
    await Promise.race([closeQuietly(producer), limit.passed]);
    limit.cancel();
    if (notDrained > 0) onEvent?.({ kind: 'not-drained', messages: notDrained });
    return { notDrained };
  };

  return {
    uplink: { publish: (message) => up.publish(message) },
    start,
    stats: () => ({ up: up.stats(), down: down?.stats() ?? NO_DOWN, warnings: down?.warnings() ?? {} }),
    close: (drainMs = DEFAULT_DRAIN_MS) => {
      closing ??= close(drainMs);
      return closing;
    },
  };
}

function atLeastOne(argument: string, value: number): number {
  if (value >= 1) return value;
  throw new CausewayError('input.argument', { argument, value, reason: 'too small', expected: 'give a number from 1 up' });
}

async function checkTopics({ engine, topics }: BridgeOptions): Promise<void> {
  const seen = new Set<string>();
  for (const { name } of topics) {
    if (seen.has(name)) {
      const details = { argument: 'topics', value: name, reason: 'listed twice', expected: 'list each parent topic once' };
      throw new CausewayError('input.argument', details);
    }
    seen.add(name);
  }
  await Promise.all(
    topics.map(async ({ name }) => {
      if ((await engine.partitionsOf(name)) === undefined) throw new CausewayError('mq.topic-unknown', { topic: name });
    }),
  );
}

/** Engines differ on creating a topic that exists, and a second bridge may be quicker: only its absence afterwards is an error. */
async function createDeadLetterTopic(engine: MqEngine, group: string): Promise<void> {
  const name = deadLetterTopic(group);
  const exists = async (): Promise<boolean> => (await engine.partitionsOf(name)) !== undefined;
  if (await exists()) return;
  try {
    await engine.createTopic({ name, partitions: 1 });
  } catch (error) {
    if (!(await exists())) throw error;
  }
}

/** A deadline that can be called off, so that a quick close leaves no timer behind. */
function deadline(ms: number): { readonly passed: Promise<void>; readonly cancel: () => void } {
  let cancel = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    cancel = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { passed, cancel };
}

/** When an engine fails to close its producer there is nothing left to save: every send is settled or counted. */
async function closeQuietly(producer: MqProducer): Promise<void> {
  await producer.close().catch(() => undefined);
}
