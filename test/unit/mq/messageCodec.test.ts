import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, Truncated } from '../../../core/mq/embedded/bytes.ts';
import { readMessage, writeMessage } from '../../../core/mq/embedded/messageCodec.ts';
import type { MqMessage } from '../../../core/mq/engine.ts';

const text = fc.string({ unit: 'binary', maxLength: 80 }).filter((value) => Buffer.from(value).toString() === value);
const message: fc.Arbitrary<MqMessage> = fc.record(
  {
    topic: fc.constant('t'),
    key: text,
    tag: text,
    delayMs: fc.integer({ min: 1, max: 1_000_000 }),
    properties: fc.dictionary(text, text, { maxKeys: 6, noNullPrototype: true }),
    body: fc.uint8Array({ maxLength: 300 }),
  },
  { requiredKeys: ['topic', 'properties', 'body'] },
);

const encode = (value: MqMessage): Buffer => {
  const writer = new ByteWriter(16);
  writeMessage(writer, value);
  return writer.take();
};
const decode = (bytes: Buffer, end = bytes.length): MqMessage => {
  const reader = new ByteReader();
  reader.reset(bytes, 0, end);
  return readMessage(reader, 't', 1, 2, 3, 4);
};

describe('message codec', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(message, (value) => {
        const back = decode(encode(value));
        expect({ ...back, body: Buffer.from(back.body) }).toEqual({
          ...value,
          body: Buffer.from(value.body),
          partition: 1,
          offset: 2,
          storedAtMs: 3,
          deliveryCount: 4,
        });
      }),
    );
  });

  it('carries a property called __proto__ like any other', () => {
    const properties = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    const back = decode(encode({ topic: 't', properties, body: Buffer.alloc(0) }));
    expect(Object.entries(back.properties)).toEqual([['__proto__', 'x']]);
  });

  it('refuses a message cut anywhere', () => {
    const bytes = encode({
      topic: 't',
      key: 'key',
      tag: 'tag',
      delayMs: 5,
      properties: { a: 'b', c: 'd' },
      body: Buffer.from('body'),
    });
    for (let end = 0; end < bytes.length; end += 1) expect(() => decode(bytes, end)).toThrow(Truncated);
  });
});
