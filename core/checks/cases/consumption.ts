/** Numbers 37 to 40: who gets how many, and in what order. */
import type { MqConsumer, MqConsumerSpec, MqDelivery } from '../../mq/engine.ts';
import type { Device } from '../device.ts';
import type { Stage } from '../stage.ts';
import type { CheckCase } from '../types.ts';

interface Member {
  readonly name: string;
  readonly got: string[];
}

/** What the case has sent, by payload; fences of the suite and other traffic are left out. */
const textOf = (s: Stage, delivery: MqDelivery): string | undefined => {
  const text = Buffer.from(delivery.body).toString();
  return text.startsWith(`${s.token} `) ? text.slice(s.token.length + 1) : undefined;
};

/** Opens consumers, runs the body with them and closes them. */
async function withMembers(
  s: Stage,
  count: number,
  spec: Omit<MqConsumerSpec, 'topics'>,
  run: (members: readonly Member[]) => Promise<void>,
  work: (member: Member, text: string) => void | Promise<void> = (member, text) => {
    member.got.push(text);
  },
): Promise<void> {
  const consumers: MqConsumer[] = [];
  const members: Member[] = [];
  try {
    for (let i = 0; i < count; i += 1) {
      const member: Member = { name: `member ${i + 1}`, got: [] };
      const consumer = await s.lab.engine.consume({ ...spec, topics: [s.parent] }, async (delivery) => {
        const text = textOf(s, delivery);
        if (text !== undefined) await work(member, text);
        s.waiter.notify();
      });
      consumers.push(consumer);
      members.push(member);
    }
    s.log.did(`${count} consumers join group ${spec.group}, ${spec.mode}${spec.ordered ? ', ordered' : ''}`);
    await run(members);
  } finally {
    for (const consumer of consumers) await consumer.close();
  }
}

/** Three devices publish 20 messages each, all at once, and one more each when those are stored; returns all texts. */
async function traffic(s: Stage): Promise<string[]> {
  const devices: Device[] = [];
  for (const name of ['A', 'B', 'C']) devices.push(await s.device(name));
  const texts: string[] = [];
  await Promise.all(
    devices.flatMap((device) =>
      Array.from({ length: 20 }, (_, i) => {
        const text = `${device.name} ${i}`;
        texts.push(text);
        return device.publish(s.topic('/a'), s.body(text), { qos: 1 });
      }),
    ),
  );
  s.log.did(`devices A, B and C publish ${texts.length} messages at QoS 1`);
  for (const device of devices) await s.fenceUp(device);
  return texts;
}

const sorted = (texts: readonly string[]): string => [...texts].sort().join(', ');

/** Texts that are missing, or there more often than once. */
function exactlyOnce(s: Stage, who: string, expected: readonly string[], got: readonly string[], because: string): void {
  const counts = new Map<string, number>();
  for (const text of got) counts.set(text, (counts.get(text) ?? 0) + 1);
  const missing = expected.filter((text) => !counts.has(text));
  const twice = [...counts].filter(([, count]) => count > 1).map(([text]) => text);
  s.equal(`${who}: number of messages`, expected.length, got.length, because);
  s.equal(`${who}: missing`, '', sorted(missing), because);
  s.equal(`${who}: more than once`, '', sorted(twice), because);
}

const CLUSTERING = 'case 37: a group shares the work; each message is for one of its members, and for every group';
const BROADCASTING = 'case 37: each member keeps a picture of its own, and needs every message';
const ORDER = 'case 39: a state of a device may not be overtaken by an older one of the same device';

function steps(got: readonly string[], name: string): string {
  return got
    .filter((text) => text.startsWith(`${name} `))
    .map((text) => text.slice(name.length + 1))
    .join(' ');
}

