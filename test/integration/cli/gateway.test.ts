import { afterEach, describe, expect, test } from 'vitest';
import { labServices } from '../../../cli/labServices.ts';
import { runCli } from '../../../cli/program.ts';
import { connectMqtt, type TestClient } from '../../helpers/mqttClient.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { type FakeHost, fakeHost } from '../../unit/cli/fakeHost.ts';

const services = labServices(new URL('../../../dist/workers/', import.meta.url));
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function cli(argv: readonly string[], options: Parameters<typeof fakeHost>[1] = {}): FakeHost {
  const host = fakeHost(argv, { ...options, services });
  closing.push(() => host.remove());
  return host;
}

interface Ready {
  readonly host: FakeHost;
  readonly exit: Promise<number>;
  readonly mqtt: number;
  readonly ws: number;
  readonly mq: string;
}

async function gateway(argv: readonly string[] = [], options: Parameters<typeof fakeHost>[1] = {}): Promise<Ready> {
  const host = cli(['gateway', '--port', '0', '--ws-port', '0', '--mq-port', '0', ...argv], options);
  const exit = runCli(host);
  let ended = false;
  void exit.then(() => {
    ended = true;
  });
  closing.push(async () => {
    host.signal();
    await exit;
  });
  await waitFor('the gateway', () => host.out().includes('ready ') || ended);
  const match = /^ready mqtt=127\.0\.0\.1:(\d+) ws=127\.0\.0\.1:(\d+) mq=(127\.0\.0\.1:\d+)$/m.exec(host.out());
  expect(match, host.err()).not.toBeNull();
  return { host, exit, mqtt: Number(match?.[1]), ws: Number(match?.[2]), mq: match?.[3] ?? '' };
}

async function device(port: number, clientId: string, options: Parameters<typeof connectMqtt>[1] = {}): Promise<TestClient> {
  const client = await connectMqtt(port, { clientId, ...options });
  closing.push(() => client.close(true));
  return client;
}

describe('causeway gateway with real devices', () => {
  test('device to MQ: mq tail shows the message with its mapped properties', async () => {
    const lab = await gateway();
    const tail = cli(['mq', 'tail', 'demo', '--json', '--count', '1', '--from', 'earliest', '--mq', lab.mq]);
    const tailed = runCli(tail);
    const client = await device(lab.mqtt, 'GID@@@d1');
    await client.client.publishAsync('demo/room1/t', '{"celsius":21}', { qos: 1 });
    expect(await tailed).toBe(0);
    expect(JSON.parse(tail.out())).toMatchObject({
      topic: 'demo',
      key: 'GID@@@d1',
      properties: { qoslevel: '1', cleansessionflag: 'true', mqttSecondTopic: '/room1/t', clientId: 'GID@@@d1' },
      body: '{"celsius":21}',
    });
  });

  test('MQ to device: mq send reaches subscribers, and one device alone by P2P, over TCP and WebSocket', async () => {
    const lab = await gateway();
    const first = await device(lab.mqtt, 'GID@@@d1');
    const second = await device(lab.ws, 'GID@@@d2', { url: `ws://127.0.0.1:${lab.ws}/mqtt` });
    await first.client.subscribeAsync('demo/room1', { qos: 1 });
    await second.client.subscribeAsync('demo/room1', { qos: 1 });
    const send = async (...argv: string[]) => expect(await runCli(cli(['mq', 'send', 'demo', '--mq', lab.mq, ...argv]))).toBe(0);
    await send('--property', 'mqttSecondTopic=/p2p/GID@@@d1', '--body', 'for you');
    await send('--property', 'mqttSecondTopic=/room1', '--body', 'for all');
    await waitFor('both messages', () => first.messages.length === 2 && second.messages.length === 1);
    const texts = (client: TestClient) => client.messages.map((m) => `${m.topic} ${m.payload.toString()}`).sort();
    expect(texts(first)).toEqual(['demo/p2p/GID@@@d1 for you', 'demo/room1 for all']);
    expect(texts(second)).toEqual(['demo/room1 for all']);
  });

  test('mq topics lists the topics given, and Ctrl-C ends the gateway with 0', async () => {
    const lab = await gateway(['--topic', 'vehicle:up', '--partitions', '3']);
    const topics = cli(['mq', 'topics', '--json', '--mq', lab.mq]);
    expect(await runCli(topics)).toBe(0);
    expect(JSON.parse(topics.out())).toContainEqual(expect.objectContaining({ name: 'vehicle', partitions: 3 }));
    lab.host.signal();
    expect(await lab.exit).toBe(0);
    expect(lab.host.err()).toContain('all drained');
    const gone = cli(['mq', 'topics', '--mq', lab.mq]);
    expect(await runCli(gone)).toBe(3);
  });

  test('a user and password are asked for when one is set', async () => {
    const lab = await gateway(['--user', 'fleet'], { env: { CAUSEWAY_PASSWORD: 'pw' } });
    await expect(connectMqtt(lab.mqtt, { clientId: 'a', username: 'fleet', password: 'wrong' })).rejects.toThrow();
    await device(lab.mqtt, 'a', { username: 'fleet', password: 'pw' });
  });

  test('a port that is taken ends with 3 and names it', async () => {
    const lab = await gateway();
    const second = cli(['gateway', '--port', String(lab.mqtt), '--ws-port', 'off', '--mq-port', 'off']);
    expect(await runCli(second)).toBe(3);
    expect(second.err()).toContain(String(lab.mqtt));
    expect(second.out()).toBe('');
  });

  test('mq send to an unknown topic ends with 3', async () => {
    const lab = await gateway();
    const send = cli(['mq', 'send', 'nowhere', '--body', 'x', '--mq', lab.mq]);
    expect(await runCli(send)).toBe(3);
    expect(send.err()).toContain('nowhere');
  });

  test('a refused publish is told once, with the reason, and escapes what the device wrote', async () => {
    const lab = await gateway();
    const client = await device(lab.mqtt, 'GID@@@d1');
    await client.client.publishAsync('unknown/\u0007x', 'x', { qos: 1 }).catch(() => undefined);
    await waitFor('the refusal', () => lab.host.err().includes('refused publish'));
    expect(lab.host.err()).not.toContain('\u0007');
  });
});
