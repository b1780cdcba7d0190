/** Numbers 1 to 6: the property qoslevel. */
import type { QoS } from '../../gateway/types.ts';
import type { CheckCase } from '../types.ts';

const LEVELS: readonly QoS[] = [0, 1, 2];
const lower = (a: QoS, b: QoS): QoS => (a < b ? a : b);

const DEFAULT_WHY = 'case 1: a sender that says nothing about quality of service means at least once';
const MIN_WHY = 'case 2: a subscription is a ceiling, whatever the sender asks for [MQTT-3.8.4-6]';

function filterCase(name: string, second: string, title: string, over: 'tcp' | 'ws' = 'tcp'): CheckCase {
  return {
    id: `2.${name}`,
    number: 2,
    title,
    why: MIN_WHY,
    covers: ['qoslevel:down'],
    run: async (s) => {
      const devices = [];
      for (const sub of LEVELS) {
        devices.push(await s.device(`sub${sub}`, { subscribe: { [s.topic(second)]: sub }, over }));
      }
      for (const qos of LEVELS) await s.send({ mqttSecondTopic: '/a', qoslevel: String(qos) }, s.body(`level ${qos}`));
      for (const [sub, device] of devices.entries()) {
        const expected = LEVELS.map((qos) => ({
          topic: s.topic('/a'),
          qos: lower(qos, LEVELS[sub]!),
          body: s.body(`level ${qos}`),
        }));
        await s.arrives(device, expected, MIN_WHY);
      }
    },
  };
}

const INVALID: readonly (readonly [name: string, value: string])[] = [
  ['three', '3'],
  ['negative', '-1'],
  ['empty', ''],
  ['decimal', '1.0'],
  ['blank', ' 1'],
  ['word', 'abc'],
  ['leading-zero', '01'],
  ['full-width', '１'],
];

function invalidCase([name, value]: readonly [string, string]): CheckCase {
  const why = 'case 3: a wrong value is the sender’s mistake; guessing a default would hide it, and others must not suffer';
  return {
    id: `3.${name}`,
    number: 3,
    title: `qoslevel ${JSON.stringify(value)} is a dead letter, and the next message arrives`,
    why,
    covers: ['qoslevel:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/#')]: 2 } });
      const properties = { mqttSecondTopic: '/a', qoslevel: value };
      await s.send(properties, s.body('bad'));
      await s.send({ mqttSecondTopic: '/a', qoslevel: '2' }, s.body('good'));
      await s.arrives(device, [{ topic: s.topic('/a'), qos: 2, body: s.body('good') }], why);
      const fault = { reason: 'qoslevel-invalid', property: 'qoslevel', value };
      await s.deadLetters([{ ...fault, topic: s.parent, body: s.body('bad'), properties }], why);
    },
  };
}

const WRONG_CASE_WHY = 'case 5: keys are case-sensitive; qosLevel is somebody else’s property';

