/**
 * MQTT clients of other makes, by language, through gateway and bridge. Each logs in by signature. With CAUSEWAY_RECORD=1
 * what was tried is written to docs/languages.json, which docs/clients.md shows.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { signClientId } from '../../core/credentials/signature.ts';
import { connectEmbeddedMq, type EmbeddedMqClient } from '../../core/mq/embedded/client.ts';
import type { MqDelivery } from '../../core/mq/engine.ts';
import { waitFor } from '../helpers/waitFor.ts';
import { type LabProcess, startLabProcess } from '../integration/interop/lab.ts';
import { runCli } from '../integration/interop/program.ts';
import { type Device, hexOf, Refused } from './device.ts';
import { CLIENTS } from './languages.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ACCOUNT = { accessKeyId: 'fleet', secretKey: randomBytes(16).toString('hex') };
const BODIES: Readonly<Record<string, Buffer>> = {
  text: Buffer.from('{"speed":48}'),
  empty: Buffer.alloc(0),
  'NUL bytes': Buffer.alloc(7),
  'not UTF-8': Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  '64 KiB': Buffer.alloc(65_536, 0xa5),
};

let folder: string;
let lab: LabProcess;
let mq: EmbeddedMqClient;
const arrived: MqDelivery[] = [];
const open: Device[] = [];
/** What held, by place in CLIENTS. */
const held = new Map<number, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-languages-'));
  const credentials = join(folder, 'lab.json');
  const env = { CAUSEWAY_SECRET_KEY: ACCOUNT.secretKey };
  const argv = ['account', 'add', '--credentials', credentials, '--id', ACCOUNT.accessKeyId, '--instance', 'plant-1'];
  const { code, err } = await runCli(argv, { env });
  expect(code, err).toBe(0);
  lab = await startLabProcess(['--topic', 'car', '--credentials', credentials]);
  mq = await connectEmbeddedMq({ host: '127.0.0.1', port: lab.port('mq'), credentials: ACCOUNT });
  const spec = { group: 'service', topics: ['car'], mode: 'clustering', ordered: true, from: 'latest' } as const;
  await mq.consume(spec, (delivery) => {
    arrived.push(delivery);
  });
});
afterEach(async () => {
  for (const device of open.splice(0)) await device.close();
});
afterAll(async () => {
  await mq?.close();
  await lab?.close();
  await rm(folder, { recursive: true, force: true });
  if (process.env.CAUSEWAY_RECORD === '1') await record();
});

async function record(): Promise<void> {
  const clients = CLIENTS.flatMap(({ language, client, transport }, at) => {
    const [library, runtime] = held.get(at)?.split('; ') ?? [];
    return library === undefined ? [] : [{ language, client, library, runtime, transport }];
  });
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const result = { causeway: version, date: new Date().toISOString().slice(0, 10), clients };
  await writeFile(join(ROOT, 'docs', 'languages.json'), `${JSON.stringify(result, null, 2)}\n`);
}

describe.each(CLIENTS.map((client, at) => ({ ...client, at })))('$language, $client, over $transport', async (client) => {
  const missing = await client.missing();
  if (missing !== undefined) {
    test.skip(missing, () => {});
    return;
  }
  let connect: Awaited<ReturnType<typeof client.prepare>>;
  beforeAll(async () => {
    connect = await client.prepare();
  });
  const clientId = (name: string): string => `GID_car@@@${client.at}-${name}`;
  const device = async (name: string, clean = true, signedFor = name): Promise<Device> => {
    const ports = { port: lab.port('mqtt'), wsPort: lab.port('ws') };
    const password = signClientId(ACCOUNT.secretKey, clientId(signedFor));
    const made = await connect({ ...ports, clientId: clientId(name), user: 'Signature|fleet|plant-1', password, clean });
    open.push(made);
    return made;
  };
  const from = (name: string): MqDelivery[] => arrived.filter(({ key }) => key === clientId(name));

  test('what it publishes is in MQ with its properties, byte for byte and in order', async () => {
    const car = await device('up');
    const sent: string[] = [];
    for (const qos of [0, 1, 2]) {
      for (const body of Object.values(BODIES)) {
        await car.publish(`car/status/${client.at}`, qos, body);
        sent.push(`${qos} ${hexOf(body)}`);
      }
    }
    await waitFor('all of them in MQ', () => from('up').length >= sent.length);
    expect(from('up').map(({ properties, body }) => `${properties.qoslevel} ${hexOf(body)}`)).toEqual(sent);
    for (const { properties } of from('up')) {
      expect(properties).toEqual({
        clientId: clientId('up'),
        qoslevel: expect.any(String),
        cleansessionflag: 'true',
        mqttSecondTopic: `/status/${client.at}`,
        causewayId: expect.any(String),
        causewayOrigin: 'mqtt',
      });
    }
    const kept = await device('kept', false);
    await kept.publish('car', 1, BODIES.text!);
    await waitFor('the other', () => from('kept').length === 1);
    expect(from('kept')[0]!.properties).toMatchObject({ cleansessionflag: 'false', qoslevel: '1' });
    expect(from('kept')[0]!.properties).not.toHaveProperty('mqttSecondTopic');
  });

  test('commands from MQ arrive, to a topic and to it alone', async () => {
    const car = await device('down');
    await car.subscribe(`car/district/${client.at}`, 2);
    const expected: string[] = [];
    const send = async (properties: Record<string, string>, body: Buffer, topic: string, qos: number): Promise<void> => {
      await (await mq.producer()).send({ topic: 'car', properties, body });
      expected.push(`${topic} ${qos} ${hexOf(body)}`);
    };
    const second = `district/${client.at}`;
    for (const body of Object.values(BODIES)) {
      for (const qos of [0, 1, 2]) {
        await send({ mqttSecondTopic: `/${second}`, qoslevel: String(qos) }, body, `car/${second}`, qos);
      }
    }
    await send({ mqttSecondTopic: second }, BODIES.text!, `car/${second}`, 1);
    const alone = { mqttSecondTopic: `/p2p/${clientId('down')}` };
    await send(alone, BODIES.text!, `car/p2p/${clientId('down')}`, 1);
    await send({ ...alone, qoslevel: '2', mqttRealTopic: 'command' }, BODIES['not UTF-8']!, 'car/command', 2);
    await waitFor('all of them at the device', async () => (await car.messages()).length >= expected.length);
    // No order is promised towards devices.
    expect([...(await car.messages())].sort()).toEqual(expected.sort());
    held.set(client.at, car.versions);
  });

  test('a signature made for another client ID is refused', async () => {
    await expect(device('forged', true, 'other')).rejects.toBeInstanceOf(Refused);
  });
});
