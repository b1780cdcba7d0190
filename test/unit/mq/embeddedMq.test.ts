import { afterEach, describe, expect, it } from 'vitest';
import { createEmbeddedMq } from '../../../core/mq/embedded/embeddedMq.ts';
import type { EmbeddedMq, EmbeddedMqOptions, MqGroupStats } from '../../../core/mq/embedded/options.ts';
import { DEAD_LETTER, deadLetterTopic, type MqConsumerSpec, type MqDelivery, type MqMessage } from '../../../core/mq/engine.ts';
import { waitFor } from '../../helpers/waitFor.ts';

const open: EmbeddedMq[] = [];
const start = async (options?: EmbeddedMqOptions): Promise<EmbeddedMq> => {
  const mq = await createEmbeddedMq(options);
  open.push(mq);
  return mq;
};
afterEach(async () => {
  for (const mq of open.splice(0)) await mq.close();
});

const text = (delivery: MqMessage): string => Buffer.from(delivery.body).toString();
const message = (body: string, more: Partial<MqMessage> = {}): MqMessage => ({
  topic: 't',
  properties: {},
  body: Buffer.from(body),
  ...more,
});
const spec = (more: Partial<MqConsumerSpec> = {}): MqConsumerSpec => ({
  group: 'g',
  topics: ['t'],
  mode: 'clustering',
  ordered: false,
  from: 'earliest',
  ...more,
});
const statsOf = async (mq: EmbeddedMq, topic = 't'): Promise<MqGroupStats> =>
  (await mq.groups()).find((stats) => stats.topic === topic)!;

