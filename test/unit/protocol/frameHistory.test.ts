import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameHistory } from '../../../core/protocol/frameHistory.ts';
import type { Frame } from '../../../core/protocol/result.ts';

const frame = (index: number, change: Partial<Frame> = {}): Frame => ({
  atMs: index * 250,
  state: 'running',
  connected: 10,
  offered: 1,
  sent: 1,
  acknowledged: 1,
  up: 1,
  down: 0,
  device: 0,
  pending: 0,
  duplicates: 0,
  reordered: 0,
  corrupted: 0,
  mappingFailed: 0,
  answers: 0,
  latency: { up: { p50: null, p99: null }, down: { p50: null, p99: null }, device: { p50: null, p99: null } },
  slipP99: null,
  utilisation: {},
  ...change,
});

describe('the frames of a run', () => {
  it('stay bounded, in order, and lose no count and no peak, however many come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.array(fc.record({ up: fc.nat(1_000), p99: fc.option(fc.nat(100_000)), stored: fc.option(fc.nat(1_000)) }), {
          minLength: 1,
          maxLength: 120,
        }),
        (half, windows) => {
          const most = half * 2;
          const history = new FrameHistory(most);
          for (const [index, { up, p99, stored }] of windows.entries())
            history.add(
              frame(index, {
                up,
                latency: { ...frame(0).latency, up: { p50: null, p99 } },
                ...(stored === null ? {} : { hops: { commands: 1, stored, taken: 0 } }),
              }),
            );
          const kept = history.frames();
          expect(kept.length).toBeLessThanOrEqual(most);
          expect(kept.map(({ atMs }) => atMs)).toEqual(kept.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
          expect(kept.at(-1)?.atMs).toBe((windows.length - 1) * 250);
          const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
          expect(sum(kept.map(({ up }) => up))).toBe(sum(windows.map(({ up }) => up)));
          expect(sum(kept.map(({ hops }) => hops?.stored ?? 0))).toBe(sum(windows.map(({ stored }) => stored ?? 0)));
          expect(Math.max(...kept.map(({ latency }) => latency.up.p99 ?? -1))).toBe(
            Math.max(...windows.map(({ p99 }) => p99 ?? -1)),
          );
        },
      ),
    );
  });
});