export const QOS_CASES: readonly CheckCase[] = [
  {
    id: '1.topic',
    number: 1,
    title: 'without qoslevel a subscriber at QoS 2 receives at QoS 1',
    why: DEFAULT_WHY,
    covers: ['qoslevel:down'],
    run: async (s) => {
      const exact = await s.device('exact', { subscribe: { [s.topic('/a')]: 2 } });
      const wild = await s.device('wild', { subscribe: { [s.topic('/+')]: 2 } });
      await s.send({ mqttSecondTopic: '/a' }, s.body('default'));
      for (const device of [exact, wild]) {
        await s.arrives(device, [{ topic: s.topic('/a'), qos: 1, body: s.body('default') }], DEFAULT_WHY);
      }
    },
  },
  {
    id: '1.p2p',
    number: 1,
    title: 'without qoslevel a P2P receiver receives at QoS 1',
    why: DEFAULT_WHY,
    covers: ['qoslevel:down', 'P2P:down'],
    run: async (s) => {
      const device = await s.device('A');
      const second = `/p2p/${device.clientId}`;
      await s.send({ mqttSecondTopic: second }, s.body('default'));
      await s.arrives(device, [{ topic: s.topic(second), qos: 1, body: s.body('default') }], DEFAULT_WHY);
    },
  },
  filterCase('exact', '/a', 'exact filter: qoslevel 0, 1, 2 by subscription 0, 1, 2'),
  filterCase('plus', '/+', 'filter with +: qoslevel 0, 1, 2 by subscription 0, 1, 2'),
  filterCase('hash', '/#', 'filter with #: qoslevel 0, 1, 2 by subscription 0, 1, 2'),
  filterCase('websocket', '/a', 'over WebSocket: qoslevel 0, 1, 2 by subscription 0, 1, 2', 'ws'),
  {
    id: '2.p2p',
    number: 2,
    title: 'P2P goes out at qoslevel itself, also to a receiver that subscribes at QoS 0',
    why: 'case 2: P2P needs no subscription, so none can be a ceiling',
    covers: ['qoslevel:down', 'P2P:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/p2p/#')]: 0 } });
      const second = `/p2p/${device.clientId}`;
      for (const qos of LEVELS) await s.send({ mqttSecondTopic: second, qoslevel: String(qos) }, s.body(`level ${qos}`));
      const expected = LEVELS.map((qos) => ({ topic: s.topic(second), qos, body: s.body(`level ${qos}`) }));
      await s.arrives(device, expected, 'case 2: P2P goes out at the QoS of the message');
    },
  },
  ...INVALID.map(invalidCase),
  {
    id: '4.text',
    number: 4,
    title: 'the text "2" is QoS 2',
    why: 'case 4: most MQ properties are texts',
    covers: ['qoslevel:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/a')]: 2 } });
      await s.send({ mqttSecondTopic: '/a', qoslevel: '2' }, s.body('text'));
      await s.arrives(device, [{ topic: s.topic('/a'), qos: 2, body: s.body('text') }], 'case 4: "2" is QoS 2');
    },
  },
  {
    id: '4.number',
    number: 4,
    title: 'the number 2 is QoS 2',
    why: 'case 4: some engines carry typed properties, and a number is the more natural way to write a QoS',
    covers: ['qoslevel:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/a')]: 2 } });
      // Past the type on purpose: services written in JavaScript do this.
      const properties = { mqttSecondTopic: '/a', qoslevel: 2 } as unknown as Record<string, string>;
      try {
        await s.send(properties, s.body('number'));
      } catch (error) {
        s.notApplicable(`this engine's client takes only texts as properties: ${error instanceof Error ? error.message : error}`);
      }
      await s.arrives(device, [{ topic: s.topic('/a'), qos: 2, body: s.body('number') }], 'case 4: 2 is QoS 2 as "2" is');
    },
  },
  {
    id: '5.default',
    number: 5,
    title: 'qosLevel=2 alone is delivered at the default, and does not override qoslevel=0',
    why: WRONG_CASE_WHY,
    covers: ['qoslevel:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/a')]: 2 } });
      await s.send({ mqttSecondTopic: '/a', qosLevel: '2' }, s.body('alone'));
      await s.send({ mqttSecondTopic: '/a', qoslevel: '0', qosLevel: '2' }, s.body('both'));
      const expected = [
        { topic: s.topic('/a'), qos: 1, body: s.body('alone') },
        { topic: s.topic('/a'), qos: 0, body: s.body('both') },
      ];
      await s.arrives(device, expected, WRONG_CASE_WHY);
      await s.deadLetters([], WRONG_CASE_WHY);
    },
  },
  {
    id: '5.warned',
    number: 5,
    title: 'qosLevel is counted as a warning',
    why: 'case 5: whoever writes qosLevel has meant something by it',
    covers: ['qoslevel:down'],
    alone: true,
    run: async (s) => {
      const before = s.counters();
      const device = await s.device('A', { subscribe: { [s.topic('/a')]: 2 } });
      await s.send({ mqttSecondTopic: '/a', qosLevel: '2' }, s.body('warned'));
      await s.arrives(device, [{ topic: s.topic('/a'), qos: 1, body: s.body('warned') }], WRONG_CASE_WHY);
      const read = (c: typeof before): number => c.bridge.warnings['wrong-case-key'] ?? 0;
      await s.counts('bridge warnings wrong-case-key', read, before, 1, WRONG_CASE_WHY);
    },
  },
  ...(['tcp', 'ws'] as const).map(
    (over): CheckCase => ({
      id: over === 'tcp' ? '6.publish' : '6.websocket',
      number: 6,
      title: `${over === 'ws' ? 'over WebSocket: ' : ''}qoslevel is the QoS of the PUBLISH, though a subscriber has QoS 0`,
      why: 'case 6: services must see what the device asked for, not what some subscriber could take',
      covers: ['qoslevel:up'],
      run: async (s) => {
        await s.device('low', { subscribe: { [s.topic('/#')]: 0 } });
        const device = await s.device('A', { over });
        for (const qos of LEVELS) await s.publish(device, s.topic('/a'), s.body(`level ${qos}`), { qos });
        const expected = LEVELS.map((qos) => s.asStored(device, '/a', qos, s.body(`level ${qos}`)));
        await s.stores(expected, 'case 6: as text, the QoS of the PUBLISH', device);
      },
    }),
  ),
];
