import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DownMessage } from '../../../core/gateway/types.ts';
import { type DownOptions, mapDown } from '../../../core/mapping/down.ts';
import { REASONS, type Warning } from '../../../core/mapping/reasons.ts';
import { mapUp } from '../../../core/mapping/up.ts';
import { aDelivery, aPublish, LENIENT, STRICT } from './samples.ts';

function mapped(
  properties: Record<string, unknown>,
  options: DownOptions = STRICT,
): { message: DownMessage; warnings: string[] } {
  const result = mapDown(aDelivery(properties), options);
  if (result.kind !== 'deliver') throw new Error(`not delivered: ${JSON.stringify(result)}`);
  return { message: result.message, warnings: result.warnings.map((warning: Warning) => `${warning.code} ${warning.key}`) };
}

describe('qoslevel', () => {
  it('case 1: absent means 1', () => {
    expect(mapped({}).message.qos).toBe(1);
  });

  it.each(['0', '1', '2', 0, 1, 2, 2n, Buffer.from('2')])('case 4: number, text and bytes mean the same: %s', (value) => {
    expect(mapped({ qoslevel: value }).message.qos).toBe(Number(String(value)));
  });

  it.each(['3', '-1', '', '1.0', ' 1', 'abc', '01', '1 ', '+1', 3, 1.5, Number.NaN, true])(
    'case 3: %j goes to the dead letters with its value',
    (value) => {
      expect(mapDown(aDelivery({ qoslevel: value }), STRICT)).toEqual({
        kind: 'dead-letter',
        reason: 'qoslevel-invalid',
        property: 'qoslevel',
        value: String(value),
      });
    },
  );

  it.each(['qosLevel', 'QoSLevel', 'QOSLEVEL'])('case 5: %s is another key: default, warned', (key) => {
    const { message, warnings } = mapped({ [key]: '2' });
    expect(message.qos).toBe(1);
    expect(warnings).toEqual([`wrong-case-key ${key}`]);
  });

  it('an invalid value under a wrong-case key does no harm', () => {
    expect(mapped({ qosLevel: 'abc' }).message.qos).toBe(1);
  });
});

