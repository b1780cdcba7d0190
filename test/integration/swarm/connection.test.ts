import { createServer } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { nowUs } from '../../../core/clock.ts';
import { Swarm } from '../../../core/swarm/swarm.ts';
import type { Endpoint, Transport } from '../../../core/swarm/types.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { aedesBroker } from './aedesBroker.ts';
import { FAST, join, record, tcp } from './recorder.ts';
import { scriptedBroker } from './scriptedBroker.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource.close();
});

async function certificate(): Promise<{ key: string; cert: string }> {
  const names = [{ type: 7, ip: '127.0.0.1' } as const];
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: names },
    ],
  });
  return { key: made.private, cert: made.cert };
}

describe.each<Transport>(['tcp', 'tls', 'ws', 'wss'])('over %s', (transport) => {
  it('all of connect, subscribe, publish, loss, reconnect and end work', async () => {
    const secure = transport === 'tls' || transport === 'wss' ? await certificate() : undefined;
    const broker = await aedesBroker(transport, secure);
    open.push(broker);
    const endpoint: Endpoint = {
      transport,
      host: '127.0.0.1',
      port: broker.port,
      ...(secure === undefined ? {} : { ca: secure.cert }),
    };
    const swarm = record(endpoint);
    open.push(swarm);
    const a = join(swarm, 'a');
    const b = join(swarm, 'b', { maxQueued: 10_000 });
    await a.subscribe([{ filter: 't/#', qos: 2 }]);
    await waitFor('connected', () => b.connected);
    for (let i = 0; i < 300; i += 1) b.publish('t/x', Buffer.alloc(1000, i), ([0, 1, 2] as const)[i % 3]!, false, i);
    b.publish('t/large', Buffer.alloc(300_000, 7), 1, false, 300);
    await waitFor('all', () => swarm.done.length === 301 && swarm.seen('a').length === 301);
    expect(swarm.seen('a').find(({ topic }) => topic === 't/large')?.payload).toBe('\x07'.repeat(300_000));
    b.goOffline();
    await waitFor('loss seen', () => broker.aedes.connectedClients === 1);
    b.goOnline();
    await waitFor('back', () => b.connected);
    b.publish('t/again', Buffer.from('x'), 2, false, 301);
    await waitFor('arrived', () => swarm.seen('a').length === 302);
    expect(swarm.stats()).toMatchObject({ clients: 2, connected: 2, reconnects: 1, refusedConnects: 0 });
    await b.end();
    await waitFor('end seen', () => broker.aedes.connectedClients === 1);
    expect(swarm.stats()).toMatchObject({ clients: 1, connected: 1 });
  });
});

describe('TLS', () => {
  it.each(['tls', 'wss'] as const)('%s refuses a broker whose certificate is not trusted, and says so', async (transport) => {
    const broker = await aedesBroker(transport, await certificate());
    open.push(broker);
    const swarm = record({ transport, host: '127.0.0.1', port: broker.port });
    open.push(swarm);
    const client = join(swarm, 'a');
    await waitFor('refused', () => swarm.closed.length > 0);
    expect(client.connected).toBe(false);
    expect(swarm.closed[0]!.reason).toMatch(/self-signed|certificate/i);
  });
});

