import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../../core/clock.ts';
import type { DownReport, GatewayOptions, QoS } from '../../../core/gateway/types.ts';
import { type GatewayRig, gatewayRig } from '../../helpers/gatewayRig.ts';
import { type RawClient, rawConnected } from '../../helpers/rawMqtt.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let rig: GatewayRig;
const raws: RawClient[] = [];
const start = async (options: Partial<GatewayOptions> = {}, clock?: Clock): Promise<void> => {
  rig = await gatewayRig(options, clock);
};
const raw = async (clientId: string, clean = true): Promise<RawClient> => {
  const client = await rawConnected(rig.port, clientId, { clean });
  raws.push(client);
  return client;
};
afterEach(async () => {
  for (const client of raws.splice(0)) client.destroy();
  await rig.close();
});

const fromMq = (topic: string, payload: string, qos: QoS, shownTopic = topic): Promise<DownReport> =>
  rig.gateway.deliver({ kind: 'topic', topic, shownTopic, qos, payload: Buffer.from(payload) });
const publishes = (client: RawClient) =>
  client.packets.flatMap((packet) =>
    packet.cmd === 'publish' ? [`${packet.payload.toString()} qos${packet.qos}${packet.dup ? ' dup' : ''}`] : [],
  );
const subscribe = async (client: RawClient, topic: string, qos: QoS): Promise<void> => {
  const index = client.packets.filter(({ cmd }) => cmd === 'suback').length;
  client.send({ cmd: 'subscribe', messageId: 100 + index, subscriptions: [{ topic, qos }] } as never);
  await client.next('suback', index);
};
/** Persistent session with this subscription, offline. */
const absent = async (clientId: string, filter: string, qos: QoS = 1): Promise<void> => {
  const client = await raw(clientId, false);
  await subscribe(client, filter, qos);
  client.destroy();
  await waitFor('offline', () => rig.gateway.session(clientId)?.connected === false);
};

describe('delivery QoS', () => {
  test.each(['p/x', 'p/+', 'p/#', '#'])(
    '%s: the minimum of message and subscription, from devices and from MQ',
    async (filter) => {
      await start();
      const publisher = await rig.connect('publisher');
      for (const granted of [0, 1, 2] as const) {
        const subscriber = await rig.connect(`s${granted}`);
        await subscriber.client.subscribeAsync(filter, { qos: granted });
        for (const qos of [0, 1, 2] as const) {
          await publisher.client.publishAsync('p/x', `device ${qos}`, { qos });
          await fromMq('p/x', `mq ${qos}`, qos);
        }
        await waitFor('six messages', () => subscriber.messages.length === 6);
        expect(subscriber.messages.map(({ payload, qos }) => `${payload}:${qos}`).sort()).toEqual(
          [0, 1, 2].flatMap((qos) => [`device ${qos}:${Math.min(qos, granted)}`, `mq ${qos}:${Math.min(qos, granted)}`]).sort(),
        );
        await subscriber.close();
      }
    },
  );

  test('overlapping filters: one copy, at the highest granted QoS', async () => {
    await start();
    const subscriber = await rig.connect('s');
    await subscriber.client.subscribeAsync({ 'p/#': { qos: 0 }, 'p/+': { qos: 2 }, 'p/x': { qos: 1 } });
    await rig.gateway.deliver({ kind: 'topic', topic: 'p/x', shownTopic: 'p/x', qos: 2, payload: Buffer.from('once') });
    // At QoS 2, too: its handshake ends behind that of what was sent before it.
    await fromMq('p/end', 'end', 2);
    await waitFor('end', () => subscriber.messages.some(({ topic }) => topic === 'p/end'));
    expect(subscriber.messages.filter(({ topic }) => topic === 'p/x').map(({ qos }) => qos)).toEqual([2]);
  });
});

