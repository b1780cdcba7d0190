import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { expect, test } from 'vitest';
import { Connection } from '../../../core/gateway/connection.ts';
import { PacketReader } from '../../../core/gateway/packetReader.ts';
import type { QoS } from '../../../core/gateway/types.ts';
import type { IncomingPublish } from '../../../core/gateway/uplinkChain.ts';

const connection = (): Connection => {
  const stream = new PassThrough();
  return new Connection(stream, stream as unknown as ConstructorParameters<typeof Connection>[1]);
};

function read(chunk: Buffer): { packets: IncomingPublish[]; acks: string[]; rest: Buffer | undefined } {
  const packets: IncomingPublish[] = [];
  const acks: string[] = [];
  const rest = new PacketReader().read(chunk, connection(), {
    publish: (_connection, packet) => packets.push(packet),
    acknowledgement: (_connection, cmd, id) => acks.push(`${cmd} ${id}`),
  });
  return { packets, acks, rest };
}

const publish = (topic: string, payload: Buffer, qos: QoS, id = 1, dup = false, retain = false): Buffer =>
  mqttPacket.generate({ cmd: 'publish', topic, payload, qos, dup, retain, ...(qos > 0 ? { messageId: id } : {}) });

test('whole packets are read as they were written; what is cut off is left', () => {
  const one = fc.record({
    topic: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    payload: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    qos: fc.constantFrom<QoS>(0, 1, 2),
    id: fc.integer({ min: 1, max: 65_535 }),
    retain: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), fc.nat(), (packets, cut) => {
      const encoded = packets.map((p) => publish(p.topic, p.payload, p.qos, p.id, false, p.retain));
      const all = Buffer.concat(encoded);
      const length = cut % (all.length + 1);
      const found = read(all.subarray(0, length));
      let whole = 0;
      let bytes = 0;
      while (whole < encoded.length && bytes + encoded[whole]!.length <= length) bytes += encoded[whole++]!.length;
      expect(found.packets.length).toBe(whole);
      found.packets.forEach((p, i) => {
        const sent = packets[i]!;
        expect(p).toMatchObject({ topic: sent.topic, qos: sent.qos, retain: sent.retain, id: sent.qos === 0 ? 0 : sent.id });
        expect(p.payload.equals(sent.payload)).toBe(true);
      });
      expect(found.rest?.length ?? 0).toBe(length - bytes);
    }),
  );
});

test('acknowledgements among PUBLISHes', () => {
  const ack = (cmd: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', messageId: number) => mqttPacket.generate({ cmd, messageId });
  const all = [ack('puback', 1), ack('pubrec', 258), publish('t', Buffer.from('x'), 1), ack('pubrel', 65_535), ack('pubcomp', 9)];
  const { packets, acks, rest } = read(Buffer.concat([...all, ack('puback', 7).subarray(0, 3)]));
  expect(acks).toEqual(['puback 1', 'pubrec 258', 'pubrel 65535', 'pubcomp 9']);
  expect(packets.length).toBe(1);
  expect(rest).toEqual(Buffer.from([0x40, 2, 0]));
});

test('other packets, QoS 3, identifier 0, invalid UTF-8 and U+0000 are left to the general parser', () => {
  const good = publish('t', Buffer.from('x'), 1);
  for (const bad of [
    Buffer.from([0xc0, 0]),
    Buffer.from([0x40, 2, 0, 0]),
    Buffer.from([0x60, 2, 0, 1]),
    Buffer.from([0x62, 3, 0, 1, 0]),
    Buffer.from([0x36, 5, 0, 1, 0x74, 0, 1]),
    Buffer.from([0x32, 5, 0, 1, 0x74, 0, 0]),
    Buffer.from([0x30, 3, 0, 1, 0xff]),
    Buffer.from([0x30, 3, 0, 1, 0]),
    Buffer.from([0x30, 1, 0]),
    Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1]),
    Buffer.from([0x30, 3, 0, 9, 0x74]),
  ]) {
    const { packets, rest } = read(Buffer.concat([good, bad]));
    expect(packets.length).toBe(1);
    expect(rest).toEqual(bad);
  }
});
