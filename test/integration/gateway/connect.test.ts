import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createGateway } from '../../../core/gateway/gateway.ts';
import type { GatewayOptions } from '../../../core/gateway/types.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';
import { type GatewayRig, gatewayRig } from '../../helpers/gatewayRig.ts';
import { connectMqtt } from '../../helpers/mqttClient.ts';
import { connectPacket, type RawClient, rawConnected, rawMqtt } from '../../helpers/rawMqtt.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let rig: GatewayRig;
const raws: RawClient[] = [];
const start = async (options: Partial<GatewayOptions> = {}): Promise<void> => {
  rig = await gatewayRig(options);
};
const raw = async (): Promise<RawClient> => {
  const client = await rawMqtt(rig.port);
  raws.push(client);
  return client;
};
afterEach(async () => {
  for (const client of raws.splice(0)) client.destroy();
  await rig.close();
});

const connackOf = async (clientId: string, options: Parameters<typeof connectPacket>[1] = {}): Promise<number> => {
  const client = await raw();
  client.send(connectPacket(clientId, options));
  const packet = await client.next('connack');
  return (packet as { returnCode: number }).returnCode;
};

describe('client IDs', () => {
  test('strict: an empty one is refused with code 2, clean or not', async () => {
    await start();
    expect(await connackOf('')).toBe(2);
    expect(rig.gateway.stats().refused['client-id-empty']).toBe(1);
  });

  test('lenient: an empty one is given an ID with clean=1 and refused with clean=0', async () => {
    await start({ profile: 'lenient' });
    expect(await connackOf('')).toBe(0);
    expect(await connackOf('')).toBe(0);
    await waitFor('two connected', () => rig.gateway.stats().connected === 2);
    const persistent = await raw();
    persistent.send(Buffer.from([0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0, 0, 0, 0, 0]));
    expect(await persistent.next('connack')).toMatchObject({ returnCode: 2 });
    expect(rig.gateway.stats()).toMatchObject({ connected: 2, refused: { 'client-id-empty': 1 } });
  });

  test('64 characters connect, 65 and control characters are refused with code 2', async () => {
    await start();
    expect(await connackOf('x'.repeat(64))).toBe(0);
    expect(await connackOf('x'.repeat(65))).toBe(2);
    expect(await connackOf('a\u0007')).toBe(2);
    expect(rig.gateway.stats().refused).toEqual({ 'client-id-too-long': 1, 'client-id-control-character': 1 });
    expect(rig.events).toContainEqual({
      kind: 'refused',
      what: 'connect',
      clientId: 'a\u0007',
      reason: 'client-id-control-character',
      value: 'a\u0007',
    });
  });

  test('invalid UTF-8 in the client ID closes the connection without CONNACK', async () => {
    await start();
    const client = await raw();
    client.send(Buffer.from([0x10, 14, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 2, 0xc3, 0x28]));
    await waitFor('closed', () => client.closed);
    expect(client.packets).toEqual([]);
    expect(rig.gateway.stats().connected).toBe(0);
  });

  test('the second connection of an ID closes the first, and is the one that lives', async () => {
    await start();
    const first = await rawConnected(rig.port, 'same');
    raws.push(first);
    const second = await rig.connect('same');
    await waitFor('first closed', () => first.closed);
    await second.client.subscribeAsync('m/x');
    await second.client.publishAsync('m/x', 'still here');
    await waitFor('message', () => second.messages.length === 1);
    expect(rig.gateway.stats()).toMatchObject({ connected: 1, sessions: 1 });
    expect(rig.events).toContainEqual({ kind: 'disconnected', clientId: 'same', reason: 'taken over' });
  });

  test('an ID that is a name of Object.prototype is an ID like any other', async () => {
    await start({ users: { alice: 'secret' } });
    const options = { username: 'constructor', password: 'secret' };
    await expect(connectMqtt(rig.port, { clientId: '__proto__', ...options })).rejects.toMatchObject({ code: 4 });
    const client = await rig.connect('__proto__', { username: 'alice', password: 'secret' });
    await client.client.subscribeAsync('m/x', { qos: 1 });
    expect(rig.gateway.session('__proto__')).toMatchObject({ connected: true });
    expect(rig.gateway.session('constructor')).toBeUndefined();
  });
});

