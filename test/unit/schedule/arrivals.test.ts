import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleSpec } from '../../../core/scenario/model.ts';
import { Burst } from '../../../core/schedule/burst.ts';
import { ConstantRate } from '../../../core/schedule/constantRate.ts';
import { Ramp } from '../../../core/schedule/ramp.ts';
import { events } from './collect.ts';

describe('a constant rate', () => {
  it('makes message i due at i / rate, without drift after a million messages', () => {
    const rate = new ConstantRate(3000);
    expect(rate.at(0)).toBe(0);
    expect(rate.at(1)).toBe(1_000_000 / 3000);
    expect(rate.at(3_000_000)).toBe(1_000_000_000);
  });

  it('gives rate x duration messages, the first at 0 and none at the end itself', () => {
    const all = events({ kind: 'rate', perSecond: 250, pick: 'round-robin' });
    expect(all).toHaveLength(2500);
    expect(all[0]).toEqual({ atUs: 0, actor: 0 });
    expect(all.at(-1)!.atUs).toBe(9_996_000);
  });
});

describe('a ramp', () => {
  it('sends as many messages as the area under the rate says, then goes on at the final rate', () => {
    const all = events({ kind: 'ramp', from: 100, to: 300, overMs: 5000, pick: 'round-robin' });
    const inRamp = all.filter((e) => e.atUs < 5_000_000).length;
    expect(inRamp).toBe(1000);
    expect(all).toHaveLength(1000 + 300 * 5);
  });

  it('starts at rate zero and ends at rate zero', () => {
    expect(new Ramp(0, 100, 10_000).at(0)).toBe(0);
    expect(new Ramp(0, 100, 10_000).at(500)).toBeCloseTo(10_000_000, 3);
    const down = events({ kind: 'ramp', from: 100, to: 0, overMs: 4000, pick: 'round-robin' });
    expect(down).toHaveLength(200);
    expect(new Ramp(100, 0, 4000).at(200)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a burst', () => {
  it('lifts the rate in the last part of each period', () => {
    const all = events({ kind: 'burst', perSecond: 20, burstPerSecond: 200, everyMs: 5000, forMs: 1000, pick: 'round-robin' });
    const within = (from: number, to: number): number => all.filter((e) => e.atUs >= from * 1e6 && e.atUs < to * 1e6).length;
    expect(within(0, 4)).toBe(80);
    expect(within(4, 5)).toBe(200);
    expect(within(5, 9)).toBe(80);
    expect(within(9, 10)).toBe(200);
  });

  it('may be silent between bursts', () => {
    const burst = new Burst(0, 10, 2000, 500);
    expect(burst.at(0)).toBe(1_500_000);
    expect(burst.at(4)).toBe(1_900_000);
    expect(burst.at(5)).toBe(3_500_000);
  });
});

describe('a replay', () => {
  it('gives the times in order, whatever order they are written in', () => {
    const all = events({ kind: 'replay', atMs: [3000, 10, 500.5], pick: 'round-robin' });
    expect(all.map((e) => e.atUs)).toEqual([10_000, 500_500, 3_000_000]);
  });
});

describe('any rate-like schedule', () => {
  const pick = fc.constantFrom('round-robin' as const, 'uniform' as const, 'zipf' as const);
  const spec: fc.Arbitrary<ScheduleSpec> = fc.oneof(
    fc.record({ kind: fc.constant('rate' as const), perSecond: fc.double({ min: 0.1, max: 900, noNaN: true }), pick }),
    fc.record({
      kind: fc.constant('ramp' as const),
      from: fc.double({ min: 0, max: 500, noNaN: true }),
      to: fc.double({ min: 0, max: 500, noNaN: true }),
      overMs: fc.integer({ min: 0, max: 12_000 }),
      pick,
    }),
    fc
      .record({
        kind: fc.constant('burst' as const),
        perSecond: fc.double({ min: 0, max: 200, noNaN: true }),
        burstPerSecond: fc.double({ min: 0, max: 900, noNaN: true }),
        everyMs: fc.integer({ min: 100, max: 5000 }),
        forMs: fc.integer({ min: 0, max: 5000 }),
        pick,
      })
      .map((s) => ({ ...s, forMs: Math.min(s.forMs, s.everyMs) })),
    fc.record({
      kind: fc.constant('periodic' as const),
      everyMs: fc.integer({ min: 50, max: 4000 }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  );
  const context = fc.record({ seed: fc.nat(), count: fc.integer({ min: 1, max: 40 }) });

  it('is in due order, within the duration and within the population', () => {
    fc.assert(
      fc.property(spec, context, (s, c) => {
        let last = 0;
        for (const event of events(s, c)) {
          expect(event.atUs).toBeGreaterThanOrEqual(last);
          expect(event.atUs).toBeLessThan(10_000_000);
          expect(event.actor).toBeGreaterThanOrEqual(0);
          expect(event.actor).toBeLessThan(c.count);
          last = event.atUs;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is the same whatever the number of threads: the union over any split equals the whole', () => {
    fc.assert(
      fc.property(spec, context, fc.array(fc.nat(40), { maxLength: 4 }), (s, c, cuts) => {
        const whole = events(s, c);
        const edges = [0, ...cuts.map((cut) => Math.min(cut, c.count)).sort((a, b) => a - b), c.count];
        const parts = edges.slice(1).flatMap((to, i) => events(s, { ...c, from: edges[i]!, to }));
        const order = (a: { atUs: number; actor: number }, b: { atUs: number; actor: number }): number =>
          a.atUs - b.atUs || a.actor - b.actor;
        expect(parts.sort(order)).toEqual(whole.sort(order));
      }),
      { numRuns: 60 },
    );
  });
});

describe('bad figures', () => {
  it.each([
    [{ kind: 'rate', perSecond: 0, pick: 'uniform' }],
    [{ kind: 'rate', perSecond: Number.NaN, pick: 'uniform' }],
    [{ kind: 'periodic', everyMs: -1, jitter: 0 }],
    [{ kind: 'periodic', everyMs: 1000, jitter: 1.5 }],
    [{ kind: 'burst', perSecond: 1, burstPerSecond: 2, everyMs: 100, forMs: 200, pick: 'uniform' }],
    [{ kind: 'replay', atMs: [5, -5], pick: 'uniform' }],
  ] satisfies [ScheduleSpec][])('%o are refused with the name of the schedule', (spec) => {
    expect(() => events(spec)).toThrow(expect.objectContaining({ code: 'input.argument' }));
    expect(() => events(spec)).toThrow(/p\.m/);
  });
});