describe('from MQ', () => {
  test('matching uses the topic, receivers see the shown one', async () => {
    await start();
    const client = await rig.connect('a');
    await client.client.subscribeAsync('p/sub', { qos: 1 });
    expect(await fromMq('p/sub', 'x', 1, 'p/real')).toEqual({ online: 1, stored: 0, dropped: 0 });
    expect(await fromMq('p/other', 'x', 1, 'p/sub')).toEqual({ online: 0, stored: 0, dropped: 0 });
    await waitFor('message', () => client.messages.length === 1);
    expect(client.messages[0]).toMatchObject({ topic: 'p/real', qos: 1, retain: false });
  });

  test('payloads arrive byte for byte', async () => {
    await start();
    const client = await rig.connect('a');
    await client.client.subscribeAsync('p/#', { qos: 1 });
    const payloads = [Buffer.alloc(0), Buffer.from([0, 0xff, 0xc3, 0x28, 0]), Buffer.alloc(65_536, 0x80)];
    for (const payload of payloads)
      await rig.gateway.deliver({ kind: 'topic', topic: 'p/x', shownTopic: 'p/x', qos: 1, payload });
    await waitFor('three', () => client.messages.length === 3);
    client.messages.forEach(({ payload }, i) => {
      expect(payload.equals(payloads[i]!)).toBe(true);
    });
  });

  test('a thousand messages to two hundred subscribers: each gets each, in order', async () => {
    await start();
    const clients = await Promise.all(Array.from({ length: 200 }, (_, i) => raw(`c${i}`)));
    for (const [i, client] of clients.entries()) await subscribe(client, i % 2 === 0 ? 'm/room' : 'm/+', (i % 3) as QoS);
    const expected = Array.from({ length: 1_000 }, (_, i) => String(i));
    for (const client of clients) {
      client.socket.on('data', () => {});
    }
    const acked = new Map<RawClient, number>();
    const timer = setInterval(() => {
      for (const client of clients) {
        for (let at = acked.get(client) ?? 0; at < client.packets.length; at += 1) {
          const packet = client.packets[at]!;
          if (packet.cmd === 'publish' && packet.qos === 1) client.send({ cmd: 'puback', messageId: packet.messageId! });
          acked.set(client, at + 1);
        }
      }
    }, 5);
    let online = 0;
    for (const payload of expected) online += (await fromMq('m/room', payload, 1)).online;
    expect(online).toBe(200_000);
    await waitFor('all', () => clients.every((client) => publishes(client).length >= 1_000));
    clearInterval(timer);
    for (const [i, client] of clients.entries()) {
      expect(publishes(client)).toEqual(expected.map((payload) => `${payload} qos${Math.min(1, i % 3)}`));
    }
    expect(rig.gateway.stats()).toMatchObject({ delivered: 200_000, slowDropped: 0 });
  });
});

describe('offline', () => {
  test('QoS 1 is kept for a persistent session, QoS 0 is not; order holds', async () => {
    await start();
    await absent('away', 'p/#');
    expect(await fromMq('p/1', 'one', 1)).toEqual({ online: 0, stored: 1, dropped: 0 });
    expect(await fromMq('p/1', 'zero', 0)).toEqual({ online: 0, stored: 0, dropped: 0 });
    expect(await fromMq('p/2', 'two', 2)).toEqual({ online: 0, stored: 1, dropped: 0 });
    expect(rig.gateway.stats().offlineStored).toBe(2);
    const back = await raw('away', false);
    await back.next('publish', 1);
    expect(publishes(back)).toEqual(['one qos1', 'two qos1']);
    expect(rig.gateway.stats().offlineStored).toBe(0);
  });

  test('a granted QoS of 0 keeps nothing', async () => {
    await start();
    await absent('away', 'p/#', 0);
    expect(await fromMq('p/1', 'one', 1)).toEqual({ online: 0, stored: 0, dropped: 0 });
  });

  test('beyond the limit the oldest goes and is counted', async () => {
    await start({ limits: { offlineMessages: 3 } });
    await absent('away', 'p/#');
    for (const payload of ['1', '2', '3', '4', '5']) await fromMq('p/x', payload, 1);
    expect(rig.gateway.stats()).toMatchObject({ offlineStored: 3, offlineDropped: 2 });
    const back = await raw('away', false);
    await back.next('publish', 2);
    expect(publishes(back)).toEqual(['3 qos1', '4 qos1', '5 qos1']);
  });

  test('what is too old goes and is counted', async () => {
    let now = 1_000_000;
    await start({ limits: { offlineMs: 1_000 } }, () => now);
    await absent('away', 'p/#');
    await fromMq('p/x', 'old', 1);
    now += 600_000;
    await fromMq('p/x', 'young', 1);
    now += 600_000;
    expect(rig.gateway.stats()).toMatchObject({ offlineStored: 1, offlineDropped: 1 });
    const back = await raw('away', false);
    await back.next('publish');
    expect(publishes(back)).toEqual(['young qos1']);
  });

  test('reconnecting with clean=1 gives nothing, and forgets', async () => {
    await start();
    await absent('away', 'p/#');
    await fromMq('p/x', 'lost', 1);
    const clean = await raw('away', true);
    clean.send({ cmd: 'pingreq' });
    await clean.next('pingresp');
    expect(publishes(clean)).toEqual([]);
    expect(rig.gateway.session('away')).toMatchObject({ cleanSession: true, subscriptions: [] });
  });

  test('what was not acknowledged comes again with DUP, under the same identifier, before what is newer', async () => {
    await start({ profile: 'lenient' });
    const client = await raw('a', false);
    await subscribe(client, 'p/#', 2);
    await fromMq('p/1', 'acked', 1);
    await fromMq('p/1', 'unacked', 1);
    await fromMq('p/2', 'unreceived', 2);
    await fromMq('p/2', 'received', 2);
    await client.next('publish', 3);
    const ids = client.packets.flatMap((packet) => (packet.cmd === 'publish' ? [packet.messageId!] : []));
    client.send({ cmd: 'puback', messageId: ids[0]! }, { cmd: 'pubrec', messageId: ids[3]! });
    await client.next('pubrel');
    client.destroy();
    await waitFor('offline', () => rig.gateway.session('a')?.connected === false);
    await fromMq('p/1', 'newer', 1);
    const back = await raw('a', false);
    await back.next('publish', 2);
    await back.next('pubrel');
    expect(publishes(back)).toEqual(['unacked qos1 dup', 'unreceived qos2 dup', 'newer qos1']);
    const again = back.packets.filter(({ cmd }) => cmd === 'publish' || cmd === 'pubrel').map(({ messageId }) => messageId);
    expect(again.slice(0, 3)).toEqual(ids.slice(1));
    back.send(
      { cmd: 'puback', messageId: ids[1]! },
      { cmd: 'pubrec', messageId: ids[2]! },
      { cmd: 'pubcomp', messageId: ids[3]! },
    );
    await back.next('pubrel', 1);
    back.send({ cmd: 'pubcomp', messageId: ids[2]! }, { cmd: 'pingreq' });
    await back.next('pingresp');
    back.destroy();
    await waitFor('offline', () => rig.gateway.session('a')?.connected === false);
    const third = await raw('a', false);
    await third.next('publish');
    expect(publishes(third)).toEqual(['newer qos1 dup']);
  });

  test('more unacknowledged messages than fit on the wire wait, in order', async () => {
    await start();
    const client = await raw('a');
    await subscribe(client, 'p/#', 1);
    for (let i = 0; i < 1_500; i += 1) await fromMq('p/x', String(i), 1);
    await client.next('publish', 1_000);
    const before = publishes(client).length;
    expect(before).toBeLessThan(1_500);
    const ack = (): void => {
      const ids = client.packets.flatMap((packet) => (packet.cmd === 'publish' ? [packet.messageId!] : []));
      client.send(...ids.map((messageId) => ({ cmd: 'puback' as const, messageId })));
    };
    ack();
    await client.next('publish', 1_499);
    expect(publishes(client)).toEqual(Array.from({ length: 1_500 }, (_, i) => `${i} qos1`));
  });
});

