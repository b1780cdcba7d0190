/** The bridge as a client of a broker outside, against a broker that does what a test tells it to. */
import { afterEach, describe, expect, test } from 'vitest';
import type { BridgeEvent } from '../../../core/bridge/types.ts';
import { type BrokerUrl, parseBrokerUrl } from '../../../core/external/brokerUrl.ts';
import type { ExternalGateway } from '../../../core/external/externalGateway.ts';
import type { GatewayEvent } from '../../../core/gateway/types.ts';
import type { MqDelivery } from '../../../core/mq/engine.ts';
import { type BrokerLabOptions, type Lab, startLab } from '../../../core/run/lab.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { type SessionBroker, sessionBroker } from './sessionBroker.ts';

const brokers: SessionBroker[] = [];
const labs: Lab<ExternalGateway>[] = [];
let events: (GatewayEvent | BridgeEvent)[] = [];

afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close(0);
  for (const broker of brokers.splice(0)) await broker.close();
  events = [];
});

async function aBroker(version: 4 | 5 = 5): Promise<SessionBroker> {
  const broker = await sessionBroker(version);
  brokers.push(broker);
  return broker;
}

async function open(broker: SessionBroker, more: Partial<BrokerLabOptions> = {}): Promise<Lab<ExternalGateway>> {
  const url = parseBrokerUrl(`mqtt://127.0.0.1:${broker.port}`) as BrokerUrl;
  const lab = await startLab({
    profile: 'strict',
    topics: [{ name: 'home', direction: 'both', partitions: 1 }],
    broker: { connection: { url }, clientId: 'bridge', shareGroup: 'bridges', keepSession: true },
    storage: 'memory',
    fsync: 'never',
    onEvent: (event) => events.push(event),
    ...more,
  } satisfies BrokerLabOptions);
  labs.push(lab);
  return lab;
}

async function stored(lab: Lab<ExternalGateway>): Promise<MqDelivery[]> {
  const found: MqDelivery[] = [];
  await lab.engine.consume({ group: 'g', topics: ['home'], mode: 'clustering', ordered: true }, (delivery) => {
    found.push(delivery);
  });
  return found;
}

const bodies = (found: readonly MqDelivery[]): string[] => found.map(({ body }) => Buffer.from(body).toString());
const texts = (): string[] => events.flatMap((event) => (event.kind === 'broker' ? [event.text] : []));
/** What a device would publish, as the broker hands it to the bridge. */
const deviceSends = (broker: SessionBroker, messageId: number, topic: string, payload: string): void =>
  broker.connection.send({ cmd: 'publish', topic, payload, qos: 1, messageId, dup: false, retain: false });
const acknowledged = (broker: SessionBroker): (number | undefined)[] => broker.all('puback').map(({ messageId }) => messageId);

describe('a message for devices that the broker does not acknowledge', () => {
  test('does not keep the lab from closing, and is said not to be drained', async () => {
    const broker = await aBroker();
    broker.script = (_, packet) => packet.cmd === 'publish';
    const lab = await open(broker);
    const producer = await lab.engine.producer();
    await producer.send({ topic: 'home', properties: { mqttSecondTopic: '/a' }, body: Buffer.from('on') });
    await waitFor('the message at the broker', () => broker.all('publish').length === 1);
    expect(await lab.close(0)).toEqual({ notDrained: 1 });
  });
});

describe.each([5, 4] as const)('MQTT %s: a bridge that may not subscribe', (version) => {
  test('leaves the session it had as it is', async () => {
    const broker = await aBroker(version);
    broker.sessionPresent = true;
    broker.script = (connection, packet) => {
      // The probe of MQTT 3.1.1 asks for QoS 2 on a topic of its own.
      if (packet.cmd !== 'subscribe' || packet.subscriptions[0]!.topic.includes('causeway-probe')) return false;
      connection.send({ cmd: 'suback', messageId: packet.messageId!, granted: [0x80] });
      return true;
    };
    await expect(open(broker)).rejects.toMatchObject({ code: 'broker.denied' });
    await waitFor('the goodbye', () => broker.all('disconnect').length === 1);
    expect(broker.all('connect').filter(({ clean }) => clean === true)).toEqual([]);
    expect(broker.all('disconnect')[0]!.properties?.sessionExpiryInterval).toBeUndefined();
  });
});

