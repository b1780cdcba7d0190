/** Number 31: payloads, byte for byte. */
import type { CheckCase } from '../types.ts';

const OPAQUE = 'case 31: a payload is the application’s; nobody on the way may look into it, let alone mend it';

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

/** Name, title and bytes; the limit is the lab's. */
const PAYLOADS: readonly (readonly [name: string, title: string, bytes: (limit: number) => Buffer])[] = [
  ['empty', 'an empty payload', () => Buffer.alloc(0)],
  ['nul', 'NUL bytes, first, last and alone', () => Buffer.from([0, 65, 0, 0, 66, 0])],
  ['not-utf8', 'bytes that are not UTF-8', () => Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x80, 0xed, 0xa0, 0x80])],
  ['all-bytes', 'every value of a byte', () => ALL_BYTES],
  ['bom', 'a byte-order mark and line ends of all kinds', () => Buffer.from('\ufeffa\r\nb\nc\r', 'utf8')],
  ['limit', 'the limit exactly (64 KiB)', (limit) => Buffer.alloc(limit, ALL_BYTES)],
];

export const PAYLOAD_CASES: readonly CheckCase[] = [
  ...PAYLOADS.flatMap(([name, title, bytes]) =>
    (['tcp', 'ws'] as const).map((over): CheckCase => {
      const ws = over === 'ws';
      return {
        id: `31.${name}${ws ? '-websocket' : ''}`,
        number: 31,
        title: `${ws ? 'over WebSocket: ' : ''}${title}, up and down and by P2P`,
        why: OPAQUE,
        covers: ['payload:up', 'payload:down'],
        run: async (s) => {
          const body = bytes(s.lab.limits.payloadBytes);
          const sender = await s.device('sender', { over });
          const receiver = await s.device('receiver', { over, subscribe: { [s.topic('/down')]: 1 } });
          for (const qos of [0, 1, 2] as const) await s.publish(sender, s.topic('/up'), body, { qos });
          await s.send({ mqttSecondTopic: '/down' }, body);
          await s.send({ mqttSecondTopic: `/p2p/${receiver.clientId}` }, body);
          const expected = [s.topic('/down'), s.topic(`/p2p/${receiver.clientId}`)].map((topic) => ({ topic, qos: 1, body }));
          await s.arrives(receiver, expected, OPAQUE);
          // Equal payloads pair in order, and one device's messages keep theirs.
          await s.stores(
            ([0, 1, 2] as const).map((qos) => s.asStored(sender, '/up', qos, body)),
            OPAQUE,
            sender,
          );
        },
      };
    }),
  ),
  {
    id: '31.too-large-up',
    number: 31,
    title: 'one byte more from a device reaches neither MQ nor subscribers, is counted, and the next message passes',
    why: 'case 31: cut it would be another message; so it is refused',
    covers: ['payload:up', 'limits:up'],
    alone: true,
    run: async (s) => {
      const because = `case 31: at most ${s.lab.limits.payloadBytes} bytes`;
      const before = s.counters();
      const subscriber = await s.device('B', { subscribe: { [s.topic('/a')]: 1 } });
      const sender = await s.device('A');
      const large = Buffer.alloc(s.lab.limits.payloadBytes + 1, 'x');
      for (const qos of [0, 1, 2] as const) await s.publish(sender, s.topic('/a'), large, { qos });
      await s.publish(sender, s.topic('/a'), s.body('small'), { qos: 1 });
      await s.stores([s.asStored(sender, '/a', 1, s.body('small'))], because, sender);
      await s.arrives(subscriber, [{ topic: s.topic('/a'), qos: 1, body: s.body('small') }], because);
      const read = (c: typeof before): number => c.gateway.refused['payload-too-large'] ?? 0;
      await s.counts('refused payload-too-large', read, before, 3, because);
    },
  },
  {
    id: '31.too-large-down',
    number: 31,
    title: 'one byte more from MQ is a dead letter, whole, and the next message arrives',
    why: 'case 31: devices need not be able to take it',
    covers: ['payload:down', 'limits:down'],
    run: async (s) => {
      const because = `case 31: at most ${s.lab.limits.payloadBytes} bytes`;
      const device = await s.device('A', { subscribe: { [s.topic('/a')]: 1 } });
      const large = Buffer.alloc(s.lab.limits.payloadBytes + 1, 'x');
      const properties = { mqttSecondTopic: '/a' };
      await s.send(properties, large);
      await s.send(properties, s.body('small'));
      await s.arrives(device, [{ topic: s.topic('/a'), qos: 1, body: s.body('small') }], because);
      await s.deadLetters([{ reason: 'payload-too-large', topic: s.parent, body: large, properties }], because);
    },
  },
];
