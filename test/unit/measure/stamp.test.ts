import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crcBytes, crcText } from '../../../core/measure/crc32.ts';
import { bodyIntact, emptyStamp, patchSent, readStamp, type StampFields, stampPayload } from '../../../core/measure/stamp.ts';
import {
  expectDevice,
  expectDown,
  expectUp,
  flagClean,
  flagDirection,
  flagHasReal,
  flagHasSecond,
  flagP2p,
  flagQos,
  flagRetain,
} from '../../../core/measure/stampFlags.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u48 = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const fields: fc.Arbitrary<StampFields> = fc.record({
  flags: fc.integer({ min: 0, max: 0x3ff }),
  runId: u32,
  stream: u32,
  seq: u32,
  dueUs: u48,
  sentUs: u48,
  crcBody: fc.constant(0),
  crcTopic: u32,
  crcClient: u32,
  refStream: u32,
  refSeq: u32,
  refDueUs: u48,
});
const body = fc.dictionary(
  fc.string({ unit: 'grapheme' }).filter((key) => key !== 'cw' && key !== '__proto__'),
  fc.jsonValue(),
);

describe('stamp', () => {
  it('comes back as it was written, and leaves JSON with all the body’s fields', () => {
    fc.assert(
      fc.property(fields, body, (sent, content) => {
        const payload = stampPayload(JSON.stringify(content), sent);
        const read = emptyStamp();
        expect(readStamp(payload, read)).toBe('ok');
        expect({ ...read, crcBody: 0 }).toEqual(sent);
        expect(bodyIntact(payload, read)).toBe(true);
        const { cw, ...rest } = JSON.parse(payload.toString()) as Record<string, unknown>;
        expect(cw).toHaveLength(72);
        expect(JSON.stringify(rest)).toBe(JSON.stringify(content));
      }),
    );
  });

  it('takes a send time in place, again and again, and nothing else changes', () => {
    fc.assert(
      fc.property(fields, fc.array(u48, { minLength: 1, maxLength: 3 }), (sent, times) => {
        const payload = stampPayload('{"t":21.5}', sent);
        const length = payload.length;
        for (const time of times) patchSent(payload, time);
        const read = emptyStamp();
        expect(readStamp(payload, read)).toBe('ok');
        expect({ ...read, crcBody: 0 }).toEqual({ ...sent, sentUs: times.at(-1) });
        expect(payload.length).toBe(length);
        expect(bodyIntact(payload, read)).toBe(true);
      }),
    );
  });

  it('betrays any single changed byte', () => {
    const original = stampPayload('{"text":"some text that is a bit longer, äöü"}', {
      ...emptyStamp(),
      runId: 7,
      stream: 3,
      seq: 9,
      dueUs: 123_456,
    });
    fc.assert(
      fc.property(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const payload = Buffer.from(original);
        payload[at] = payload[at]! ^ change;
        const read = emptyStamp();
        expect(readStamp(payload, read) === 'ok' && bodyIntact(payload, read)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('tells a payload without a stamp from one whose stamp is damaged', () => {
    const into = emptyStamp();
    for (const text of ['', '{}', '{"t":1}', 'not json', '{"cx":"AAAA"}'])
      expect(readStamp(Buffer.from(text), into), text).toBe('none');
    expect(readStamp(Buffer.from('{"cw":"'), into)).toBe('damaged');
    expect(readStamp(Buffer.from(`{"cw":"${'A'.repeat(72)}"}`), into)).toBe('damaged');
    expect(readStamp(stampPayload('{"a":1}', emptyStamp()).subarray(0, 60), into)).toBe('damaged');
    expect(readStamp(stampPayload('{"a":1}', emptyStamp()).subarray(0, 80), into)).toBe('damaged');
  });

  it('notices a body that was cut or replaced', () => {
    const payload = stampPayload(`{"text":"${'x'.repeat(500)}"}`, emptyStamp());
    const read = emptyStamp();
    readStamp(payload, read);
    expect(bodyIntact(payload.subarray(0, payload.length - 1), read)).toBe(false);
    expect(bodyIntact(Buffer.concat([payload, Buffer.from(' ')]), read)).toBe(false);
  });

  it('rounds times and clamps what lies before the epoch', () => {
    const read = emptyStamp();
    readStamp(stampPayload('{}', { ...emptyStamp(), dueUs: 12.6, sentUs: -3 }), read);
    expect(read).toMatchObject({ dueUs: 13, sentUs: 0 });
  });

  it.each(['', '[]', '{', 'text', '"{}"'])('refuses the body %j', (text) => {
    expect(() => stampPayload(text, emptyStamp())).toThrowError(CausewayError);
  });
});

describe('checksums', () => {
  it('equal zlib’s for bytes and texts, short and long, whole and in pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (data, start) => {
        expect(crcBytes(data, Math.min(start, data.length))).toBe(crc32(data.subarray(Math.min(start, data.length))));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(crcText(b, crcText(a))).toBe(crc32(Buffer.concat([Buffer.from(a), Buffer.from(b)])));
      }),
    );
  });
});

describe('stamp flags', () => {
  it('say what a publisher did', () => {
    for (const qos of [0, 1, 2] as const) {
      for (const cleanSession of [true, false]) {
        for (const retain of [true, false]) {
          for (const topic of ['home', 'home/floor1']) {
            const { flags, crcTopic, crcClient } = expectUp({ topic, clientId: 'G@@@1', qos, cleanSession, retain });
            expect([flagDirection(flags), flagQos(flags), flagClean(flags), flagRetain(flags), flagHasSecond(flags)]).toEqual([
              'up',
              qos,
              cleanSession,
              retain,
              topic !== 'home',
            ]);
            expect([flagP2p(flags), flagHasReal(flags)]).toEqual([false, false]);
            expect([crcTopic, crcClient]).toEqual([crc32(topic), crc32('G@@@1')]);
          }
        }
      }
    }
    expect(flagDirection(expectDevice({ topic: 't', clientId: 'c', qos: 0, cleanSession: true, retain: false }).flags)).toBe(
      'device',
    );
  });

  it('say what a commander did, and what it left unset', () => {
    const bare = expectDown({
      shownTopic: 'cmd',
      qos: undefined,
      clean: undefined,
      hasSecond: false,
      hasReal: false,
      target: undefined,
    });
    expect([flagDirection(bare.flags), flagQos(bare.flags), flagClean(bare.flags), flagP2p(bare.flags), bare.crcClient]).toEqual([
      'down',
      undefined,
      undefined,
      false,
      0,
    ]);
    const full = expectDown({ shownTopic: 'cmd/x', qos: 2, clean: false, hasSecond: true, hasReal: true, target: 'G@@@1' });
    expect([
      flagQos(full.flags),
      flagClean(full.flags),
      flagP2p(full.flags),
      flagHasSecond(full.flags),
      flagHasReal(full.flags),
    ]).toEqual([2, false, true, true, true]);
    expect([full.crcTopic, full.crcClient]).toEqual([crc32('cmd/x'), crc32('G@@@1')]);
  });
});
