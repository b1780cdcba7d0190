import fc from 'fast-check';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { encodePublish, puback, pubcomp, pubrec, pubrel, suback, unsuback, withId } from '../../../core/gateway/packets.ts';
import type { QoS } from '../../../core/gateway/types.ts';

function parse(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  const parser = mqttPacket.parser();
  parser.on('packet', (packet) => packets.push(packet));
  parser.on('error', (error) => {
    throw error;
  });
  expect(parser.parse(bytes)).toBe(0);
  return packets;
}

test('an encoded PUBLISH is read back unchanged by an independent parser', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom<QoS>(0, 1, 2),
      fc.boolean(),
      fc.integer({ min: 1, max: 65_535 }),
      (topic, payload, qos, retain, id) => {
        const { bytes } = encodePublish(topic, payload, qos, retain, id);
        const [packet] = parse(bytes);
        expect(packet).toMatchObject({ cmd: 'publish', topic, qos, retain, dup: false });
        expect((packet as { payload: Buffer }).payload.equals(payload)).toBe(true);
        if (qos > 0) expect(packet!.messageId).toBe(id);
      },
    ),
  );
});

test.each([0, 100, 127, 128, 16_383, 16_384, 65_536, 2_100_000])('payload of %i bytes: the length field is right', (size) => {
  const [packet] = parse(encodePublish('t', Buffer.alloc(size, 7), 1, false, 9).bytes);
  expect((packet as { payload: Buffer }).payload.length).toBe(size);
});

test('a copy under another identifier leaves the original alone', () => {
  const original = encodePublish('a/b', Buffer.from('x'), 1, false, 5);
  expect(parse(withId(original, 513, true))[0]).toMatchObject({ messageId: 513, dup: true, topic: 'a/b' });
  expect(parse(original.bytes)[0]).toMatchObject({ messageId: 5, dup: false });
});

test('acknowledgements', () => {
  const all = Buffer.concat([puback(1), pubrec(258), pubrel(3), pubcomp(65_535), unsuback(7), suback(8, [0, 1, 2, 128])]);
  expect(parse(all)).toMatchObject([
    { cmd: 'puback', messageId: 1 },
    { cmd: 'pubrec', messageId: 258 },
    { cmd: 'pubrel', messageId: 3 },
    { cmd: 'pubcomp', messageId: 65_535 },
    { cmd: 'unsuback', messageId: 7 },
    { cmd: 'suback', messageId: 8, granted: [0, 1, 2, 128] },
  ]);
});
