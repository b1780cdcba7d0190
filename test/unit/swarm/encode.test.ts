import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { CausewayError } from '../../../core/protocol/errors.ts';
import {
  ACK,
  checkPublish,
  DISCONNECT,
  encodeAck,
  encodeConnect,
  encodePublish,
  PINGREQ,
  publishBound,
} from '../../../core/swarm/encode.ts';

const ids = fc.integer({ min: 1, max: 65_535 });

describe('encoders', () => {
  it('write every PUBLISH as mqtt-packet does', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }).filter((topic) => !/[+#]/.test(topic)),
        fc.uint8Array({ maxLength: 20_000 }),
        fc.constantFrom(0 as const, 1 as const, 2 as const),
        fc.boolean(),
        fc.boolean(),
        ids,
        (topic, bytes, qos, retain, resend, id) => {
          const payload = Buffer.from(bytes);
          const dup = resend && qos > 0;
          const into = Buffer.alloc(publishBound(topic, payload) + 7, 0xee);
          const end = encodePublish(into, 7, topic, payload, qos, retain, dup, id);
          const reference = generate({ cmd: 'publish', topic, payload, qos, retain, dup, ...(qos > 0 ? { messageId: id } : {}) });
          expect(into.subarray(7, end).equals(reference)).toBe(true);
        },
      ),
    );
  });

  it.each([0, 1, 124, 125, 126, 16_379, 16_380, 16_381, 2_097_148, 2_097_149])(
    'write the length of a payload of %i bytes',
    (bytes) => {
      const payload = Buffer.alloc(bytes, 1);
      const into = Buffer.alloc(publishBound('t', payload));
      const end = encodePublish(into, 0, 't', payload, 0, false, false, 0);
      expect(
        into.subarray(0, end).equals(generate({ cmd: 'publish', topic: 't', payload, qos: 0, retain: false, dup: false })),
      ).toBe(true);
    },
  );

  it('write acknowledgements, PINGREQ and DISCONNECT as mqtt-packet does', () => {
    fc.assert(
      fc.property(fc.constantFrom('puback', 'pubrec', 'pubrel', 'pubcomp'), ids, (cmd, id) => {
        const into = Buffer.alloc(4);
        expect(encodeAck(into, 0, ACK[cmd as keyof typeof ACK], id)).toBe(4);
        expect(into).toEqual(generate({ cmd: cmd as 'puback', messageId: id }));
      }),
    );
    expect(PINGREQ).toEqual(generate({ cmd: 'pingreq' }));
    expect(DISCONNECT).toEqual(generate({ cmd: 'disconnect' }));
  });

  it('put credentials and Will into CONNECT', () => {
    const will = { topic: 'w', payload: Buffer.from([0, 1]), qos: 1 as const, retain: true };
    const encoded = encodeConnect({ clientId: 'c', cleanSession: false, keepAliveS: 7, username: 'u', password: 'p', will });
    const reference = generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: 'c',
      clean: false,
      keepalive: 7,
      username: 'u',
      password: Buffer.from('p'),
      will,
    });
    expect(encoded).toEqual(reference);
  });

  it('refuse a topic of 65,536 bytes, by bytes and not by characters', () => {
    checkPublish('x'.repeat(65_535), Buffer.alloc(0));
    for (const topic of ['x'.repeat(65_536), 'é'.repeat(32_768)]) {
      expect(() => checkPublish(topic, Buffer.alloc(0))).toThrowError(CausewayError);
    }
  });
});