describe('topics', () => {
  it.each([
    [{}, 'p'],
    [{ mqttSecondTopic: '/a' }, 'p/a'],
    [{ mqttSecondTopic: 'a' }, 'p/a'],
    [{ mqttSecondTopic: '/a/' }, 'p/a/'],
    [{ mqttSecondTopic: '//a' }, 'p//a'],
    [{ mqttSecondTopic: '/' }, 'p/'],
    [{ mqttSecondTopic: '/a b/é.😀%' }, 'p/a b/é.😀%'],
    [{ mqttSecondTopic: 5 }, 'p/5'],
  ])('cases 15, 16: %j arrives on %s', (properties, topic) => {
    expect(mapped(properties).message).toMatchObject({ kind: 'topic', topic, shownTopic: topic });
  });

  it.each([
    ['mqttSecondTopic', 'second-topic'],
    ['mqttRealTopic', 'real-topic'],
  ])('case 20 and beyond: %s with what a topic may not hold is a dead letter', (property, prefix) => {
    const reasonOf = (value: unknown): unknown => mapDown(aDelivery({ [property]: value }), LENIENT);
    const letter = (reason: string, value: string): object => ({
      kind: 'dead-letter',
      reason: `${prefix}-${reason}`,
      property,
      value,
    });
    expect(reasonOf('/a/+')).toEqual(letter('wildcard', '/a/+'));
    expect(reasonOf('/a/#')).toEqual(letter('wildcard', '/a/#'));
    expect(reasonOf('a+b')).toEqual(letter('wildcard', 'a+b'));
    expect(reasonOf('/a\u0001')).toEqual(letter('control-character', '/a\u0001'));
    expect(reasonOf('/a\udfff')).toEqual(letter('not-unicode', '/a\udfff'));
    expect(reasonOf('')).toEqual(letter('empty', ''));
    expect(reasonOf({})).toEqual(letter('not-text', '(object)'));
    expect(reasonOf(null)).toEqual(letter('not-text', '(null)'));
  });

  it.each([
    ['$SYS', 'topic-reserved'],
    ['$x', 'topic-reserved'],
    ['', 'topic-empty'],
    ['a/b', 'topic-parent-invalid'],
  ])('case 21: MQ topic %j reaches no device', (topic, reason) => {
    for (const options of [STRICT, LENIENT]) {
      expect(mapDown(aDelivery({}, { topic }), options)).toEqual({
        kind: 'dead-letter',
        reason,
        property: undefined,
        value: topic,
      });
    }
  });

  it('case 18: the strict profile restricts the parent, the lenient one does not', () => {
    expect(mapDown(aDelivery({}, { topic: 'p.é' }), STRICT)).toMatchObject({ reason: 'topic-parent-invalid' });
    expect(mapDown(aDelivery({}, { topic: 'p.é' }), LENIENT)).toMatchObject({ message: { topic: 'p.é' } });
  });

  it('case 19: both the topic matched and the topic shown keep the limit', () => {
    const atLimit = `/${'a'.repeat(62)}`;
    expect(mapped({ mqttSecondTopic: atLimit }).message).toMatchObject({ topic: `p${atLimit}` });
    expect(mapDown(aDelivery({ mqttSecondTopic: `${atLimit}a` }), STRICT)).toMatchObject({
      reason: 'topic-too-long',
      property: undefined,
    });
    expect(mapDown(aDelivery({ mqttRealTopic: `${atLimit}a` }), STRICT)).toMatchObject({
      reason: 'topic-too-long',
      property: 'mqttRealTopic',
    });
  });

  it('case 26: on a topic message, mqttRealTopic changes what is shown, not what is matched', () => {
    expect(mapped({ mqttSecondTopic: '/a', mqttRealTopic: 'shown/x' }).message).toMatchObject({
      kind: 'topic',
      topic: 'p/a',
      shownTopic: 'p/shown/x',
    });
  });
});

describe('P2P', () => {
  it('case 25: the fixed topic, or the real one', () => {
    expect(mapped({ mqttSecondTopic: '/p2p/A' }).message).toMatchObject({ kind: 'p2p', clientId: 'A', shownTopic: 'p/p2p/A' });
    expect(mapped({ mqttSecondTopic: 'p2p/A', mqttRealTopic: '/r' }).message).toMatchObject({ clientId: 'A', shownTopic: 'p/r' });
  });

  it.each(['/p2p', '/p2p/', '/p2p/A/x', '/P2P/A', '//p2p/A'])('case 24: %s is a topic like any other', (second) => {
    expect(mapped({ mqttSecondTopic: second }).message).toMatchObject({ kind: 'topic', topic: `p${second}` });
  });

  it.each([
    [undefined, true],
    ['true', true],
    ['false', false],
    [true, true],
    [false, false],
  ])('cases 8, 9: cleansessionflag %s', (flag, cleanSession) => {
    expect(mapped({ mqttSecondTopic: '/p2p/A', cleansessionflag: flag }).message).toMatchObject({ cleanSession });
  });

  it.each(['TRUE', 'False', '1', '0', '', ' true', 'yes', 1])('case 13: flag %j goes to the dead letters', (flag) => {
    expect(mapDown(aDelivery({ mqttSecondTopic: '/p2p/A', cleansessionflag: flag }), STRICT)).toEqual({
      kind: 'dead-letter',
      reason: 'cleansessionflag-invalid',
      property: 'cleansessionflag',
      value: String(flag),
    });
  });

  it.each(['true', 'false', 'TRUE', '1'])('case 12: flag %j on a topic message has no effect and is warned of', (flag) => {
    const { message, warnings } = mapped({ mqttSecondTopic: '/a', cleansessionflag: flag });
    expect(message).toEqual(mapped({ mqttSecondTopic: '/a' }).message);
    expect(warnings).toEqual(['cleansessionflag-ignored cleansessionflag']);
  });

  it('case 10: QoS 2 to be kept is refused by the strict profile, carried by the lenient one', () => {
    const properties = { mqttSecondTopic: '/p2p/A', cleansessionflag: 'false', qoslevel: '2' };
    expect(mapDown(aDelivery(properties), STRICT)).toMatchObject({ kind: 'dead-letter', reason: 'p2p-qos2-kept' });
    expect(mapped(properties, LENIENT).message).toMatchObject({ qos: 2, cleanSession: false });
    expect(mapped({ ...properties, cleansessionflag: 'true' }).message).toMatchObject({ qos: 2, cleanSession: true });
  });
});

