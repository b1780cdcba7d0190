/** Numbers 22 to 25: one device and nobody else. */
import type { Device } from '../device.ts';
import type { Stage } from '../stage.ts';
import type { CheckCase } from '../types.ts';

const PRIVATE = 'case 22: a P2P message is for its receiver; a filter must never open it to others';

/** Filters that would match if P2P were an ordinary topic. */
function curiousFilters(s: Stage, clientId: string): readonly (readonly [name: string, filter: string])[] {
  return [
    ['hash', '#'],
    ['parent-hash', s.topic('/#')],
    ['plus', s.topic('/p2p/+')],
    ['plus-plus', '+/+/+'],
    ['exact', s.topic(`/p2p/${clientId}`)],
  ];
}

async function curious(s: Stage, clientId: string): Promise<Device[]> {
  const devices = [];
  for (const [name, filter] of curiousFilters(s, clientId)) {
    devices.push(await s.device(name, { subscribe: { [filter]: 1 } }));
  }
  return devices;
}

/** From MQ, or from another device. */
type Sender = (s: Stage, second: string, body: Buffer) => Promise<void>;

const SENDERS: readonly (readonly [name: string, title: string, direction: 'up' | 'down', send: Sender])[] = [
  ['mq', 'from MQ', 'down', (s, second, body) => s.send({ mqttSecondTopic: second }, body)],
  [
    'device',
    'from a device',
    'up',
    async (s, second, body) => {
      const sender = await s.device(`sender${body.length}`, { fence: false });
      await s.publish(sender, s.topic(second), body, { qos: 1 });
    },
  ],
];

/** Names, subtopics (of the target's client ID) that are no P2P. */
const LOOK_ALIKES: readonly (readonly [name: string, second: (id: string) => string])[] = [
  ['no-id', () => '/p2p'],
  ['empty-id', () => '/p2p/'],
  ['further-level', (id) => `/p2p/${id}/x`],
  ['trailing-slash', (id) => `/p2p/${id}/`],
  ['upper-case', (id) => `/P2P/${id}`],
  ['empty-level', (id) => `//p2p/${id}`],
];

function lookAlike(
  [name, second]: (typeof LOOK_ALIKES)[number],
  [from, title, direction, send]: (typeof SENDERS)[number],
): CheckCase {
  const why = 'case 24: only {parent}/p2p/{clientId} is P2P; everything else is an ordinary topic with ordinary subscribers';
  return {
    id: `24.${name}-${from}`,
    number: 24,
    title: `${title}: ${second('A')} is an ordinary topic: a subscriber gets it, A alone does not`,
    why,
    covers: [`P2P:${direction}`, 'topic:down'],
    run: async (s) => {
      const target = await s.device('A');
      const topic = s.topic(second(target.clientId));
      const exact = await s.device('exact', { subscribe: { [topic]: 1 } });
      await send(s, second(target.clientId), s.body('look-alike'));
      await s.arrives(exact, [{ topic, qos: 1, body: s.body('look-alike') }], why);
      await s.arrives(target, [], why);
    },
  };
}

const UNKNOWN = 'case 24: nobody can receive it, and nobody may wait for it; but it must not vanish uncounted';

