import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest, place, roomFor } from '../../../renderer/charts/place.ts';

describe('places on a chart', () => {
  it('go from one end of the axis to the other, linear or by powers of ten', () => {
    const linear = place({ domain: [0, 200] }, 50, 150);
    expect([0, 100, 200].map(linear)).toEqual([50, 100, 150]);
    const log = place({ domain: [1, 10_000], log: true }, 400, 0);
    expect([1, 100, 10_000].map(log)).toEqual([400, 200, 0]);
    expect(place({ domain: [5, 5] }, 50, 150)(5)).toBe(50);
  });

  it('the nearest point is the one under the pointer', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 50 }),
        fc.nat(1_000),
        (all, at) => {
          const items = all.toSorted((a, b) => a - b);
          const found = nearest(items, (item) => item, at) as number;
          expect(Math.abs(found - at)).toBe(Math.min(...items.map((item) => Math.abs(item - at))));
        },
      ),
    );
    expect(nearest([], () => 0, 5)).toBeUndefined();
  });

  it('an axis ends with the data of a run that is over, and has room now and then for one that goes on', () => {
    expect(roomFor(undefined, 0, 30_000)).toBe(30_000);
    let held: number | undefined = 1_000;
    let moves = 0;
    for (let to = 1_000; to <= 75_000; to += 500) {
      const next: number = roomFor(held, 0, to);
      expect(next).toBeGreaterThanOrEqual(to);
      if (next !== held) moves += 1;
      held = next;
    }
    expect(moves).toBeLessThan(40);
    // Another run, shorter: not drawn into a corner.
    expect(roomFor(75_000, 0, 10_000)).toBe(10_000);
  });
});