describe('embedded MQ', () => {
  it('keeps the newest messages of the whole topic within the bound on their number', async () => {
    const mq = await start();
    await mq.createTopic({ name: 't', partitions: 4, retention: { messages: 10 } });
    const producer = await mq.producer();
    // One key, so one partition: the bound is the topic's, not a quarter of it.
    for (let i = 0; i < 25; i += 1) await producer.send(message(String(i), { key: 'k' }));
    expect((await mq.topics())[0]).toMatchObject({ stored: 25, retained: 10 });
    const got: string[] = [];
    await mq.consume(spec({ ordered: true }), (delivery) => void got.push(text(delivery)));
    await waitFor('ten', () => got.length >= 10);
    expect(got).toEqual(Array.from({ length: 10 }, (_, i) => String(15 + i)));
  });

  it('keeps within the bound on bytes', async () => {
    const mq = await start();
    await mq.createTopic({ name: 't', partitions: 2, retention: { bytes: 1000 } });
    const producer = await mq.producer();
    for (let i = 0; i < 50; i += 1) await producer.send({ topic: 't', properties: {}, body: Buffer.alloc(100) });
    const [stats] = await mq.topics();
    expect(stats!.retainedBytes).toBeLessThanOrEqual(1000);
    expect(stats!.retained).toBe(10);
  });

  it('skips a consumer that fell behind to the oldest retained message, and counts what it missed', async () => {
    const mq = await start();
    await mq.createTopic({ name: 't', partitions: 1, retention: { messages: 5 } });
    const consumer = await mq.consume(spec(), () => {});
    await consumer.close();
    const producer = await mq.producer();
    for (let i = 0; i < 12; i += 1) await producer.send(message(String(i)));
    const got: string[] = [];
    await mq.consume(spec(), (delivery) => void got.push(text(delivery)));
    await waitFor('five', () => got.length >= 5);
    expect(got).toEqual(['7', '8', '9', '10', '11']);
    expect(await statsOf(mq)).toMatchObject({ skipped: 7, lag: 0 });
  });

  it('counts waiting messages of a closed key that retention took, and goes on behind them', async () => {
    const mq = await start();
    await mq.createTopic({ name: 't', partitions: 1, retention: { messages: 4 } });
    let letGo = (): void => {};
    const got: string[] = [];
    await mq.consume(spec({ ordered: true }), (delivery) => {
      got.push(text(delivery));
      return text(delivery) === '0' ? new Promise<void>((resolve) => (letGo = resolve)) : undefined;
    });
    const producer = await mq.producer();
    await producer.send(message('0', { key: 'k' }));
    await waitFor('the first', () => got.length === 1);
    for (let i = 1; i < 4; i += 1) await producer.send(message(String(i), { key: 'k' }));
    await producer.send(message('other', { key: 'o' }));
    await waitFor('the other key', () => got.includes('other'));
    for (let i = 5; i < 8; i += 1) await producer.send(message(String(i), { key: 'k' }));
    letGo();
    await waitFor('the rest', () => got.includes('7'));
    expect(got).toEqual(['0', 'other', '5', '6', '7']);
    expect(await statsOf(mq)).toMatchObject({ skipped: 3, lag: 0, inFlight: 0 });
  });

  it('does not pin the large buffers that small bodies were cut from', async () => {
    const mq = await start();
    await mq.createTopic({ name: 't', partitions: 1 });
    const producer = await mq.producer();
    const large = Buffer.alloc(8 * 1024 * 1024, 1);
    for (let i = 0; i < 10; i += 1)
      await producer.send({ topic: 't', properties: {}, body: large.subarray(i * 100, i * 100 + 100) });
    const got: MqDelivery[] = [];
    await mq.consume(spec(), (delivery) => void got.push(delivery));
    await waitFor('all', () => got.length >= 10);
    for (const { body } of got) expect(body.buffer.byteLength).toBeLessThanOrEqual(64 * 1024);
  });

  it('lets timers and sockets run while a handler keeps sending to itself', async () => {
    const mq = await start();
    await mq.createTopic({ name: 't', partitions: 1 });
    const producer = await mq.producer();
    let rounds = 0;
    let stop = false;
    await mq.consume(spec(), () => {
      rounds += 1;
      if (!stop) void producer.send(message('again'));
    });
    await producer.send(message('go'));
    // waitFor looks with timers: it could not see this if they were starved.
    await waitFor('a thousand rounds', () => rounds > 1000);
    stop = true;
    await waitFor('the chain has ended', async () => (await statsOf(mq)).lag === 0);
    expect((await mq.topics())[0]!.stored).toBe(rounds);
  });

  it('ignores the answer of a delivery that has expired, and settles by the later one', async () => {
    const mq = await start();
    await mq.createTopic({ name: 't', partitions: 1 });
    const finish: (() => void)[] = [];
    await mq.consume(spec({ visibilityMs: 20, maxDeliveries: 1000 }), () => new Promise<void>((resolve) => finish.push(resolve)));
    const producer = await mq.producer();
    await producer.send(message('x'));
    await waitFor('a second delivery', () => finish.length >= 2);
    finish[0]!();
    await Promise.resolve();
    expect(await statsOf(mq)).toMatchObject({ lag: 1 });
    let last = 0;
    await waitFor('settled', async () => {
      for (; last < finish.length; last += 1) finish[last]!();
      return (await statsOf(mq)).lag === 0;
    });
  });

  it('dead-letters a message nobody acknowledges in time', async () => {
    const mq = await start();
    await mq.createTopic({ name: 't', partitions: 1 });
    const never = new Promise<void>(() => {});
    await mq.consume(spec({ visibilityMs: 5, maxDeliveries: 2 }), () => never);
    const letters: MqDelivery[] = [];
    await mq.consume(spec({ group: 'r', topics: [deadLetterTopic('g')] }), (delivery) => void letters.push(delivery));
    const producer = await mq.producer();
    await producer.send(message('x'));
    await waitFor('the letter', () => letters.length === 1);
    expect(letters[0]!.properties[DEAD_LETTER.reason]).toContain('not acknowledged');
    expect(await statsOf(mq)).toMatchObject({ deadLettered: 1, redelivered: 1, lag: 0 });
  });

  it('does not send a group its own dead letters in a circle', async () => {
    const mq = await start();
    await mq.createTopic({ name: 't', partitions: 1 });
    const own = deadLetterTopic('g');
    let tries = 0;
    await mq.consume(spec({ topics: ['t', own], maxDeliveries: 2, retryDelayMs: 1 }), () => {
      tries += 1;
      throw new Error('no');
    });
    const producer = await mq.producer();
    await producer.send(message('x'));
    await waitFor('two tries of each', async () => tries === 4 && (await statsOf(mq, own)).lag === 0);
    expect((await mq.topics()).find(({ name }) => name === own)).toMatchObject({ stored: 1, retained: 1 });
  });

  it('spreads the partitions of several one-partition topics over the members', async () => {
    const mq = await start();
    const topics = ['a', 'b', 'c', 'd'];
    for (const name of topics) await mq.createTopic({ name, partitions: 1 });
    const counts = [0, 0];
    for (const i of [0, 1]) {
      await mq.consume(spec({ topics }), () => {
        counts[i]! += 1;
      });
    }
    const producer = await mq.producer();
    for (const topic of topics) await producer.send(message('x', { topic }));
    await waitFor('all', () => counts[0]! + counts[1]! === 4);
    expect(counts).toEqual([2, 2]);
  });

  it.each([
    [{ name: '', partitions: 1 }],
    [{ name: 'a\u0000b', partitions: 1 }],
    [{ name: 't', partitions: 0 }],
    [{ name: 't', partitions: 1.5 }],
    [{ name: 't', partitions: 1, retention: { messages: 0 } }],
  ])('refuses the topic %j', async (topic) => {
    const mq = await start();
    await expect(mq.createTopic(topic)).rejects.toMatchObject({ code: 'input.argument' });
  });

  it('refuses to create a topic again with other partitions, and a message that is none', async () => {
    const mq = await start();
    await mq.createTopic({ name: 't', partitions: 2 });
    await expect(mq.createTopic({ name: 't', partitions: 3 })).rejects.toMatchObject({ code: 'input.argument' });
    const producer = await mq.producer();
    const number = { n: 1 } as unknown as Record<string, string>;
    await expect(producer.send(message('x', { properties: number }))).rejects.toMatchObject({ code: 'input.argument' });
    await expect(producer.send(message('x', { delayMs: -1 }))).rejects.toMatchObject({ code: 'input.argument' });
    await expect(producer.send(message('x', { key: 'k'.repeat(70_000) }))).rejects.toMatchObject({ code: 'input.argument' });
    await expect(mq.consume(spec({ prefetch: 0 }), () => {})).rejects.toMatchObject({ code: 'input.argument' });
    expect((await mq.topics())[0]).toMatchObject({ stored: 0 });
  });
});