export const P2P_CASES: readonly CheckCase[] = [
  ...SENDERS.map(
    ([name, title, direction, send]): CheckCase => ({
      id: `22.${name}`,
      number: 22,
      title: `${title}: subscribers of #, p/#, p/p2p/+, +/+/+ and the exact topic get nothing`,
      why: PRIVATE,
      covers: [`P2P:${direction}`],
      run: async (s) => {
        const target = await s.device('A');
        const others = await curious(s, target.clientId);
        const second = `/p2p/${target.clientId}`;
        await send(s, second, s.body('only for A'));
        const expected = [{ topic: s.topic(second), qos: 1, body: s.body('only for A') }];
        await s.arrives(target, expected, 'case 22: its receiver gets it, without any subscription');
        for (const other of others) await s.arrives(other, [], PRIVATE);
      },
    }),
  ),
  {
    id: '22.websocket',
    number: 22,
    title: 'receiver and curious subscribers over WebSocket: the same',
    why: PRIVATE,
    covers: ['P2P:down'],
    run: async (s) => {
      const target = await s.device('A', { over: 'ws' });
      const other = await s.device('B', { over: 'ws', subscribe: { '#': 2 } });
      const second = `/p2p/${target.clientId}`;
      await s.send({ mqttSecondTopic: second }, s.body('only for A'));
      const expected = [{ topic: s.topic(second), qos: 1, body: s.body('only for A') }];
      await s.arrives(target, expected, 'case 22: its receiver gets it');
      await s.arrives(other, [], PRIVATE);
    },
  },
  {
    id: '22.real-topic',
    number: 22,
    title: 'P2P with mqttRealTopic does not reach subscribers of that topic',
    why: 'case 22: the topic shown is a label for the receiver, not an address',
    covers: ['P2P:down', 'mqttRealTopic:down'],
    run: async (s) => {
      const target = await s.device('A');
      const other = await s.device('B', { subscribe: { [s.topic('/command')]: 1 } });
      await s.send({ mqttSecondTopic: `/p2p/${target.clientId}`, mqttRealTopic: '/command' }, s.body('only for A'));
      await s.arrives(target, [{ topic: s.topic('/command'), qos: 1, body: s.body('only for A') }], 'case 22 and 25');
      await s.arrives(other, [], PRIVATE);
    },
  },
  {
    id: '22.absent',
    number: 22,
    title: 'curious subscribers with persistent sessions find nothing after an absence',
    why: PRIVATE,
    covers: ['P2P:down', 'offline messages:down'],
    run: async (s) => {
      const target = await s.device('A');
      const filter = s.topic('/p2p/+');
      await s.leave(await s.device('B', { clean: false, subscribe: { [filter]: 1 } }));
      const second = `/p2p/${target.clientId}`;
      await s.send({ mqttSecondTopic: second, cleansessionflag: 'false' }, s.body('only for A'));
      await s.arrives(target, [{ topic: s.topic(second), qos: 1, body: s.body('only for A') }], 'case 22: its receiver gets it');
      await s.arrives(await s.device('B', { clean: false }), [], PRIVATE);
    },
  },
  {
    id: '22.retained',
    number: 22,
    title: 'a P2P message published with retain reaches no later subscriber',
    why: 'case 22: a retained message would be handed to whoever subscribes next',
    covers: ['P2P:up', 'retain:down'],
    run: async (s) => {
      const target = await s.device('A');
      const sender = await s.device('sender');
      const second = `/p2p/${target.clientId}`;
      await s.publish(sender, s.topic(second), s.body('only for A'), { qos: 1, retain: true });
      await s.arrives(target, [{ topic: s.topic(second), qos: 1, body: s.body('only for A') }], 'case 22: its receiver gets it');
      const later = await s.device('B', { subscribe: { [s.topic('/#')]: 1, [s.topic(second)]: 1 } });
      await s.arrives(later, [], PRIVATE);
    },
  },
  ...SENDERS.map(
    ([name, title, direction, send]): CheckCase => ({
      id: `23.${name}`,
      number: 23,
      title: `${title}: a receiver that subscribes p/#, p/p2p/+ and the exact topic gets one copy`,
      why: 'case 23: the message was sent once',
      covers: [`P2P:${direction}`],
      run: async (s) => {
        const id = s.clientId('A');
        const second = `/p2p/${id}`;
        const subscribe = { [s.topic('/#')]: 2, [s.topic('/p2p/+')]: 1, [s.topic(second)]: 0 } as const;
        const target = await s.device('A', { subscribe });
        await send(s, second, s.body('once'));
        await s.arrives(target, [{ topic: s.topic(second), qos: 1, body: s.body('once') }], 'case 23: exactly one copy');
      },
    }),
  ),
  ...LOOK_ALIKES.flatMap((likeness) => SENDERS.map((sender) => lookAlike(likeness, sender))),
  {
    id: '24.unknown',
    number: 24,
    title: 'P2P to a client nobody knows is dropped and counted, not kept for later',
    why: UNKNOWN,
    covers: ['P2P:down', 'P2P:up'],
    alone: true,
    run: async (s) => {
      const before = s.counters();
      const second = `/p2p/${s.clientId('ghost')}`;
      const sender = await s.device('sender', { clean: false });
      await s.send({ mqttSecondTopic: second, cleansessionflag: 'false' }, s.body('from MQ'));
      await s.publish(sender, s.topic(second), s.body('from a device'), { qos: 1 });
      await s.fence(sender);
      await s.counts('P2P to unknown clients', (c) => c.gateway.p2pUnknown, before, 2, UNKNOWN);
      await s.arrives(await s.device('ghost', { clean: false }), [], 'case 24: it did not exist then');
    },
  },
  {
    id: '25.fixed',
    number: 25,
    title: 'without mqttRealTopic the receiver sees {parent}/p2p/{its own client ID}',
    why: 'case 25: a receiver can tell by the topic that a message is for it alone',
    covers: ['P2P:down', 'topic:down'],
    run: async (s) => {
      const target = await s.device('A');
      const second = `/p2p/${target.clientId}`;
      await s.send({ mqttSecondTopic: second }, s.body('with slash'));
      await s.send({ mqttSecondTopic: second.slice(1) }, s.body('without slash'));
      const expected = ['with slash', 'without slash'].map((text) => ({ topic: s.topic(second), qos: 1, body: s.body(text) }));
      await s.arrives(target, expected, 'case 25: the fixed topic');
    },
  },
  {
    id: '25.real',
    number: 25,
    title: 'with mqttRealTopic the receiver sees {parent}/{mqttRealTopic}',
    why: 'case 25: a service can answer on the topic where the device has asked',
    covers: ['P2P:down', 'mqttRealTopic:down'],
    run: async (s) => {
      const target = await s.device('A');
      const mqttSecondTopic = `/p2p/${target.clientId}`;
      const spellings = { command: '/command', '/door/1': '/door/1', 'a/b': '/a/b', '//x': '//x', '/x/': '/x/' };
      for (const mqttRealTopic of Object.keys(spellings)) {
        await s.send({ mqttSecondTopic, mqttRealTopic }, s.body(mqttRealTopic));
      }
      const expected = Object.entries(spellings).map(([real, shown]) => ({ topic: s.topic(shown), qos: 1, body: s.body(real) }));
      await s.arrives(target, expected, 'case 25: the real topic behind the parent, levels unchanged');
    },
  },
  {
    id: '25.from-device',
    number: 25,
    title: 'from a device: the receiver sees the topic that was published',
    why: 'case 25: the published topic is the fixed one',
    covers: ['P2P:up', 'topic:down'],
    run: async (s) => {
      const target = await s.device('A');
      const sender = await s.device('sender');
      const second = `/p2p/${target.clientId}`;
      await s.publish(sender, s.topic(second), s.body('hello'), { qos: 2 });
      await s.arrives(target, [{ topic: s.topic(second), qos: 2, body: s.body('hello') }], 'case 25: at the QoS of the message');
      await s.stores([s.asStored(sender, second, 2, s.body('hello'))], 'case 17: services see it with its subtopic', sender);
    },
  },
];
