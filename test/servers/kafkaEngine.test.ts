/** What is Kafka's own about the Kafka engine, against a real Apache Kafka. */
import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MqConsumerSpec, MqEngine } from '../../core/mq/engine.ts';
import { connectKafka } from '../../core/mq/kafka/kafkaMq.ts';
import type { KafkaOptions } from '../../core/mq/kafka/options.ts';
import { waitFor } from '../helpers/waitFor.ts';
import { freePorts } from './freePorts.ts';
import { type KafkaServer, startKafka } from './kafka.ts';
import { whyNot } from './unavailable.ts';

const missing = await whyNot('java', 'mvn');
const PATIENCE_MS = 60_000;

describe.skipIf(missing !== undefined)(`Kafka engine${missing === undefined ? '' : ` (${missing})`}`, () => {
  let server: KafkaServer;
  const engines: MqEngine[] = [];
  const connect = async (options: Partial<KafkaOptions> = {}): Promise<MqEngine> => {
    const engine = await connectKafka({ brokers: [server.address], ...options });
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

  beforeAll(async () => {
    server = await startKafka();
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close();
  });
  afterAll(async () => {
    await server?.stop();
  });

  it('names an address where nothing listens', async () => {
    const [port] = await freePorts(1);
    await expect(connect({ brokers: [`127.0.0.1:${port}`] })).rejects.toMatchObject({
      code: 'connect.failed',
      details: { address: `127.0.0.1:${port}` },
    });
  });

  it('names an address where something else listens', async () => {
    // A mail server's greeting: read as a Kafka answer, its first bytes announce 842 MB to come.
    const other = createServer((socket) => {
      sockets.push(socket.on('error', () => {}));
      socket.write('220 hello\r\n');
    });
    const sockets: Socket[] = [];
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address() as { port: number };
    await expect(connect({ brokers: [`127.0.0.1:${address.port}`], connectTimeoutMs: 1000 })).rejects.toMatchObject({
      code: 'connect.failed',
    });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => other.close(resolve));
  });

  it('connects with the right password, and says who was refused with a wrong one', async () => {
    const brokers = [server.saslAddress];
    const sasl = { mechanism: 'plain', user: server.user, password: server.password } as const;
    const engine = await connect({ brokers, sasl });
    const producer = await engine.producer();
    const topic = await newTopic(engine, 1);
    await expect(producer.send({ topic, properties: {}, body: Buffer.from('x') })).resolves.toMatchObject({ offset: 0 });
    const refused = await connect({ brokers, sasl: { ...sasl, password: 'guessed' } }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'mq.refused', details: { user: server.user } });
    expect(String(refused)).not.toContain('guessed');
  });

  it('connects over TLS to a broker whose authority it trusts, and to no other', async () => {
    const brokers = [server.tlsAddress];
    const engine = await connect({ brokers, tls: { ca: server.authority } });
    expect(engine.name).toBe('kafka');
    await expect(connect({ brokers, tls: {} })).rejects.toMatchObject({ code: 'mq.untrusted' });
  });

  it('refuses what Kafka cannot do', async () => {
    const engine = await connect();
    const topic = await newTopic(engine, 2);
    const producer = await engine.producer();
    const message = { topic, properties: {}, body: Buffer.from('x') };
    await expect(producer.send({ ...message, delayMs: 10 })).rejects.toMatchObject({ code: 'mq.unsupported' });
    await expect(engine.createTopic({ name: topic, partitions: 3 })).rejects.toMatchObject({ code: 'input.argument' });
    await expect(engine.createTopic({ name: 'a/b', partitions: 1 })).rejects.toMatchObject({ code: 'input.argument' });
    const greedy = await connect({ replicationFactor: 3 });
    await expect(greedy.createTopic({ name: `t-${randomUUID()}`, partitions: 1 })).rejects.toMatchObject({
      code: 'input.argument',
    });
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

  it('one message that cannot be sent does not take others with it', async () => {
    const engine = await connect();
    const topic = await newTopic(engine, 1);
    const producer = await engine.producer();
    const send = (name: string, body: string): Promise<unknown> =>
      producer.send({ topic: name, properties: {}, body: Buffer.from(body) });
    const [good, bad] = await Promise.allSettled([send(topic, 'a'), send('mistyped', 'b')]);
    expect(good).toMatchObject({ status: 'fulfilled', value: { partition: 0, offset: 0 } });
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'mq.topic-unknown' } });
  });

  it('keeps a group that starts at the end from missing what is sent while its first members come and go', async () => {
    const engine = await connect();
    const topic = await newTopic(engine);
    const shared = spec(topic, { from: 'latest' });
    const got = new Set<string>();
    const taken: string[] = [];
    const first = await engine.consume({ ...shared, visibilityMs: 500, maxDeliveries: 1000 }, ({ body }) => {
      taken.push(Buffer.from(body).toString());
      return new Promise<void>(() => {});
    });
    const producer = await engine.producer();
    for (let i = 0; i < 40; i += 1) await producer.send({ topic, key: `k${i}`, properties: {}, body: Buffer.from(String(i)) });
    await until('the first member at work', () => taken.length > 0);
    // It never answered: all of it is the next member's.
    await first.close();
    const second = await engine.consume(shared, ({ body }) => void got.add(Buffer.from(body).toString()));
    await until('all at the second', () => got.size === 40);
    await second.close();
  });

  it('gives partitions on without a message lost or doubled while handlers take their time', async () => {
    const one = await connect();
    const two = await connect();
    const topic = await newTopic(one);
    const shared = spec(topic, { prefetch: 32 });
    const got: number[] = [];
    const handler = async ({ body }: { body: Uint8Array }): Promise<void> => {
      const n = Number(Buffer.from(body).toString());
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

  it('goes on after the broker was killed: nothing acknowledged is lost, each key in order', async () => {
    const engine = await connect();
    const topic = await newTopic(engine, 2);
    const got = new Map<string, number[]>();
    const consumer = await engine.consume(spec(topic), ({ key, body }) => {
      const list = got.get(key!) ?? [];
      got.set(key!, list);
      list.push(Number(Buffer.from(body).toString()));
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
