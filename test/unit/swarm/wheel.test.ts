import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Wheel, type WheelEntry } from '../../../core/swarm/wheel.ts';

class Entry implements WheelEntry {
  wheelNext: WheelEntry | undefined;
  wheelPrevious: WheelEntry | undefined;
  wheelTick = -1;
  readonly woken: number[] = [];
  wakes: (() => void) | undefined;
  onWheel(nowUs: number): void {
    this.woken.push(nowUs);
    this.wakes?.();
  }
}

let nowUs = 5_000_000;
const clock = (): number => nowUs;
let wheel = new Wheel(clock);

function fresh(): void {
  wheel.stop();
  nowUs = 5_000_000;
  wheel = new Wheel(clock, 20);
}

function advance(ms: number): void {
  nowUs += ms * 1000;
  wheel.turn();
}

afterEach(() => wheel.stop());

describe('Wheel', () => {
  it('wakes each entry once, never early and at most a tick late', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 50 }), (delays) => {
        fresh();
        const start = nowUs;
        const entries = delays.map((ms) => {
          const entry = new Entry();
          wheel.arm(entry, start + ms * 1000);
          return entry;
        });
        for (let t = 0; t < 61_000; t += 20) advance(20);
        for (const [i, ms] of delays.entries()) {
          const { woken } = entries[i]!;
          expect(woken).toHaveLength(1);
          const lateMs = (woken[0]! - start) / 1000 - ms;
          expect(lateMs).toBeGreaterThanOrEqual(0);
          expect(lateMs).toBeLessThanOrEqual(20);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('wakes everything due after a long pause, and nothing else', () => {
    fresh();
    const soon = [1, 500, 25_000, 70_000].map((ms) => {
      const entry = new Entry();
      wheel.arm(entry, nowUs + ms * 1000);
      return entry;
    });
    const later = new Entry();
    wheel.arm(later, nowUs + 200_000_000);
    advance(100_000);
    expect(soon.map((entry) => entry.woken.length)).toEqual([1, 1, 1, 1]);
    expect(later.woken).toEqual([]);
    advance(100_000);
    expect(later.woken).toHaveLength(1);
  });

  it('does not wake an entry disarmed or put off, also not by a neighbour woken in the same turn', () => {
    fresh();
    const [first, second, third] = [new Entry(), new Entry(), new Entry()];
    for (const entry of [first, second, third]) wheel.arm(entry, nowUs + 40_000);
    const others = (self: Entry): Entry[] => [first, second, third].filter((entry) => entry !== self);
    for (const self of [first, second, third]) {
      self.wakes = () => {
        const [a, b] = others(self);
        wheel.disarm(a!);
        wheel.arm(b!, nowUs + 1_000_000);
      };
    }
    advance(60);
    expect(first.woken.length + second.woken.length + third.woken.length).toBe(1);
  });

  it('lets an entry arm itself again', () => {
    fresh();
    const entry = new Entry();
    entry.wakes = () => wheel.arm(entry, nowUs + 100_000);
    wheel.arm(entry, nowUs + 100_000);
    for (let i = 0; i < 500; i += 1) advance(20);
    expect(entry.woken.length).toBeGreaterThan(75);
    expect(entry.woken.length).toBeLessThanOrEqual(100);
  });

  it('holds no timer while nothing is armed', () => {
    fresh();
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const entry = new Entry();
    wheel.arm(entry, nowUs + 1000);
    expect(timers()).toBe(before + 1);
    advance(100);
    expect(entry.woken).toHaveLength(1);
    expect(timers()).toBe(before);
  });
});
