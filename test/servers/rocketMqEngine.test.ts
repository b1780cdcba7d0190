/** What is RocketMQ's own about the RocketMQ engine, against a real Apache RocketMQ. */
import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { Producer } from 'rocketmq-client-nodejs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deadLetterTopic, type MqConsumerSpec, type MqDelivery, type MqEngine } from '../../core/mq/engine.ts';
import { Links } from '../../core/mq/rocketmq/links.ts';
import { Membership } from '../../core/mq/rocketmq/membership.ts';
import type { RocketMqOptions } from '../../core/mq/rocketmq/options.ts';
import { connectRocketMq } from '../../core/mq/rocketmq/rocketMq.ts';
import { waitFor } from '../helpers/waitFor.ts';
import { freePorts } from './freePorts.ts';
import { type RocketMqServer, startRocketMq } from './rocketmq.ts';
import { whyNot } from './unavailable.ts';

const missing = await whyNot('java', 'mvn');
const PATIENCE_MS = 60_000;
const title = (text: string): string => `${text}${missing === undefined ? '' : ` (${missing})`}`;

const engines: MqEngine[] = [];
const connectTo = async (server: RocketMqServer, options: RocketMqOptions = {}): Promise<MqEngine> => {
  const engine = await connectRocketMq({ nameServer: server.nameServer, ...options });
  engines.push(engine);
  return engine;
};
const newTopic = async (engine: MqEngine, partitions = 4): Promise<string> => {
  const name = `t-${randomUUID()}`;
  await engine.createTopic({ name, partitions });
  return name;
};
const spec = (topic: string, more: Partial<MqConsumerSpec> = {}): MqConsumerSpec => ({
  group: `g-${randomUUID()}`,
  topics: [topic],
  mode: 'clustering',
  ordered: true,
  from: 'earliest',
  ...more,
});
const until = (what: string, condition: () => boolean): Promise<void> => waitFor(what, condition, PATIENCE_MS);
const text = ({ body }: { readonly body: Uint8Array }): string => Buffer.from(body).toString();

