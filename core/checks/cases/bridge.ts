/** Numbers 34 to 36: what can be told of a second copy, loops, and topics nobody has listed. */
import type { MqDelivery } from '../../mq/engine.ts';
import type { Stage } from '../stage.ts';
import type { CheckCase } from '../types.ts';
import { CHECK_ID } from '../watch.ts';

const LOOP = 'case 35: a message that came back would come back again, for ever';
const ID = 'causewayId';

/** The case's own messages of a service group, by payload text. */
const ofCase = (s: Stage, delivery: MqDelivery): boolean => Buffer.from(delivery.body).toString().startsWith(`${s.token} `);

export const BRIDGE_CASES: readonly CheckCase[] = [
  {
    id: '34.ids',
    number: 34,
    title: 'every message of a device has an id of its own in MQ',
    why: 'case 34: at least once means that a consumer may see a message twice; by its id it can tell',
    covers: ['message id:up'],
    run: async (s) => {
      const device = await s.device('A');
      const expected = [];
      for (let i = 0; i < 20; i += 1) {
        // Equal in everything but the id.
        await s.publish(device, s.topic('/a'), s.body('same'), { qos: (i % 3) as 0 | 1 | 2 });
        expected.push(s.asStored(device, '/a', (i % 3) as 0 | 1 | 2, s.body('same')));
      }
      await s.stores(expected, 'case 34: all of them are stored', device);
      const ids = new Set(s.stored.map((message) => message.properties[ID]).filter((id) => id !== undefined && id !== ''));
      s.equal('different ids', expected.length, ids.size, 'case 34: one id per message');
    },
  },
  {
    id: '34.redelivered',
    number: 34,
    title: 'a message that MQ delivers again has the same id, and its count says so',
    why: 'case 34: this is how a service recognises the second copy',
    covers: ['message id:up'],
    run: async (s) => {
      const { engine, parent } = { engine: s.lab.engine, parent: s.parent };
      if (!engine.capabilities.redelivery) return s.notApplicable('this engine does not redeliver');
      const seen: MqDelivery[] = [];
      const spec = { group: `check-${s.token}`, topics: [parent], mode: 'clustering', ordered: false, retryDelayMs: 1 } as const;
      const consumer = await engine.consume(spec, (delivery) => {
        if (!ofCase(s, delivery)) return;
        seen.push(delivery);
        s.waiter.notify();
        if (seen.length === 1) throw new Error('refused the first time, by the case');
      });
      try {
        const device = await s.device('A');
        await s.publish(device, s.topic('/a'), s.body('twice'), { qos: 1 });
        await s.until('two deliveries', () => seen.length >= 2);
        const [first, second] = seen;
        s.equal('id of the second delivery', String(first?.properties[ID]), String(second?.properties[ID]), 'case 34: the same');
        s.equal('an id is there', true, (first?.properties[ID] ?? '') !== '', 'case 34: without one nobody could tell');
        s.equal('delivery count', 2, second?.deliveryCount ?? 0, 'case 34: the engine tells as well');
      } finally {
        await consumer.close();
      }
    },
  },
  {
    id: '34.dup-up',
    number: 34,
    title: 'a PUBLISH with DUP=1 is marked in MQ, one without is not',
    why: 'case 34: the device itself says that it may be a second copy; under a new id nobody could know',
    covers: ['message id:up'],
    run: async (s) => {
      const device = await s.device('A');
      await s.publish(device, s.topic('/a'), s.body('first'), { qos: 1 });
      await s.publish(device, s.topic('/a'), s.body('again'), { qos: 1, dup: true });
      const expected = ['first', 'again'].map((text) => s.asStored(device, '/a', 1, s.body(text)));
      await s.stores(expected, 'case 34: both are stored', device);
      for (const message of s.stored) {
        const again = Buffer.from(message.body).equals(s.body('again'));
        const found = message.properties.causewayDup ?? 'absent';
        s.equal(`causewayDup of ${again ? 'the second' : 'the first'}`, again ? '1' : 'absent', found, 'case 34');
      }
    },
  },
  {
    id: '34.dup-down',
    number: 34,
    title: 'a device that has not acknowledged gets the message again with DUP=1, after it is back',
    why: 'case 34: a device recognises a possible second copy by DUP [MQTT-3.3.1-1]',
    covers: ['message id:down', 'offline messages:down'],
    run: async (s) => {
      const device = await s.device('A', { clean: false, subscribe: { [s.topic('/a')]: 1 } });
      device.silent = true;
      await s.send({ mqttSecondTopic: '/a' }, s.body('unacknowledged'));
      await s.until('the first copy', () => device.arrivals.length > 0);
      await s.cut(device);
      const message = { topic: s.topic('/a'), qos: 1, body: s.body('unacknowledged') };
      await s.arrives(device, [message], 'case 34: the first copy has no DUP');
      const back = await s.device('A', { clean: false });
      await s.arrives(back, [{ ...message, dup: true }], 'case 34: the second copy says so');
    },
  },
  {
    id: '35.up',
    number: 35,
    title: 'what a device publishes does not come back from MQ to subscribers, itself included',
    why: LOOP,
    covers: ['loop mark:up'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/#')]: 2 } });
      const other = await s.device('B', { subscribe: { [s.topic('/a')]: 1 } });
      await s.publish(device, s.topic('/a'), s.body('once'), { qos: 1 });
      await s.stores([s.asStored(device, '/a', 1, s.body('once'))], 'case 35: once in MQ', device);
      // Under the device's own key, behind what would come back.
      await s.fenceUnder(device.clientId, [device, other]);
      const expected = [{ topic: s.topic('/a'), qos: 1, body: s.body('once') }];
      await s.arrives(device, expected, 'case 35: one copy, straight from the gateway');
      await s.arrives(other, expected, 'case 35: one copy, straight from the gateway');
    },
  },
  {
    id: '35.p2p',
    number: 35,
    title: 'a P2P message between devices arrives once, though it is in MQ too',
    why: LOOP,
    covers: ['loop mark:up', 'P2P:up'],
    run: async (s) => {
      const target = await s.device('A');
      const sender = await s.device('sender');
      const second = `/p2p/${target.clientId}`;
      await s.publish(sender, s.topic(second), s.body('once'), { qos: 1 });
      await s.stores([s.asStored(sender, second, 1, s.body('once'))], 'case 35: once in MQ', sender);
      await s.fenceUnder(sender.clientId, [target]);
      await s.arrives(target, [{ topic: s.topic(second), qos: 1, body: s.body('once') }], 'case 35: one copy');
    },
  },
  {
    id: '35.down',
    number: 35,
    title: 'what a service sends to devices does not come back into MQ',
    why: LOOP,
    covers: ['loop mark:down'],
    run: async (s) => {
      const device = await s.device('A', { subscribe: { [s.topic('/#')]: 1 } });
      const second = `/p2p/${device.clientId}`;
      await s.send({ mqttSecondTopic: '/a' }, s.body('topic'));
      await s.send({ mqttSecondTopic: second }, s.body('p2p'));
      const expected = [
        { topic: s.topic('/a'), qos: 1, body: s.body('topic') },
        { topic: s.topic(second), qos: 1, body: s.body('p2p') },
      ];
      await s.arrives(device, expected, 'case 35: each arrives once');
      await s.stores([], LOOP, device);
    },
  },
  {
    id: '35.forwarded',
    number: 35,
    title: 'a service that sends a device’s message on as it is starts no loop; without the mark it is a message like any other',
    why: 'case 35: forwarding with all properties is the natural mistake',
    covers: ['loop mark:down'],
    run: async (s) => {
      const device = await s.device('A');
      const other = await s.device('B', { subscribe: { [s.topic('/a')]: 1 } });
      await s.publish(device, s.topic('/a'), s.body('original'), { qos: 1 });
      await s.stores([s.asStored(device, '/a', 1, s.body('original'))], 'case 35: in MQ', device);
      const { [CHECK_ID]: _, ...marked } = s.stored[0]?.properties ?? {};
      const unmarked = Object.fromEntries(
        Object.entries(marked).filter(([key]) => !key.startsWith('causeway') && key !== 'clientId'),
      );
      await s.send(marked, s.body('forwarded as it is'));
      await s.send(unmarked, s.body('forwarded without mark'));
      const expected = ['original', 'forwarded without mark'].map((text) => ({
        topic: s.topic('/a'),
        qos: 1,
        body: s.body(text),
      }));
      await s.arrives(other, expected, LOOP);
      await s.deadLetters([], 'case 35: a loop is no fault of its sender; it is just not carried');
    },
  },
  {
    id: '36.refused',
    number: 36,
    title: 'a PUBLISH on a parent topic nobody has listed reaches neither MQ nor subscribers, and is counted',
    why: 'case 36: parent topics are made beforehand; a typing error must not make a new one',
    covers: ['topic:up', 'access:up'],
    alone: true,
    run: async (s) => {
      const because = 'case 36: refused and counted';
      const before = s.counters();
      const unknown = `nowhere-${s.token}`;
      const subscriber = await s.device('B', { subscribe: { '#': 1, [`${unknown}/#`]: 1 } });
      const sender = await s.device('A');
      for (const qos of [0, 1, 2] as const) await s.publish(sender, `${unknown}/a`, s.body(`level ${qos}`), { qos });
      await s.publish(sender, unknown, s.body('bare'), { qos: 1 });
      await s.stores([], because, sender);
      await s.arrives(subscriber, [], because);
      const topics = await s.lab.engine.topics();
      s.equal(
        'an MQ topic of that name',
        false,
        topics.some((topic) => topic.name === unknown),
        because,
      );
      const read = (c: typeof before): number => c.gateway.refused['topic-unknown-parent'] ?? 0;
      await s.counts('refused topic-unknown-parent', read, before, 4, because);
    },
  },
  {
    id: '36.mqtt-only',
    number: 36,
    title: 'a parent topic of MQTT only is carried between devices, and not to MQ',
    why: 'case 36: listed is not the same as bridged',
    covers: ['topic:up'],
    run: async (s) => {
      const { unbridgedTopic } = s.lab;
      if (unbridgedTopic === undefined) return s.notApplicable('this lab has no parent topic that is not bridged');
      const topic = `${unbridgedTopic}/${s.token}`;
      const subscriber = await s.device('B', { subscribe: { [topic]: 1 } });
      const sender = await s.device('A');
      await s.publish(sender, topic, s.body('between devices'), { qos: 1 });
      await s.arrives(subscriber, [{ topic, qos: 1, body: s.body('between devices') }], 'case 36: between devices it works');
      const topics = await s.lab.engine.topics();
      s.equal(
        'an MQ topic of that name',
        false,
        topics.some((one) => one.name === unbridgedTopic),
        'case 36: not in MQ',
      );
      await s.stores([], 'case 36: nor under any other topic', sender);
    },
  },
];
