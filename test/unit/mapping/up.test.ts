import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UpPublish } from '../../../core/gateway/types.ts';
import { mapUp, type UpOptions } from '../../../core/mapping/up.ts';
import type { MqMessage } from '../../../core/mq/engine.ts';
import { aPublish, LENIENT, STRICT } from './samples.ts';

let ids = 0;
const options = (base: typeof STRICT): UpOptions => ({
  ...base,
  nextId: () => {
    ids += 1;
    return `id-${ids}`;
  },
});

function mapped(publish: UpPublish): MqMessage {
  const result = mapUp(publish, options(LENIENT));
  if (!result.ok) throw new Error(`refused: ${result.reason}`);
  return result.message;
}

describe('MQTT to MQ', () => {
  it.each([0, 1, 2] as const)('case 6: qoslevel is the QoS of the PUBLISH, as text: %i', (qos) => {
    expect(mapped(aPublish({ qos })).properties.qoslevel).toBe(String(qos));
  });

  it.each([true, false])('case 7: cleansessionflag is the flag of the CONNECT: %s', (cleanSession) => {
    expect(mapped(aPublish({ cleanSession })).properties.cleansessionflag).toBe(String(cleanSession));
  });

  it.each([
    ['p', undefined],
    ['p/a', '/a'],
    ['p/a/b', '/a/b'],
    ['p/a/b/c/d', '/a/b/c/d'],
    ['p/', '/'],
    ['p//a', '//a'],
  ])('case 17: %s', (topic, second) => {
    const message = mapped(aPublish({ topic }));
    expect(message.topic).toBe('p');
    expect(message.properties.mqttSecondTopic).toBe(second);
    expect('mqttSecondTopic' in message.properties).toBe(second !== undefined);
  });

  it('what an external broker does not tell is left out, and the topic is the ordering key', () => {
    const { key, properties } = mapped(aPublish({ topic: 'p/a', clientId: undefined, cleanSession: undefined }));
    expect(key).toBe('p/a');
    expect(Object.keys(properties).sort()).toEqual(['causewayId', 'causewayOrigin', 'mqttSecondTopic', 'qoslevel']);
  });

  it('case 30: clientId is the publisher, and so is the ordering key; a Will is no exception', () => {
    const message = mapped(aPublish({ clientId: 'GID@@@9', will: true }));
    expect(message.properties.clientId).toBe('GID@@@9');
    expect(message.key).toBe('GID@@@9');
  });

  it('case 27: never an mqttRealTopic; no property besides the mapped ones and the lab’s', () => {
    expect(Object.keys(mapped(aPublish({ dup: true })).properties).sort()).toEqual([
      'causewayDup',
      'causewayId',
      'causewayOrigin',
      'cleansessionflag',
      'clientId',
      'mqttSecondTopic',
      'qoslevel',
    ]);
  });

  it('case 34: marks a second transmission, and only that; ids differ', () => {
    const first = mapped(aPublish());
    const second = mapped(aPublish({ dup: true }));
    expect(first.properties).toMatchObject({ causewayOrigin: 'mqtt' });
    expect('causewayDup' in first.properties).toBe(false);
    expect(second.properties.causewayDup).toBe('1');
    expect(second.properties.causewayId).not.toBe(first.properties.causewayId);
  });

  it('case 31: the body is the payload itself; one byte over the limit is refused', () => {
    const payload = Buffer.alloc(65_536, 0xff);
    expect(mapped(aPublish({ payload })).body).toBe(payload);
    const over = mapUp(aPublish({ payload: Buffer.alloc(65_537) }), options(LENIENT));
    expect(over).toEqual({ ok: false, reason: 'payload-too-large', value: '65537' });
  });

  it('refuses a topic that the profile does not allow, naming it', () => {
    const result = mapUp(aPublish({ topic: `p/${'a'.repeat(63)}` }), options(STRICT));
    expect(result).toMatchObject({ ok: false, reason: 'topic-too-long' });
    expect(mapUp(aPublish({ topic: '$SYS/x' }), options(STRICT))).toEqual({
      ok: false,
      reason: 'topic-reserved',
      value: '$SYS/x',
    });
  });

  it('never throws and never changes a payload', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.uint8Array(),
        fc.constantFrom(0 as const, 1 as const, 2 as const),
        (topic, bytes, qos) => {
          const result = mapUp(aPublish({ topic, payload: Buffer.from(bytes), qos }), options(LENIENT));
          if (result.ok) {
            expect([...result.message.body]).toEqual([...bytes]);
            expect(result.message.topic + (result.message.properties.mqttSecondTopic ?? '')).toBe(topic);
          } else expect(typeof result.reason).toBe('string');
        },
      ),
    );
  });
});