describe('credentials', () => {
  test('wrong, missing or foreign passwords are refused with code 4', async () => {
    await start({ users: { alice: 'secret', bob: 'other' } });
    await rig.connect('a', { username: 'alice', password: 'secret' });
    for (const bad of [
      { username: 'alice', password: 'other' },
      { username: 'nobody', password: 'secret' },
      { username: 'alice' },
      {},
    ]) {
      await expect(connectMqtt(rig.port, { clientId: 'b', ...bad })).rejects.toMatchObject({ code: 4 });
    }
    expect(rig.gateway.stats()).toMatchObject({ connected: 1, refused: { 'not-authorised': 4 } });
  });

  test('a refused client does not disturb the connected one of the same ID', async () => {
    await start({ users: { alice: 'secret' } });
    const good = await rig.connect('same', { username: 'alice', password: 'secret' });
    await expect(connectMqtt(rig.port, { clientId: 'same', username: 'alice', password: 'no' })).rejects.toMatchObject({
      code: 4,
    });
    await good.client.subscribeAsync('m/x');
    await good.client.publishAsync('m/x', '1', { qos: 1 });
    await waitFor('message', () => good.messages.length === 1);
    expect(rig.gateway.stats().connected).toBe(1);
  });
});

describe('protocol', () => {
  test('MQTT 5 is refused with code 1', async () => {
    await start();
    expect(await connackOf('v5', { protocolVersion: 5 })).toBe(1);
  });

  test('anything before CONNECT, and a second CONNECT, close the connection', async () => {
    await start();
    const early = await raw();
    early.send({ cmd: 'pingreq' });
    await waitFor('closed', () => early.closed);
    const twice = await rawConnected(rig.port, 'twice');
    twice.send(connectPacket('twice'));
    await waitFor('closed', () => twice.closed);
    expect(rig.gateway.stats().connected).toBe(0);
  });

  test('packets sent right behind CONNECT are answered, after CONNACK and in order', async () => {
    await start();
    const client = await raw();
    client.send(
      connectPacket('hasty'),
      { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'p/#', qos: 1 }] } as never,
      { cmd: 'publish', topic: 'p/a', payload: Buffer.from('x'), qos: 1, messageId: 2, dup: false, retain: false },
      { cmd: 'pingreq' },
    );
    await client.next('puback');
    await client.next('pingresp');
    await client.next('publish');
    expect(client.packets[0]!.cmd).toBe('connack');
    expect(client.packets[1]!.cmd).toBe('suback');
    expect(rig.up.map(({ topic }) => topic)).toEqual(['p/a']);
  });

  test('bytes that come one at a time make the same packets', async () => {
    await start();
    const client = await rawConnected(rig.port, 'slow');
    raws.push(client);
    client.socket.setNoDelay(true);
    const bytes = Buffer.from([0x32, 8, 0, 3, 0x70, 0x2f, 0x61, 0, 9, 0x78]);
    for (const byte of bytes) {
      client.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.next('puback')).toMatchObject({ messageId: 9 });
    expect(rig.up[0]).toMatchObject({ topic: 'p/a', payload: Buffer.from('x'), qos: 1 });
  });

  test('a client that stays silent longer than one and a half keepalives is closed', async () => {
    await start();
    const client = await rawConnected(rig.port, 'silent', { keepalive: 1 });
    await waitFor('closed', () => client.closed);
    await waitFor('event', () => rig.events.some((e) => e.kind === 'disconnected' && e.reason === 'keepalive timeout'));
  });
});

