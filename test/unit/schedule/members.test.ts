import { describe, expect, it } from 'vitest';
import { createLookSchedule, createSchedule } from '../../../core/schedule/create.ts';
import { Zipf } from '../../../core/schedule/zipf.ts';
import { collect, events } from './collect.ts';

const countOf = (all: { actor: number }[], members: number): number[] => {
  const counts = new Array<number>(members).fill(0);
  for (const event of all) counts[event.actor]! += 1;
  return counts;
};

describe('who sends', () => {
  it('round-robin gives everyone the same share in turn', () => {
    expect(countOf(events({ kind: 'rate', perSecond: 100, pick: 'round-robin' }), 10)).toEqual(new Array(10).fill(100));
  });

  it('uniform is fair within statistical bounds', () => {
    const counts = countOf(events({ kind: 'rate', perSecond: 5000, pick: 'uniform' }, { count: 50 }), 50);
    // 1,000 expected each; five standard deviations are about 157.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(157);
  });

  it('zipf lets the top member speak as often as the distribution says, and few speak most', () => {
    const count = 1000;
    const sent = 50_000;
    const counts = countOf(events({ kind: 'rate', perSecond: 5000, pick: 'zipf' }, { count }), count).sort((a, b) => b - a);
    const share = new Zipf(count, 1.1, 1).share(0);
    const deviation = Math.sqrt(sent * share * (1 - share));
    expect(share).toBeGreaterThan(0.15);
    expect(Math.abs(counts[0]! - sent * share)).toBeLessThan(5 * deviation);
    const topTenth = counts.slice(0, count / 10).reduce((sum, n) => sum + n, 0);
    expect(topTenth / sent).toBeGreaterThan(0.65);
  });

  it('zipf ranks are a permutation that depends on the seed', () => {
    const ranks = (key: number): number[] => {
      const zipf = new Zipf(100, 1.1, key);
      return Array.from({ length: 100 }, (_, rank) => zipf.memberOfRank(rank));
    };
    expect([...ranks(1)].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(ranks(1)).not.toEqual(ranks(2));
  });
});

describe('periodic', () => {
  const everyMs = 1000;

  it('lets each member send once a period, at a phase of its own, spread over the period', () => {
    const all = events({ kind: 'periodic', everyMs, jitter: 0 }, { count: 1000 });
    const firsts = new Map<number, number>();
    for (const event of all) {
      const first = firsts.get(event.actor);
      if (first === undefined) firsts.set(event.actor, event.atUs);
      // Its own grid: whole periods after its first message.
      else expect(((event.atUs - first) / 1_000_000) % 1).toBeCloseTo(0, 6);
    }
    expect(all).toHaveLength(10_000);
    const quarters = [0, 0, 0, 0];
    for (const first of firsts.values()) quarters[Math.floor(first / 250_000)]! += 1;
    for (const quarter of quarters) expect(Math.abs(quarter - 250)).toBeLessThan(70);
  });

  it('keeps jitter around the grid: it does not add up over a long run', () => {
    const all = events({ kind: 'periodic', everyMs, jitter: 0.1 }, { count: 1, durationUs: 5_000_000_000 });
    const grid = events({ kind: 'periodic', everyMs, jitter: 0 }, { count: 1, durationUs: 5_000_000_000 });
    let widest = 0;
    for (let k = 0; k < Math.min(all.length, grid.length); k += 1) {
      const off = all[k]!.atUs - grid[k]!.atUs;
      expect(Math.abs(off)).toBeLessThanOrEqual(100_000 + 2 * grid[0]!.atUs);
      if (k > 0) expect(Math.abs(off)).toBeLessThanOrEqual(100_000);
      widest = Math.max(widest, Math.abs(off));
    }
    expect(all.length).toBeGreaterThan(4990);
    expect(widest).toBeGreaterThan(90_000);
  });

  it('does not let members with jitter start together at time 0', () => {
    const all = events({ kind: 'periodic', everyMs, jitter: 0.5 }, { count: 2000, durationUs: 2_000_000 });
    expect(all.filter((e) => e.atUs < 1000).length).toBeLessThan(20);
  });

  it('is the same for the same seed and another for another seed or name', () => {
    const spec = { kind: 'periodic', everyMs, jitter: 0.2 } as const;
    expect(events(spec)).toEqual(events(spec));
    expect(events(spec)).not.toEqual(events(spec, { seed: 8 }));
    expect(events(spec)).not.toEqual(events(spec, { name: 'p.other' }));
  });
});

describe('a closed loop', () => {
  const context = { seed: 7, name: 'p.m', count: 4, from: 0, to: 4, durationUs: 10_000_000 };

  it('sends nothing more until the former message is done, then thinkMs later', () => {
    const schedule = createSchedule({ kind: 'closed', thinkMs: 200 }, context);
    expect(
      collect(schedule)
        .map((e) => e.actor)
        .sort(),
    ).toEqual([0, 1, 2, 3]);
    schedule.done!(2, 3_000_000);
    expect(collect(schedule)).toEqual([{ atUs: 3_200_000, actor: 2 }]);
  });

  it('thinks twice as long at half load', () => {
    const schedule = createSchedule({ kind: 'closed', thinkMs: 200 }, { ...context, phases: [{ forMs: 10_000, load: 0.5 }] });
    collect(schedule);
    schedule.done!(1, 3_000_000);
    expect(collect(schedule)).toEqual([{ atUs: 3_400_000, actor: 1 }]);
  });
});

describe('phases', () => {
  const phases = [
    { forMs: 2000, load: 1 },
    { forMs: 4000, load: 0.5 },
    { forMs: 2000, load: 0 },
    { forMs: 2000, load: 2 },
  ];
  const perSecond = (all: { atUs: number }[]): number[] => {
    const seconds = new Array<number>(10).fill(0);
    for (const event of all) seconds[Math.floor(event.atUs / 1_000_000)]! += 1;
    return seconds;
  };

  it('scale a rate, and pause it at load 0', () => {
    const all = events({ kind: 'rate', perSecond: 100, pick: 'round-robin' }, { phases });
    expect(perSecond(all)).toEqual([100, 100, 50, 50, 50, 50, 0, 0, 200, 200]);
  });

  it('scale members with a period of their own', () => {
    const all = events({ kind: 'periodic', everyMs: 1000, jitter: 0 }, { phases, count: 200 });
    const seconds = perSecond(all);
    expect(seconds.slice(6, 8)).toEqual([0, 0]);
    expect(seconds[2]! + seconds[3]!).toBe(200);
    expect(seconds[8]).toBe(400);
  });

  it('end with a pause without anything piling up at its edge', () => {
    const all = events(
      { kind: 'rate', perSecond: 100, pick: 'uniform' },
      {
        phases: [
          { forMs: 5000, load: 1 },
          { forMs: 5000, load: 0 },
        ],
      },
    );
    expect(all).toHaveLength(500);
    expect(all.at(-1)!.atUs).toBeLessThan(5_000_000);
  });
});

describe('looking for changes', () => {
  const publication = {
    name: 'status',
    topic: 'a/b',
    qos: 1,
    retain: false,
    schedule: { kind: 'periodic', everyMs: 5000, jitter: 0 },
    onChange: { field: 'x', by: 1, lookMs: 500 },
    body: [],
  } as const;
  const context = { seed: 7, name: 'p.m', count: 3, from: 0, to: 3, durationUs: 2_000_000 };

  it('happens every lookMs for each member', () => {
    expect(collect(createLookSchedule(publication, context)!)).toHaveLength(12);
  });

  it('does not happen without onChange', () => {
    expect(createLookSchedule({ ...publication, onChange: undefined }, context)).toBeUndefined();
  });
});
