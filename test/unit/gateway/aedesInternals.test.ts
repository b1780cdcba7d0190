/** What the gateway relies on inside Aedes, over in-memory streams: a step to another version of Aedes must pass it. */
import type { Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import mqttPacket, { type IConnectPacket, type Packet } from 'mqtt-packet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AedesHost, type HostHooks } from '../../../core/gateway/aedesInternals.ts';
import type { Connection } from '../../../core/gateway/connection.ts';
import { Session } from '../../../core/gateway/session.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let host: AedesHost;
let log: string[];
let code: 0 | 2 | 4 | 5;
let present: boolean;
const opened = new Map<string, Connection>();

beforeEach(async () => {
  log = [];
  code = 0;
  present = false;
  opened.clear();
  const hooks: HostHooks = {
    admit: () => code,
    assignId: () => 'assigned',
    sessionPresent: () => present,
    opened: (connection) => {
      connection.session = new Session(connection.clientId, connection.cleanSession);
      opened.set(connection.clientId, connection);
      log.push(`opened ${connection.clientId}`);
    },
    ready: ({ clientId }) => log.push(`ready ${clientId}`),
    publish: (_connection, { topic, payload, qos, id }) => log.push(`publish ${topic} ${payload.length} ${qos} ${id}`),
    acknowledgement: (_connection, cmd, id) => log.push(`${cmd} ${id}`),
    packet: (connection, packet) => {
      log.push(packet.cmd);
      if (packet.cmd === 'disconnect') host.disconnected(connection);
    },
    will: ({ clientId }, { topic, payload, qos }) => log.push(`will ${clientId} ${topic} ${payload.toString()} ${qos}`),
    closed: ({ clientId, reason }) => log.push(`closed ${clientId}: ${reason}`),
    bytesRead: () => {},
  };
  host = new AedesHost(hooks);
  await host.start();
});
afterEach(() => host.close());

interface Peer {
  readonly stream: Duplex;
  /** The gateway's end. */
  readonly server: Duplex;
  readonly packets: Packet[];
}

function peer(): Peer {
  const [stream, server] = duplexPair();
  const packets: Packet[] = [];
  const parser = mqttPacket.parser();
  parser.on('packet', (packet) => packets.push(packet));
  stream.on('data', (chunk: Buffer) => parser.parse(chunk));
  host.accept(server, server as unknown as Socket);
  return { stream, server, packets };
}

const connectBytes = (clientId: string, options: Partial<IConnectPacket> = {}): Buffer =>
  mqttPacket.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive: 60,
    clientId,
    ...options,
  });

async function connected(clientId: string, options: Partial<IConnectPacket> = {}): Promise<Peer> {
  const client = peer();
  const before = log.length;
  client.stream.write(connectBytes(clientId, options));
  await waitFor('ready', () => log.indexOf(`ready ${clientId}`, before) >= 0);
  return client;
}

const will = { topic: 'p/w', payload: Buffer.from('gone'), qos: 1 as const, retain: false };

test('opened, then CONNACK, then ready; only then packets that came early', async () => {
  const client = peer();
  client.stream.write(Buffer.concat([connectBytes('a'), mqttPacket.generate({ cmd: 'pingreq' })]));
  await waitFor('packet', () => log.includes('pingreq'));
  expect(log).toEqual(['opened a', 'ready a', 'pingreq']);
  expect(client.packets.map(({ cmd }) => cmd)).toEqual(['connack']);
});