describe('retained', () => {
  test('the last one is replayed to a new subscription at the minimum QoS; existing ones see retain=0; empty removes it', async () => {
    await start();
    const live = await rig.connect('live');
    await live.client.subscribeAsync('m/#', { qos: 2 });
    const publisher = await rig.connect('publisher');
    await publisher.client.publishAsync('m/a', 'first', { qos: 1, retain: true });
    await publisher.client.publishAsync('m/a', 'second', { qos: 1, retain: true });
    await publisher.client.publishAsync('m/b', 'other', { qos: 2, retain: true });
    await waitFor('three', () => live.messages.length === 3);
    expect(live.messages.every(({ retain }) => !retain)).toBe(true);
    const late = await rig.connect('late');
    await late.client.subscribeAsync('m/+', { qos: 1 });
    await waitFor('two', () => late.messages.length === 2);
    expect(late.messages.map(({ payload, qos, retain }) => [payload.toString(), qos, retain])).toEqual([
      ['second', 1, true],
      ['other', 1, true],
    ]);
    await publisher.client.publishAsync('m/a', '', { qos: 1, retain: true });
    const later = await rig.connect('later');
    await later.client.subscribeAsync('m/a', { qos: 1 });
    await later.client.subscribeAsync('m/b', { qos: 0 });
    await waitFor('one', () => later.messages.length === 1);
    expect(later.messages[0]).toMatchObject({ topic: 'm/b', qos: 0 });
  });
});

describe('a frozen subscriber', () => {
  test('is closed as stalled; the healthy one gets everything', async () => {
    await start({ stalledMs: 300 });
    const frozen = await raw('frozen');
    await subscribe(frozen, 'm/#', 0);
    frozen.socket.pause();
    const healthy = await raw('healthy');
    await subscribe(healthy, 'm/#', 0);
    const payload = 'x'.repeat(60_000);
    let sent = 0;
    await waitFor('stalled', async () => {
      for (let i = 0; i < 20; i += 1) {
        await fromMq('m/x', payload, 0);
        sent += 1;
      }
      return (rig.gateway.stats().refused.stalled ?? 0) > 0;
    });
    await waitFor('all at the healthy one', () => publishes(healthy).length === sent);
    expect(rig.gateway.stats().connected).toBe(1);
    expect(rig.events).toContainEqual({ kind: 'disconnected', clientId: 'frozen', reason: 'stalled' });
  });

  test('slow is not stalled: who takes something now and then stays, and its publisher waits for it', async () => {
    await start({ stalledMs: 1_000 });
    const slow = await raw('slow');
    await subscribe(slow, 'm/#', 0);
    let bytes = 0;
    slow.socket.removeAllListeners('data');
    slow.socket.on('data', (chunk) => {
      bytes += chunk.length;
      slow.socket.pause();
      setTimeout(() => slow.socket.resume(), 2);
    });
    const publisher = await rig.connect('publisher');
    const payload = Buffer.alloc(60_000, 1);
    for (let i = 0; i < 300; i += 1) publisher.client.publish('m/x', payload, { qos: 0 });
    await waitFor('all bytes', () => bytes >= 300 * 60_000);
    expect(rig.gateway.stats().refused).toEqual({});
    expect(rig.gateway.stats()).toMatchObject({ slowDropped: 0, connected: 2 });
  });
});