describe('what else a message carries', () => {
  it('case 28: clientId is stripped and warned of', () => {
    const { message, warnings } = mapped({ clientId: 'spoof' });
    expect(JSON.stringify(message)).not.toContain('spoof');
    expect(warnings).toEqual(['client-id-stripped clientId']);
  });

  it('case 35: what came from MQTT is an echo, even where it could not be delivered', () => {
    expect(mapDown(aDelivery({ causewayOrigin: 'mqtt' }), STRICT)).toEqual({ kind: 'echo' });
    expect(mapDown(aDelivery({ qoslevel: 'x', causewayOrigin: 'other' }), STRICT)).toEqual({ kind: 'echo' });
  });

  it('properties of applications pass without a word', () => {
    expect(mapped({ traceparent: '00-1', x: '', 'a-very-long-property-name': 'y' }).warnings).toEqual([]);
  });

  it('case 31: 64 KiB pass untouched, one byte more does not', () => {
    const body = new Uint8Array(65_536).fill(0xff);
    expect(mapDown(aDelivery({}, { body }), STRICT)).toMatchObject({ kind: 'deliver', message: { payload: Buffer.from(body) } });
    expect(mapDown(aDelivery({}, { body: new Uint8Array(65_537) }), STRICT)).toMatchObject({
      reason: 'payload-too-large',
      value: '65537',
    });
  });
});

describe('for any message', () => {
  it('never throws, and gives a known reason or the very bytes', () => {
    const keys = fc.constantFrom(
      'qoslevel',
      'cleansessionflag',
      'mqttSecondTopic',
      'mqttRealTopic',
      'clientId',
      'causewayOrigin',
      '__proto__',
    );
    const values = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('/p2p/A', '1', 'false'), fc.anything());
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(keys, fc.string()), values),
        fc.oneof(fc.constant('p'), fc.string({ unit: 'binary' })),
        fc.uint8Array(),
        fc.constantFrom(STRICT, LENIENT),
        (properties, topic, body, options) => {
          const result = mapDown(aDelivery(properties, { topic, body }), options);
          if (result.kind === 'deliver') expect([...result.message.payload]).toEqual([...body]);
          if (result.kind === 'dead-letter') expect(REASONS[result.reason]).toBeDefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  it('mapping up and down again gives the same topic, QoS and payload', () => {
    const level = fc.string({ unit: fc.constantFrom('a', 'p2p', 'é', ' ', '.', '😀') });
    fc.assert(
      fc.property(
        fc.array(level),
        fc.constantFrom(0 as const, 1 as const, 2 as const),
        fc.boolean(),
        fc.uint8Array(),
        (levels, qos, cleanSession, bytes) => {
          const publish = aPublish({ topic: ['p', ...levels].join('/'), qos, cleanSession, payload: Buffer.from(bytes) });
          const up = mapUp(publish, { ...LENIENT, nextId: () => 'id' });
          if (!up.ok) throw new Error(up.reason);
          // As a service would send it on: without the mark of its origin.
          const { causewayOrigin: _, ...properties } = up.message.properties;
          const down = mapDown(aDelivery(properties, { topic: up.message.topic, body: up.message.body }), LENIENT);
          if (down.kind !== 'deliver') throw new Error(down.kind);
          expect(down.message.shownTopic).toBe(publish.topic);
          expect(down.message.qos).toBe(qos);
          expect(down.message.payload.equals(publish.payload)).toBe(true);
          if (down.message.kind === 'p2p') expect(down.message.cleanSession).toBe(cleanSession);
        },
      ),
    );
  });
});
