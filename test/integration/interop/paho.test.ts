import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LabProcess, startLabProcess } from './lab.ts';
import { brief } from './mosquitto.ts';
import { hasPaho, PahoDevice, type PahoOptions, pahoDevice } from './paho.ts';

const closing: { close(): Promise<void> }[] = [];
const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

describe.skipIf(!hasPaho())('paho-mqtt', () => {
  let folder: string;
  let lab: LabProcess;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'causeway-paho-'));
    const topics = ['tcp', 'ws', 'tls', 'wss', 'will', 'demo'].flatMap((topic) => ['--topic', topic]);
    const ports = ['--tls-port', '0', '--wss-port', '0', '--write-ca', join(folder, 'ca.pem')];
    lab = await startLabProcess([...topics, ...ports]);
  });
  afterAll(async () => {
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const open of closing.splice(0).reverse()) await open.close();
  });

  const device = async (options: Omit<PahoOptions, 'port'> & { readonly port?: number }) => {
    const made = await pahoDevice({ port: lab.port('mqtt'), ...options });
    closing.push(made);
    return made;
  };
  /** How each kind of listener is reached; a certificate counts only for the names that stand in it. */
  const reach = (kind: string): Pick<PahoOptions, 'port' | 'transport' | 'ca'> => ({
    port: lab.port(kind === 'tcp' ? 'mqtt' : kind === 'tls' ? 'mqtts' : kind),
    ...(kind.startsWith('ws') ? { transport: 'websockets' } : {}),
    ...(kind === 'tls' || kind === 'wss' ? { ca: join(folder, 'ca.pem') } : {}),
  });

  test.each(['tcp', 'ws', 'tls', 'wss'])('over %s: QoS 0, 1, 2 to MQ, and from MQ back', async (kind) => {
    const client = await device({ clientId: `GID@@@${kind}`, ...reach(kind) });
    expect(client.present).toBe(false);
    expect(await client.subscribe([`${kind}/down/#`, 2], [`${kind}/other`, 1])).toEqual([2, 1]);
    for (const qos of [0, 1, 2]) await client.publish(`${kind}/up/q${qos}`, ALL_BYTES, qos);
    const tailed = await lab.tail(kind, 3);
    expect(tailed.map(({ body }) => body.equals(ALL_BYTES))).toEqual([true, true, true]);
    expect(tailed.map(({ properties }) => properties)).toEqual(
      ['0', '1', '2'].map((qoslevel) => ({
        qoslevel,
        cleansessionflag: 'true',
        mqttSecondTopic: `/up/q${qoslevel}`,
        clientId: `GID@@@${kind}`,
        causewayId: expect.any(String),
        causewayOrigin: 'mqtt',
      })),
    );
    for (const qoslevel of ['0', '1', '2']) await lab.send(kind, { mqttSecondTopic: '/down/x', qoslevel }, ALL_BYTES);
    await lab.send(kind, { mqttSecondTopic: `/p2p/GID@@@${kind}`, mqttRealTopic: '/command' }, 'go');
    const seen = await client.received(4);
    expect(seen.map(({ topic, qos, retain }) => `${topic} ${qos} ${retain}`).sort()).toEqual([
      `${kind}/command 1 false`,
      `${kind}/down/x 0 false`,
      `${kind}/down/x 1 false`,
      `${kind}/down/x 2 false`,
    ]);
    expect(seen.filter(({ body }) => body.equals(ALL_BYTES))).toHaveLength(3);
  });

  test('TLS: a client that does not have the authority refuses the certificate', async () => {
    const { rootCertificates } = await import('node:tls');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(join(folder, 'other.pem'), rootCertificates[0]!);
    const client = new PahoDevice({ clientId: 'GID@@@x', ...reach('tls'), ca: join(folder, 'other.pem') });
    closing.push(client);
    expect((await client.event('failed')).reason).toContain('CERTIFICATE_VERIFY_FAILED');
  });

  test('TLS by name: the certificate is good for localhost as well', async () => {
    await device({ clientId: 'GID@@@name', host: 'localhost', ...reach('tls') });
  });

  test('a persistent session: session present, and what came while the device was away arrives once', async () => {
    const first = await device({ clientId: 'GID@@@kept', clean: false });
    expect(first.present).toBe(false);
    await first.subscribe(['demo/district', 1]);
    await first.leave();
    await lab.send('demo', { mqttSecondTopic: '/district' }, 'away 1');
    await lab.send('demo', { mqttSecondTopic: '/p2p/GID@@@kept', cleansessionflag: 'false' }, 'away 2');
    const second = await device({ clientId: 'GID@@@kept', clean: false });
    expect(second.present).toBe(true);
    expect((await second.received(2)).map(brief).sort()).toEqual(['demo/district 1 0 away 1', 'demo/p2p/GID@@@kept 1 0 away 2']);
    await second.leave();
    const third = await device({ clientId: 'GID@@@kept', clean: false });
    expect(third.present).toBe(true);
    await lab.send('demo', { mqttSecondTopic: '/district' }, 'now');
    expect((await third.received(1)).map(brief)).toEqual(['demo/district 1 0 now']);
    await third.leave();
    const clean = await device({ clientId: 'GID@@@kept', clean: true });
    expect(clean.present).toBe(false);
  });

  test('QoS 2 with a persistent session: the strict profile refuses the subscription, the lenient one keeps the message', async () => {
    const strict = await device({ clientId: 'GID@@@two', clean: false });
    expect(await strict.subscribe(['demo/two', 2], ['demo/one', 1])).toEqual([0x80, 1]);
    const lenient = await startLabProcess(['--profile', 'lenient']);
    closing.push(lenient);
    const port = lenient.port('mqtt');
    const first = await device({ port, clientId: 'any name', clean: false });
    expect(await first.subscribe(['demo/two', 2])).toEqual([2]);
    await first.leave();
    await lenient.send('demo', { mqttSecondTopic: '/two', qoslevel: '2' }, 'away');
    const second = await device({ port, clientId: 'any name', clean: false });
    expect(second.present).toBe(true);
    expect((await second.received(1)).map(brief)).toEqual(['demo/two 2 0 away']);
    // No ID at all: the lenient profile gives one to a clean session, as MQTT 3.1.1 allows.
    const nameless = await device({ port, clientId: '' });
    await nameless.publish('demo/x', Buffer.from('x'), 1);
    const tailed = await lenient.tail('demo', 2);
    const ours = tailed.find(({ properties }) => properties.mqttSecondTopic === '/x');
    expect(ours?.properties.clientId).toMatch(/./);
  });

  test('a Will is published when the device dies, not when it leaves; it goes to MQ with the ID of the dead', async () => {
    const will = { topic: 'will/gone', hex: Buffer.from('last words').toString('hex'), qos: 2 };
    const watcher = await device({ clientId: 'GID@@@watcher' });
    await watcher.subscribe(['will/#', 1]);
    const leaving = await device({ clientId: 'GID@@@leaving', will });
    await leaving.leave();
    const dying = await device({ clientId: 'GID@@@dying', clean: false, will });
    await dying.close();
    expect((await watcher.received(1)).map(brief)).toEqual(['will/gone 1 0 last words']);
    const [message] = await lab.tail('will', 1);
    expect(message?.properties).toMatchObject({ clientId: 'GID@@@dying', qoslevel: '2', cleansessionflag: 'false' });
    expect(await lab.stored('will')).toBe(1);
  });

  test('a second device of the same ID takes over; the first is disconnected', async () => {
    const first = await device({ clientId: 'GID@@@twin' });
    await device({ clientId: 'GID@@@twin' });
    expect((await first.event('disconnect')).code).not.toBe(0);
  });

  test('with --user: the right password is let in, a wrong one and none are refused', async () => {
    const guarded = await startLabProcess(['--user', 'fleet'], { CAUSEWAY_PASSWORD: 's3cret' });
    closing.push(guarded);
    const port = guarded.port('mqtt');
    await device({ clientId: 'GID@@@a', port, user: 'fleet', password: 's3cret' });
    for (const wrong of [{ user: 'fleet', password: 'guess' }, { user: 'other', password: 's3cret' }, {}]) {
      const refused = new PahoDevice({ clientId: 'GID@@@b', port, ...wrong });
      closing.push(refused);
      expect(await refused.event('connect')).toMatchObject({ code: expect.toSatisfy((code) => code !== 0), present: false });
    }
    await guarded.program.until('the refusals', () => guarded.program.err().includes('not-authorised'));
    expect(guarded.program.err() + guarded.program.out()).not.toContain('s3cret');
  });
});
