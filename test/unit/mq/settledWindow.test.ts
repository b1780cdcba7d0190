import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SettledWindow } from '../../../core/mq/embedded/settledWindow.ts';

describe('settled window', () => {
  it('agrees with a plain set of settled offsets, whatever the order', () => {
    const step = fc.oneof(
      { weight: 9, arbitrary: fc.record({ settle: fc.integer({ min: 10, max: 400 }) }) },
      { weight: 1, arbitrary: fc.record({ skipTo: fc.integer({ min: 0, max: 420 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const window = new SettledWindow(10);
        const settled = new Set<number>();
        for (const one of steps) {
          if ('settle' in one) {
            window.settle(one.settle);
            settled.add(one.settle);
          } else {
            window.skipTo(one.skipTo);
            for (let offset = 10; offset < one.skipTo; offset += 1) settled.add(offset);
          }
          let committed = 10;
          while (settled.has(committed)) committed += 1;
          const ahead = [...settled].filter((offset) => offset >= committed).sort((a, b) => a - b);
          expect(window.committed).toBe(committed);
          expect(window.ahead).toBe(ahead.length);
          const ranges = window.ranges(1000).flatMap(([from, below]) => Array.from({ length: below - from }, (_, i) => from + i));
          expect(ranges).toEqual(ahead);
        }
        for (let offset = 0; offset < 450; offset += 1) expect(window.has(offset)).toBe(offset < 10 || settled.has(offset));
      }),
      { numRuns: 60 },
    );
  });

  it('limits the ranges it lists', () => {
    const window = new SettledWindow(0);
    for (let offset = 1; offset < 20; offset += 2) window.settle(offset);
    expect(window.ranges(2)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});
