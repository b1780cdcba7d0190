import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../../core/mq/rocketmq/json.ts';
import { encodeForBatch, encodeProperties } from '../../../../core/mq/rocketmq/messages.ts';
import { groupName, labName, topicName } from '../../../../core/mq/rocketmq/names.ts';
import { queueOf } from '../../../../core/mq/rocketmq/producer.ts';

describe('RocketMQ names', () => {
  it('keeps what RocketMQ allows, writes the rest byte by byte, and finds back', () => {
    expect(topicName('home-1_a')).toBe('home-1_a');
    expect(topicName('dlq.readers')).toBe('dlq%2Ereaders');
    for (const name of ['dlq.a', 'a/b c', '50%', 'größe', '漢🚗', '%2E']) {
      expect(topicName(name)).toMatch(/^[a-zA-Z0-9_%-]+$/);
      expect(labName(topicName(name))).toBe(name);
    }
  });

  it('leaves names that others have given as they are', () => {
    for (const name of ['%RETRY%readers', '100%', 'a%2fb', 'a%41b', '%FF']) expect(labName(name)).toBe(name);
  });

  it('refuses what would be too long', () => {
    expect(() => topicName('x'.repeat(128))).toThrow(expect.objectContaining({ code: 'input.argument' }));
    expect(() => groupName('ü'.repeat(30))).toThrow(expect.objectContaining({ code: 'input.argument' }));
    expect(() => topicName('')).toThrow(expect.objectContaining({ code: 'input.argument' }));
  });
});

describe('RocketMQ messages', () => {
  const message = (properties: Record<string, string>, body = '') => ({ topic: 't', properties, body: Buffer.from(body) });

  it('does not let a property pass for one of RocketMQ’s own', () => {
    const stored = encodeProperties({ ...message({ TAGS: 'x', a: '1' }), tag: 'T', key: 'k' });
    const names = stored.split('\u0002').map((one) => one.split('\u0001')[0]);
    expect(names.filter((name) => name === 'TAGS')).toHaveLength(1);
    expect(stored).toContain('TAGS\u0001T\u0002');
    expect(stored).toContain('a\u00011\u0002');
  });

  it('refuses separators and more than two bytes can count', () => {
    for (const properties of [{ 'a\u0001': 'b' }, { a: '\u0002' }, { a: 'ü'.repeat(17_000) }]) {
      expect(() => encodeForBatch(message(properties))).toThrow(expect.objectContaining({ code: 'input.argument' }));
    }
  });
});

describe('RocketMQ queues', () => {
  it('are chosen by the hash that Java has for texts', () => {
    // "hello".hashCode() is 99,162,322; that of "polygenelubricants" is the smallest integer there is.
    expect(queueOf('hello', 1_000_000_000)).toBe(99_162_322);
    expect(queueOf('polygenelubricants', 7)).toBe(2_147_483_648 % 7);
    expect(queueOf('', 4)).toBe(0);
  });
});

describe('RocketMQ JSON', () => {
  it('may have numbers as names, which texts are not to be taken for', () => {
    expect(parseJson(Buffer.from('{0:"a",-1 :{"x":"{1:2,3:4}\\"{5:"}}'))).toEqual({
      0: 'a',
      '-1': { x: '{1:2,3:4}"{5:' },
    });
  });
});
