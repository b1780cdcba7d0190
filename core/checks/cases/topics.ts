/** Numbers 15 to 17, 20, 21, 26 and 27: parent topic, subtopic, and the topic shown. */
import type { Stage } from '../stage.ts';
import type { CheckCase } from '../types.ts';

/** Spelling of mqttSecondTopic, and what must come out behind the parent. */
const SPELLINGS: readonly (readonly [name: string, second: string, shown: string])[] = [
  ['slash', '/a', '/a'],
  ['no-slash', 'a', '/a'],
  ['trailing', '/a/', '/a/'],
  ['double', '//a', '//a'],
  ['slash-alone', '/', '/'],
  ['inner-empty', '/a//b', '/a//b'],
  ['deep', 'a/b/c/d', '/a/b/c/d'],
];

const WILDCARDS: readonly (readonly [name: string, text: string])[] = [
  ['plus', '/+'],
  ['hash', '/#'],
  ['plus-inside', '/a+b'],
  ['hash-last', '/a/#'],
];

function wildcardCase(key: 'mqttSecondTopic' | 'mqttRealTopic', [name, text]: readonly [string, string]): CheckCase {
  const why = 'case 20: a topic name may not hold a wildcard [MQTT-3.3.2-2]; sent on, it would close its receivers';
  const second = key === 'mqttSecondTopic';
  return {
    id: `20.${second ? 'second' : 'real'}-${name}`,
    number: 20,
    title: `${key} ${JSON.stringify(text)} is a dead letter, and the next message arrives`,
    why,
    covers: [`${key}:down`],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/#')]: 1, '#': 1 } });
      const properties = second ? { mqttSecondTopic: text } : { mqttSecondTopic: '/a', mqttRealTopic: text };
      await s.send(properties, s.body('wild'));
      await s.send({ mqttSecondTopic: '/a' }, s.body('tame'));
      await s.arrives(device, [{ topic: s.topic('/a'), qos: 1, body: s.body('tame') }], why);
      const fault = { reason: `${second ? 'second' : 'real'}-topic-wildcard`, property: key, value: text };
      await s.deadLetters([{ ...fault, topic: s.parent, body: s.body('wild'), properties }], why);
    },
  };
}

async function upTopics(s: Stage, over: 'tcp' | 'ws'): Promise<void> {
  const device = await s.device('A', { over });
  const seconds = [undefined, '/a', '/a/b', '/a/b/c/d', '/', '/a/', '//a', '/a//b'];
  for (const second of seconds) await s.publish(device, s.topic(second), s.body(second ?? 'none'), { qos: 1 });
  const expected = seconds.map((second) => s.asStored(device, second, 1, s.body(second ?? 'none')));
  await s.stores(expected, 'case 17: everything behind the first level, with its slash; absent where there is nothing', device);
}

const SHOWN = 'case 26: receivers see mqttRealTopic, but who receives is decided by mqttSecondTopic';
const EMPTY = 'case 16: set but empty is a sender’s mistake, as an empty qoslevel is; guessing would hide it';