export const CONSUMPTION_CASES: readonly CheckCase[] = [
  {
    id: '37.clustering',
    number: 37,
    title: 'three members of one group and one of another: each message once in each group',
    why: CLUSTERING,
    covers: ['consumption:up'],
    run: async (s) => {
      const spec = { mode: 'clustering', ordered: false } as const;
      await withMembers(s, 3, { ...spec, group: `check-${s.token}-one` }, async (first) => {
        await withMembers(s, 1, { ...spec, group: `check-${s.token}-two` }, async (second) => {
          const texts = await traffic(s);
          const all = (members: readonly Member[]): string[] => members.flatMap((member) => member.got);
          await s.waiter.until(() => all(first).length >= texts.length && all(second).length >= texts.length, s.patienceMs);
          exactlyOnce(s, 'first group', texts, all(first), CLUSTERING);
          exactlyOnce(s, 'second group', texts, all(second), CLUSTERING);
        });
      });
    },
  },
  {
    id: '37.broadcasting',
    number: 37,
    title: 'three broadcasting members of one group: each gets every message once',
    why: BROADCASTING,
    covers: ['consumption:up'],
    run: async (s) => {
      if (!s.lab.engine.capabilities.broadcasting) return s.notApplicable('this engine has no broadcasting consumers');
      await withMembers(s, 3, { group: `check-${s.token}`, mode: 'broadcasting', ordered: false }, async (members) => {
        const texts = await traffic(s);
        await s.waiter.until(() => members.every((member) => member.got.length >= texts.length), s.patienceMs);
        for (const member of members) exactlyOnce(s, member.name, texts, member.got, BROADCASTING);
      });
    },
  },
  {
    id: '38.down',
    number: 38,
    title: 'from MQ: subscribers by exact topic, +, #, over TCP and WebSocket, at every QoS all get it',
    why: 'case 38: MQTT knows broadcasting only',
    covers: ['consumption:down'],
    run: async (s) => {
      const devices = [
        [await s.device('exact', { subscribe: { [s.topic('/a/b')]: 0 } }), 0],
        [await s.device('plus', { subscribe: { [s.topic('/+/b')]: 1 } }), 1],
        [await s.device('hash', { subscribe: { [s.topic('/#')]: 2 } }), 2],
        [await s.device('all', { subscribe: { '#': 1 } }), 1],
        [await s.device('web', { subscribe: { [s.topic('/a/+')]: 2 }, over: 'ws' }), 2],
      ] as const;
      await s.send({ mqttSecondTopic: '/a/b', qoslevel: '2' }, s.body('for all'));
      for (const [device, qos] of devices) {
        await s.arrives(device, [{ topic: s.topic('/a/b'), qos, body: s.body('for all') }], 'case 38: every one of them');
      }
    },
  },
  {
    id: '38.between-devices',
    number: 38,
    title: 'from a device: all subscribers get it, beside the services',
    why: 'case 38: bridging takes nothing away from devices',
    covers: ['consumption:down', 'consumption:up'],
    run: async (s) => {
      const devices = [];
      for (const name of ['one', 'two', 'three']) devices.push(await s.device(name, { subscribe: { [s.topic('/+')]: 1 } }));
      const sender = await s.device('sender');
      await s.publish(sender, s.topic('/a'), s.body('for all'), { qos: 2 });
      for (const device of devices) {
        await s.arrives(device, [{ topic: s.topic('/a'), qos: 1, body: s.body('for all') }], 'case 38: every one of them');
      }
      await s.stores([s.asStored(sender, '/a', 2, s.body('for all'))], 'case 38: and the services', sender);
    },
  },
  {
    id: '39.ordered',
    number: 39,
    title: 'two ordered consumers that take their time: every device’s messages in order, one at a time',
    why: ORDER,
    covers: ['order:up'],
    run: async (s) => {
      if (!s.lab.engine.capabilities.keyOrder) return s.notApplicable('this engine keeps no order by key');
      const all: string[] = [];
      const busy = new Set<string>();
      let overlaps = 0;
      const work = async (_: Member, text: string): Promise<void> => {
        const name = text.split(' ')[0]!;
        if (busy.has(name)) overlaps += 1;
        busy.add(name);
        await new Promise((resolve) => setImmediate(resolve));
        all.push(text);
        busy.delete(name);
      };
      const spec = { group: `check-${s.token}`, mode: 'clustering', ordered: true } as const;
      await withMembers(
        s,
        2,
        spec,
        async () => {
          const texts = await traffic(s);
          await s.waiter.until(() => all.length >= texts.length, s.patienceMs);
          const expected = Array.from({ length: 20 }, (_, i) => i).join(' ');
          for (const name of ['A', 'B', 'C']) s.equal(`order of device ${name}`, expected, steps(all, name), ORDER);
          s.equal('messages of one device under work at the same time', 0, overlaps, ORDER);
        },
        work,
      );
    },
  },
  {
    id: '39.mixed',
    number: 39,
    title: 'one device that changes QoS from message to message: still in order',
    why: ORDER,
    covers: ['order:up', 'qoslevel:up'],
    run: async (s) => {
      const device = await s.device('A');
      const sent = Array.from({ length: 30 }, (_, i) => i);
      await Promise.all(sent.map((i) => device.publish(s.topic('/a'), s.body(`A ${i}`), { qos: (i % 3) as 0 | 1 | 2 })));
      s.log.did(`device A publishes ${sent.length} messages at QoS 0, 1, 2 in turn, without waiting`);
      await s.fenceUp(device);
      const texts = s.stored.map((message) => textOf(s, message) ?? '');
      s.equal('order in MQ', sent.join(' '), steps(texts, 'A'), ORDER);
      s.equal('ordering key', device.clientId, s.stored[0]?.key ?? 'absent', 'case 39: order is kept by client ID');
    },
  },
  {
    id: '40.measured',
    number: 40,
    title: 'messages to one device: all arrive; how many were out of order is told, not judged',
    why: 'case 40: MQTT messages can be sent in order but not received in order; who counts on it will be wrong one day',
    covers: ['order:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/a')]: 1 } });
      const sent = Array.from({ length: 60 }, (_, i) => s.body(`number ${i}`));
      // Without key: MQ spreads them over its partitions.
      await Promise.all(sent.map((body) => s.send({ mqttSecondTopic: '/a' }, body, { key: null })));
      await s.waiter.until(() => device.arrivals.length >= sent.length, s.patienceMs);
      const numbers = device.arrivals.map((arrival) => Number(arrival.payload.toString().split(' ')[2]));
      const late = numbers.filter((number, i) => i > 0 && number < numbers[i - 1]!).length;
      const expected = sent.map((body) => ({ topic: s.topic('/a'), qos: 1, body }));
      await s.arrives(device, expected, 'case 40: in whatever order, each of them once');
      s.log.did(`${late} of ${sent.length} messages came after a later one: not guaranteed, so not judged`);
    },
  },
];
