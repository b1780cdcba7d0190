import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor } from '../../../core/actors/create.ts';
import type { Generator, Population, Publication } from '../../../core/scenario/model.ts';
import { population, publication, reaction } from './population.ts';

/** The parsed values of one field, as the first member sends them. */
function values(make: Generator, count = 500, actor: Population['actor'] = 'sensor', seed = 42): unknown[] {
  const p = publication('m', { v: make });
  const member = createActor(population({ actor, publish: [p] }), 3, { seed });
  return Array.from({ length: count }, (_, i) => JSON.parse(member.compose(p, i * 1_000_000)).v);
}

const mean = (all: number[]): number => all.reduce((sum, n) => sum + n, 0) / all.length;

describe('generators', () => {
  it('constant stands for itself, quoted and escaped', () => {
    expect(values({ kind: 'constant', value: 'a "b" \\ \n 温' }, 1)).toEqual(['a "b" \\ \n 温']);
    expect(values({ kind: 'constant', value: null }, 1)).toEqual([null]);
    expect(values({ kind: 'constant', value: false }, 1)).toEqual([false]);
  });

  it('sequence counts without rounding noise', () => {
    expect(values({ kind: 'sequence', start: 5, step: 0.1 }, 4)).toEqual([5, 5.1, 5.2, 5.3]);
  });

  it('uniform stays within its bounds and fills them', () => {
    const all = values({ kind: 'uniform', min: -3, max: 7, decimals: 2 }, 2000) as number[];
    expect(Math.min(...all)).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...all)).toBeLessThanOrEqual(7);
    expect(mean(all)).toBeCloseTo(2, 0);
    expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(9.8);
    for (const v of all) expect(String(v)).toMatch(/^-?\d+(\.\d{1,2})?$/);
  });

  it('gaussian has its mean and deviation, and never leaves its bounds', () => {
    const all = values({ kind: 'gaussian', mean: 50, deviation: 5, min: 0, max: 100, decimals: 3 }, 4000) as number[];
    // Five standard errors: 5 * 5 / sqrt(4000).
    expect(Math.abs(mean(all) - 50)).toBeLessThan(0.4);
    expect(Math.sqrt(mean(all.map((v) => (v - 50) ** 2)))).toBeCloseTo(5, 0);
    const narrow = values({ kind: 'gaussian', mean: 50, deviation: 50, min: 45, max: 52, decimals: 1 }) as number[];
    expect(Math.min(...narrow)).toBeGreaterThanOrEqual(45);
    expect(Math.max(...narrow)).toBeLessThanOrEqual(52);
    // Nothing piles up on the bound.
    expect(narrow.filter((v) => v === 52).length).toBeLessThan(40);
  });

  it('choice follows its weights, and never takes what has weight 0', () => {
    const all = values({ kind: 'choice', values: ['ok', 'warn', 'never'], weights: [3, 1, 0] }, 4000);
    const ok = all.filter((v) => v === 'ok').length;
    expect(Math.abs(ok - 3000)).toBeLessThan(5 * Math.sqrt(4000 * 0.75 * 0.25));
    expect(all).not.toContain('never');
    expect(new Set(values({ kind: 'choice', values: [1, 2, true], weights: undefined }, 100))).toEqual(new Set([1, 2, true]));
  });

  it('random walk starts at its start, moves by at most its step, and is thrown back at its bounds', () => {
    const all = values({ kind: 'randomWalk', start: 21, step: 0.5, min: 20, max: 22, decimals: 3 }, 5000) as number[];
    expect(all[0]).toBe(21);
    for (let i = 1; i < all.length; i += 1) expect(Math.abs(all[i]! - all[i - 1]!)).toBeLessThanOrEqual(0.501);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...all)).toBeLessThanOrEqual(22);
    expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(1.8);
    // Reflected, not stuck.
    expect(all.filter((v) => v === 20 || v === 22).length).toBeLessThan(20);
  });

  it('no numeric generator leaves its bounds, whatever they are and however few decimals', () => {
    const figures = fc.record({
      min: fc.double({ min: -1000, max: 1000, noNaN: true }),
      width: fc.double({ min: 0.5, max: 1000, noNaN: true }),
      start: fc.double({ min: -2000, max: 2000, noNaN: true }),
      step: fc.double({ min: 0, max: 5000, noNaN: true }),
      decimals: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(figures, fc.nat(), ({ min, width, start, step, decimals }, seed) => {
        const max = min + width;
        const bounds = { min, max, decimals };
        for (const make of [
          { kind: 'uniform', ...bounds },
          { kind: 'gaussian', mean: start, deviation: step, ...bounds },
          { kind: 'randomWalk', start, step, ...bounds },
        ] satisfies Generator[]) {
          for (const v of values(make, 30, 'sensor', seed) as number[]) {
            expect(v).toBeGreaterThanOrEqual(min);
            expect(v).toBeLessThanOrEqual(max);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('timestamp is milliseconds since the start of traffic', () => {
    expect(values({ kind: 'timestamp' }, 3)).toEqual([0, 1000, 2000]);
  });

  it.each([0, 1, 17, 256, 65_000])('text has exactly %i bytes of UTF-8', (bytes) => {
    const p = publication('m', { v: { kind: 'text', bytes } });
    const member = createActor(population({ publish: [p] }), 0, { seed: 1 });
    for (let i = 0; i < 20; i += 1) {
      const json = member.compose(p, i);
      expect(Buffer.byteLength(JSON.parse(json).v)).toBe(bytes);
      expect(Buffer.byteLength(json)).toBe(bytes + '{"v":""}'.length);
    }
  });

  it('text differs from message to message', () => {
    expect(new Set(values({ kind: 'text', bytes: 40 }, 20)).size).toBeGreaterThan(15);
  });

  it('template knows the member', () => {
    const make: Generator = { kind: 'template', text: '{index} {id} {district} {clientId} {other} "' };
    expect(values(make, 1)).toEqual(['3 003 3 GID_t@@@3-003 {other} "']);
  });
});

describe('a body', () => {
  it('is one JSON object with its fields in order', () => {
    const p = publication('m', {
      'na"me': { kind: 'constant', value: 1 },
      b: { kind: 'sequence', start: 0, step: 1 },
      a: { kind: 'constant', value: 'x' },
      t: { kind: 'timestamp' },
      z: { kind: 'constant', value: null },
    });
    const member = createActor(population({ publish: [p] }), 0, { seed: 1 });
    expect(member.compose(p, 2_000_500)).toBe('{"na\\"me":1,"b":0,"a":"x","t":2000,"z":null}');
  });

  it('may be empty', () => {
    const p = publication('m', {});
    expect(createActor(population({ publish: [p] }), 0, { seed: 1 }).compose(p, 0)).toBe('{}');
  });
});

describe('determinism', () => {
  const scheduled = (name: string): Publication =>
    publication(name, {
      walk: { kind: 'randomWalk', start: 5, step: 1, min: 0, max: 10, decimals: 2 },
      word: { kind: 'choice', values: ['a', 'b', 'c'], weights: undefined },
      x: { kind: 'route', value: 'x' },
      text: { kind: 'text', bytes: 12 },
    });
  const first = scheduled('first');
  const second = scheduled('second');
  const answer = reaction('answer', { x: { kind: 'route', value: 'x' }, n: { kind: 'sequence', start: 0, step: 1 } });
  const fleet = population({ actor: 'vehicle', publish: [first, second], react: [answer] });
  const run = (index: number, seed: number, disturbed: boolean): string[] => {
    // A copy: as another thread has it.
    const copy = structuredClone(fleet);
    const member = createActor(copy, index, { seed });
    return Array.from({ length: 50 }, (_, k) => {
      if (disturbed) {
        member.react(copy.react[0]!, k * 1_000_000 + 60_000_000, { topic: 'c/1' });
        member.compose(copy.publish[1]!, k * 1_000_000);
        member.isInTunnel(k * 1_000_000 + 90_000_000);
      }
      return member.compose(copy.publish[0]!, k * 1_000_000);
    });
  };

  it('the same seed gives the same bytes, whatever reactions and other publications do', () => {
    expect(run(7, 42, true)).toEqual(run(7, 42, false));
  });

  it('another member or another seed gives others', () => {
    expect(run(7, 42, false)).not.toEqual(run(8, 42, false));
    expect(run(7, 42, false)).not.toEqual(run(7, 43, false));
  });
});

describe('reports on change', () => {
  const onChange = { field: 'celsius', by: 0.8, lookMs: 1000 };
  const walk: Generator = { kind: 'randomWalk', start: 21, step: 0.3, min: 15, max: 30, decimals: 3 };
  const status = publication('status', { celsius: walk, n: { kind: 'uniform', min: 0, max: 1, decimals: 6 } }, onChange);
  const home = population({ publish: [status] });

  it('come when the field has moved by at least `by` since the last report, and not before', () => {
    const member = createActor(home, 0, { seed: 42 });
    let last = JSON.parse(member.compose(status, 0)).celsius as number;
    let reports = 0;
    for (let second = 1; second < 3000; second += 1) {
      if (!member.look(status, second * 1_000_000)) continue;
      const now = JSON.parse(member.compose(status, second * 1_000_000)).celsius as number;
      expect(Math.abs(now - last)).toBeGreaterThanOrEqual(0.799);
      // Found at the first look after it happened: one step more at most.
      expect(Math.abs(now - last)).toBeLessThanOrEqual(1.1 + 0.002);
      last = now;
      reports += 1;
    }
    expect(reports).toBeGreaterThan(30);
  });

  it('do not change what is reported on schedule', () => {
    const quiet = createActor(home, 5, { seed: 42 });
    const looking = createActor(home, 5, { seed: 42 });
    for (let second = 0; second < 100; second += 5) {
      for (let i = 0; i < 5; i += 1) looking.look(status, (second + i) * 1_000_000);
      expect(looking.compose(status, (second + 4) * 1_000_000)).toBe(quiet.compose(status, (second + 4) * 1_000_000));
    }
  });

  it('take another word as a change, and the same word as none', () => {
    const make: Generator = { kind: 'choice', values: ['ok', 'open'], weights: [1, 1] };
    const door = publication('door', { state: make }, { field: 'state', by: 1, lookMs: 1000 });
    const member = createActor(population({ publish: [door] }), 1, { seed: 1 });
    let last = JSON.parse(member.compose(door, 0)).state;
    let changes = 0;
    for (let second = 1; second < 200; second += 1) {
      if (!member.look(door, second * 1_000_000)) continue;
      const now = JSON.parse(member.compose(door, second * 1_000_000)).state;
      expect(now).not.toBe(last);
      last = now;
      changes += 1;
    }
    expect(changes).toBeGreaterThan(60);
  });

  it('are never asked for without onChange', () => {
    const plain = publication('plain', { celsius: walk });
    expect(createActor(population({ publish: [plain] }), 0, { seed: 1 }).look(plain, 5_000_000)).toBe(false);
  });
});

describe('reactions', () => {
  it('come with their probability, after a delay within its bounds', () => {
    const r = reaction('maybe', { ok: { kind: 'constant', value: true } }, { probability: 0.3 });
    const member = createActor(population({ react: [r] }), 0, { seed: 42 });
    const answers = Array.from({ length: 3000 }, (_, i) => member.react(r, i * 1000, { topic: 't' })).filter(
      (a) => a !== undefined,
    );
    expect(Math.abs(answers.length - 900)).toBeLessThan(5 * Math.sqrt(3000 * 0.3 * 0.7));
    for (const { delayUs, body } of answers) {
      expect(delayUs).toBeGreaterThanOrEqual(20_000);
      expect(delayUs).toBeLessThanOrEqual(200_000);
      expect(body).toBe('{"ok":true}');
    }
  });

  it('never come at probability 0, always at 1', () => {
    const never = reaction('never', {}, { probability: 0 });
    const always = reaction('always', {});
    const member = createActor(population({ react: [never, always] }), 0, { seed: 42 });
    for (let i = 0; i < 200; i += 1) {
      expect(member.react(never, i)).toBeUndefined();
      expect(member.react(always, i)).toBeDefined();
    }
  });
});

describe('bad input', () => {
  it.each<[string, Generator]>([
    ['min above max', { kind: 'uniform', min: 2, max: 1, decimals: 0 }],
    ['no values', { kind: 'choice', values: [], weights: undefined }],
    ['too few weights', { kind: 'choice', values: ['a', 'b'], weights: [1] }],
    ['all weights zero', { kind: 'choice', values: ['a'], weights: [0] }],
    ['a negative size', { kind: 'text', bytes: -1 }],
    ['a route of a sensor', { kind: 'route', value: 'x' }],
    ['talk of a sensor', { kind: 'talk' }],
    ['a number that is none', { kind: 'sequence', start: Number.NaN, step: 1 }],
  ])('%s is refused with the place of the field', (_, make) => {
    const p = publication('m', { v: make });
    const start = (): unknown => createActor(population({ publish: [p] }), 0, { seed: 1 });
    expect(start).toThrow(expect.objectContaining({ code: 'input.argument' }));
    expect(start).toThrow(/things\.publish\.m\.body\.v/);
  });

  it('refuses to watch a field that is not there, and a member that is not there', () => {
    const p = publication('m', { v: { kind: 'timestamp' } }, { field: 'w', by: 1, lookMs: 100 });
    expect(() => createActor(population({ publish: [p] }), 0, { seed: 1 })).toThrow(/onChange/);
    expect(() => createActor(population(), 120, { seed: 1 })).toThrow(expect.objectContaining({ code: 'input.argument' }));
  });
});