test('whatever way the bytes are cut, the packets are the same', async () => {
  const publish = (topic: string, size: number, qos: 0 | 1 | 2, messageId = 1): Buffer =>
    mqttPacket.generate({
      cmd: 'publish',
      topic,
      payload: Buffer.alloc(size, 0x30),
      qos,
      dup: false,
      retain: false,
      ...(qos > 0 ? { messageId } : {}),
    });
  // Remaining lengths and payloads of 0x30 look like the first byte of a PUBLISH.
  const bytes = Buffer.concat([
    publish('0000', 42, 0),
    mqttPacket.generate({ cmd: 'puback', messageId: 0x3030 }),
    publish('0', 200, 1, 0x3030),
    mqttPacket.generate({ cmd: 'pingreq' }),
    publish('00', 0, 2, 0x4040),
  ]);
  const expected = ['publish 0000 42 0 0', 'puback 12336', 'publish 0 200 1 12336', 'pingreq', 'publish 00 0 2 16448'];
  const client = await connected('a');
  for (let cut = 1; cut < bytes.length; cut += 1) {
    for (const size of [cut, bytes.length]) {
      log.length = 0;
      const chunks = size === cut ? [bytes.subarray(0, cut), bytes.subarray(cut)] : [bytes];
      for (const chunk of chunks) {
        await new Promise<void>((resolve) => client.stream.write(chunk, () => resolve()));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await waitFor('all', () => log.length >= expected.length);
      expect(log).toEqual(expected);
    }
  }
  log.length = 0;
  for (const byte of bytes) client.stream.write(Buffer.from([byte]));
  await waitFor('all', () => log.length >= expected.length);
  expect(log).toEqual(expected);
});

test('the session-present flag is the hook’s, and only for clean=0', async () => {
  present = true;
  const flags: boolean[] = [];
  for (const clean of [false, true]) {
    const client = await connected(`c${clean}`, { clean });
    flags.push((client.packets[0] as { sessionPresent: boolean }).sessionPresent);
  }
  present = false;
  const client = await connected('none', { clean: false });
  flags.push((client.packets[0] as { sessionPresent: boolean }).sessionPresent);
  expect(flags).toEqual([true, false, false]);
});

test('a refusal is answered with its code and opens nothing', async () => {
  code = 4;
  const client = peer();
  client.stream.write(connectBytes('a'));
  await waitFor('connack', () => client.packets.length === 1);
  expect(client.packets[0]).toMatchObject({ cmd: 'connack', returnCode: 4, sessionPresent: false });
  expect(log).toEqual([]);
});

test('an empty ID becomes the assigned one', async () => {
  const client = peer();
  client.stream.write(connectBytes(''));
  await waitFor('ready', () => log.includes('ready assigned'));
  expect(client.packets[0]).toMatchObject({ returnCode: 0 });
});

test('Will: published once before the end when the stream breaks, not after DISCONNECT', async () => {
  const lost = await connected('lost', { will });
  lost.server.destroy(new Error('broken'));
  await waitFor('closed', () => log.some((line) => line.startsWith('closed lost')));
  expect(log.filter((line) => line.startsWith('will'))).toEqual(['will lost p/w gone 1']);
  const ended = await connected('ended', { will });
  ended.stream.end();
  await waitFor('closed', () => log.some((line) => line.startsWith('closed ended')));
  const polite = await connected('polite', { will });
  polite.stream.write(mqttPacket.generate({ cmd: 'disconnect' }));
  await waitFor('closed', () => log.includes('closed polite: disconnect'));
  expect(log.filter((line) => line.startsWith('will'))).toEqual(['will lost p/w gone 1', 'will ended p/w gone 1']);
  expect(log.indexOf('will lost p/w gone 1')).toBeLessThan(log.findIndex((line) => line.startsWith('closed lost')));
});

test('takeover: the older connection is ended, Will and all, before the newer one is opened', async () => {
  await connected('same', { will });
  await connected('same');
  expect(log).toEqual([
    'opened same',
    'ready same',
    'will same p/w gone 1',
    'closed same: taken over',
    'opened same',
    'ready same',
  ]);
});

test('a subscription, an acknowledgement and a PUBLISH leave no trace in Aedes itself', async () => {
  const client = await connected('a');
  client.stream.write(
    Buffer.concat([
      mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 1 }] } as never),
      mqttPacket.generate({ cmd: 'publish', topic: '$SYS/x', payload: 'x', qos: 0, dup: false, retain: false }),
      mqttPacket.generate({ cmd: 'publish', topic: 'p/x', payload: 'x', qos: 1, messageId: 3, dup: false, retain: false }),
    ]),
  );
  await waitFor('all', () => log.includes('publish p/x 1 1 3'));
  await connected('b');
  expect(log).toEqual(['opened a', 'ready a', 'subscribe', 'publish $SYS/x 1 0 0', 'publish p/x 1 1 3', 'opened b', 'ready b']);
  expect(client.packets.map(({ cmd }) => cmd)).toEqual(['connack']);
});

test('reading stops while a pause holds, and goes on where it stopped', async () => {
  const client = await connected('a');
  opened.get('a')!.pause(1);
  client.stream.write(mqttPacket.generate({ cmd: 'pingreq' }));
  await connected('b');
  expect(log).not.toContain('pingreq');
  opened.get('a')!.resume(1);
  await waitFor('read', () => log.includes('pingreq'));
});

test('close ends connections in every state and says why', async () => {
  const unconnected = peer();
  await connected('a');
  await host.close();
  await waitFor('closed', () => log.includes('closed a: gateway closed'));
  await waitFor('ended', () => unconnected.server.destroyed);
});
