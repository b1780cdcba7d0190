/** Numbers 7 to 14: the property cleansessionflag, and what happens while a P2P receiver is away. */
import type { QoS } from '../../gateway/types.ts';
import type { Device } from '../device.ts';
import type { Stage } from '../stage.ts';
import type { CheckCase } from '../types.ts';

/** A persistent session whose owner is away. */
async function away(s: Stage, name: string, subscribe: Readonly<Record<string, QoS>> = {}): Promise<string> {
  const device = await s.device(name, { clean: false, subscribe });
  await s.leave(device);
  return device.clientId;
}

/** Lets everything sent so far pass, with a device that is online as witness. */
async function settled(s: Stage): Promise<void> {
  await s.fence(await s.device('witness'));
}

interface OfflineP2P {
  readonly flag: string | undefined;
  readonly qos: string;
  /** Clean-session flag with which the receiver comes back. */
  readonly returnsClean?: boolean;
  readonly kept: boolean;
  readonly because: string;
}

async function offlineP2P(s: Stage, { flag, qos, returnsClean = false, kept, because }: OfflineP2P): Promise<void> {
  const clientId = await away(s, 'A');
  const second = `/p2p/${clientId}`;
  const properties = { mqttSecondTopic: second, qoslevel: qos, ...(flag === undefined ? {} : { cleansessionflag: flag }) };
  await s.send(properties, s.body('while away'));
  await settled(s);
  const back = await s.device('A', { clean: returnsClean });
  s.equal('session present at the return', !returnsClean, back.sessionPresent, 'otherwise the case would prove nothing');
  const expected = [{ topic: s.topic(second), qos: Number(qos), body: s.body('while away') }];
  await s.arrives(back, kept ? expected : [], because);
}

const INVALID_FLAGS: readonly (readonly [name: string, value: string])[] = [
  ['upper-case', 'TRUE'],
  ['one', '1'],
  ['zero', '0'],
  ['empty', ''],
  ['capital', 'False'],
  ['blank', ' true'],
  ['word', 'yes'],
];

function invalidFlag([name, value]: readonly [string, string]): CheckCase {
  const why = 'case 13: whether a message is kept must not depend on a guess';
  return {
    id: `13.${name}`,
    number: 13,
    title: `P2P with cleansessionflag ${JSON.stringify(value)} is a dead letter, and the next message arrives`,
    why,
    covers: ['cleansessionflag:down', 'P2P:down'],
    run: async (s) => {
      const device = await s.device('A');
      const second = `/p2p/${device.clientId}`;
      const properties = { mqttSecondTopic: second, cleansessionflag: value };
      await s.send(properties, s.body('bad'));
      await s.send({ mqttSecondTopic: second, cleansessionflag: 'true' }, s.body('good'));
      await s.arrives(device, [{ topic: s.topic(second), qos: 1, body: s.body('good') }], why);
      const fault = { reason: 'cleansessionflag-invalid', property: 'cleansessionflag', value };
      await s.deadLetters([{ ...fault, topic: s.parent, body: s.body('bad'), properties }], why);
    },
  };
}

async function fromDevice(s: Stage, senderClean: boolean, qos: QoS, kept: boolean, because: string): Promise<void> {
  const clientId = await away(s, 'A');
  const sender = await s.device('sender', { clean: senderClean });
  const second = `/p2p/${clientId}`;
  await s.publish(sender, s.topic(second), s.body('while away'), { qos });
  // QoS 0 is not answered: the gateway must be through with it before its receiver is back.
  await s.fenceUp(sender);
  const back: Device = await s.device('A', { clean: false });
  await s.arrives(back, kept ? [{ topic: s.topic(second), qos, body: s.body('while away') }] : [], because);
  await s.stores([s.asStored(sender, second, qos, s.body('while away'))], 'case 14: services see P2P messages as well', sender);
}

const FLAG_WARNING = 'case 12: a flag on a message that is not P2P is a mistake without consequence: told, not punished';

