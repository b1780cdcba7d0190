import { describe, expect, test } from 'vitest';
import { difference, showBytes } from '../../../core/checks/bytes.ts';
import { compareArrivals, compareLetters, compareStored, pair } from '../../../core/checks/compare.ts';
import type { Arrival } from '../../../core/checks/device.ts';
import { EvidenceLog } from '../../../core/checks/evidence.ts';
import type { MqDelivery } from '../../../core/mq/engine.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

const arrival = (changes: Partial<Arrival> = {}): Arrival => ({
  topic: 'p/a',
  qos: 1,
  retain: false,
  dup: false,
  payload: bytes('x'),
  ...changes,
});

const stored = (properties: Record<string, string>, body = 'x'): MqDelivery => ({
  topic: 'p',
  properties,
  body: bytes(body),
  partition: 0,
  offset: 0,
  storedAtMs: 0,
  deliveryCount: 1,
});

describe('payloads as text', () => {
  test('text is shown as text, other bytes in hexadecimal, long ones cut', () => {
    expect(showBytes(bytes('hello'))).toBe('"hello" (5 bytes)');
    expect(showBytes(Buffer.from([0, 255]))).toBe('00 ff (2 bytes)');
    expect(showBytes(Buffer.alloc(0))).toBe('nothing (0 bytes)');
    expect(showBytes(Buffer.alloc(100, 'x'))).toBe(`"${'x'.repeat(32)}…" (100 bytes)`);
  });

  test('a difference is shown around the first byte that differs', () => {
    expect(difference(bytes('same'), bytes('same'))).toBeUndefined();
    const found = difference(bytes('0123456789'), bytes('01234X6789'));
    expect(found?.expected).toBe('10 bytes; from byte 1: 31 32 33 34 35 36 37 38 39');
    expect(found?.found).toBe('10 bytes; from byte 1: 31 32 33 34 58 36 37 38 39');
  });

  test('a payload that was cut says where it ends', () => {
    expect(difference(bytes('ab'), bytes('a'))?.found).toBe('1 bytes; from byte 0: 61 (ends here)');
    expect(difference(bytes('a'), bytes(''))?.found).toBe('0 bytes; from byte 0: nothing (ends here)');
  });
});

describe('pairing', () => {
  test('equal payloads find each other in any order, the rest pairs in order, extras stand alone', () => {
    const wanted = ['a', 'b', 'c'].map((text) => ({ body: bytes(text) }));
    const { pairs } = pair(wanted, [bytes('c'), bytes('?'), bytes('a'), bytes('!'), bytes('+')], (found) => found);
    const shown = pairs.map(([left, right]) => `${left?.body.toString() ?? '-'}${right?.toString() ?? '-'}`);
    expect(shown.sort()).toEqual(['-!', '-+', 'aa', 'b?', 'cc']);
  });
});

describe('what a device got', () => {
  const failuresOf = (found: readonly Arrival[]): string[] => {
    const log = new EvidenceLog();
    compareArrivals(log, 'A', [{ topic: 'p/a', qos: 1, body: bytes('x') }], found, 'the reason');
    return log.failures();
  };

  test('the right message fails nothing', () => {
    expect(failuresOf([arrival()])).toEqual([]);
  });

  test.each([
    ['topic', { topic: 'p/b' }],
    ['QoS', { qos: 2 as const }],
    ['retain', { retain: true }],
    ['dup', { dup: true }],
    ['payload', { payload: bytes('y') }],
  ])('a wrong %s fails that field alone', (field, changes) => {
    const failures = failuresOf([arrival(changes)]);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain(field);
    expect(failures[0]).toContain('the reason');
  });

  test('one too few and one too many fail', () => {
    expect(failuresOf([]).join()).toContain('missing');
    expect(failuresOf([arrival(), arrival()]).join()).toContain('a further message');
  });
});

describe('what is in MQ', () => {
  const right = { qoslevel: '1', cleansessionflag: 'true', mqttSecondTopic: '/a', clientId: 'c' };
  const failuresOf = (properties: Record<string, string>): string[] => {
    const log = new EvidenceLog();
    const expected = { topic: 'p', second: '/a', qos: 1, clean: true, clientId: 'c', body: bytes('x') };
    compareStored(log, [expected], [stored(properties)], 'the reason');
    return log.failures();
  };

  test('properties of the lab and of the application are left alone', () => {
    expect(failuresOf({ ...right, causewayId: '1', other: 'x' })).toEqual([]);
  });

  test.each(['qoslevel', 'cleansessionflag', 'mqttSecondTopic', 'clientId'] as const)('%s wrong or absent fails', (key) => {
    expect(failuresOf({ ...right, [key]: 'wrong' })).toHaveLength(1);
    const { [key]: _, ...absent } = right;
    expect(failuresOf(absent)[0]).toContain('found absent');
  });

  test('mqttRealTopic fails, even empty', () => {
    expect(failuresOf({ ...right, mqttRealTopic: '' })).toHaveLength(1);
  });
});

test('a dead letter must keep what its sender wrote', () => {
  const expected = { reason: 'qoslevel-invalid', topic: 'p', property: 'qoslevel', value: '3', body: bytes('x') };
  const kept = { dlqReason: 'qoslevel-invalid', dlqTopic: 'p', dlqProperty: 'qoslevel', dlqValue: '3', qoslevel: '3', mine: 'm' };
  const failuresOf = (properties: Record<string, string>): string[] => {
    const log = new EvidenceLog();
    compareLetters(log, [{ ...expected, properties: { qoslevel: '3', mine: 'm' } }], [stored(properties)], 'the reason');
    return log.failures();
  };
  expect(failuresOf(kept)).toEqual([]);
  expect(failuresOf({ ...kept, mine: 'changed' })).toHaveLength(1);
  expect(failuresOf({ ...kept, dlqReason: 'other' })).toHaveLength(1);
  expect(failuresOf({ ...kept, dlqValue: '4' })).toHaveLength(1);
});