describe('session present', () => {
  test('a persistent session is reported with and without subscriptions; after clean=1 it is gone', async () => {
    await start();
    const present = async (clean: boolean, subscribe = false): Promise<boolean> => {
      const client = await rig.connect('s', { clean });
      if (subscribe) await client.client.subscribeAsync('p/x', { qos: 1 });
      await client.close();
      return client.sessionPresent;
    };
    expect(await present(false)).toBe(false);
    expect(await present(false, true)).toBe(true);
    expect(await present(false)).toBe(true);
    expect(rig.gateway.session('s')).toEqual({
      connected: false,
      cleanSession: false,
      subscriptions: [{ filter: 'p/x', qos: 1 }],
      queued: 0,
    });
    expect(await present(true)).toBe(false);
    await waitFor('session gone', () => rig.gateway.session('s') === undefined);
    expect(await present(false)).toBe(false);
  });
});

describe('listeners', () => {
  test('TCP, TLS, WebSocket and secure WebSocket carry the same traffic, with a self-made certificate', async () => {
    const kinds = ['tcp', 'ws', 'tls', 'wss'] as const;
    await start({ listeners: kinds.map((kind) => ({ kind, host: '127.0.0.1', port: 0 })) });
    const port = (kind: string): number => rig.gateway.addresses.find((address) => address.kind === kind)!.port;
    const ca = rig.gateway.ca!;
    const receiver = await rig.connect('receiver');
    await receiver.client.subscribeAsync('p/#', { qos: 1 });
    const urls = [
      `mqtt://127.0.0.1:${port('tcp')}`,
      `ws://127.0.0.1:${port('ws')}/any/path`,
      `mqtts://127.0.0.1:${port('tls')}`,
      `wss://localhost:${port('wss')}/mqtt`,
    ];
    for (const [i, url] of urls.entries()) {
      const client = await rig.connect(`c${i}`, { url, ca });
      await client.client.publishAsync(`p/${i}`, Buffer.alloc(40_000, i), { qos: 1 });
    }
    await waitFor('four messages', () => receiver.messages.length === 4);
    expect(receiver.messages.map(({ topic, payload }) => [topic, payload.length, payload[0]])).toEqual([
      ['p/0', 40_000, 0],
      ['p/1', 40_000, 1],
      ['p/2', 40_000, 2],
      ['p/3', 40_000, 3],
    ]);
    // A refusal must get through before the connection is cut, on each of them.
    for (const url of urls) {
      await expect(connectMqtt(0, { url, ca, clientId: 'x'.repeat(65) })).rejects.toMatchObject({ code: 2 });
    }
    await expect(connectMqtt(0, { url: urls[2]!, clientId: 'untrusting' })).rejects.toThrow(/certificate/);
  });

  test('a WebSocket without the subprotocol mqtt is refused', async () => {
    await start({ listeners: [{ kind: 'ws', host: '127.0.0.1', port: 0 }] });
    const answer = await fetch(`http://127.0.0.1:${rig.port}/`);
    expect(answer.status).toBe(426);
    const client = await raw();
    let text = '';
    client.socket.removeAllListeners('data');
    client.socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    client.socket.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    await waitFor('refusal', () => text.includes('\r\n\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 400/);
  });

  test('a taken port is reported, and the other listeners are closed again', async () => {
    await start();
    const free = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as net.AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const options: GatewayOptions = {
      profile: 'strict',
      topics: [],
      listeners: [
        { kind: 'tcp', host: '127.0.0.1', port },
        { kind: 'ws', host: '127.0.0.1', port: rig.port },
      ],
    };
    const error = await createGateway(options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CausewayError);
    expect((error as CausewayError).code).toBe('port.taken');
    expect((error as CausewayError).details).toMatchObject({ port: rig.port, host: '127.0.0.1' });
    const again = await createGateway({ ...options, listeners: [options.listeners[0]!] });
    await again.close();
  });

  test('close ends every client, may be called twice, and nothing listens any more', async () => {
    await start();
    const client = await rawConnected(rig.port, 'a');
    const unconnected = await raw();
    await Promise.all([rig.gateway.close(), rig.gateway.close()]);
    await waitFor('closed', () => client.closed && unconnected.closed);
    expect(rig.gateway.stats().connected).toBe(0);
    await expect(rawMqtt(rig.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
