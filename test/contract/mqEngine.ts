/**
 * What every MQ engine of the lab must do, written against the interface alone. An engine that lacks something says so
 * in its capabilities, and the case shows up as skipped with the reason.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import {
  DEAD_LETTER,
  deadLetterTopic,
  type MqCapabilities,
  type MqConsumerSpec,
  type MqDelivery,
  type MqEngine,
  type MqMessage,
} from '../../core/mq/engine.ts';
import { waitFor } from '../helpers/waitFor.ts';

export interface EngineUnderTest {
  readonly engine: MqEngine;
  /** Another connection to the same engine. */
  second(): Promise<MqEngine>;
  close(): Promise<void>;
}

export interface ContractOptions {
  /** Shortest visibility time the engine honours, milliseconds. */
  readonly visibilityMs?: number;
  /** How long redeliveries and rebalancing may take before a case gives up, milliseconds. */
  readonly patienceMs?: number;
}

const text = (delivery: MqMessage): string => Buffer.from(delivery.body).toString('utf8');

/** Declares the suite for one engine. */
export function mqEngineContract(name: string, makeEngine: () => Promise<EngineUnderTest>, options: ContractOptions = {}): void {
  const visibilityMs = options.visibilityMs ?? 60;
  const patienceMs = options.patienceMs ?? 20_000;

  describe(`MQ engine contract: ${name}`, () => {
    let under: EngineUnderTest;
    let engine: MqEngine;
    let other: MqEngine;

    beforeAll(async () => {
      under = await makeEngine();
      engine = under.engine;
      other = await under.second();
    });
    afterAll(async () => {
      await other?.close();
      await under?.close();
    });

    const needs = (context: TestContext, capability: keyof MqCapabilities): void => {
      if (!engine.capabilities[capability]) context.skip(`${engine.name} has no ${capability}`);
    };
    const newTopic = async (partitions = 4): Promise<string> => {
      const topic = `t-${randomUUID()}`;
      await engine.createTopic({ name: topic, partitions });
      return topic;
    };
    const message = (topic: string, body: string, more: Partial<MqMessage> = {}): MqMessage => ({
      topic,
      properties: {},
      body: Buffer.from(body),
      ...more,
    });
    const spec = (topic: string, more: Partial<MqConsumerSpec> = {}): MqConsumerSpec => ({
      group: `g-${randomUUID()}`,
      topics: [topic],
      mode: 'clustering',
      ordered: false,
      // An engine that keeps nothing for a group yet to come begins where the group does.
      from: engine.capabilities.history ? 'earliest' : 'latest',
      ...more,
    });
    const sendAll = async (topic: string, bodies: readonly string[], key?: (i: number) => string): Promise<void> => {
      const producer = await engine.producer();
      await Promise.all(bodies.map((body, i) => producer.send(message(topic, body, key === undefined ? {} : { key: key(i) }))));
      await producer.close();
    };
    const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
    const until = (what: string, condition: () => boolean): Promise<void> => waitFor(what, condition, patienceMs);
    /** Gives what must not happen the time in which it would: until a marker sent afterwards has gone through. */
    const marker = async (topic: string, seen: () => readonly string[], more: Partial<MqMessage> = {}): Promise<void> => {
      const producer = await engine.producer();
      const mark = `mark-${randomUUID()}`;
      await producer.send(message(topic, mark, more));
      await until('the marker', () => seen().includes(mark));
      await producer.close();
    };

    it('a group that is removed is forgotten: it begins anew, and what waited for it is gone', async (context) => {
      const { removeGroup } = engine;
      if (removeGroup === undefined) return context.skip(`${engine.name} keeps nothing of a group, or cannot remove it`);
      const topic = await newTopic();
      const producer = await engine.producer();
      const shared = spec(topic, { from: 'latest' });
      await removeGroup.call(engine, shared.group, [topic]);
      await (await engine.consume(shared, () => {})).close();
      await producer.send(message(topic, 'waits'));
      await removeGroup.call(engine, shared.group, [topic]);
      const got: string[] = [];
      const anew = await engine.consume(shared, (delivery) => void got.push(text(delivery)));
      await producer.send(message(topic, 'after'));
      await waitFor('the message after it', () => got.length > 0, patienceMs);
      await anew.close();
      expect(got).toEqual(['after']);
    });

    it('refuses to send to or consume from a topic that does not exist', async () => {
      const producer = await engine.producer();
      await expect(producer.send(message('no-such-topic', 'x'))).rejects.toMatchObject({ code: 'mq.topic-unknown' });
      await expect(engine.consume(spec('no-such-topic'), () => {})).rejects.toMatchObject({ code: 'mq.topic-unknown' });
      await producer.close();
    });

    it('tells of one topic by its name, and makes none by being asked', async () => {
      const topic = await newTopic(3);
      expect(await other.partitionsOf(topic)).toBe(3);
      expect(await other.partitionsOf('no-such-topic')).toBeUndefined();
      expect(await other.partitionsOf('no-such-topic')).toBeUndefined();
    });

    it('creates a topic that exists with the same partitions without complaint', async () => {
      const topic = await newTopic(2);
      await engine.createTopic({ name: topic, partitions: 2 });
      const mine = (await engine.topics()).filter((stats) => stats.name === topic);
      expect(mine).toHaveLength(1);
      expect(mine[0]!.partitions).toBe(2);
    });

    it('delivers key, tag, properties and body as they were sent', async () => {
      const topic = await newTopic(1);
      const bodies = [
        Buffer.alloc(0),
        Buffer.from([0, 1, 0]),
        Buffer.from([0xff, 0xfe, 0x80]),
        Buffer.alloc(65_536, 7),
        Buffer.from('{"ü":1}'),
      ];
      const properties = { qoslevel: '1', mqttSecondTopic: '/a/b', 'with space': 'ä漢🚗', empty: '' };
      const got: MqDelivery[] = [];
      const consumer = await engine.consume(spec(topic), (delivery) => {
        got.push(delivery);
      });
      const producer = await engine.producer();
      for (const body of bodies) await producer.send({ topic, key: 'clé', tag: 'T', properties, body });
      await producer.send({ topic, properties: {}, body: Buffer.from('bare') });
      await until('six messages', () => got.length >= bodies.length + 1);
      for (const body of bodies) {
        const found = got.find((delivery) => Buffer.from(delivery.body).equals(body));
        expect(found).toMatchObject({ topic, key: 'clé', tag: 'T', properties, deliveryCount: 1 });
      }
      const bare = got.find((delivery) => text(delivery) === 'bare')!;
      expect(bare.tag).toBeUndefined();
      expect(bare.properties).toEqual({});
      await consumer.close();
      await producer.close();
    });

    it('keeps what was sent when the sender uses its buffer again', async () => {
      const topic = await newTopic(1);
      const got: string[] = [];
      const consumer = await engine.consume(spec(topic, { ordered: true }), (delivery) => {
        got.push(`${text(delivery)} ${delivery.properties.p}`);
      });
      const producer = await engine.producer();
      const buffer = Buffer.from('first-');
      const properties: Record<string, string> = { p: '1' };
      await producer.send({ topic, properties, body: buffer });
      buffer.write('second');
      properties.p = '2';
      await producer.send({ topic, properties, body: buffer });
      await until('both', () => got.length === 2);
      expect(got.sort()).toEqual(['first- 1', 'second 2']);
      await consumer.close();
      await producer.close();
    });

    it('gives each message a place of its own, and one key always the same partition', async () => {
      const topic = await newTopic(4);
      const got: MqDelivery[] = [];
      const consumer = await engine.consume(spec(topic), (delivery) => void got.push(delivery));
      const producer = await engine.producer();
      const receipts = await Promise.all(numbers(40).map((n) => producer.send(message(topic, n, { key: `k${Number(n) % 5}` }))));
      await until('all', () => got.length >= 40);
      expect(new Set(got.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(40);
      for (let key = 0; key < 5; key += 1) {
        const partitions = got.filter((delivery) => delivery.key === `k${key}`).map(({ partition }) => partition);
        expect(partitions).toHaveLength(8);
        expect(new Set(partitions).size).toBe(1);
        expect(partitions[0]).toBeOneOf([0, 1, 2, 3]);
      }
      for (const delivery of got) {
        const { partition, offset } = receipts[Number(text(delivery))]!;
        // Not every engine tells the sender of the partition.
        expect(delivery).toMatchObject({ offset, partition: partition < 0 ? delivery.partition : partition });
      }
      await consumer.close();
      await producer.close();
    });

    it('clustering: each message goes to one member of a group, and every group gets all', async () => {
      const topic = await newTopic(4);
      const one: string[] = [];
      const two: string[] = [];
      const apart: string[] = [];
      const shared = spec(topic, { from: 'latest' });
      const consumers = [
        await engine.consume(shared, (delivery) => void one.push(text(delivery))),
        await other.consume(shared, (delivery) => void two.push(text(delivery))),
        await other.consume(spec(topic, { from: 'latest' }), (delivery) => void apart.push(text(delivery))),
      ];
      await sendAll(topic, numbers(200), (i) => `k${i}`);
      await until('all in both groups', () => one.length + two.length >= 200 && apart.length >= 200);
      expect([...one, ...two].sort()).toEqual(numbers(200).sort());
      expect(apart.sort()).toEqual(numbers(200).sort());
      expect(one.length).toBeGreaterThan(0);
      expect(two.length).toBeGreaterThan(0);
      for (const consumer of consumers) await consumer.close();
    });

    it('broadcasting: every member gets every message', async (context) => {
      needs(context, 'broadcasting');
      const topic = await newTopic(3);
      const got: string[][] = [[], [], []];
      const shared = spec(topic, { mode: 'broadcasting', from: 'latest' });
      const consumers = [];
      for (const [i, list] of got.entries()) {
        consumers.push(await (i === 1 ? other : engine).consume(shared, (delivery) => void list.push(text(delivery))));
      }
      await sendAll(topic, numbers(60));
      await until('all at all', () => got.every((list) => list.length >= 60));
      for (const list of got) expect(list.sort()).toEqual(numbers(60).sort());
      for (const consumer of consumers) await consumer.close();
    });

    it('ordered: one message of a key at a time, in order, whatever time handlers take', async (context) => {
      needs(context, 'keyOrder');
      const topic = await newTopic(4);
      const byKey = new Map<string, number[]>();
      const busy = new Set<string>();
      let overlaps = 0;
      const handler = async (delivery: MqDelivery): Promise<void> => {
        const key = delivery.key!;
        if (busy.has(key)) overlaps += 1;
        busy.add(key);
        await new Promise((resolve) => setTimeout(resolve, Number(text(delivery)) % 3));
        const list = byKey.get(key) ?? [];
        list.push(Number(text(delivery)));
        byKey.set(key, list);
        busy.delete(key);
      };
      const shared = spec(topic, { ordered: true });
      const consumers = [await engine.consume(shared, handler), await other.consume(shared, handler)];
      await sendAll(topic, numbers(300), (i) => `k${i % 10}`);
      await until('all', () => [...byKey.values()].reduce((sum, list) => sum + list.length, 0) >= 300);
      for (let key = 0; key < 10; key += 1) {
        expect(byKey.get(`k${key}`)).toEqual(Array.from({ length: 30 }, (_, i) => i * 10 + key));
      }
      expect(overlaps).toBe(0);
      for (const consumer of consumers) await consumer.close();
    });

    it('ordered: a refused message holds back its key and no other', async (context) => {
      needs(context, 'keyOrder');
      needs(context, 'redelivery');
      const topic = await newTopic(1);
      const done: string[] = [];
      let refused = 0;
      let othersDone = false;
      const consumer = await engine.consume(
        spec(topic, { ordered: true, retryDelayMs: 20, maxDeliveries: 10_000 }),
        (delivery) => {
          if (text(delivery) === '0' && !othersDone) {
            refused += 1;
            throw new Error('not yet');
          }
          done.push(text(delivery));
        },
      );
      await sendAll(topic, numbers(20), (i) => (i % 2 === 0 ? 'poison' : 'healthy'));
      await until('the healthy key', () => done.length >= 10);
      expect(done).toEqual(numbers(20).filter((n) => Number(n) % 2 === 1));
      await until('a second refusal', () => refused >= 2);
      othersDone = true;
      await until('the rest', () => done.length >= 20);
      expect(done.slice(10)).toEqual(numbers(20).filter((n) => Number(n) % 2 === 0));
      await consumer.close();
    });

    it.for(['throws', 'rejects'])('delivers again, with a count, when a handler %s', async (how, context) => {
      needs(context, 'redelivery');
      const topic = await newTopic(1);
      const counts: number[] = [];
      const consumer = await engine.consume(spec(topic, { retryDelayMs: 5 }), (delivery) => {
        counts.push(delivery.deliveryCount);
        if (counts.length < 3) {
          if (how === 'rejects') return Promise.reject(new Error('no'));
          throw new Error('no');
        }
        return undefined;
      });
      await sendAll(topic, ['x']);
      await until('the third delivery', () => counts.length >= 3);
      expect(counts.slice(0, 3)).toEqual([1, 2, 3]);
      await consumer.close();
    });

    it('delivers again what is not acknowledged in time', async (context) => {
      needs(context, 'redelivery');
      const topic = await newTopic(1);
      const counts: number[] = [];
      let letGo = (): void => {};
      const consumer = await engine.consume(spec(topic, { visibilityMs }), (delivery) => {
        counts.push(delivery.deliveryCount);
        return counts.length === 1 ? new Promise<void>((resolve) => (letGo = resolve)) : undefined;
      });
      await sendAll(topic, ['x']);
      await until('the second delivery', () => counts.length >= 2);
      expect(counts.slice(0, 2)).toEqual([1, 2]);
      letGo();
      await consumer.close();
    });

    it('gives a message up to the dead-letter topic after maxDeliveries, without holding up others', async (context) => {
      needs(context, 'deadLetter');
      const topic = await newTopic(1);
      const group = `g-${randomUUID()}`;
      const done: string[] = [];
      let tries = 0;
      const consumer = await engine.consume(spec(topic, { group, maxDeliveries: 3, retryDelayMs: 5 }), (delivery) => {
        if (text(delivery) !== 'poison') return void done.push(text(delivery));
        tries += 1;
        throw new Error('cannot digest');
      });
      const producer = await engine.producer();
      const receipt = await producer.send(message(topic, 'poison', { key: 'k', tag: 'T', properties: { a: '1' } }));
      await sendAll(topic, numbers(10));
      await until('the others', () => done.length >= 10);
      await until('three tries', () => tries >= 3);
      const letters: MqDelivery[] = [];
      // Dead letters are kept even where nothing else is.
      const reader = await other.consume(
        spec(deadLetterTopic(group), { from: 'earliest' }),
        (delivery) => void letters.push(delivery),
      );
      await until('the dead letter', () => letters.length >= 1);
      expect(tries).toBe(3);
      expect(text(letters[0]!)).toBe('poison');
      expect(letters[0]).toMatchObject({ key: 'k', tag: 'T' });
      expect(letters[0]!.properties).toMatchObject({
        a: '1',
        [DEAD_LETTER.topic]: topic,
        [DEAD_LETTER.partition]: String(receipt.partition),
        [DEAD_LETTER.offset]: String(receipt.offset),
      });
      expect(letters[0]!.properties[DEAD_LETTER.reason]).toContain('cannot digest');
      await reader.close();
      await consumer.close();
      await producer.close();
    });

    it('delivers a delayed message not before its time, and lets others pass', async (context) => {
      needs(context, 'delayed');
      const topic = await newTopic(1);
      const got: { body: string; at: number }[] = [];
      const consumer = await engine.consume(
        spec(topic),
        (delivery) => void got.push({ body: text(delivery), at: performance.now() }),
      );
      const producer = await engine.producer();
      const sentAt = performance.now();
      await Promise.all([producer.send(message(topic, 'late', { delayMs: 150 })), producer.send(message(topic, 'early'))]);
      await until('both', () => got.length >= 2);
      expect(got.map(({ body }) => body)).toEqual(['early', 'late']);
      expect(got[1]!.at - sentAt).toBeGreaterThanOrEqual(150);
      await consumer.close();
      await producer.close();
    });

    it.for([
      { filter: { tags: ['A', 'B'] }, expected: ['A', 'B', 'BX'] },
      { filter: { properties: { x: '1' } }, expected: ['BX', 'X'] },
      { filter: { without: ['x'] }, expected: ['A', 'B', 'none'] },
      { filter: { tags: ['B'], properties: { x: '1' } }, expected: ['BX'] },
    ])('delivers only what passes the filter $filter', async ({ filter, expected }, context) => {
      needs(context, 'filter');
      const topic = await newTopic(1);
      const got: string[] = [];
      const all: string[] = [];
      const consumers = [
        await engine.consume(spec(topic, { filter }), (delivery) => void got.push(text(delivery))),
        await engine.consume(spec(topic), (delivery) => void all.push(text(delivery))),
      ];
      const producer = await engine.producer();
      await producer.send(message(topic, 'A', { tag: 'A' }));
      await producer.send(message(topic, 'B', { tag: 'B' }));
      await producer.send(message(topic, 'BX', { tag: 'B', properties: { x: '1' } }));
      await producer.send(message(topic, 'X', { properties: { x: '1' } }));
      await producer.send(message(topic, 'X2', { tag: 'C', properties: { x: '2' } }));
      await producer.send(message(topic, 'none'));
      await until('the passing ones', () => got.length >= expected.length && all.length >= 6);
      expect(got.sort()).toEqual(expected);
      for (const consumer of consumers) await consumer.close();
      await producer.close();
    });

    it('starts a new group where it asks to', async (context) => {
      needs(context, 'history');
      const topic = await newTopic(2);
      await sendAll(topic, ['before']);
      const late: string[] = [];
      const early: string[] = [];
      const consumers = [
        await engine.consume(spec(topic, { from: 'latest' }), (delivery) => void late.push(text(delivery))),
        await engine.consume(spec(topic, { from: 'earliest' }), (delivery) => void early.push(text(delivery))),
      ];
      await sendAll(topic, ['during']);
      await until('both groups', () => late.length >= 1 && early.length >= 2);
      expect(late).toEqual(['during']);
      expect(early.sort()).toEqual(['before', 'during']);
      for (const consumer of consumers) await consumer.close();
    });

    it('starts a known group where it was', async () => {
      const topic = await newTopic(2);
      await sendAll(topic, ['before']);
      const got: string[] = [];
      const latest = spec(topic, { from: 'latest' });
      const first = await engine.consume(latest, (delivery) => void got.push(text(delivery)));
      await sendAll(topic, ['during']);
      await until('the first', () => got.length >= 1);
      await first.close();
      await sendAll(topic, ['away']);
      const back = await engine.consume(latest, (delivery) => void got.push(text(delivery)));
      await until('what came meanwhile', () => got.length >= 2);
      expect(got).toEqual(['during', 'away']);
      await back.close();
    });

    it('holds no more than prefetch unacknowledged', async () => {
      const topic = await newTopic(2);
      let held = 0;
      let most = 0;
      let done = 0;
      const consumer = await engine.consume(spec(topic, { prefetch: 3 }), async () => {
        held += 1;
        most = Math.max(most, held);
        await new Promise((resolve) => setTimeout(resolve, 1));
        held -= 1;
        done += 1;
      });
      await sendAll(topic, numbers(50));
      await until('all', () => done >= 50);
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(3);
      await consumer.close();
    });

    it('waits at close for handlers under way, and does not deliver again what they finished', async () => {
      const topic = await newTopic(1);
      const shared = spec(topic, { prefetch: 1 });
      let finish = (): void => {};
      let started = 0;
      let closed = false;
      const first = await engine.consume(shared, () => {
        started += 1;
        return new Promise<void>((resolve) => (finish = resolve));
      });
      await sendAll(topic, ['a', 'b']);
      await until('the first handler', () => started === 1);
      const closing = first.close().then(() => {
        closed = true;
      });
      const rest: string[] = [];
      const second = await other.consume(shared, (delivery) => void rest.push(text(delivery)));
      expect(closed).toBe(false);
      finish();
      await closing;
      await until('the other message', () => rest.length >= 1);
      await marker(topic, () => rest);
      expect(rest.filter((body) => !body.startsWith('mark-'))).toHaveLength(1);
      await second.close();
      await first.close();
    });

    it('loses and doubles nothing when members come and go in the middle of traffic', async () => {
      const topic = await newTopic(4);
      const shared = spec(topic, { ordered: true });
      const got: number[] = [];
      const handler = async (delivery: MqDelivery): Promise<void> => {
        await new Promise((resolve) => setImmediate(resolve));
        got.push(Number(text(delivery)));
      };
      const first = await engine.consume(shared, handler);
      const producer = await engine.producer();
      const sends: Promise<unknown>[] = [];
      const push = (from: number, below: number): void => {
        for (let i = from; i < below; i += 1) sends.push(producer.send(message(topic, String(i), { key: `k${i % 20}` })));
      };
      push(0, 400);
      const second = await other.consume(shared, handler);
      push(400, 800);
      const third = await engine.consume(shared, handler);
      push(800, 1200);
      await first.close();
      push(1200, 1600);
      await second.close();
      push(1600, 2000);
      await Promise.all(sends);
      await until('all', () => new Set(got).size >= 2000);
      expect(got).toHaveLength(2000);
      for (let key = 0; key < 20; key += 1) {
        const list = got.filter((n) => n % 20 === key);
        expect(list).toEqual([...list].sort((a, b) => a - b));
      }
      await third.close();
      await producer.close();
    });

    it('names topics that another connection has made', async () => {
      const topic = await newTopic(3);
      const found = (await other.topics()).filter(({ name }) => name === topic);
      expect(found).toHaveLength(1);
      expect(found[0]!.partitions).toBe(3);
    });

    it('counts what it stores', async (context) => {
      needs(context, 'history');
      const topic = await newTopic(3);
      await sendAll(topic, numbers(12));
      const stats = (await other.topics()).find((one) => one.name === topic)!;
      expect(stats).toMatchObject({ partitions: 3, stored: 12, retained: 12 });
      expect(stats.retainedBytes).toBeGreaterThan(0);
    });

    it('flushes: every send so far is settled', async () => {
      const topic = await newTopic(2);
      const producer = await engine.producer();
      let settled = 0;
      for (const n of numbers(100)) void producer.send(message(topic, n)).then(() => (settled += 1));
      await producer.flush();
      expect(settled).toBe(100);
      await producer.close();
    });

    it('refuses everything once closed, and closes twice without complaint', async () => {
      const topic = await newTopic(1);
      const mine = await under.second();
      const producer = await mine.producer();
      await producer.send(message(topic, 'x'));
      await producer.close();
      await producer.close();
      await expect(producer.send(message(topic, 'y'))).rejects.toMatchObject({ code: 'mq.closed' });
      const left = await mine.producer();
      const consumer = await mine.consume(spec(topic), () => {});
      await mine.close();
      await mine.close();
      await consumer.close();
      await expect(left.send(message(topic, 'z'))).rejects.toMatchObject({ code: 'mq.closed' });
      await expect(mine.producer()).rejects.toMatchObject({ code: 'mq.closed' });
      await expect(mine.consume(spec(topic), () => {})).rejects.toMatchObject({ code: 'mq.closed' });
    });
  });
}