describe.skipIf(missing !== undefined)(title('RocketMQ engine'), () => {
  let server: RocketMqServer;
  const connect = (options: RocketMqOptions = {}): Promise<MqEngine> => connectTo(server, options);

  beforeAll(async () => {
    server = await startRocketMq();
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close();
  });
  afterAll(async () => {
    await server?.stop();
  });

  it('names an address where nothing listens', async () => {
    const [port] = await freePorts(1);
    await expect(connect({ nameServer: `127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'connect.failed',
      details: { address: `127.0.0.1:${port}` },
    });
  });

  it('names an address where something else listens, and says so when it is the port of a proxy', async () => {
    const sockets: Socket[] = [];
    const other = createServer((socket) => {
      sockets.push(socket.on('error', () => {}));
      socket.write('220 hello\r\n');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(connect({ nameServer: `127.0.0.1:${port}` })).rejects.toMatchObject({ code: 'connect.failed' });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => other.close(resolve));

    const proxy = await connect({ nameServer: server.address }).catch((error: unknown) => error);
    expect(proxy).toMatchObject({ code: 'connect.failed', details: { address: server.address } });
    expect(String(proxy)).toContain('name server');
  });

  it('goes on to the next name server where one is away', async () => {
    const [port] = await freePorts(1);
    const engine = await connect({ nameServer: `127.0.0.1:${port};${server.nameServer}` });
    await expect(newTopic(engine)).resolves.toBeTypeOf('string');
  });

  it('connects over TLS to servers whose authority it trusts, and to no others', async () => {
    const engine = await connect({ tls: { ca: server.authority } });
    const topic = await newTopic(engine, 1);
    const producer = await engine.producer();
    await expect(producer.send({ topic, properties: {}, body: Buffer.from('x') })).resolves.toMatchObject({ offset: 0 });
    await expect(connect({ tls: {} })).rejects.toMatchObject({ code: 'mq.untrusted' });
  });

  it('makes no topic that nobody asked for', async () => {
    const engine = await connect();
    const producer = await engine.producer();
    await expect(producer.send({ topic: 'mistyped', properties: {}, body: Buffer.from('x') })).rejects.toMatchObject({
      code: 'mq.topic-unknown',
      details: { topic: 'mistyped' },
    });
    await expect(engine.consume(spec('mistyped'), () => {})).rejects.toMatchObject({ code: 'mq.topic-unknown' });
    expect((await engine.topics()).map(({ name }) => name)).not.toContain('mistyped');
  });

  it('lists its own topics under the names they were given, and none of the servers’', async () => {
    const engine = await connect();
    const name = `a.b/ü-${randomUUID()}`;
    await engine.createTopic({ name, partitions: 3 });
    const reader = await engine.consume(spec(name), () => {});
    const names = (await engine.topics()).map((topic) => topic.name);
    expect(names).toContain(name);
    expect(names.filter((one) => /^(t-|dlq\.|a\.b)/.test(one))).toEqual(names);
    await reader.close();
    await expect(engine.createTopic({ name, partitions: 2 })).rejects.toMatchObject({ code: 'input.argument' });
    await expect(engine.createTopic({ name: 'ü'.repeat(50), partitions: 2 })).rejects.toMatchObject({ code: 'input.argument' });
  });

  it('carries names, keys and texts RocketMQ has its own ideas about, with and without delay', async () => {
    const engine = await connect();
    const topic = await newTopic(engine, 1);
    const got: MqDelivery[] = [];
    const consumer = await engine.consume(spec(topic), (delivery) => void got.push(delivery));
    const producer = await engine.producer();
    const message = {
      topic,
      // 64 characters: longer than a message group may be for RocketMQ's own clients.
      key: `${'ü'.repeat(60)}-car`,
      tag: 'A || B',
      properties: {
        TAGS: 'not the tag',
        KEYS: 'k',
        DELAY: '3',
        TIMER_DELIVER_MS: '9999999999999',
        UNIQ_KEY: 'mine',
        __SHARDINGKEY: 'not the key',
        'causeway.TAGS': 'escaped',
        'causeway.~empty': '1',
        '': 'no name',
        empty: '',
        TAGS_: '',
        INSTANCE_ID: '',
        'a=b;c': 'line\nbreak\ttab \u0000 漢🚗',
      },
      body: Buffer.alloc(65_536, 1),
    };
    await producer.send(message);
    await producer.send({ ...message, body: Buffer.alloc(0) });
    await producer.send({ ...message, delayMs: 200 });
    await producer.send({ ...message, body: Buffer.alloc(0), delayMs: 200 });
    await until('all four', () => got.length >= 4);
    for (const { key, tag, properties } of got)
      expect({ key, tag, properties }).toEqual({ key: message.key, tag: message.tag, properties: message.properties });
    expect(got.map(({ body }) => body.length).sort()).toEqual([0, 0, 65_536, 65_536]);
    await consumer.close();
  });

  it('refuses what RocketMQ cannot store, and nothing else with it', async () => {
    const engine = await connect();
    const topic = await newTopic(engine, 1);
    const producer = await engine.producer();
    const send = (properties: Record<string, string>, body = Buffer.from('x')): Promise<unknown> =>
      producer.send({ topic, properties, body });
    const results = await Promise.allSettled([
      send({ a: 'b\u0001c' }),
      send({ a: 'x'.repeat(40_000) }),
      send({}, Buffer.alloc(5 * 1024 * 1024)),
      send({ a: 'fine' }),
    ]);
    const refused = { status: 'rejected', reason: { code: 'input.argument' } };
    expect(results).toMatchObject([refused, refused, refused, { status: 'fulfilled', value: { partition: 0, offset: 0 } }]);
  });

  it('receives what applications send through the proxy, with their message group as its key', async () => {
    const engine = await connect();
    const topic = await newTopic(engine, 1);
    const got: MqDelivery[] = [];
    const reader = await engine.consume(spec(topic), (delivery) => void got.push(delivery));
    // Its own logger writes to the user's home folder.
    const quiet = { info() {}, warn() {}, error() {}, debug() {} };
    const common = { endpoints: server.address, namespace: '', logger: quiet };
    const application = new Producer({ ...common, topics: [topic] });
    await application.startup();
    await application.send({
      topic,
      tag: 'T',
      messageGroup: 'car-7',
      properties: new Map([['qoslevel', '1']]),
      body: Buffer.from('from the application'),
    });
    await until('what the application sent', () => got.length === 1);
    expect(got[0]).toMatchObject({ key: 'car-7', tag: 'T' });
    expect(got[0]!.properties).toEqual({ qoslevel: '1' });
    expect(text(got[0]!)).toBe('from the application');
    await application.shutdown();
    await reader.close();
  });

  it('goes on at once when a member vanished without leaving', async () => {
    const one = await connect();
    const topic = await newTopic(one);
    const shared = spec(topic);
    const got = new Set<string>();
    const survivor = await one.consume(shared, (delivery) => void got.add(text(delivery)));
    const links = new Links({});
    const queues = [0, 1, 2, 3].map((id) => ({ topic, broker: 'causeway-broker', address: server.broker, id, partition: id }));
    const lost = new Membership({ links, group: shared.group, clientId: 'lost', queues });
    await lost.heartbeats();
    const share = (await lost.share())!;
    expect(share).toHaveLength(2);
    // Until the survivor has let go of them.
    for (let held = 0; held < 2; ) held = (await lost.lock(share)).length;
    // As when its process is killed: the connection is gone, and nothing was given back.
    await links.close();
    const producer = await one.producer();
    for (let i = 0; i < 40; i += 1) await producer.send({ topic, key: `k${i}`, properties: {}, body: Buffer.from(String(i)) });
    await until('all at the survivor', () => got.size === 40);
    await survivor.close();
  });

  it('gives queues on without a message lost or doubled while handlers take their time', async () => {
    const one = await connect();
    const two = await connect();
    const topic = await newTopic(one);
    const shared = spec(topic, { prefetch: 32 });
    const got: number[] = [];
    const handler = async (delivery: MqDelivery): Promise<void> => {
      const n = Number(text(delivery));
      await new Promise((resolve) => setTimeout(resolve, n % 7));
      got.push(n);
    };
    const first = await one.consume(shared, handler);
    const producer = await one.producer();
    let sent = 0;
    let sending = true;
    const traffic = (async () => {
      while (sending) {
        const batch = Array.from({ length: 20 }, () => sent++);
        await Promise.all(
          batch.map((n) => producer.send({ topic, key: `k${n % 50}`, properties: {}, body: Buffer.from(String(n)) })),
        );
      }
    })();
    await until('traffic', () => got.length > 100);
    const second = await two.consume(shared, handler);
    const third = await one.consume(shared, handler);
    const enough = got.length + 300;
    await until('three members at work', () => got.length > enough);
    await first.close();
    await second.close();
    sending = false;
    await traffic;
    await until('all', () => new Set(got).size >= sent);
    await third.close();
    expect(got).toHaveLength(sent);
    for (let key = 0; key < 50; key += 1) {
      const list = got.filter((n) => n % 50 === key);
      expect(list).toEqual([...list].sort((a, b) => a - b));
    }
  });

  it('forgets a group that is removed, with its dead letters', async () => {
    const engine = await connect();
    const topic = await newTopic(engine, 1);
    const shared = spec(topic);
    const got: string[] = [];
    const producer = await engine.producer();
    await producer.send({ topic, properties: {}, body: Buffer.from('x') });
    for (const times of [1, 2]) {
      const consumer = await engine.consume(shared, (delivery) => void got.push(text(delivery)));
      await until(`the message, ${times}`, () => got.length === times);
      await consumer.close();
      await engine.removeGroup?.(shared.group, [topic]);
      expect((await engine.topics()).map(({ name }) => name)).not.toContain(deadLetterTopic(shared.group));
    }
    await expect(engine.removeGroup?.(`g-${randomUUID()}`, [topic])).resolves.toBeUndefined();
  });

  it('goes on after the broker was killed: nothing acknowledged is lost, each key in order', async () => {
    const engine = await connect();
    const topic = await newTopic(engine, 2);
    const got = new Map<string, number[]>();
    const consumer = await engine.consume(spec(topic), (delivery) => {
      const list = got.get(delivery.key!) ?? [];
      got.set(delivery.key!, list);
      list.push(Number(text(delivery)));
    });
    const producer = await engine.producer();
    const stored: number[] = [];
    const send = async (n: number): Promise<void> => {
      await producer.send({ topic, key: `k${n % 5}`, properties: {}, body: Buffer.from(String(n)) });
      stored.push(n);
    };
    for (let n = 0; n < 50; n += 1) await send(n);

    const crashing = server.crash();
    const during = Promise.allSettled(Array.from({ length: 50 }, (_, i) => send(50 + i)));
    await crashing;
    await during;
    for (let n = 100; n < 150; n += 1) await send(n);
    expect(stored.length).toBeGreaterThanOrEqual(100);
    const seen = (): Set<number> => new Set([...got.values()].flat());
    await until('all that was acknowledged', () => stored.every((n) => seen().has(n)));
    for (const list of got.values()) {
      // A redelivery may repeat, never overtake: first sights come in order.
      const firsts = [...new Set(list)];
      expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    }
    await consumer.close();
  });
});

describe.skipIf(missing !== undefined)(title('RocketMQ engine, with access control'), () => {
  const login = { user: 'lab', password: 'lab-secret' };
  let server: RocketMqServer;

  beforeAll(async () => {
    server = await startRocketMq(undefined, login);
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close();
  });
  afterAll(async () => {
    await server?.stop();
  });

  it('connects with the right keys, and says who was refused with wrong ones', async () => {
    const engine = await connectTo(server, { accessKey: login.user, secretKey: login.password });
    const topic = await newTopic(engine, 1);
    const got: string[] = [];
    const consumer = await engine.consume(spec(topic), (delivery) => void got.push(text(delivery)));
    const producer = await engine.producer();
    await producer.send({ topic, key: 'ü', properties: { a: 'ä' }, body: Buffer.from('x') });
    await until('the message', () => got.length === 1);
    await consumer.close();
    for (const [user, accessKey, secretKey] of [
      ['lab', 'lab', 'guessed'],
      ['nobody', 'nobody', 'lab-secret'],
      ['anonymous', undefined, undefined],
    ]) {
      const keys = accessKey === undefined ? {} : { accessKey, secretKey };
      const refused = await connectTo(server, keys as RocketMqOptions).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'mq.refused', details: { user } });
      expect(String(refused)).not.toContain('guessed');
    }
  });
});
