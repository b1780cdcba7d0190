import type { Packet } from 'mqtt-packet';
import { generate } from 'mqtt-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../helpers/waitFor.ts';
import { FAST, join, type Recording, record, tcp } from './recorder.ts';
import { type Script, type ScriptedBroker, scriptedBroker } from './scriptedBroker.ts';

const open: { close(): Promise<void> }[] = [];

async function start(
  script?: Script,
  ...rest: Parameters<typeof record> extends [unknown, ...infer R] ? R : never
): Promise<{ broker: ScriptedBroker; swarm: Recording }> {
  const broker = await scriptedBroker(script);
  open.push(broker);
  const swarm = record(tcp(broker.port), ...rest);
  open.push(swarm);
  return { broker, swarm };
}

afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource.close();
});

const text = (value: string | number): Buffer => Buffer.from(String(value));
const publishes = (packets: readonly Packet[]): Extract<Packet, { cmd: 'publish' }>[] =>
  packets.filter((p) => p.cmd === 'publish');

describe('publishes under way when the connection is lost', () => {
  it.each([
    ['a clean session', true, false],
    ['a session the broker kept', false, true],
    ['a persistent session the broker lost', false, false],
  ])('are sent again first, in order, with DUP and else the same bytes: %s', async (_, cleanSession, sessionPresent) => {
    let silent = true;
    const { broker, swarm } = await start((connection, packet) => {
      if (packet.cmd === 'connect')
        connection.send({ cmd: 'connack', returnCode: 0, sessionPresent: connection.index > 0 && sessionPresent });
      return packet.cmd === 'connect' || (packet.cmd === 'publish' && silent);
    });
    const client = join(swarm, 'c', { cleanSession, maxInflight: 3 });
    await waitFor('connected', () => client.connected);
    const outcomes = [0, 1, 2, 3, 4].map((i) => client.publish(`t/${i}`, text(i), i % 2 === 0 ? 1 : 2, false, i));
    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'queued', 'queued']);
    await waitFor('window on the wire', () => publishes(broker.connections[0]!.packets).length === 3);
    expect(client.pending).toBe(5);
    silent = false;
    broker.connections[0]!.socket.destroy();
    await waitFor('all done', () => swarm.done.length === 5);
    const [first, second] = broker.connections.map(({ packets }) => publishes(packets));
    expect(second!.map(({ topic, dup }) => `${topic}${dup ? '!' : ''}`)).toEqual(['t/0!', 't/1!', 't/2!', 't/3', 't/4']);
    for (const [i, before] of first!.entries()) expect(generate({ ...second![i]!, dup: false })).toEqual(generate(before));
    expect(swarm.sent).toEqual([0, 1, 2, 3, 4]);
    expect(swarm.resent).toEqual([0, 1, 2]);
    expect([...swarm.done].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(client.pending).toBe(0);
    expect(swarm.stats().reconnects).toBe(1);
  });

  it('go behind them when the owner publishes in onConnected', async () => {
    let silent = true;
    const { broker, swarm } = await start((_, packet) => packet.cmd === 'publish' && silent, FAST, {
      onConnected: (client) => void client.publish('hello', text('h'), 1, false, 100),
    });
    const client = join(swarm, 'c');
    await waitFor('first on the wire', () => broker.connections[0]?.packets.some(({ cmd }) => cmd === 'publish') === true);
    client.publish('t', text('x'), 1, false, 1);
    await waitFor('both on the wire', () => publishes(broker.connections[0]!.packets).length === 2);
    silent = false;
    broker.connections[0]!.socket.destroy();
    await waitFor('all done', () => swarm.done.length === 3);
    expect(publishes(broker.connections[1]!.packets).map(({ topic, dup }) => `${topic}${dup ? '!' : ''}`)).toEqual([
      'hello!',
      't!',
      'hello',
    ]);
  });

  it('of QoS 2 go on with PUBREL once PUBREC has come, and never send PUBLISH again in that session', async () => {
    const { broker, swarm } = await start((connection, packet) => {
      if (packet.cmd === 'connect') connection.send({ cmd: 'connack', returnCode: 0, sessionPresent: connection.index > 0 });
      if (packet.cmd === 'pubrel' && connection.index === 0) connection.socket.destroy();
      return packet.cmd === 'connect' || (packet.cmd === 'pubrel' && connection.index === 0);
    });
    const client = join(swarm, 'c', { cleanSession: false });
    client.publish('t', text('x'), 2, false, 1);
    await waitFor('done', () => swarm.done.length === 1);
    expect(broker.log()).toEqual(['connect', 'publish:1', 'pubrel:1', 'connect', 'pubrel:1']);
    expect(swarm.resent).toEqual([]);
  });

  it('of QoS 2 start again with DUP when the broker has lost the session in which it answered', async () => {
    const { broker, swarm } = await start((connection, packet) => {
      if (packet.cmd === 'pubrel' && connection.index === 0) connection.socket.destroy();
      return packet.cmd === 'pubrel' && connection.index === 0;
    });
    const client = join(swarm, 'c', { cleanSession: false });
    client.publish('t', text('x'), 2, false, 1);
    await waitFor('done', () => swarm.done.length === 1);
    expect(broker.log()).toEqual(['connect', 'publish:1', 'pubrel:1', 'connect', 'publish:1!', 'pubrel:1']);
    expect(swarm.resent).toEqual([1]);
  });

  it('are still there after goOffline, and wait for goOnline', async () => {
    const { broker, swarm } = await start((connection, packet) => packet.cmd === 'publish' && connection.index === 0);
    const client = join(swarm, 'c', { maxInflight: 1, maxQueued: 2 });
    await waitFor('connected', () => client.connected);
    client.publish('t/1', text(1), 1, false, 1);
    await waitFor('on the wire', () => broker.log().includes('publish:1'));
    client.goOffline();
    expect(client.connected).toBe(false);
    expect(swarm.closed).toEqual([{ clientId: 'c', reason: 'offline', code: undefined }]);
    expect(client.publish('t/0', text(0), 0, false, 9)).toBe('dropped-offline');
    expect([2, 3, 4].map((i) => client.publish(`t/${i}`, text(i), 1, false, i))).toEqual(['queued', 'queued', 'queue-full']);
    await waitFor('network loss seen', () => broker.connections[0]!.socket.destroyed);
    expect(broker.log()).not.toContain('disconnect');
    expect(broker.connections).toHaveLength(1);
    client.goOnline();
    await waitFor('all done', () => swarm.done.length === 3);
    expect(publishes(broker.connections[1]!.packets).map(({ topic, dup }) => `${topic}${dup ? '!' : ''}`)).toEqual([
      't/1!',
      't/2',
      't/3',
    ]);
  });
});