describe('a session that is still subscribed to what is not carried any more', () => {
  test('is unsubscribed with the first message of it; that is said once, and all are counted', async () => {
    const broker = await aBroker();
    broker.sessionPresent = true;
    const lab = await open(broker);
    const found = await stored(lab);
    deviceSends(broker, 1, 'old/a', '1');
    deviceSends(broker, 2, 'old/b', '2');
    deviceSends(broker, 3, 'home/a', '3');
    await waitFor('all acknowledged', () => acknowledged(broker).length === 3);
    await waitFor('the end of the subscription', () => broker.all('unsubscribe').length > 0);
    expect(broker.all('unsubscribe').map(({ unsubscriptions }) => unsubscriptions)).toEqual([['$share/bridges/old/#', 'old/#']]);
    expect(lab.gateway.stats()).toMatchObject({ stale: 2, received: 1 });
    expect(texts().filter((text) => text.includes('old'))).toHaveLength(1);
    await waitFor('the message that is carried', () => found.length === 1);
    expect(bodies(found)).toEqual(['3']);
  });
});

describe('a session that the broker has lost', () => {
  test('is subscribed again, also when the connection is lost before the broker answers', async () => {
    const broker = await aBroker();
    await open(broker);
    expect(broker.all('subscribe')).toHaveLength(1);
    broker.script = (connection, packet) => {
      if (packet.cmd !== 'subscribe') return false;
      connection.cut();
      broker.script = () => false;
      // It has the session by now, though not its subscription.
      broker.sessionPresent = true;
      return true;
    };
    broker.connection.cut();
    await waitFor('the third subscription', () => broker.all('subscribe').length === 3);
    expect(broker.connections).toHaveLength(3);
  });
});

describe('a broker that wants no keep-alive', () => {
  test('is sent no pings', async () => {
    const broker = await aBroker();
    broker.connackProperties = { serverKeepAlive: 0 };
    const lab = await open(broker);
    for (let i = 0; i < 50; i += 1) {
      const payload = Buffer.from(String(i));
      await lab.gateway.deliver({ kind: 'topic', topic: 'home/a', shownTopic: 'home/a', qos: 1, payload });
    }
    expect(broker.all('pingreq')).toEqual([]);
    expect(broker.connections).toHaveLength(1);
  });
});

describe('a message that MQ cannot store', () => {
  test('is acknowledged, counted and said once; what comes behind it is stored, over the same connection', async () => {
    const broker = await aBroker();
    const lab = await open(broker, {
      tamper: {
        // A key that no engine takes.
        up: (message) =>
          Buffer.from(message.body).toString().startsWith('bad') ? [{ ...message, key: 'k'.repeat(70_000) }] : [message],
      },
    });
    const found = await stored(lab);
    for (const [i, body] of ['1', 'bad 2', '3', 'bad 4', 'bad 5', '6'].entries()) deviceSends(broker, i + 1, 'home/a', body);
    await waitFor('all acknowledged', () => acknowledged(broker).length === 6);
    expect(acknowledged(broker)).toEqual([1, 2, 3, 4, 5, 6]);
    await waitFor('the others in MQ', () => found.length === 3);
    expect(bodies(found)).toEqual(['1', '3', '6']);
    expect(lab.gateway.stats()).toMatchObject({ refused: { 'not-storable': 3 }, reconnects: 0 });
    expect(texts().filter((text) => text.includes('is not carried'))).toHaveLength(1);
    expect(broker.connections).toHaveLength(1);
  });
});

describe('a broker that stays away', () => {
  test('is named with the reason, and again when the reason changes', async () => {
    const broker = await aBroker();
    await open(broker);
    let attempts = 0;
    broker.script = (connection, packet) => {
      if (packet.cmd !== 'connect') return false;
      attempts += 1;
      const reasonCode = attempts <= 2 ? 0x88 : 0x86;
      connection.send({ cmd: 'connack', sessionPresent: false, reasonCode });
      return attempts <= 3;
    };
    broker.connection.cut();
    await waitFor('three attempts', () => attempts === 3);
    await waitFor('both reasons', () => texts().filter((text) => text.includes('cannot be connected to again')).length === 2);
    broker.script = () => false;
    await waitFor('the connection', () => texts().some((text) => text.startsWith('connected to')));
    expect(texts().filter((text) => text.includes('cannot be connected to again'))).toHaveLength(2);
  });
});
