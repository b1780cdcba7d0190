/** What is RabbitMQ's own about the RabbitMQ engine, against a real RabbitMQ. */
import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { type Channel, type ChannelModel, connect as connectAmqp, type Message } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MqConsumerSpec, MqDelivery, MqEngine, MqMessage } from '../../core/mq/engine.ts';
import type { RabbitMqOptions } from '../../core/mq/rabbitmq/options.ts';
import { connectRabbitMq } from '../../core/mq/rabbitmq/rabbitMq.ts';
import type { CausewayError } from '../../core/protocol/errors.ts';
import { waitFor } from '../helpers/waitFor.ts';
import { freePorts } from './freePorts.ts';
import { startOldRabbitMq } from './oldRabbitMq.ts';
import { type RabbitMqServer, startRabbitMq } from './rabbitmq.ts';
import { startTcpProxy, type TcpProxy } from './tcpProxy.ts';
import { whyNot } from './unavailable.ts';

const missing = await whyNot('erl', 'rabbitmq-server');
const PATIENCE_MS = 120_000;

describe.skipIf(missing !== undefined)(`RabbitMQ engine${missing === undefined ? '' : ` (${missing})`}`, () => {
  let server: RabbitMqServer;
  const engines: MqEngine[] = [];
  const proxies: TcpProxy[] = [];
  const foreigners: ChannelModel[] = [];
  const connect = async (options: Partial<RabbitMqOptions> = {}): Promise<MqEngine> => {
    const engine = await connectRabbitMq({ host: server.host, port: server.amqpPort, ...options });
    engines.push(engine);
    return engine;
  };
  const refused = (options: Partial<RabbitMqOptions>): Promise<unknown> => connect(options).catch((error: unknown) => error);
  const newProxy = async (): Promise<TcpProxy> => {
    const proxy = await startTcpProxy(server.amqpPort);
    proxies.push(proxy);
    return proxy;
  };
  /** Somebody who knows RabbitMQ and nothing of the lab. */
  const foreigner = async (): Promise<Channel> => {
    const model = await connectAmqp({ hostname: server.host, port: server.amqpPort });
    foreigners.push(model);
    const channel = await model.createChannel();
    // What a request is refused with is told by the request; without a listener it would be thrown as well.
    channel.on('error', () => {});
    return channel;
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
    ...more,
  });
  const message = (topic: string, body: string | number, more: Partial<MqMessage> = {}): MqMessage => ({
    topic,
    properties: {},
    body: Buffer.from(String(body)),
    ...more,
  });
  const bodyOf = ({ body }: { readonly body: Uint8Array }): string => Buffer.from(body).toString();
  const until = (what: string, condition: () => boolean | Promise<boolean>): Promise<void> =>
    waitFor(what, condition, PATIENCE_MS);
  /** A redelivery may repeat, never overtake: first sights come in order. */
  const expectOrder = (got: ReadonlyMap<string, readonly number[]>): void => {
    for (const list of got.values()) {
      const firsts = [...new Set(list)];
      expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    }
  };
  const collect = (got: Map<string, number[]>) => (delivery: MqDelivery) => {
    const list = got.get(delivery.key!) ?? [];
    got.set(delivery.key!, list);
    list.push(Number(bodyOf(delivery)));
  };
  const seen = (got: ReadonlyMap<string, readonly number[]>): Set<number> => new Set([...got.values()].flat());

  beforeAll(async () => {
    server = await startRabbitMq();
  });
  afterEach(async () => {
    for (const proxy of proxies) proxy.mend();
    for (const engine of engines.splice(0)) await engine.close();
    for (const model of foreigners.splice(0)) await model.close().catch(() => {});
    for (const proxy of proxies.splice(0)) await proxy.close();
  });
  afterAll(async () => {
    await server?.stop();
  });

  it('closes although the broker takes no messages, and says of each that it is not stored', async () => {
    const lines: string[] = [];
    const engine = await connect({ onLog: (line) => lines.push(line) });
    const topic = await newTopic(engine, 1);
    const producer = await engine.producer();
    await producer.send(message(topic, 'before'));
    await server.control('set_vm_memory_high_watermark', 'absolute', '1');
    try {
      const outcomes: Promise<string>[] = [];
      // It says so to whoever sends when it has noticed.
      await until('the broker to say so', () => {
        const sent = producer.send(message(topic, 'held back'));
        outcomes.push(
          sent.then(
            () => 'stored',
            (error: CausewayError) => error.code,
          ),
        );
        return lines.some((line) => line.includes('takes no messages'));
      });
      await engine.close();
      expect((await Promise.all(outcomes)).at(-1)).toBe('mq.connection-lost');
    } finally {
      await server.control('set_vm_memory_high_watermark', '0.4');
    }
  });

  describe('connecting', () => {
    it('names an address where nothing listens', async () => {
      const [port] = (await freePorts(1)) as [number];
      expect(await refused({ port })).toMatchObject({ code: 'connect.failed', details: { address: `127.0.0.1:${port}` } });
    });

    it.each([
      ['says something else', '220 mail.example ESMTP\r\n'],
      ['says nothing', ''],
    ])('names an address where something listens that %s', async (_, greeting) => {
      const sockets: Socket[] = [];
      const other = createServer((socket) => {
        sockets.push(socket.on('error', () => {}));
        if (greeting !== '') socket.write(greeting);
      });
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as { port: number };
      expect(await refused({ port, connectTimeoutMs: 1000 })).toMatchObject({ code: 'connect.failed' });
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => other.close(resolve));
    });

    it('says who was refused with a wrong password, and keeps the password to itself', async () => {
      const error = await refused({ user: server.reader, password: 'guessed' });
      expect(error).toMatchObject({ code: 'mq.refused', details: { user: server.reader } });
      expect(String(error)).not.toContain('guessed');
    });

    it('names a virtual host that is not there', async () => {
      const error = await refused({ vhost: 'nowhere' });
      expect(error).toMatchObject({ code: 'mq.denied' });
      expect(String(error)).toContain('nowhere');
    });

    it('says that a user may not do something', async () => {
      const { stranger, reader } = server;
      expect(await refused({ user: stranger, password: stranger })).toMatchObject({ code: 'mq.denied' });
      const engine = await connect({ user: reader, password: reader });
      await expect(newTopic(engine)).rejects.toMatchObject({ code: 'mq.denied' });
      const topic = await newTopic(await connect());
      const producer = await engine.producer();
      await expect(producer.send(message(topic, 'x'))).rejects.toMatchObject({ code: 'mq.denied' });
    });

    it('connects over TLS to a broker whose authority it trusts, and to no other', async () => {
      const port = server.amqpsPort;
      const engine = await connect({ port, tls: { ca: server.authority } });
      const producer = await engine.producer();
      await expect(producer.send(message(await newTopic(engine, 1), 'x'))).resolves.toMatchObject({ partition: 0, offset: 0 });
      await connect({ port, tls: { verify: false } });
      const untrusted = await refused({ port, tls: {} });
      expect(untrusted).toMatchObject({ code: 'mq.untrusted', details: { address: `127.0.0.1:${port}` } });
      expect((untrusted as CausewayError).hint).toContain('--mq-tls FILE');
      expect(await refused({ port, connectTimeoutMs: 2000 })).toMatchObject({ code: 'connect.failed' });
      expect(await refused({ tls: { ca: server.authority }, connectTimeoutMs: 2000 })).toMatchObject({ code: 'connect.failed' });
    });

    it('refuses a RabbitMQ that is too old', async () => {
      const old = await startOldRabbitMq('3.7.28');
      expect(await refused({ port: old.port })).toMatchObject({ code: 'mq.version' });
      await old.close();
    });

    it('refuses options that cannot be right', async () => {
      expect(await refused({ host: 'amqp://127.0.0.1' })).toMatchObject({ code: 'input.argument' });
      expect(await refused({ port: 0 })).toMatchObject({ code: 'input.argument' });
      expect(await refused({ vhost: '' })).toMatchObject({ code: 'input.argument' });
    });
  });

  describe('beside programs of others', () => {
    it('a program that knows nothing of the lab reads key, tag and properties with a queue of its own', async () => {
      const engine = await connect();
      const topic = await newTopic(engine);
      const channel = await foreigner();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, topic, '#');
      const got: Message[] = [];
      await channel.consume(queue, (one) => void got.push(one!), { noAck: true });
      const producer = await engine.producer();
      const properties = { qoslevel: '1', mqttSecondTopic: '/a/ü', empty: '' };
      await producer.send(message(topic, 'hello', { key: 'GID@@@d1', tag: 'T', properties }));
      await until('the message', () => got.length === 1);
      expect(got[0]).toMatchObject({
        fields: { exchange: topic, routingKey: 'GID@@@d1' },
        properties: { type: 'T', deliveryMode: 2 },
        content: Buffer.from('hello'),
      });
      expect(got[0]!.properties.headers).toEqual(properties);
    });

    it('and sends with a routing key as the key and headers of any type', async () => {
      const engine = await connect();
      const topic = await newTopic(engine);
      const got: MqDelivery[] = [];
      await engine.consume(spec(topic), (delivery) => void got.push(delivery));
      const channel = await foreigner();
      const headers = { qoslevel: 2, cleansessionflag: true, mqttSecondTopic: 'a', half: 0.5, none: null };
      channel.publish(topic, 'GID@@@d1', Buffer.from('x'), { headers, type: 'T', timestamp: 1_700_000_000 });
      channel.publish(topic, '', Buffer.from('bare'));
      await until('both', () => got.length === 2);
      expect(got.find((one) => bodyOf(one) === 'x')).toMatchObject({
        topic,
        key: 'GID@@@d1',
        tag: 'T',
        properties: { qoslevel: '2', cleansessionflag: 'true', mqttSecondTopic: 'a', half: '0.5', none: '' },
        storedAtMs: 1_700_000_000_000,
        deliveryCount: 1,
      });
      const bare = got.find((one) => bodyOf(one) === 'bare')!;
      expect(bare.properties).toEqual({});
      expect(bare.key).toBeUndefined();
      expect(bare.tag).toBeUndefined();
    });

    it('keeps the order of a key that both the lab and others send', async () => {
      const engine = await connect();
      const topic = await newTopic(engine);
      const partitions = new Map<string, Set<number>>();
      const got: string[] = [];
      await engine.consume(spec(topic), (delivery) => {
        got.push(bodyOf(delivery));
        partitions.set(delivery.key!, (partitions.get(delivery.key!) ?? new Set()).add(delivery.partition));
      });
      const producer = await engine.producer();
      const channel = await foreigner();
      for (let i = 0; i < 40; i += 1) {
        await producer.send(message(topic, i, { key: `k${i}` }));
        channel.publish(topic, `k${i}`, Buffer.from(String(i)));
      }
      await until('all', () => got.length === 80);
      expect([...partitions.values()].every(({ size }) => size === 1)).toBe(true);
      expect(new Set([...partitions.values()].flatMap((one) => [...one])).size).toBe(4);
    });

    it('consumes from an exchange that others have made', async () => {
      const engine = await connect({ partitions: 2 });
      const channel = await foreigner();
      const topic = `theirs-${randomUUID()}`;
      await channel.assertExchange(topic, 'topic', { durable: true });
      const producer = await engine.producer();
      const got: MqDelivery[] = [];
      await engine.consume(spec(topic), (delivery) => void got.push(delivery));
      channel.publish(topic, 'a.b', Buffer.from('theirs'));
      await producer.send(message(topic, 'ours'));
      await until('both', () => got.length === 2);
      expect((await engine.topics()).find(({ name }) => name === topic)).toMatchObject({ partitions: 2 });
    });

    it('says that a topic has been removed under its feet, and goes on with others', async () => {
      const engine = await connect();
      const [gone, stays] = [await newTopic(engine), await newTopic(engine)];
      const producer = await engine.producer();
      await producer.send(message(gone, 'x'));
      await producer.send(message(stays, 'x'));
      await (await foreigner()).deleteExchange(gone);
      const [lost, kept] = await Promise.allSettled([producer.send(message(gone, 'y')), producer.send(message(stays, 'y'))]);
      expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'mq.topic-unknown', details: { topic: gone } } });
      expect(kept).toMatchObject({ status: 'fulfilled', value: { offset: 1 } });
      expect((await engine.topics()).map(({ name }) => name)).not.toContain(gone);
      await expect(producer.send(message(gone, 'z'))).rejects.toMatchObject({ code: 'mq.topic-unknown' });
    });

    it('makes no topic that nobody asked for', async () => {
      const engine = await connect();
      const producer = await engine.producer();
      await expect(producer.send(message('mistyped', 'x'))).rejects.toMatchObject({ code: 'mq.topic-unknown' });
      await expect(engine.consume(spec('mistyped'), () => {})).rejects.toMatchObject({ code: 'mq.topic-unknown' });
      await expect((await foreigner()).checkExchange('mistyped').catch((error) => error.code)).resolves.toBe(404);
    });
  });

  it('refuses what RabbitMQ cannot do', async () => {
    const engine = await connect();
    const topic = await newTopic(engine, 2);
    const producer = await engine.producer();
    const wrong = { code: 'input.argument' };
    await expect(engine.createTopic({ name: topic, partitions: 3 })).rejects.toMatchObject(wrong);
    await expect((await connect()).createTopic({ name: topic, partitions: 3 })).rejects.toMatchObject(wrong);
    await expect(engine.createTopic({ name: 'a/b', partitions: 1 })).rejects.toMatchObject(wrong);
    await expect(engine.createTopic({ name: 'amq.mine', partitions: 1 })).rejects.toMatchObject(wrong);
    await expect(producer.send(message(topic, 'x', { key: 'ü'.repeat(128) }))).rejects.toMatchObject(wrong);
    await expect(producer.send(message(topic, 'x', { properties: { p: 'x'.repeat(60_001) } }))).rejects.toMatchObject(wrong);
    const later = spec(topic, { from: 'earliest' });
    await expect(engine.consume(later, () => {})).rejects.toMatchObject({ code: 'mq.unsupported' });
    // A group that is there goes on where it was, and may ask for it.
    await (await engine.consume({ ...later, from: 'latest' }, () => {})).close();
    await (await engine.consume(later, () => {})).close();
    await expect(engine.consume({ ...later, ordered: false }, () => {})).rejects.toMatchObject(wrong);
  });

  it('needs the plugin for topics of several partitions only', async () => {
    const bare = await startRabbitMq(['rabbitmq_mqtt']);
    try {
      const engine = await connect({ port: bare.amqpPort });
      await expect(newTopic(engine, 2)).rejects.toMatchObject({ code: 'mq.unsupported' });
      const topic = await newTopic(engine, 1);
      const producer = await engine.producer();
      await expect(producer.send(message(topic, 'x'))).resolves.toMatchObject({ partition: 0 });
      await engine.close();
    } finally {
      await bare.stop();
    }
  });

  it('tells how much waits for its groups', async () => {
    const engine = await connect();
    const topic = await newTopic(engine, 3);
    const group = spec(topic);
    await (await engine.consume(group, () => {})).close();
    const producer = await engine.producer();
    for (let i = 0; i < 12; i += 1) await producer.send(message(topic, i, { key: `k${i}` }));
    const retained = async (from: MqEngine): Promise<number | undefined> =>
      (await from.topics()).find(({ name }) => name === topic)?.retained;
    // What a queue holds is told with a delay.
    const other = await connect();
    await until('what waits', async () => (await retained(other)) === 12);
    const back = await engine.consume(group, () => {});
    await until('nothing waits', async () => (await retained(other)) === 0);
    await back.close();
  });

  it('sends delayed messages of one key with their key, each after its own time', async () => {
    const engine = await connect();
    const topic = await newTopic(engine);
    const got: MqDelivery[] = [];
    await engine.consume(spec(topic), (delivery) => void got.push(delivery));
    const producer = await engine.producer();
    for (const delayMs of [400, 203, 0]) {
      await producer.send(message(topic, delayMs, { key: 'k', delayMs, properties: { p: 'x' } }));
    }
    await until('all', () => got.length === 3);
    expect(got.map(bodyOf)).toEqual(['0', '203', '400']);
    for (const one of got) expect(one).toMatchObject({ key: 'k', properties: { p: 'x' } });
  });

  describe('groups', () => {
    it('shares the partitions of an ordered group among its members, also when one comes and goes', async () => {
      const [one, two] = [await connect(), await connect()];
      const topic = await newTopic(one);
      const shared = spec(topic);
      const takers = new Map<string, Set<number>>();
      let got = 0;
      const taker =
        (name: string) =>
        ({ partition }: MqDelivery): void => {
          got += 1;
          takers.set(name, (takers.get(name) ?? new Set()).add(partition));
        };
      const producer = await one.producer();
      const round = async (): Promise<void> => {
        takers.clear();
        const before = got;
        for (let i = 0; i < 100; i += 1) await producer.send(message(topic, i, { key: `k${i}` }));
        await until('a round', () => got === before + 100);
      };
      const spread = (names: string): boolean => {
        const partitions = [...takers.values()].flatMap((set) => [...set]);
        return [...takers.keys()].sort().join('') === names && partitions.length === 4;
      };
      const settled = (names: string): Promise<void> =>
        until(`partitions with ${names}`, async () => {
          await round();
          return spread(names);
        });
      const first = await one.consume(shared, taker('a'));
      await settled('a');
      const second = await two.consume(shared, taker('b'));
      await settled('ab');
      const third = await two.consume(shared, taker('c'));
      await settled('abc');
      await first.close();
      await settled('bc');
      await third.close();
      await settled('b');
      await second.close();
    });

    it('gives the partitions of a member that vanished to the others', async () => {
      const one = await connect();
      const proxy = await newProxy();
      const two = await connect({ port: proxy.port });
      const topic = await newTopic(one);
      const shared = spec(topic);
      const got = new Set<string>();
      let taken = 0;
      await one.consume(shared, (delivery) => void got.add(bodyOf(delivery)));
      await two.consume(shared, () => {
        taken += 1;
        return new Promise<void>(() => {});
      });
      const producer = await one.producer();
      let sent = 0;
      await until('the second at work', async () => {
        for (let i = 0; i < 20; i += 1) {
          await producer.send(message(topic, sent, { key: `k${sent}` }));
          sent += 1;
        }
        return taken > 0;
      });
      proxy.cut(true);
      await until('all with the first', () => got.size === sent);
    });

    it('gives an unordered group’s messages to all its members, however few partitions there are', async () => {
      const [one, two] = [await connect(), await connect()];
      const topic = await newTopic(one, 1);
      const shared = spec(topic, { ordered: false, prefetch: 1 });
      const got: string[] = [];
      const busy = new Set<string>();
      let both = false;
      const worker = (name: string) => async (delivery: MqDelivery) => {
        busy.add(name);
        both ||= busy.size === 2;
        await new Promise((resolve) => setTimeout(resolve, 10));
        busy.delete(name);
        got.push(bodyOf(delivery));
      };
      await one.consume(shared, worker('a'));
      await two.consume(shared, worker('b'));
      const producer = await one.producer();
      await Promise.all(Array.from({ length: 40 }, (_, i) => producer.send(message(topic, i, { key: 'same' }))));
      await until('all', () => got.length === 40);
      expect(both).toBe(true);
    });
  });

  describe('when the connection is lost', () => {
    it('rejects what is under way, comes back by itself and goes on', async () => {
      const proxy = await newProxy();
      const lines: string[] = [];
      const engine = await connect({ port: proxy.port, onLog: (line) => lines.push(line) });
      const topic = await newTopic(engine);
      const got = new Map<string, number[]>();
      const alone = new Map<string, number[]>();
      await engine.consume(spec(topic), collect(got));
      await engine.consume(spec(topic, { mode: 'broadcasting' }), collect(alone));
      const producer = await engine.producer();
      const send = (n: number): Promise<unknown> => producer.send(message(topic, n, { key: `k${n % 5}` }));
      await send(0);
      const under = Promise.allSettled(Array.from({ length: 200 }, (_, i) => send(1 + i)));
      proxy.cut();
      const failed = (await under).filter((one) => one.status === 'rejected');
      expect(failed.length).toBeGreaterThan(0);
      for (const { reason } of failed) expect(reason).toMatchObject({ code: 'mq.connection-lost' });
      // Sent by somebody else meanwhile, and by this one as soon as it can.
      proxy.cut(true);
      const elsewhere = await (await connect()).producer();
      for (let n = 201; n < 221; n += 1) await elsewhere.send(message(topic, n, { key: `k${n % 5}` }));
      const after = Array.from({ length: 20 }, (_, i) => send(221 + i));
      proxy.mend();
      await Promise.all(after);
      const expected = Array.from({ length: 40 }, (_, i) => 201 + i);
      await until('all at the group', () => expected.every((n) => seen(got).has(n)));
      await until('all at the member on its own', () => expected.every((n) => seen(alone).has(n)));
      expectOrder(got);
      expect(lines.length).toBeGreaterThan(0);
    });

    it('goes on after the broker was killed: nothing acknowledged is lost, each key in order before and after', async () => {
      const engine = await connect();
      const topic = await newTopic(engine);
      const got = new Map<string, number[]>();
      const places = new Map<string, Set<number>>();
      const note = collect(got);
      await engine.consume(spec(topic), (delivery) => {
        if (Number(bodyOf(delivery)) >= 1000)
          places.set(delivery.key!, (places.get(delivery.key!) ?? new Set()).add(delivery.partition));
        note(delivery);
      });
      const producer = await engine.producer();
      const stored: number[] = [];
      const send = async (n: number): Promise<void> => {
        await producer.send(message(topic, n, { key: `k${n % 20}` }));
        stored.push(n);
      };
      for (let n = 0; n < 100; n += 1) await send(n);
      // RabbitMQ keeps the registry of its quorum queues back from the disk for seconds, and killed then it has lost the new ones.
      await server.control('eval', '[dets:sync(Table) || Table <- dets:all()].');
      const crashing = server.crash();
      const during = Promise.allSettled(Array.from({ length: 100 }, (_, i) => send(100 + i)));
      await crashing;
      await during;
      await until('sends are taken again', async () => {
        const n = 200 + stored.length;
        return send(n).then(
          () => true,
          () => false,
        );
      });
      await until('all that was acknowledged before', () => stored.every((n) => seen(got).has(n)));
      // The broker may have dealt the keys anew among the queues, but then for good.
      for (let n = 1000; n < 1100; n += 1) await send(n);
      await until('all that was acknowledged after', () => stored.every((n) => seen(got).has(n)));
      expectOrder(got);
      expect(places.size).toBe(20);
      expect([...places.values()].every(({ size }) => size === 1)).toBe(true);
    });
  });
});
