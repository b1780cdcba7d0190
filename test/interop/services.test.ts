/** Services of other makes against real servers: the examples of docs/clients.md, with `causeway gateway` and a device beside them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectMqtt, type TestClient } from '../helpers/mqttClient.ts';
import { waitFor } from '../helpers/waitFor.ts';
import { startCli } from '../integration/interop/program.ts';
import { startKafka } from '../servers/kafka.ts';
import { startRabbitMq } from '../servers/rabbitmq.ts';
import { startRocketMq } from '../servers/rocketmq.ts';
import { whyNot } from '../servers/unavailable.ts';
import { kafkaJava, kcat, pika, rocketMqJava, type Service } from './examples.ts';
import { lacksModule } from './languages.ts';

interface Running {
  readonly address: string;
  readonly services: Readonly<Record<string, Service>>;
  stop(): Promise<void>;
}

interface Engine {
  readonly engine: string;
  readonly names: readonly string[];
  readonly missing: string | undefined;
  start(folder: string): Promise<Running>;
}

const ENGINES: readonly Engine[] = [
  {
    engine: 'kafka',
    names: ['kcat', 'Java'],
    missing: await whyNot('java', 'javac', 'mvn', 'kcat'),
    async start(folder) {
      const { address, stop } = await startKafka();
      return { address, stop, services: { kcat: await kcat(address), Java: await kafkaJava(folder, address) } };
    },
  },
  {
    engine: 'rocketmq',
    names: ['Java'],
    missing: await whyNot('java', 'javac', 'mvn'),
    async start(folder) {
      const { nameServer, stop } = await startRocketMq();
      return { address: nameServer, stop, services: { Java: await rocketMqJava(folder, nameServer) } };
    },
  },
  {
    engine: 'rabbitmq',
    names: ['pika'],
    missing: (await whyNot('erl', 'rabbitmq-server')) ?? (await lacksModule('pika')),
    async start(folder) {
      const { amqpPort, stop } = await startRabbitMq();
      return { address: `127.0.0.1:${amqpPort}`, stop, services: { pika: await pika(folder, amqpPort) } };
    },
  },
];
const CAR = 'GID_car@@@7';

describe.each(ENGINES)('$engine', ({ engine, names, missing, start }) => {
  if (missing !== undefined) {
    test.skip(missing, () => {});
    return;
  }
  const closing: (() => Promise<unknown>)[] = [];
  let running: Running;
  let car: TestClient;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-services-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    running = await start(folder);
    closing.push(() => running.stop());
    const gateway = startCli([
      'gateway',
      '--engine',
      engine,
      '--mq',
      running.address,
      '--topic',
      'car',
      '--port',
      '0',
      '--ws-port',
      '0',
    ]);
    closing.push(() => gateway.close());
    await gateway.until('the ready line', () => /^ready /m.test(gateway.out()));
    car = await connectMqtt(Number(/ mqtt=127\.0\.0\.1:(\d+)/.exec(gateway.out())![1]), { clientId: CAR, clean: false });
    closing.push(() => car.close());
    await car.client.subscribeAsync('car/district/+', { qos: 1 });
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  test.each(names)('%s reads what devices publish, with key and properties', async (name) => {
    const reader = running.services[name]!.read();
    onTestFinished(() => reader.close());
    const lines = (text: string): string[][] =>
      reader
        .lines()
        .map((line) => line.split(' | '))
        .filter(([, , body]) => body?.startsWith(text));
    // Again until it reads: a service says nothing about when it has begun.
    await waitFor(
      'its first message',
      async () => {
        await car.client.publishAsync('car/status', `begin ${name}`, { qos: 1 });
        return lines(`begin ${name}`).length > 0;
      },
      90_000,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${reader.story()}`);
    });
    for (const qos of [0, 1, 2] as const) await car.client.publishAsync('car/status/7', `${name} ${qos} ü😀`, { qos });
    await reader.until('the messages', () => lines(`${name} `).length >= 3);
    const seen = lines(`${name} `);
    expect(seen.map(([key, , body]) => [key, body])).toEqual([0, 1, 2].map((qos) => [CAR, `${name} ${qos} ü😀`]));
    for (const [qos, [, properties]] of seen.entries()) {
      const expected = [
        `qoslevel=${qos}`,
        'cleansessionflag=false',
        'mqttSecondTopic=/status/7',
        `clientId=${CAR}`,
        'causewayOrigin=mqtt',
      ];
      expect(properties!.split(',')).toEqual(expect.arrayContaining(expected));
    }
  });

  // Java compiles the example each time it is started.
  test.each(names)(
    '%s sends commands, to a topic with or without its slash and to one car',
    async (name) => {
      const { command } = running.services[name]!;
      for (const place of ['district/3', '/district/4', `/p2p/${CAR}`]) await command(place, `${name} ${place}`);
      const seen = () => car.messages.filter(({ payload }) => payload.toString().startsWith(`${name} `));
      await waitFor('the commands', () => seen().length >= 3);
      // The subscription is at QoS 1; a command to one alone comes at the QoS it asks for.
      expect(
        seen()
          .map(({ topic, qos, payload }) => `${topic} ${qos} ${payload.toString()}`)
          .sort(),
      ).toEqual(
        [
          `car/district/3 1 ${name} district/3`,
          `car/district/4 1 ${name} /district/4`,
          `car/p2p/${CAR} 2 ${name} /p2p/${CAR}`,
        ].sort(),
      );
    },
    300_000,
  );
});
