import { describe, expect, it } from 'vitest';
import { type DrainEnd, DrainWatch } from '../../../core/run/drainWatch.ts';

/** Looks until the watch has made up its mind; `at` says what the n-th look (from 1) sees. */
function drain(at: (look: number) => { progress: number; settled: boolean; beats: number }): { end: DrainEnd; looks: number } {
  const watch = new DrainWatch();
  for (let looks = 1; looks <= 10_000; looks += 1) {
    const end = watch.look(at(looks));
    if (end !== undefined) return { end, looks };
  }
  throw new Error('it never ends');
}

describe('draining', () => {
  it('ends 1.5 seconds after the last message when everything is settled', () => {
    expect(drain((n) => ({ progress: Math.min(n, 100), settled: true, beats: n / 2 }))).toEqual({ end: 'settled', looks: 130 });
  });

  it('goes on while something is not acknowledged, and says stuck when nothing comes for longer than a redelivery takes', () => {
    expect(drain((n) => ({ progress: 5, settled: n > 300, beats: n / 2 }))).toEqual({ end: 'settled', looks: 301 });
    const { end, looks } = drain((n) => ({ progress: 5, settled: false, beats: n / 2 }));
    expect(end).toBe('stuck');
    expect(looks * 50).toBeGreaterThan(30_000);
  });

  it('does not take a thread without CPU time for a quiet one', () => {
    // The thread stands still from look 10 to look 2,000, and only then delivers what it had.
    const end = drain((n) => ({
      progress: n < 2_000 ? 10 : 20,
      settled: true,
      beats: n < 10 ? n / 2 : n < 2_000 ? 5 : 5 + (n - 2_000) / 2,
    }));
    expect(end).toEqual({ end: 'settled', looks: 2_030 });
  });

  it('gives a backlog that is being worked off five minutes, and calls what is left late', () => {
    expect(drain((n) => ({ progress: n, settled: n > 4_000, beats: n / 2 })).end).toBe('late');
    expect(drain((n) => ({ progress: Math.min(n, 4_000), settled: n > 4_000, beats: n / 2 })).end).toBe('settled');
  });
});
