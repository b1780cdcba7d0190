import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../core/protocol/result.ts';
import { fakeFrame } from '../../../renderer/client/fakeData.ts';
import { latest, MOST_WINDOWS, perSecond, spansOf, windowMs } from '../../../renderer/live/series.ts';

const frameAt = (atMs: number, up: number, p99: number | null = null): Frame =>
  fakeFrame(0, { atMs, up, latency: { ...fakeFrame(0).latency, up: { p50: null, p99 } } });

/** Frames that end a quarter of a second (or, merged by the lab, several of them) after each other. */
const runs = fc
  .array(fc.record({ steps: fc.integer({ min: 1, max: 8 }), up: fc.nat(5_000), p99: fc.option(fc.nat(1_000_000)) }), {
    minLength: 1,
    maxLength: 400,
  })
  .map((windows) => {
    let atMs = -2_000;
    return windows.map(({ steps, up, p99 }) => {
      atMs += steps * 250;
      return frameAt(atMs, up, p99);
    });
  });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('windows of a chart', () => {
  it('are at most as many as asked for, in order, and together count what the frames count', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 2, max: 50 }), (frames, most) => {
        const spans = spansOf(frames, windowMs(frames, most));
        expect(spans.length).toBeLessThanOrEqual(most);
        expect(spans.map(({ atMs }) => atMs)).toEqual(spans.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
        expect(sum(spans.map(({ frame }) => frame.up))).toBe(sum(frames.map(({ up }) => up)));
        expect(sum(spans.map(({ widthMs }) => widthMs))).toBe((frames.at(-1)?.atMs ?? 0) - (frames[0]?.atMs ?? 0) + 250);
        const peak = (all: readonly Frame[]) => Math.max(...all.map(({ latency }) => latency.up.p99 ?? -1));
        expect(peak(spans.map(({ frame }) => frame))).toBe(peak(frames));
      }),
    );
  });

  it('do not change behind the newest one when frames are added', () => {
    const frames = Array.from({ length: 41 }, (_, index) => frameAt((index + 1) * 250, index));
    const before = spansOf(frames.slice(0, -1), 1_000);
    const after = spansOf(frames, 1_000);
    expect(after.slice(0, before.length)).toEqual(before);
  });

  it('give the same rate however many frames were merged into one', () => {
    const steady = [250, 500, 750, 1_000].map((atMs) => frameAt(atMs, 50));
    const merged = [frameAt(250, 50), frameAt(1_000, 150)];
    for (const frames of [steady, merged])
      expect(spansOf(frames, 250).map(({ frame, widthMs }) => perSecond(frame.up, widthMs))).toSatisfy((rates: number[]) =>
        rates.every((rate) => rate === 200),
      );
    expect(perSecond(5, 0)).toBeNull();
  });

  it('keep every frame of a short run', () => {
    const frames = Array.from({ length: 120 }, (_, index) => frameAt((index + 1) * 250, 1));
    expect(spansOf(frames, windowMs(frames, MOST_WINDOWS))).toHaveLength(120);
  });
});

describe('the latest second', () => {
  it('counts just the frames that ended in it', () => {
    const frames = Array.from({ length: 12 }, (_, index) => frameAt((index + 1) * 250, index));
    expect(latest(frames)).toMatchObject({ atMs: 3_000, widthMs: 1_000, frame: { up: 8 + 9 + 10 + 11 } });
    expect(latest([frameAt(4_000, 7)])).toMatchObject({ widthMs: 250, frame: { up: 7 } });
    expect(latest([])).toBeUndefined();
  });
});
