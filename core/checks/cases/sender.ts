/** Numbers 28 to 30: who the sender is, and that nobody can pretend to be another. */
import { ConnectRefused } from '../device.ts';
import type { CheckCase } from '../types.ts';

const STRIPPED = 'case 28: a client ID says which device has published; a service is no device';
const OVERRIDE = 'case 29: services trust these properties; only the gateway may write them';

export const SENDER_CASES: readonly CheckCase[] = [
  {
    id: '28.stripped',
    number: 28,
    title: 'a clientId set by a service addresses nobody, changes nothing and comes back nowhere',
    why: STRIPPED,
    covers: ['clientId:down'],
    run: async (s) => {
      const named = await s.device('named');
      const subscriber = await s.device('B', { subscribe: { [s.topic('/a')]: 1 } });
      await s.send({ mqttSecondTopic: '/a', clientId: named.clientId }, s.body('posing'));
      await s.arrives(subscriber, [{ topic: s.topic('/a'), qos: 1, body: s.body('posing') }], STRIPPED);
      await s.arrives(named, [], 'case 28: clientId is no address');
      await s.stores([], 'case 28: nor does it come back into MQ as that device’s message', subscriber);
      await s.deadLetters([], 'case 28: stripped, not refused');
    },
  },
  {
    id: '28.p2p',
    number: 28,
    title: 'on P2P the receiver is the one of mqttSecondTopic, not of clientId',
    why: STRIPPED,
    covers: ['clientId:down', 'P2P:down'],
    run: async (s) => {
      const target = await s.device('A');
      const named = await s.device('named');
      const second = `/p2p/${target.clientId}`;
      await s.send({ mqttSecondTopic: second, clientId: named.clientId }, s.body('posing'));
      await s.arrives(target, [{ topic: s.topic(second), qos: 1, body: s.body('posing') }], STRIPPED);
      await s.arrives(named, [], STRIPPED);
    },
  },
  {
    id: '28.warned',
    number: 28,
    title: 'a clientId set by a service is counted as a warning',
    why: 'case 28: it is stripped, so its sender must be able to learn of it',
    covers: ['clientId:down'],
    alone: true,
    run: async (s) => {
      const before = s.counters();
      const device = await s.device('A', { subscribe: { [s.topic('/a')]: 1 } });
      await s.send({ mqttSecondTopic: '/a', clientId: 'somebody' }, s.body('with'));
      await s.send({ mqttSecondTopic: '/a' }, s.body('without'));
      const expected = ['with', 'without'].map((text) => ({ topic: s.topic('/a'), qos: 1, body: s.body(text) }));
      await s.arrives(device, expected, STRIPPED);
      const read = (c: typeof before): number => c.bridge.warnings['client-id-stripped'] ?? 0;
      await s.counts('bridge warnings client-id-stripped', read, before, 1, STRIPPED);
    },
  },
  {
    id: '29.payload',
    number: 29,
    title: 'a payload or a topic that looks like properties overrides none',
    why: OVERRIDE,
    covers: ['qoslevel:up', 'cleansessionflag:up', 'mqttSecondTopic:up', 'clientId:up'],
    run: async (s) => {
      const device = await s.device('A', { clean: false });
      const fake = { qoslevel: '0', cleansessionflag: 'true', mqttSecondTopic: '/x', clientId: 'other', mqttRealTopic: '/y' };
      const json = Buffer.from(JSON.stringify({ token: s.body('json').toString(), ...fake, properties: fake }));
      const seconds = ['/a', '/clientId=other', '/a?qoslevel=0&clientId=o'];
      await s.publish(device, s.topic(seconds[0]), json, { qos: 1 });
      for (const second of seconds.slice(1)) await s.publish(device, s.topic(second), s.body(second), { qos: 1 });
      const expected = [json, ...seconds.slice(1).map((second) => s.body(second))].map((body, i) =>
        s.asStored(device, seconds[i], 1, body),
      );
      await s.stores(expected, OVERRIDE, device);
    },
  },
  {
    id: '29.user-properties',
    number: 29,
    title: 'MQTT 5 user properties named like mapped keys override none, and bring no mqttRealTopic',
    why: OVERRIDE,
    covers: ['qoslevel:up', 'cleansessionflag:up', 'mqttSecondTopic:up', 'mqttRealTopic:up', 'clientId:up'],
    run: async (s) => {
      try {
        const device = await s.device('A', { protocolVersion: 5, fence: false });
        const userProperties = {
          qoslevel: '0',
          cleansessionflag: 'false',
          mqttSecondTopic: '/x',
          clientId: 'other',
          mqttRealTopic: '/y',
        };
        await s.publish(device, s.topic('/a'), s.body('five'), { qos: 1, userProperties });
        await s.stores([s.asStored(device, '/a', 1, s.body('five'))], OVERRIDE, device);
      } catch (error) {
        if (!(error instanceof ConnectRefused)) throw error;
        s.notApplicable(
          `this gateway does not speak MQTT 5 (CONNECT was answered with ${error.code ?? 'no code'}), and MQTT 3.1.1 has no user properties`,
        );
      }
    },
  },
  {
    id: '30.connect',
    number: 30,
    title: 'clientId is the ID of the CONNECT, of every device its own',
    why: 'case 30: a service answers to this ID, and order is kept by it',
    covers: ['clientId:up'],
    run: async (s) => {
      const expected = [];
      const devices = [await s.device('A'), await s.device('B', { clean: false }), await s.device('C', { over: 'ws' })];
      for (const device of devices) {
        await s.publish(device, s.topic('/a'), s.body(device.name), { qos: 1 });
        expected.push(s.asStored(device, '/a', 1, s.body(device.name)));
      }
      await s.stores(expected, 'case 30: the ID of the CONNECT', ...devices);
    },
  },
  ...([0, 1, 2] as const).map(
    (qos): CheckCase => ({
      id: `30.will-${qos}`,
      number: 30,
      title: `a Will at QoS ${qos} carries the properties of the client that has died`,
      why: 'case 30: the gateway publishes it, but it is that device’s message',
      covers: ['clientId:up', 'qoslevel:up', 'cleansessionflag:up'],
      run: async (s) => {
        const witness = await s.device('witness');
        const watcher = await s.device('watcher', { subscribe: { [s.topic('/gone')]: 2 } });
        const will = { topic: s.topic('/gone'), body: s.body('last words'), qos };
        const device = await s.device('A', { clean: qos !== 1, will });
        await s.cut(device);
        await s.stores([s.asStored(device, '/gone', qos, s.body('last words'))], 'case 30: Will messages too', witness);
        await s.arrives(watcher, [{ topic: s.topic('/gone'), qos, body: s.body('last words') }], 'case 30: to devices as well');
      },
    }),
  ),
  {
    id: '30.no-will',
    number: 30,
    title: 'after a DISCONNECT there is no Will',
    why: 'case 30: who says goodbye has not died [MQTT-3.14.4-3]',
    covers: ['clientId:up'],
    run: async (s) => {
      const witness = await s.device('witness');
      const device = await s.device('A', { will: { topic: s.topic('/gone'), body: s.body('last words'), qos: 1 } });
      await s.leave(device);
      await s.stores([], 'case 30: the Will is discarded', witness);
    },
  },
];