describe('connecting', () => {
  it('goes on until there is a broker', async () => {
    const placeholder = await scriptedBroker();
    const { port } = placeholder;
    await placeholder.close();
    const swarm = record(tcp(port));
    open.push(swarm);
    const client = join(swarm, 'c');
    const granted = client.subscribe([{ filter: 'a', qos: 1 }]);
    await waitFor('some failures', () => swarm.closed.length >= 3);
    expect(swarm.closed[0]!.reason).toContain('ECONNREFUSED');
    const server = createServer((socket) => {
      socket.on('data', () => socket.write(Buffer.from([0x20, 2, 0, 0, 0x90, 3, 0, 1, 1])));
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    open.unshift({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    await waitFor('connected', () => client.connected);
    expect(await granted).toEqual([1]);
  });

  it('keeps to the number of attempts allowed at once, and gets everybody in', async () => {
    let under = 0;
    let most = 0;
    const broker = await scriptedBroker((connection, packet) => {
      if (packet.cmd !== 'connect') return false;
      under += 1;
      most = Math.max(most, under);
      setImmediate(() => {
        under -= 1;
        connection.send({ cmd: 'connack', returnCode: 0, sessionPresent: false });
      });
      return true;
    });
    open.push(broker);
    const swarm = record(tcp(broker.port), { ...FAST, maxConnecting: 5 });
    open.push(swarm);
    const clients = Array.from({ length: 100 }, (_, i) => join(swarm, `c${i}`));
    // These stand in the queue and change their mind.
    clients[50]!.goOffline();
    await clients[51]!.end();
    await waitFor('all in', () => swarm.stats().connected === 98);
    expect(most).toBeLessThanOrEqual(5);
    clients[50]!.goOnline();
    clients[51]!.connect();
    await waitFor('the others too', () => swarm.stats().connected === 100);
    expect(swarm.stats().clients).toBe(100);
  });

  it('gives up an attempt without CONNACK after the time allowed, and its slot is free again', async () => {
    const broker = await scriptedBroker((connection, packet) => packet.cmd === 'connect' && connection.index === 0);
    open.push(broker);
    const swarm = record(tcp(broker.port), { ...FAST, maxConnecting: 1, connectTimeoutMs: 50 });
    open.push(swarm);
    const first = join(swarm, 'first');
    const second = join(swarm, 'second');
    await waitFor('both in', () => first.connected && second.connected);
    expect(swarm.closed).toEqual([{ clientId: 'first', reason: 'no CONNACK within 50 ms', code: undefined }]);
  });

  it('uses the source address asked for, and says when it is not ours', async () => {
    const broker = await scriptedBroker();
    open.push(broker);
    const swarm = record(tcp(broker.port));
    open.push(swarm);
    const away = join(swarm, 'away', { localAddress: '192.0.2.1' });
    await waitFor('failed', () => swarm.closed.length > 0);
    expect(swarm.closed[0]!.reason).toContain('EADDRNOTAVAIL');
    expect(away.connected).toBe(false);
    if (process.platform !== 'linux') return;
    const near = join(swarm, 'near', { localAddress: '127.0.0.3' });
    await waitFor('connected', () => near.connected);
    expect(broker.connections[0]!.socket.remoteAddress).toBe('127.0.0.3');
  });

  it.each([
    [{ clientId: '', cleanSession: false }],
    [{ keepAliveS: 1.5 }],
    [{ keepAliveS: 65_536 }],
    [{ maxInflight: 0 }],
    [{ maxQueued: -1 }],
    [{ password: 'p' }],
    [{ clientId: 'x'.repeat(65_536) }],
  ])('refuses options that can not be meant: %j', (options) => {
    const swarm = new Swarm(tcp(1883), {});
    open.push(swarm);
    expect(() => swarm.add({ clientId: 'c', cleanSession: true, keepAliveS: 60, ...options })).toThrowError(
      expect.objectContaining({ code: 'input.argument' }),
    );
  });

  it('refuses a port that is none', () => {
    expect(() => new Swarm(tcp(70_000), {})).toThrowError(expect.objectContaining({ code: 'input.argument' }));
  });
});

describe('keepalive', () => {
  it('sends PINGREQ only when nothing was sent for the interval, and gives up without PINGRESP after 1.5 of it', async () => {
    let aheadUs = 0;
    let answer = true;
    const broker = await scriptedBroker((_, packet) => packet.cmd === 'pingreq' && !answer);
    open.push(broker);
    const swarm = record(tcp(broker.port), { ...FAST, clock: () => nowUs() + aheadUs });
    open.push(swarm);
    const client = join(swarm, 'c', { keepAliveS: 100 });
    const silent = join(swarm, 'silent', { keepAliveS: 0 });
    // Its ping shows that the wheel has turned that far.
    const witness = join(swarm, 'witness', { keepAliveS: 110 });
    await waitFor('connected', () => client.connected && silent.connected && witness.connected);
    const pings = (clientId: string): number =>
      broker.connections
        .filter(({ packets }) => packets[0]?.cmd === 'connect' && packets[0].clientId === clientId)
        .reduce((sum, { packets }) => sum + packets.filter(({ cmd }) => cmd === 'pingreq').length, 0);
    aheadUs += 60e6;
    client.publish('t', Buffer.from('x'), 1, false, 1);
    await waitFor('published', () => swarm.done.length === 1);
    // 60 s after the publish, 120 s after CONNECT: nothing to do.
    aheadUs += 60e6;
    await waitFor('ping of the witness', () => pings('witness') === 1);
    expect(pings('c')).toBe(0);
    await witness.end();
    aheadUs += 41e6;
    await waitFor('first ping', () => pings('c') === 1);
    answer = false;
    aheadUs += 101e6;
    await waitFor('second ping', () => pings('c') === 2);
    aheadUs += 140e6;
    await waitFor('a further ping while the second is unanswered', () => pings('c') === 3);
    const lost = () => swarm.closed.filter(({ clientId }) => clientId !== 'witness');
    expect(lost()).toEqual([]);
    aheadUs += 11e6;
    await waitFor('given up', () => lost().length === 1);
    expect(lost()[0]).toMatchObject({ clientId: 'c', reason: expect.stringContaining('PINGRESP') });
    await waitFor('connected again', () => client.connected);
    expect([silent.connected, pings('silent')]).toEqual([true, 0]);
  });
});

describe('writing', () => {
  it('happens at the end of the turn, but in a long turn while it lasts', async () => {
    let aheadUs = 0;
    const broker = await scriptedBroker();
    open.push(broker);
    const swarm = record(tcp(broker.port), { ...FAST, clock: () => nowUs() + aheadUs });
    open.push(swarm);
    const client = join(swarm, 'c');
    await waitFor('connected', () => client.connected);
    const before = swarm.stats().bytesOut;
    client.publish('t', Buffer.from('x'), 0, false, 0);
    expect(swarm.stats().bytesOut).toBe(before);
    for (let i = 1; i < 1000; i += 1) {
      aheadUs += 10;
      client.publish('t', Buffer.from('x'), 0, false, i);
    }
    expect(swarm.stats().bytesOut).toBeGreaterThan(before);
    await waitFor('all arrived', () => broker.log().length === 1001);
    expect(swarm.done).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });
});

describe('close', () => {
  it('leaves no socket and no timer, whatever the clients were doing', async () => {
    const resources = (): string[] =>
      process
        .getActiveResourcesInfo()
        .filter((kind) => /TCPSocket|TCPConnect|Timeout|Immediate/.test(kind))
        .sort();
    const broker = await scriptedBroker((connection, packet) => packet.cmd === 'connect' && connection.index === 9);
    open.push(broker);
    const before = resources();
    const swarm = record(tcp(broker.port));
    const clients = Array.from({ length: 10 }, (_, i) => join(swarm, `c${i}`));
    await waitFor('nine connected, one without CONNACK', () => swarm.stats().connected === 9 && broker.connections.length === 10);
    clients[0]!.publish('t', Buffer.alloc(100_000), 2, false, 1);
    clients[0]!.publish('t', Buffer.alloc(10), 0, false, 2);
    clients[1]!.goOffline();
    const unanswered = clients[2]!.subscribe([{ filter: 'a', qos: 0 }]);
    swarm.add({ clientId: 'idle', cleanSession: true, keepAliveS: 0 });
    broker.connections[3]!.socket.destroy();
    const closing = swarm.close();
    expect(swarm.close()).toBe(closing);
    await closing;
    await unanswered;
    expect(swarm.stats()).toMatchObject({ clients: 0, connected: 0 });
    await waitFor('gone at the broker', () => broker.connections.every(({ socket }) => socket.destroyed));
    await waitFor('nothing left', () => resources().length <= before.length);
    expect(resources()).toEqual(before);
    expect(() => clients[0]!.connect()).toThrowError(expect.objectContaining({ code: 'swarm.closed' }));
    expect(() => swarm.add({ clientId: 'late', cleanSession: true, keepAliveS: 0 })).toThrowError(
      expect.objectContaining({ code: 'swarm.closed' }),
    );
    expect(broker.log().filter((entry) => entry === 'disconnect').length).toBeGreaterThanOrEqual(7);
  });

  it('does not wait for a broker that never closes', async () => {
    const sockets: import('node:net').Socket[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => socket.write(Buffer.from([0x20, 2, 0, 0])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        for (const socket of sockets) socket.destroy();
        return new Promise((resolve) => server.close(() => resolve()));
      },
    });
    const { port } = server.address() as { port: number };
    const swarm = record(tcp(port), { ...FAST, endTimeoutMs: 50 });
    join(swarm, 'c');
    await waitFor('connected', () => swarm.stats().connected === 1);
    await swarm.close();
    expect(swarm.closed).toEqual([{ clientId: 'c', reason: 'ended', code: undefined }]);
  });
});