export const TOPIC_CASES: readonly CheckCase[] = [
  {
    id: '15.parent',
    number: 15,
    title: 'without mqttSecondTopic subscribers of the parent topic get it under exactly that topic',
    why: 'case 15: the MQ topic alone is a whole MQTT topic of one level',
    covers: ['topic:down', 'mqttSecondTopic:down'],
    run: async (s) => {
      const exact = await s.device('exact', { subscribe: { [s.parent]: 1 } });
      const below = await s.device('below', { subscribe: { [s.topic('/+')]: 1 } });
      await s.send({}, s.body('parent'));
      await s.arrives(exact, [{ topic: s.parent, qos: 1, body: s.body('parent') }], 'case 15: no slash is added');
      await s.arrives(below, [], 'case 15: it is not a topic of two levels');
    },
  },
  ...SPELLINGS.map(([name, second, shown]): CheckCase => {
    const why = 'case 16: a missing first slash is added; no level is ever dropped, added or merged';
    return {
      id: `16.${name}`,
      number: 16,
      title: `mqttSecondTopic ${JSON.stringify(second)} is seen as p${shown}`,
      why,
      covers: ['topic:down', 'mqttSecondTopic:down'],
      run: async (s) => {
        const exact = await s.device('exact', { subscribe: { [s.topic(shown)]: 1 } });
        const all = await s.device('all', { subscribe: { [s.topic('/#')]: 1 } });
        await s.send({ mqttSecondTopic: second }, s.body('spelled'));
        for (const device of [exact, all]) {
          await s.arrives(device, [{ topic: s.topic(shown), qos: 1, body: s.body('spelled') }], why);
        }
      },
    };
  }),
  {
    id: '16.empty',
    number: 16,
    title: 'an empty mqttSecondTopic is a dead letter',
    why: EMPTY,
    covers: ['mqttSecondTopic:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/#')]: 1 } });
      const properties = { mqttSecondTopic: '' };
      await s.send(properties, s.body('empty'));
      await s.arrives(device, [], EMPTY);
      const fault = { reason: 'second-topic-empty', property: 'mqttSecondTopic', value: '' };
      await s.deadLetters([{ ...fault, topic: s.parent, body: s.body('empty'), properties }], EMPTY);
    },
  },
  ...(['tcp', 'ws'] as const).map(
    (over): CheckCase => ({
      id: over === 'tcp' ? '17.levels' : '17.websocket',
      number: 17,
      title: `${over === 'ws' ? 'over WebSocket: ' : ''}p, p/a, p/a/b, p/a/b/c/d and topics with empty levels`,
      why: 'case 17: a service must be able to put the topic together again exactly',
      covers: ['topic:up', 'mqttSecondTopic:up'],
      run: (s) => upTopics(s, over),
    }),
  ),
  ...(['mqttSecondTopic', 'mqttRealTopic'] as const).flatMap((key) => WILDCARDS.map((wildcard) => wildcardCase(key, wildcard))),
  {
    id: '21.topic',
    number: 21,
    title: 'an MQ message in topic $SYS is a dead letter and reaches nobody',
    why: 'case 21: $SYS is how the gateway speaks to devices; a service must not be able to forge its voice',
    covers: ['topic:down'],
    run: async (s) => {
      const { reservedTopic } = s.lab;
      if (reservedTopic === undefined) return s.notApplicable('there is no topic whose name starts with $ in this MQ');
      const device = await s.device('A', { subscribe: { '#': 1, '+/+': 1 } });
      const properties = { mqttSecondTopic: '/tokenExpireNotice' };
      await s.send(properties, s.body('forged'), { topic: reservedTopic });
      const because = 'case 21: refused by the bridge';
      await s.deadLetters([{ reason: 'topic-reserved', topic: reservedTopic, body: s.body('forged'), properties }], because);
      await s.arrives(device, [], because);
    },
  },
  {
    id: '21.tricks',
    number: 21,
    title: 'no spelling of a property leads out of the parent topic',
    why: 'case 21: levels of MQTT are not folders; .. and $SYS behind a parent are plain text',
    covers: ['topic:down', 'mqttSecondTopic:down', 'mqttRealTopic:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/#')]: 1 } });
      await s.send({ mqttSecondTopic: '/../$SYS/x' }, s.body('second'));
      await s.send({ mqttSecondTopic: '/a', mqttRealTopic: '$SYS/x' }, s.body('real'));
      const expected = [
        { topic: s.topic('/../$SYS/x'), qos: 1, body: s.body('second') },
        { topic: s.topic('/$SYS/x'), qos: 1, body: s.body('real') },
      ];
      await s.arrives(device, expected, 'case 21: all of it stays below the parent topic');
    },
  },
  {
    id: '21.device',
    number: 21,
    title: 'a device can neither publish to $SYS nor subscribe to it',
    why: 'case 21: what it published there would be taken for the gateway’s own',
    covers: ['topic:up', 'access:up'],
    alone: true,
    run: async (s) => {
      const device = await s.device('A');
      const before = s.counters();
      const granted = await s.subscribe(device, '$SYS/#', 0);
      s.equal('code granted for $SYS/#', 128, granted, 'case 21: refused');
      await s.publish(device, '$SYS/x', s.body('forged'), { qos: 0 });
      await s.stores([], 'case 21: nothing of it comes into MQ', device);
      const read = (c: typeof before): number => c.gateway.refused['topic-reserved'] ?? 0;
      await s.counts('refused topic-reserved', read, before, 2, 'case 21: refused by the gateway itself, and counted');
    },
  },
  {
    id: '26.shown',
    number: 26,
    title: 'mqttRealTopic on a topic message: matched by the subtopic, shown as the real topic',
    why: SHOWN,
    covers: ['mqttRealTopic:down', 'topic:down'],
    run: async (s) => {
      const matching = await s.device('matching', { subscribe: { [s.topic('/a')]: 1 } });
      const wild = await s.device('wild', { subscribe: { [s.topic('/+')]: 1 } });
      const named = await s.device('named', { subscribe: { [s.topic('/real')]: 1 } });
      await s.send({ mqttSecondTopic: '/a', mqttRealTopic: 'real' }, s.body('shown'));
      for (const device of [matching, wild]) {
        await s.arrives(device, [{ topic: s.topic('/real'), qos: 1, body: s.body('shown') }], SHOWN);
      }
      await s.arrives(named, [], SHOWN);
    },
  },
  {
    id: '26.parent',
    number: 26,
    title: 'mqttRealTopic without mqttSecondTopic: subscribers of the parent see the real topic',
    why: SHOWN,
    covers: ['mqttRealTopic:down', 'topic:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.parent]: 1 } });
      await s.send({ mqttRealTopic: '/real' }, s.body('shown'));
      await s.arrives(device, [{ topic: s.topic('/real'), qos: 1, body: s.body('shown') }], SHOWN);
    },
  },
  {
    id: '26.not-p2p',
    number: 26,
    title: 'mqttRealTopic of the form /p2p/{clientId} makes no P2P of a topic message',
    why: 'case 26: only mqttSecondTopic addresses',
    covers: ['mqttRealTopic:down', 'P2P:down'],
    run: async (s) => {
      const target = await s.device('A');
      const subscriber = await s.device('B', { subscribe: { [s.topic('/a')]: 1 } });
      const real = `/p2p/${target.clientId}`;
      await s.send({ mqttSecondTopic: '/a', mqttRealTopic: real }, s.body('shown'));
      await s.arrives(subscriber, [{ topic: s.topic(real), qos: 1, body: s.body('shown') }], SHOWN);
      await s.arrives(target, [], 'case 26: it was not addressed');
    },
  },
  {
    id: '27.never',
    number: 27,
    title: 'no PUBLISH of any QoS, retain flag or topic brings mqttRealTopic into MQ',
    why: 'case 27: a device has one topic, and that is the real one',
    covers: ['mqttRealTopic:up'],
    run: async (s) => {
      const device = await s.device('A');
      const seconds = ['/a', '/mqttRealTopic', '/mqttRealTopic=x', `/p2p/${device.clientId}`];
      const expected = [];
      for (const second of seconds) {
        for (const qos of [0, 1, 2] as const) {
          const body = s.body(`${second} ${qos} mqttRealTopic=x`);
          await s.publish(device, s.topic(second), body, { qos, retain: qos === 1 && second === '/a' });
          expected.push(s.asStored(device, second, qos, body));
        }
      }
      await s.stores(expected, 'case 27: the property must not exist on the way up', device);
    },
  },
];
