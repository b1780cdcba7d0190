/** Runs and the bridge on brokers that run by themselves. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerUrl, parseBrokerUrl } from '../../core/external/brokerUrl.ts';
import type { ExternalGateway } from '../../core/external/externalGateway.ts';
import { makeCertificate } from '../../core/gateway/certificate.ts';
import type { MqDelivery } from '../../core/mq/engine.ts';
import { type BrokerLabOptions, type Lab, startLab } from '../../core/run/lab.ts';
import { startRun } from '../../core/run/runner.ts';
import { loadScenario } from '../../core/scenario/loader.ts';
import { WORKERS } from '../helpers/run.ts';
import { waitFor } from '../helpers/waitFor.ts';
import { freePorts } from './freePorts.ts';
import { startMosquitto } from './mosquitto.ts';
import { startRabbitMq } from './rabbitmq.ts';
import { whyNot } from './unavailable.ts';

interface Broker {
  readonly name: string;
  readonly missing: string | undefined;
  readonly maximumQos: number;
  start(): Promise<{ readonly port: number; stop(): Promise<void> }>;
}

const BROKERS: readonly Broker[] = [
  { name: 'Mosquitto', missing: await whyNot('mosquitto'), maximumQos: 2, start: () => startMosquitto() },
  {
    name: 'RabbitMQ',
    missing: await whyNot('erl', 'rabbitmq-server'),
    maximumQos: 1,
    async start() {
      const server = await startRabbitMq();
      return { port: server.mqttPort, stop: () => server.stop() };
    },
  },
];

for (const { name, missing, maximumQos, start } of BROKERS) {
  describe.skipIf(missing !== undefined)(`${name} in the gateway's place${missing === undefined ? '' : ` (${missing})`}`, () => {
    let server: Awaited<ReturnType<Broker['start']>>;
    let url: BrokerUrl;
    const labs: Lab<ExternalGateway>[] = [];
    const clients: mqtt.MqttClient[] = [];

    beforeAll(async () => {
      server = await start();
      url = parseBrokerUrl(`mqtt://127.0.0.1:${server.port}`) as BrokerUrl;
    });
    afterEach(async () => {
      for (const client of clients.splice(0)) await client.endAsync(true);
      for (const lab of labs.splice(0)) await lab.close();
    });
    afterAll(async () => {
      await server?.stop();
    });

    const open = async (more: Partial<BrokerLabOptions> = {}, clientId = 'bridge'): Promise<Lab<ExternalGateway>> => {
      const lab = await startLab({
        profile: 'strict',
        topics: [{ name: 'home', direction: 'both', partitions: 2 }],
        broker: { connection: { url }, clientId, shareGroup: clientId, keepSession: false },
        storage: 'memory',
        fsync: 'never',
        ...more,
      } satisfies BrokerLabOptions);
      labs.push(lab);
      return lab;
    };
    const device = async (clientId: string): Promise<mqtt.MqttClient> => {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${server.port}`, { clientId, protocolVersion: 4 });
      clients.push(client);
      return client;
    };
    const consume = async (lab: Lab<ExternalGateway>): Promise<MqDelivery[]> => {
      const found: MqDelivery[] = [];
      await lab.engine.consume({ group: 'g', topics: ['home'], mode: 'clustering', ordered: true }, (delivery) => {
        found.push(delivery);
      });
      return found;
    };

    it('up: QoS, topic and payload are known, publisher and session are not', async () => {
      const lab = await open();
      expect(lab.gateway.broker.maximumQos).toBe(maximumQos);
      const found = await consume(lab);
      const client = await device('d1');
      for (const qos of [0, 1, maximumQos] as const) await client.publishAsync(`home/a/${qos}`, `q${qos}`, { qos: qos as 0 });
      await waitFor('three messages', () => found.length === 3);
      for (const { topic, key, properties, body } of found) {
        const qos = Buffer.from(body).toString().slice(1);
        expect({ topic, key }).toEqual({ topic: 'home', key: `home/a/${qos}` });
        expect(properties).toMatchObject({ qoslevel: qos, mqttSecondTopic: `/a/${qos}`, causewayOrigin: 'mqtt' });
        expect(properties).not.toHaveProperty('clientId');
        expect(properties).not.toHaveProperty('cleansessionflag');
      }
    });

    it('down: at the QoS of the message, P2P to whoever subscribes to it, and nothing comes back up', async () => {
      const lab = await open();
      const found = await consume(lab);
      const client = await device('d1');
      const got: string[] = [];
      client.on('message', (topic, payload, packet) => got.push(`${topic} ${payload} ${packet.qos}`));
      await client.subscribeAsync(['home/x', 'home/p2p/d1'], { qos: 1 });
      const producer = await lab.engine.producer();
      const send = (second: string, qoslevel: string): Promise<unknown> =>
        producer.send({ topic: 'home', properties: { mqttSecondTopic: second, qoslevel }, body: Buffer.from('go') });
      await send('/x', '0');
      await send('/x', '1');
      await send('/p2p/d1', '1');
      await waitFor('three messages', () => got.length === 3);
      expect(got.sort()).toEqual(['home/p2p/d1 go 1', 'home/x go 0', 'home/x go 1']);
      // A device's message on the same way tells when the bridge has heard all that came before it.
      await client.publishAsync('home/x', 'mine', { qos: 1 });
      await waitFor('the message of the device', () => found.some(({ body }) => Buffer.from(body).toString() === 'mine'));
      expect(found.filter(({ properties }) => properties.causewayOrigin !== undefined)).toHaveLength(1);
      await waitFor('the echoes', () => lab.gateway.stats().echoes === 3);
    });

    it('a bridge that was away gets what came meanwhile, once and in order', async () => {
      const broker = { connection: { url }, clientId: 'kept', shareGroup: 'kept', keepSession: true };
      await (await open({ broker })).close();
      const client = await device('d1');
      for (let i = 0; i < 20; i += 1) await client.publishAsync('home/t', String(i), { qos: 1 });
      const lab = await open({ broker: { ...broker, keepSession: false } });
      const found: string[] = [];
      await lab.engine.consume(
        { group: 'g', topics: ['home'], mode: 'clustering', ordered: true, from: 'earliest' },
        ({ body }) => {
          found.push(Buffer.from(body).toString());
        },
      );
      await waitFor('all of them', () => found.length >= 20);
      expect(found).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
    });

    it('what MQ does not store is not acknowledged: the broker sends it again', async () => {
      let refusals = 3;
      const lab = await open({
        tamper: {
          up(message) {
            return refusals-- > 0 ? [{ ...message, topic: 'nowhere' }] : [message];
          },
        },
      });
      const found = await consume(lab);
      const client = await device('d1');
      for (let i = 0; i < 5; i += 1) await client.publishAsync('home/t', String(i), { qos: 1 });
      await waitFor('all of them', () => found.length >= 5);
      expect(found.map(({ body }) => Buffer.from(body).toString())).toEqual(['0', '1', '2', '3', '4']);
    });

    it.each(['iot-sensors', 'iov-fleet', 'chat-rooms'])(
      '%s: nothing is lost, and what can be known is right',
      async (scenario) => {
        const loaded = await loadScenario(`scenarios/${scenario}.yaml`, {
          overrides: [{ path: 'gateway.url', value: url.text }],
          durationMs: 6000,
          scale: 0.05,
        });
        const { done } = startRun({ loaded, workersUrl: WORKERS, threads: 1, onFrame() {}, onEvent() {} });
        const { ledger, mapping, broker, reasons } = await done;
        expect(broker).toMatchObject({ url: url.text, maximumQos });
        // A busy machine may spoil times, which are not what is examined here.
        const spoilt = ['generator-saturated', 'machine-overloaded', 'threshold-failed', 'threshold-unmeasured'];
        expect(reasons.filter(({ code }) => !spoilt.includes(code))).toEqual([]);
        expect(ledger.up.delivered).toBeGreaterThan(0);
        for (const { lost, corrupted, unexpected } of Object.values(ledger)) {
          expect({ lost, corrupted, unexpected }).toEqual({ lost: 0, corrupted: 0, unexpected: 0 });
        }
        const up = mapping.filter((cell) => cell.direction === 'up');
        expect(up.filter((cell) => cell.unknown !== undefined).map((cell) => cell.property)).toEqual([
          'cleansessionflag',
          'clientId',
        ]);
        expect(up.every((cell) => cell.failed === 0 && cell.checked > 0 === (cell.unknown === undefined))).toBe(true);
      },
    );
  });
}

const noMosquitto = await whyNot('mosquitto');

describe.skipIf(noMosquitto !== undefined)(
  `Mosquitto over TLS and WebSocket${noMosquitto === undefined ? '' : ` (${noMosquitto})`}`,
  () => {
    let folder: string;
    let server: Awaited<ReturnType<typeof startMosquitto>>;
    let ca: string;
    const ports: Record<string, number> = {};

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'causeway-mosquitto-tls-'));
      const made = await makeCertificate([]);
      ca = made.ca;
      // Mosquitto gives up root's rights, and reads its key afterwards.
      await chmod(folder, 0o755);
      await writeFile(join(folder, 'cert.pem'), made.cert);
      await writeFile(join(folder, 'key.pem'), made.key, { mode: 0o644 });
      const [mqtts, ws, wss] = (await freePorts(3)) as [number, number, number];
      Object.assign(ports, { mqtts, ws, wss });
      const tls = [`certfile ${join(folder, 'cert.pem')}`, `keyfile ${join(folder, 'key.pem')}`];
      const web = 'protocol websockets';
      server = await startMosquitto([
        ...[`listener ${mqtts} 127.0.0.1`, ...tls],
        ...[`listener ${ws} 127.0.0.1`, web],
        ...[`listener ${wss} 127.0.0.1`, web, ...tls],
      ]);
    });
    afterAll(async () => {
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const run = (scheme: string, trusted: string | undefined): Promise<Lab<ExternalGateway>> => {
      const url = parseBrokerUrl(`${scheme}://127.0.0.1:${ports[scheme]}`) as BrokerUrl;
      return startLab({
        profile: 'strict',
        topics: [{ name: 'home', direction: 'both', partitions: 1 }],
        broker: {
          connection: { url, ...(trusted === undefined ? {} : { ca: trusted }) },
          clientId: 'b',
          shareGroup: 'b',
          keepSession: false,
        },
        storage: 'memory',
        fsync: 'never',
      } satisfies BrokerLabOptions);
    };

    it.each(['mqtts', 'ws', 'wss'])('%s: carried up and down', async (scheme) => {
      const lab = await run(scheme, ca);
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${server.port}`, { clientId: 'd', protocolVersion: 4 });
      try {
        const up: string[] = [];
        const down: string[] = [];
        await lab.engine.consume({ group: 'g', topics: ['home'], mode: 'clustering', ordered: true }, ({ body }) => {
          up.push(Buffer.from(body).toString());
        });
        client.on('message', (topic, payload) => down.push(`${topic} ${payload}`));
        await client.subscribeAsync('home/1/light', { qos: 1 });
        await client.publishAsync('home/1/lamp', 'on', { qos: 1 });
        await waitFor('the message in MQ', () => up.includes('on'));
        const producer = await lab.engine.producer();
        await producer.send({
          topic: 'home',
          body: Buffer.from('off'),
          properties: { mqttSecondTopic: '/1/light', qoslevel: '1' },
        });
        await waitFor('the message at the device', () => down.includes('home/1/light off'));
      } finally {
        await client.endAsync(true);
        await lab.close();
      }
    });

    it.each(['mqtts', 'wss'])('%s: a certificate of nobody trusted is told as such', async (scheme) => {
      await expect(run(scheme, undefined)).rejects.toMatchObject({ code: 'broker.untrusted' });
    });
  },
);

it('an address where no broker listens is told as such', async () => {
  const [port] = await freePorts(1);
  const url = parseBrokerUrl(`mqtt://127.0.0.1:${port}`) as BrokerUrl;
  const lab = startLab({
    profile: 'strict',
    topics: [],
    broker: { connection: { url }, clientId: 'b', shareGroup: 'b', keepSession: false },
    storage: 'memory',
    fsync: 'never',
  } satisfies BrokerLabOptions);
  await expect(lab).rejects.toMatchObject({ code: 'broker.unreachable', details: { url: url.text } });
});
