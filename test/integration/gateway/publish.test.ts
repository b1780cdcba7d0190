import { afterEach, describe, expect, test } from 'vitest';
import type { GatewayOptions, QoS, UpPublish } from '../../../core/gateway/types.ts';
import { type GatewayRig, gatewayRig } from '../../helpers/gatewayRig.ts';
import { connectPacket, type RawClient, rawConnected, rawMqtt } from '../../helpers/rawMqtt.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let rig: GatewayRig;
const raws: RawClient[] = [];
const start = async (options: Partial<GatewayOptions> = {}): Promise<void> => {
  rig = await gatewayRig(options);
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

const publish = (topic: string, qos: QoS, messageId: number, payload = 'x', dup = false) => ({
  cmd: 'publish' as const,
  topic,
  payload: Buffer.from(payload),
  qos,
  retain: false,
  dup,
  ...(qos > 0 ? { messageId } : {}),
});
const acks = (client: RawClient): string[] =>
  client.packets.filter(({ cmd }) => cmd === 'puback' || cmd === 'pubrec').map(({ cmd, messageId }) => `${cmd} ${messageId}`);

/** An uplink whose answers the test gives by hand, by payload. */
function byHand(): { store(payload: string): void; refuse(payload: string): void } {
  const open = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  rig.answer = (message: UpPublish) =>
    new Promise<void>((resolve, reject) => open.set(message.payload.toString(), { resolve, reject }));
  return {
    store: (payload) => open.get(payload)!.resolve(),
    refuse: (payload) => open.get(payload)!.reject(new Error('engine is gone')),
  };
}

describe('to the uplink', () => {
  test('carries what was published, by whom, and with which clean-session flag', async () => {
    await start();
    const clean = await rig.connect('clean-one', { clean: true });
    const persistent = await rig.connect('persistent-one', { clean: false });
    await clean.client.publishAsync('p', 'bare parent', { qos: 0 });
    await clean.client.publishAsync('p/a/b/c', Buffer.from([0, 255, 0]), { qos: 1 });
    await persistent.client.publishAsync('q//x/', '', { qos: 2, retain: true });
    await waitFor('three', () => rig.up.length === 3);
    const base = { dup: false, will: false, retain: false };
    expect(rig.up).toMatchObject([
      { ...base, clientId: 'clean-one', topic: 'p', parent: 'p', qos: 0, cleanSession: true },
      { ...base, clientId: 'clean-one', topic: 'p/a/b/c', parent: 'p', qos: 1, payload: Buffer.from([0, 255, 0]) },
      { ...base, clientId: 'persistent-one', topic: 'q//x/', parent: 'q', qos: 2, retain: true, cleanSession: false },
    ]);
    expect(rig.up.every(({ receivedUs }) => receivedUs > 0)).toBe(true);
  });

  test('a topic that is not bridged stays in MQTT', async () => {
    await start();
    const client = await rig.connect('a');
    await client.client.subscribeAsync('m/x');
    await client.client.publishAsync('m/x', '1', { qos: 1 });
    await waitFor('delivered', () => client.messages.length === 1);
    expect(rig.up).toEqual([]);
  });

  test('a Will goes up as its owner, but not after DISCONNECT', async () => {
    await start();
    const will = { topic: 'p/will', payload: Buffer.from('gone'), qos: 1 as const, retain: false };
    const polite = await rig.connect('polite', { will });
    await polite.close();
    const listener = await rig.connect('listener');
    await listener.client.subscribeAsync('p/will', { qos: 1 });
    const lost = await rig.connect('lost', { clean: false, will });
    await lost.close(true);
    await waitFor('Will delivered', () => listener.messages.length === 1);
    expect(rig.up).toMatchObject([{ clientId: 'lost', topic: 'p/will', will: true, cleanSession: false, qos: 1 }]);
  });

  test('a message from MQ, and a retained replay, never go up', async () => {
    await start();
    const client = await rig.connect('a');
    await client.client.publishAsync('p/kept', 'kept', { qos: 1, retain: true });
    await client.client.subscribeAsync('p/#', { qos: 1 });
    await waitFor('replay', () => client.messages.length === 1);
    expect(client.messages[0]).toMatchObject({ topic: 'p/kept', retain: true });
    await rig.gateway.deliver({ kind: 'topic', topic: 'p/mq', shownTopic: 'p/mq', qos: 1, payload: Buffer.from('m') });
    await waitFor('from MQ', () => client.messages.length === 2);
    expect(client.messages[1]).toMatchObject({ topic: 'p/mq', retain: false });
    expect(rig.up.map(({ topic }) => topic)).toEqual(['p/kept']);
  });
});

describe('acknowledgement', () => {
  test('PUBACK and PUBREC wait for the uplink, and go out in the order of the messages', async () => {
    await start();
    const uplink = byHand();
    const client = await raw('a');
    client.send(publish('p/1', 1, 1, 'one'), publish('p/2', 2, 2, 'two'), publish('p/3', 1, 3, 'three'), { cmd: 'pingreq' });
    await client.next('pingresp');
    await waitFor('all called', () => rig.up.length === 3);
    uplink.store('three');
    uplink.store('two');
    client.send({ cmd: 'pingreq' });
    await client.next('pingresp', 1);
    expect(acks(client)).toEqual([]);
    uplink.store('one');
    await client.next('puback', 1);
    expect(acks(client)).toEqual(['puback 1', 'pubrec 2', 'puback 3']);
  });

  test('subscribers get a message only after it is stored, in order', async () => {
    await start();
    const uplink = byHand();
    const subscriber = await rig.connect('subscriber');
    await subscriber.client.subscribeAsync('#', { qos: 1 });
    const client = await raw('a');
    client.send(publish('p/1', 1, 1, 'bridged'), publish('m/2', 1, 2, 'plain'));
    await waitFor('called', () => rig.up.length === 1);
    await rig.gateway.deliver({ kind: 'topic', topic: 'q/x', shownTopic: 'q/x', qos: 1, payload: Buffer.from('meanwhile') });
    await waitFor('the other one', () => subscriber.messages.length === 1);
    uplink.store('bridged');
    await waitFor('all', () => subscriber.messages.length === 3);
    expect(subscriber.messages.map(({ payload }) => payload.toString())).toEqual(['meanwhile', 'bridged', 'plain']);
  });

  test('a rejection closes that client without acknowledging it or what came after', async () => {
    await start();
    const uplink = byHand();
    const other = await rig.connect('other');
    const client = await raw('a', false);
    client.send(publish('p/1', 1, 1, 'one'), publish('p/2', 1, 2, 'two'), publish('p/3', 2, 3, 'three'));
    await waitFor('called', () => rig.up.length === 3);
    uplink.store('three');
    uplink.store('one');
    await client.next('puback');
    uplink.refuse('two');
    await waitFor('closed', () => client.closed);
    expect(acks(client)).toEqual(['puback 1']);
    expect(rig.gateway.stats().refused['uplink-failed']).toBe(1);
    expect(other.client.connected).toBe(true);
    // The client sends both again, and now they are new messages: nothing acknowledged is lost.
    const again = await raw('a', false);
    again.send(publish('p/2', 1, 2, 'two', true), publish('p/3', 2, 3, 'three', true));
    await waitFor('called again', () => rig.up.length === 5);
    expect(rig.up[4]).toMatchObject({ dup: true, qos: 2 });
    uplink.store('two');
    uplink.store('three');
    await again.next('pubrec');
    expect(acks(again)).toEqual(['puback 2', 'pubrec 3']);
  });

  test('a rejected QoS 0 message is counted; its client stays', async () => {
    await start();
    rig.answer = () => Promise.reject(new Error('no'));
    const client = await raw('a');
    client.send(publish('p/1', 0, 0));
    await waitFor('counted', () => rig.gateway.stats().refused['uplink-failed'] === 1);
    client.send({ cmd: 'pingreq' });
    await client.next('pingresp');
  });

  test('a resumed client is not read before its former packets are settled', async () => {
    await start();
    const uplink = byHand();
    const first = await raw('a', false);
    first.send(publish('p/1', 1, 1, 'one'));
    await waitFor('called', () => rig.up.length === 1);
    const second = await raw('a', false);
    second.send(publish('p/2', 1, 2, 'two'));
    // Another client's round trip shows that the gateway has had its turn.
    const other = await rig.connect('other');
    await other.client.subscribeAsync('m/x');
    await other.client.publishAsync('m/x', 'y', { qos: 1 });
    expect(rig.up.length).toBe(1);
    uplink.store('one');
    await waitFor('second is read', () => rig.up.length === 2);
    uplink.store('two');
    await second.next('puback');
    expect(acks(second)).toEqual(['puback 2']);
  });

  test('so it is with packets that come in one chunk with its CONNECT', async () => {
    await start();
    const uplink = byHand();
    const first = await raw('a', false);
    first.send(publish('p/1', 1, 1, 'one'));
    await waitFor('called', () => rig.up.length === 1);
    const second = await rawMqtt(rig.port);
    raws.push(second);
    second.send(connectPacket('a', { clean: false }), publish('p/2', 1, 2, 'two'), publish('p/3', 0, 0, 'three'), {
      cmd: 'pingreq',
    });
    await second.next('pingresp');
    expect(rig.up.length).toBe(1);
    uplink.store('one');
    await waitFor('second is read', () => rig.up.length === 3);
    expect(rig.up.map(({ payload }) => payload.toString())).toEqual(['one', 'two', 'three']);
    uplink.store('two');
    uplink.store('three');
    await second.next('puback');
  });

  test('a client with too much under way is not read on until the uplink catches up', async () => {
    await start();
    const open: (() => void)[] = [];
    rig.answer = () => new Promise<void>((resolve) => open.push(resolve));
    const client = await raw('flood');
    const payload = 'x'.repeat(60_000);
    const total = 200;
    for (let i = 1; i <= total; i += 1) client.send(publish('p/1', 1, i, payload));
    await waitFor('some are under way', () => rig.up.length >= 10);
    await new Promise((resolve) => setImmediate(resolve));
    expect(rig.up.length).toBeLessThan(60);
    const storing = setInterval(() => {
      for (const store of open.splice(0)) store();
    }, 1);
    await client.next('puback', total - 1);
    clearInterval(storing);
    expect(acks(client)).toEqual(Array.from({ length: total }, (_, i) => `puback ${i + 1}`));
  });

  test('close waits for uplink calls under way', async () => {
    await start();
    const uplink = byHand();
    const client = await raw('a');
    client.send(publish('p/1', 1, 1, 'one'));
    await waitFor('called', () => rig.up.length === 1);
    let closed = false;
    const closing = rig.gateway.close().then(() => {
      closed = true;
    });
    await waitFor('connection closed', () => client.closed);
    expect(closed).toBe(false);
    uplink.store('one');
    await closing;
  });
});

describe('QoS 2', () => {
  test('a second copy before PUBREL is acknowledged again and not published again, across reconnects', async () => {
    await start();
    const client = await raw('a', false);
    client.send(publish('p/1', 2, 7), publish('p/1', 2, 7, 'x', true));
    await client.next('pubrec', 1);
    client.destroy();
    const again = await raw('a', false);
    again.send(publish('p/1', 2, 7, 'x', true));
    await again.next('pubrec');
    expect(rig.up.length).toBe(1);
    again.send({ cmd: 'pubrel', messageId: 7 });
    await again.next('pubcomp');
    again.send(publish('p/1', 2, 7));
    await again.next('pubrec', 1);
    expect(rig.up.length).toBe(2);
  });

  test('the state of a clean session ends with it', async () => {
    await start();
    const client = await raw('a');
    client.send(publish('p/1', 2, 7));
    await client.next('pubrec');
    client.destroy();
    const again = await raw('a');
    again.send(publish('p/1', 2, 7));
    await again.next('pubrec');
    expect(rig.up.length).toBe(2);
  });
});

describe('refusals keep the connection and are acknowledged', () => {
  test.each([
    ['$SYS/broker/x', 'topic-reserved'],
    ['unknown/x', 'topic-unknown-parent'],
    [`p/${'x'.repeat(63)}`, 'topic-too-long'],
    ['p/\u0001', 'topic-invalid'],
  ] as const)('%s: %s', async (topic, reason) => {
    await start();
    const client = await raw('a');
    client.send(publish(topic, 0, 0), publish(topic, 1, 1), publish(topic, 2, 2), publish('p/good', 1, 3));
    await client.next('puback', 1);
    expect(acks(client)).toEqual(['puback 1', 'pubrec 2', 'puback 3']);
    expect(rig.gateway.stats()).toMatchObject({ published: 1, refused: { [reason]: 3 } });
    expect(rig.up.map((message) => message.topic)).toEqual(['p/good']);
    expect(rig.events.filter(({ kind }) => kind === 'refused')).toEqual([
      { kind: 'refused', what: 'publish', clientId: 'a', reason, value: topic },
    ]);
  });

  test('64 KiB pass, one byte more is refused', async () => {
    await start();
    const client = await rig.connect('a');
    await client.client.publishAsync('p/x', Buffer.alloc(65_536, 1), { qos: 1 });
    await client.client.publishAsync('p/x', Buffer.alloc(65_537, 1), { qos: 1 });
    await client.client.publishAsync('p/x', Buffer.alloc(0), { qos: 1 });
    expect(rig.up.map(({ payload }) => payload.length)).toEqual([65_536, 0]);
    expect(rig.gateway.stats().refused).toEqual({ 'payload-too-large': 1 });
  });
});

describe('malformed packets close the connection', () => {
  test.each([
    ['invalid UTF-8', Buffer.from([0x30, 4, 0, 2, 0xc3, 0x28])],
    ['a truncated character as long as its replacement', Buffer.from([0x30, 7, 0, 5, 0x70, 0x2f, 0xf0, 0x9f, 0x98])],
    ['U+0000', Buffer.from([0x30, 5, 0, 3, 0x70, 0x2f, 0])],
    ['a wildcard', Buffer.from([0x30, 5, 0, 3, 0x70, 0x2f, 0x23])],
    ['an empty topic', Buffer.from([0x30, 3, 0, 0, 0x78])],
    ['QoS 3', Buffer.from([0x36, 7, 0, 3, 0x70, 0x2f, 0x61, 0, 1])],
    ['identifier 0', Buffer.from([0x32, 7, 0, 3, 0x70, 0x2f, 0x61, 0, 0])],
    ['a packet of 200 MB announced', Buffer.concat([Buffer.from([0x30, 0x80, 0x84, 0xaf, 0x5f]), Buffer.alloc(100)])],
  ])('%s', async (_name, bytes) => {
    await start();
    const client = await raw('a');
    client.send(bytes);
    await waitFor('closed', () => client.closed);
    expect(rig.up).toEqual([]);
    expect(rig.gateway.stats().published).toBe(0);
  });
});