describe('answers of the broker', () => {
  it('that are lost hold the window, and nothing overtakes', async () => {
    const { broker, swarm } = await start((_, packet) => packet.cmd === 'publish' && packet.topic === 'lost');
    const client = join(swarm, 'c', { maxInflight: 2 });
    await waitFor('connected', () => client.connected);
    client.publish('lost', text('x'), 1, false, 0);
    for (let i = 1; i <= 20; i += 1) client.publish('t', text(i), 1, false, i);
    await waitFor('all but the lost one', () => swarm.done.length === 20);
    expect(swarm.done).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(client.pending).toBe(1);
    expect(publishes(broker.connections[0]!.packets).every(({ dup }) => dup === false)).toBe(true);
  });

  it('that nobody asked for change nothing', async () => {
    const { broker, swarm } = await start((_, packet) => packet.cmd === 'publish');
    const client = join(swarm, 'c');
    client.publish('t', text('x'), 2, false, 1);
    await waitFor('on the wire', () => broker.log().includes('publish:1'));
    const [connection] = broker.connections;
    connection!.send({ cmd: 'puback', messageId: 1 });
    connection!.send({ cmd: 'pubcomp', messageId: 1 });
    connection!.send({ cmd: 'puback', messageId: 77 });
    connection!.send({ cmd: 'suback', messageId: 1, granted: [0] });
    connection!.send({ cmd: 'pubrec', messageId: 78 });
    await waitFor('PUBREL for the unknown PUBREC', () => broker.log().includes('pubrel:78'));
    expect(swarm.done).toEqual([]);
    connection!.send({ cmd: 'pubrec', messageId: 1 });
    await waitFor('done', () => swarm.done.length === 1);
  });

  it.each([1, 2, 4, 5])('refusal %i is final', async (returnCode) => {
    const { broker, swarm } = await start((connection, packet) => {
      if (packet.cmd === 'connect') connection.send({ cmd: 'connack', returnCode, sessionPresent: false });
      return true;
    });
    const client = join(swarm, 'c');
    const other = join(swarm, 'other');
    const granted = client.subscribe([{ filter: 'a', qos: 1 }]);
    await waitFor('both refused', () => swarm.closed.length === 2);
    expect(swarm.closed[0]).toMatchObject({ code: returnCode });
    expect(swarm.closed[0]!.reason).toContain(`code ${returnCode}`);
    expect(await granted).toEqual([128]);
    expect([client.connected, other.connected]).toEqual([false, false]);
    expect(swarm.stats()).toMatchObject({ refusedConnects: 2, connected: 0 });
    // Without a further attempt there is nothing that keeps a timer; asking again tries again.
    client.connect();
    await waitFor('refused again', () => swarm.closed.length === 3);
    expect(broker.connections).toHaveLength(3);
  });

  it('refusal 3 (server unavailable) is tried again', async () => {
    const { swarm } = await start((connection, packet) => {
      if (packet.cmd !== 'connect' || connection.index >= 3) return false;
      connection.send({ cmd: 'connack', returnCode: 3, sessionPresent: false });
      return true;
    });
    const client = join(swarm, 'c');
    await waitFor('connected in the end', () => client.connected);
    expect(swarm.closed.map(({ code }) => code)).toEqual([3, 3, 3]);
    expect(swarm.stats()).toMatchObject({ refusedConnects: 3, reconnects: 0, connected: 1 });
  });

  it.each([
    ['a packet before CONNACK', Buffer.from([0xd0, 0])],
    ['an endless remaining length', Buffer.from([0x20, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ['something that is not MQTT', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('in place of CONNACK: %s ends the attempt, the next one succeeds', async (_, bytes) => {
    const { swarm } = await start((connection, packet) => {
      if (packet.cmd !== 'connect' || connection.index > 0) return false;
      connection.socket.write(bytes);
      return true;
    });
    const client = join(swarm, 'c');
    await waitFor('connected in the end', () => client.connected);
    expect(swarm.closed).toHaveLength(1);
    expect(swarm.closed[0]!.code).toBeUndefined();
  });

  it.each([
    ['PUBLISH of QoS 3', Buffer.from([0x36, 5, 0, 1, 0x61, 0, 1])],
    ['PUBLISH shorter than its topic', Buffer.from([0x30, 3, 0, 9, 0x61])],
    ['PUBLISH without identifier', Buffer.from([0x32, 3, 0, 1, 0x61])],
    ['PUBLISH without topic length', Buffer.from([0x30, 1, 0])],
    ['PUBACK of one byte', Buffer.from([0x40, 1, 0])],
    ['CONNECT from the broker', Buffer.from([0x10, 2, 0, 0])],
  ])('malformed (%s): the connection is given up and made anew', async (_, bytes) => {
    const { broker, swarm } = await start();
    const client = join(swarm, 'c');
    await waitFor('connected', () => client.connected);
    broker.connections[0]!.socket.write(
      Buffer.concat([bytes, generate({ cmd: 'publish', topic: 'after', payload: 'x', qos: 0, retain: false, dup: false })]),
    );
    await waitFor('connected again', () => swarm.connected.length === 2);
    expect(swarm.closed[0]!.reason).toMatch(/malformed|protocol error/);
    expect(swarm.seen('c')).toEqual([]);
  });
});

describe('messages to a client', () => {
  it('arrive whole however the network cuts them, at every byte', async () => {
    const { broker, swarm } = await start();
    const client = join(swarm, 'c');
    await waitFor('connected', () => client.connected);
    const bytes = Buffer.concat([
      generate({ cmd: 'publish', topic: 'a/b', payload: 'one', qos: 1, messageId: 5, retain: false, dup: false }),
      generate({ cmd: 'publish', topic: 'ä', payload: Buffer.alloc(130, 'x'), qos: 0, retain: true, dup: false }),
    ]);
    const { socket } = broker.connections[0]!;
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const before = swarm.stats().bytesIn;
      socket.write(bytes.subarray(0, cut));
      // Polled each turn: waitFor's pauses would add up over 145 cuts.
      while (swarm.stats().bytesIn < before + cut) await new Promise((resolve) => setImmediate(resolve));
      socket.write(bytes.subarray(cut));
      while (swarm.stats().bytesIn < before + bytes.length) await new Promise((resolve) => setImmediate(resolve));
    }
    const expected = [
      { topic: 'a/b', payload: 'one', qos: 1, dup: false, retain: false },
      { topic: 'ä', payload: 'x'.repeat(130), qos: 0, dup: false, retain: true },
    ];
    expect(swarm.seen('c')).toEqual(Array.from({ length: bytes.length - 1 }, () => expected).flat());
  });

  it('of QoS 2 are told once until PUBREL, whatever is sent again', async () => {
    const { broker, swarm } = await start((connection, packet) => {
      if (packet.cmd === 'connect') connection.send({ cmd: 'connack', returnCode: 0, sessionPresent: connection.index > 0 });
      return packet.cmd === 'connect' || packet.cmd === 'pubrec';
    });
    const client = join(swarm, 'c', { cleanSession: false });
    await waitFor('connected', () => client.connected);
    const message = { cmd: 'publish', topic: 't', payload: 'x', qos: 2, messageId: 9, retain: false } as const;
    broker.connections[0]!.send({ ...message, dup: false });
    broker.connections[0]!.send({ ...message, dup: true });
    await waitFor('PUBREC twice', () => broker.log().filter((entry) => entry === 'pubrec:9').length === 2);
    broker.connections[0]!.socket.destroy();
    await waitFor('connected again', () => swarm.connected.length === 2);
    broker.connections[1]!.send({ ...message, dup: true });
    broker.connections[1]!.send({ cmd: 'pubrel', messageId: 9 });
    await waitFor('PUBCOMP', () => broker.log().includes('pubcomp:9'));
    expect(swarm.seen('c')).toHaveLength(1);
    // The identifier is free again: the same bytes are a new message now.
    broker.connections[1]!.send({ ...message, dup: false });
    await waitFor('second message', () => swarm.seen('c').length === 2);
  });
});

describe('subscriptions', () => {
  it.each([true, false])(
    'are renewed when the session is not present (cleanSession %s), refused ones are not',
    async (cleanSession) => {
      const { broker, swarm } = await start((connection, packet) => {
        if (packet.cmd !== 'subscribe') return false;
        const granted = packet.subscriptions.map(({ topic, qos }) => (topic === 'no' ? 128 : qos));
        connection.send({ cmd: 'suback', messageId: packet.messageId!, granted });
        return true;
      });
      const client = join(swarm, 'c', { cleanSession });
      const early = client.subscribe([{ filter: 'a', qos: 1 }]);
      expect(await early).toEqual([1]);
      expect(
        await client.subscribe([
          { filter: 'no', qos: 1 },
          { filter: 'b/#', qos: 2 },
        ]),
      ).toEqual([128, 2]);
      expect(await client.subscribe([{ filter: 'a', qos: 0 }])).toEqual([0]);
      broker.connections[0]!.socket.destroy();
      await waitFor('renewed', () => broker.connections[1]?.packets.some(({ cmd }) => cmd === 'subscribe') === true);
      expect(broker.connections[1]!.packets[1]).toMatchObject({
        cmd: 'subscribe',
        subscriptions: [
          { topic: 'a', qos: 0 },
          { topic: 'b/#', qos: 2 },
        ],
      });
    },
  );

  it('are not renewed when it is present, and one without an answer is asked for again', async () => {
    const { broker, swarm } = await start((connection, packet) => {
      if (packet.cmd === 'connect') connection.send({ cmd: 'connack', returnCode: 0, sessionPresent: connection.index > 0 });
      return (
        packet.cmd === 'connect' ||
        (packet.cmd === 'subscribe' && packet.subscriptions[0]!.topic === 'slow' && connection.index === 0)
      );
    });
    const client = join(swarm, 'c', { cleanSession: false });
    expect(await client.subscribe([{ filter: 'a', qos: 1 }])).toEqual([1]);
    const slow = client.subscribe([{ filter: 'slow', qos: 1 }]);
    await waitFor('asked', () => broker.log().includes('subscribe:2'));
    broker.connections[0]!.socket.destroy();
    expect(await slow).toEqual([1]);
    const asked = broker.connections[1]!.packets.filter((packet) => packet.cmd === 'subscribe');
    expect(asked.map(({ subscriptions }) => subscriptions.map(({ topic }) => topic))).toEqual([['slow']]);
  });

  it('count as refused when the client ends before the answer', async () => {
    const { swarm } = await start((_, packet) => packet.cmd === 'subscribe');
    const client = join(swarm, 'c');
    const granted = client.subscribe([
      { filter: 'a', qos: 1 },
      { filter: 'b', qos: 1 },
    ]);
    await waitFor('connected', () => client.connected);
    await client.end();
    expect(await granted).toEqual([128, 128]);
  });

  it('of an empty filter are an error at once', async () => {
    const { swarm } = await start();
    await expect(join(swarm, 'c').subscribe([{ filter: '', qos: 0 }])).rejects.toMatchObject({ code: 'input.argument' });
  });
});

describe('back-pressure', () => {
  it('holds QoS 1 in the queue and drops QoS 0 while the broker does not read; all that was queued arrives later', async () => {
    const { broker, swarm } = await start(undefined, { ...FAST, maxBacklogBytes: 64 * 1024 });
    const client = join(swarm, 'c', { maxInflight: 10_000, maxQueued: 50 });
    await waitFor('connected', () => client.connected);
    broker.connections[0]!.socket.pause();
    const payload = Buffer.alloc(16 * 1024, 'x');
    let queued = 0;
    let token = 0;
    // More than any socket buffer on the way can hold.
    while (queued < 50 && token < 10_000) {
      if (client.publish('t', payload, 1, false, token) === 'queued') queued += 1;
      token += 1;
      if (token % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(queued).toBe(50);
    expect(client.publish('t', payload, 1, false, -1)).toBe('queue-full');
    expect(client.publish('t', payload, 0, false, -2)).toBe('queue-full');
    broker.connections[0]!.socket.resume();
    await waitFor('all done', () => swarm.done.length === token);
    expect(swarm.done).toEqual(Array.from({ length: token }, (_, i) => i));
    expect(client.publish('t', payload, 0, false, -3)).toBe('sent');
  });
});