export const FLAG_CASES: readonly CheckCase[] = [
  ...[true, false].map(
    (clean): CheckCase => ({
      id: `7.${clean ? 'on' : 'off'}`,
      number: 7,
      title: `a publisher with clean session ${clean ? 'on' : 'off'}: cleansessionflag=${clean} at every QoS`,
      why: 'case 7: services learn what becomes of answers they send to this device while it is away',
      covers: ['cleansessionflag:up'],
      run: async (s) => {
        // A subscriber with the opposite flag: it must not be mistaken for the publisher.
        await s.device('other', { clean: !clean, subscribe: { [s.topic('/a')]: 1 } });
        const device = await s.device('A', { clean });
        for (const qos of [0, 1, 2] as const) await s.publish(device, s.topic('/a'), s.body(`level ${qos}`), { qos });
        const expected = ([0, 1, 2] as const).map((qos) => s.asStored(device, '/a', qos, s.body(`level ${qos}`)));
        await s.stores(expected, 'case 7: the flag of the publisher’s CONNECT', device);
      },
    }),
  ),
  {
    id: '8.absent',
    number: 8,
    title: 'without flag nothing waits for the receiver',
    why: 'case 8: the default is true: a command is for now, not for later',
    covers: ['cleansessionflag:down', 'offline messages:down', 'P2P:down'],
    run: (s) =>
      offlineP2P(s, { flag: undefined, qos: '1', kept: false, because: 'case 8: absent means true, and true keeps nothing' }),
  },
  {
    id: '8.true',
    number: 8,
    title: 'with flag=true nothing waits for the receiver',
    why: 'case 8: what the default means must hold when it is written out',
    covers: ['cleansessionflag:down', 'offline messages:down', 'P2P:down'],
    run: (s) => offlineP2P(s, { flag: 'true', qos: '1', kept: false, because: 'case 8: true keeps nothing' }),
  },
  {
    id: '8.online',
    number: 8,
    title: 'with any flag a receiver that is online gets the message at once',
    why: 'case 8: the flag is about absence only',
    covers: ['cleansessionflag:down', 'P2P:down'],
    run: async (s) => {
      const device = await s.device('A');
      const second = `/p2p/${device.clientId}`;
      await s.send({ mqttSecondTopic: second }, s.body('absent'));
      for (const flag of ['true', 'false']) await s.send({ mqttSecondTopic: second, cleansessionflag: flag }, s.body(flag));
      const expected = ['absent', 'true', 'false'].map((text) => ({ topic: s.topic(second), qos: 1, body: s.body(text) }));
      await s.arrives(device, expected, 'case 8: the receiver is online');
    },
  },
  {
    id: '9.kept',
    number: 9,
    title: 'flag=false at QoS 1 waits for a receiver with a persistent session',
    why: 'case 9: this is how a command reaches a vehicle that is in a tunnel',
    covers: ['cleansessionflag:down', 'offline messages:down', 'P2P:down'],
    run: (s) => offlineP2P(s, { flag: 'false', qos: '1', kept: true, because: 'case 9: kept, and delivered at the return' }),
  },
  {
    id: '9.real-topic',
    number: 9,
    title: 'a kept message shows its mqttRealTopic after the wait',
    why: 'case 9: waiting must change nothing about a message',
    covers: ['mqttRealTopic:down', 'offline messages:down', 'P2P:down'],
    run: async (s) => {
      const clientId = await away(s, 'A');
      const properties = { mqttSecondTopic: `/p2p/${clientId}`, cleansessionflag: 'false', mqttRealTopic: '/command' };
      await s.send(properties, s.body('while away'));
      await settled(s);
      const back = await s.device('A', { clean: false });
      const expected = [{ topic: s.topic('/command'), qos: 1, body: s.body('while away') }];
      await s.arrives(back, expected, 'case 9 and 25: the topic it would have shown at once');
    },
  },
  {
    id: '10.qos0',
    number: 10,
    title: 'flag=false at QoS 0 is dropped',
    why: 'case 10: QoS 0 promises nothing, and nothing is stored for it',
    covers: ['cleansessionflag:down', 'qoslevel:down', 'offline messages:down', 'P2P:down'],
    run: (s) => offlineP2P(s, { flag: 'false', qos: '0', kept: false, because: 'case 10: QoS 0 is never kept' }),
  },
  {
    id: '10.qos2',
    number: 10,
    title: 'flag=false at QoS 2: a dead letter in the strict profile, kept in the lenient one',
    why: 'case 10: the vendor has no QoS 2 for persistent sessions; plain MQTT has',
    covers: ['cleansessionflag:down', 'qoslevel:down', 'offline messages:down', 'P2P:down'],
    run: async (s) => {
      const strict = s.lab.profile === 'strict';
      const because = strict ? 'case 10: refused in the strict profile' : 'case 10: kept in the lenient profile';
      await offlineP2P(s, { flag: 'false', qos: '2', kept: !strict, because });
      const properties = { cleansessionflag: 'false', qoslevel: '2' };
      const letter = { reason: 'p2p-qos2-kept', topic: s.parent, property: 'qoslevel', value: '2', body: s.body('while away') };
      await s.deadLetters(strict ? [{ ...letter, properties }] : [], because);
    },
  },
  {
    id: '11.returns-clean',
    number: 11,
    title: 'a receiver that comes back with clean session on gets nothing of what was kept',
    why: 'case 11: clean session ends the old session with all it held [MQTT-3.1.2-6]',
    covers: ['cleansessionflag:down', 'offline messages:down', 'P2P:down'],
    run: (s) =>
      offlineP2P(s, { flag: 'false', qos: '1', returnsClean: true, kept: false, because: 'case 11: its session has ended' }),
  },
  {
    id: '11.was-clean',
    number: 11,
    title: 'nothing is kept for a receiver whose session was a clean one',
    why: 'case 11: a clean session is gone with its connection; there is nothing to keep a message in',
    covers: ['cleansessionflag:down', 'offline messages:down', 'P2P:down'],
    run: async (s) => {
      const device = await s.device('A', { clean: true });
      await s.leave(device);
      const second = `/p2p/${device.clientId}`;
      await s.send({ mqttSecondTopic: second, cleansessionflag: 'false' }, s.body('while away'));
      await settled(s);
      const back = await s.device('A', { clean: false });
      await s.arrives(back, [], 'case 11: there was no session to keep it in');
    },
  },
  {
    id: '12.no-effect',
    number: 12,
    title: 'on a topic message neither flag changes what an absent subscriber finds',
    why: 'case 12: keeping for subscribers is decided by QoS and by the subscriber’s own session',
    covers: ['cleansessionflag:down', 'offline messages:down'],
    run: async (s) => {
      await away(s, 'A', { [s.topic('/a')]: 1 });
      const online = await s.device('online', { subscribe: { [s.topic('/a')]: 1 } });
      for (const flag of ['true', 'false', 'maybe']) {
        await s.send({ mqttSecondTopic: '/a', cleansessionflag: flag }, s.body(flag));
      }
      await s.send({ mqttSecondTopic: '/a', qoslevel: '0', cleansessionflag: 'false' }, s.body('level 0'));
      const expected = ['true', 'false', 'maybe'].map((text) => ({ topic: s.topic('/a'), qos: 1, body: s.body(text) }));
      const level0 = { topic: s.topic('/a'), qos: 0, body: s.body('level 0') };
      await s.arrives(online, [...expected, level0], 'case 12: a subscriber that is online gets them all');
      const back = await s.device('A', { clean: false });
      await s.arrives(back, expected, 'case 12: QoS 1 and a persistent session keep a message, whatever the flag says');
      await s.deadLetters([], 'case 12: ignored, even where it is invalid');
    },
  },
  {
    id: '12.warned',
    number: 12,
    title: 'the flag on a topic message is counted as a warning',
    why: FLAG_WARNING,
    covers: ['cleansessionflag:down'],
    alone: true,
    run: async (s) => {
      const before = s.counters();
      const device = await s.device('A', { subscribe: { [s.topic('/a')]: 1 } });
      await s.send({ mqttSecondTopic: '/a', cleansessionflag: 'false' }, s.body('with'));
      await s.send({ mqttSecondTopic: '/a' }, s.body('without'));
      await s.send({ mqttSecondTopic: `/p2p/${device.clientId}`, cleansessionflag: 'true' }, s.body('p2p'));
      const expected = [
        { topic: s.topic('/a'), qos: 1, body: s.body('with') },
        { topic: s.topic('/a'), qos: 1, body: s.body('without') },
        { topic: s.topic(`/p2p/${device.clientId}`), qos: 1, body: s.body('p2p') },
      ];
      await s.arrives(device, expected, FLAG_WARNING);
      const read = (c: typeof before): number => c.bridge.warnings['cleansessionflag-ignored'] ?? 0;
      await s.counts('bridge warnings cleansessionflag-ignored', read, before, 1, FLAG_WARNING);
    },
  },
  ...INVALID_FLAGS.map(invalidFlag),
  {
    id: '14.off',
    number: 14,
    title: 'a sender with clean session off: its P2P message waits for the receiver',
    why: 'case 14: a device has no property to set; its own session flag stands for it',
    covers: ['offline messages:down', 'P2P:up'],
    run: (s) => fromDevice(s, false, 1, true, 'case 14: the sender’s flag is false'),
  },
  {
    id: '14.on',
    number: 14,
    title: 'a sender with clean session on: its P2P message does not wait',
    why: 'case 14: as a message from MQ with flag=true',
    covers: ['offline messages:down', 'P2P:up'],
    run: (s) => fromDevice(s, true, 1, false, 'case 14: the sender’s flag is true'),
  },
  {
    id: '14.qos0',
    number: 14,
    title: 'a sender with clean session off at QoS 0: its P2P message does not wait',
    why: 'case 14: QoS 0 is never kept',
    covers: ['offline messages:down', 'P2P:up'],
    run: (s) => fromDevice(s, false, 0, false, 'case 14: QoS 0'),
  },
  {
    id: '14.qos2',
    number: 14,
    title: 'a sender with clean session off at QoS 2: kept in the lenient profile only',
    why: 'case 14: QoS 2 for absent receivers follows the profile, as in case 10',
    covers: ['offline messages:down', 'P2P:up'],
    run: (s) => fromDevice(s, false, 2, s.lab.profile === 'lenient', 'case 14: QoS 2 is kept in the lenient profile only'),
  },
];
