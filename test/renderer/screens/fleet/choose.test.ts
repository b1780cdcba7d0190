import { describe, expect, it } from 'vitest';
import type { FleetPlan, FleetWave } from '../../../../core/protocol/fleet.ts';
import { ANSWER_BOUNDS } from '../../../../core/protocol/hand.ts';
import { inside, lassoed, nearest, toScreen, toWorld, wholeCity, zoomed } from '../../../../renderer/screens/fleet/geometry.ts';
import { planStep } from '../../../../renderer/screens/fleet/presenterSteps.ts';
import { canTarget, marks, membersTarget, sizeOf, toggled } from '../../../../renderer/screens/fleet/selection.ts';
import { edges } from '../../../../renderer/screens/fleet/WaveHistogram.tsx';
import { answeredShare, bars, canReach, wavesCsv } from '../../../../renderer/screens/fleet/waveExport.ts';

const places = { vehicles: 4, x: [10, 20, 500, 15], y: [10, 20, 500, 12], known: [1, 1, 1, 0], away: [0, 1, 1, 1] };
const plan: FleetPlan = {
  runId: 'r',
  population: 'fleet',
  vehicles: 4,
  width: 1_000,
  height: 800,
  river: { south: 300, north: 400 },
  roads: [],
  districts: ['a', 'b', 'c'],
  areas: [],
  kinds: ['find', 'stop', 'notice'],
  targets: ['one', 'district', 'all'],
  waves: [],
};
const square = [
  { x: 0, y: 0 },
  { x: 100, y: 0 },
  { x: 100, y: 100 },
  { x: 0, y: 100 },
];

describe('the view', () => {
  const size = { width: 600, height: 400 };
  it('shows the whole city, north up', () => {
    const view = wholeCity(plan, size);
    for (const corner of [
      { x: 0, y: 0 },
      { x: plan.width, y: plan.height },
    ]) {
      const at = toScreen(view, size, corner);
      expect(at.x > 0 && at.x < size.width && at.y > 0 && at.y < size.height).toBe(true);
      expect(toWorld(view, size, at).x).toBeCloseTo(corner.x);
      expect(toWorld(view, size, at).y).toBeCloseTo(corner.y);
    }
    expect(toScreen(view, size, { x: 0, y: 800 }).y).toBeLessThan(toScreen(view, size, { x: 0, y: 0 }).y);
  });

  it('keeps the place under the pointer when it comes nearer', () => {
    const view = wholeCity(plan, size);
    const at = { x: 320, y: 190 };
    const before = toWorld(view, size, at);
    const after = toWorld(zoomed(view, plan, size, 1.5, at), size, at);
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });
});

describe('choosing', () => {
  it('takes what the lasso encloses and has reported', () => {
    expect(lassoed(square, places)).toEqual([0, 1]);
    expect(lassoed(square.slice(0, 2), places)).toEqual([]);
    const notched = [...square.slice(0, 2), { x: 100, y: 100 }, { x: 50, y: 15 }, { x: 0, y: 100 }];
    expect([inside(notched, 50, 10), inside(notched, 50, 50)]).toEqual([true, false]);
  });

  it('takes the nearest vehicle within reach', () => {
    expect(nearest(places, { x: 14, y: 12 }, 30)).toBe(0);
    expect(nearest(places, { x: 200, y: 200 }, 30)).toBeUndefined();
  });

  it('adds and takes away one by one; nobody is no target', () => {
    expect(toggled(undefined, 2)).toEqual({ members: [2] });
    expect(toggled({ members: [2, 3] }, 2)).toEqual({ members: [3] });
    expect(toggled({ members: [2] }, 2)).toBeUndefined();
    expect(toggled({ all: true }, 1)).toEqual({ members: [1] });
    expect(membersTarget([3, 3, 1])).toEqual({ members: [3, 1] });
  });

  it('knows who belongs to a district, and how many', () => {
    expect([...marks({ district: 0 }, plan)]).toEqual([1, 0, 0, 1]);
    expect([0, 1, 2].map((district) => sizeOf({ district }, plan))).toEqual([2, 1, 1]);
    expect([...marks({ members: [1, 99] }, plan)]).toEqual([0, 1, 0, 0]);
    expect(canTarget({ all: true }, { targets: ['one'] })).toBe(false);
  });
});

describe('the steps of the presentation', () => {
  it('call the vehicle in the middle, a district, and everybody only when confirmed', () => {
    expect(planStep('one', plan, places).orders).toMatchObject([{ kind: 'find', target: { members: [0] } }]);
    expect(planStep('district', plan, places).orders).toMatchObject([{ kind: 'notice', target: { district: 0 } }]);
    const all = planStep('all', plan, places);
    expect([all.confirm, all.orders[0]?.kind]).toEqual([true, 'stop']);
  });

  it('send to those without network, half kept and half not', () => {
    expect(planStep('tunnels', plan, places).orders.map(({ target, store }) => [target, store])).toEqual([
      [{ members: [2] }, false],
      [{ members: [1] }, true],
    ]);
  });

  it('do nothing where the scenario cannot send it, or nobody fits', () => {
    const mute = { ...plan, kinds: [], targets: [] };
    for (const step of ['reports', 'one', 'district', 'all', 'tunnels'] as const)
      expect(planStep(step, mute, places).orders).toEqual([]);
    expect(planStep('tunnels', plan, { ...places, away: [0, 0, 0, 0] }).orders).toEqual([]);
  });
});

describe('a wave', () => {
  const wave: FleetWave = {
    wave: 1,
    kind: 'lock',
    target: { members: [1, 2] },
    qos: 1,
    store: true,
    atMs: 5,
    addressed: 4,
    sent: 4,
    delivered: 3,
    storedOffline: 1,
    dropped: 0,
    answered: 3,
    refused: 1,
    t50: 100,
    t95: null,
    t100: null,
    histogram: { bounds: [10, 20, 50, 100], counts: [0, 2, 0, 1] },
  };
  it('has bars from the first answer to the last, and never so few that one fills the picture', () => {
    expect(bars(wave)).toEqual([
      { from: 0, to: 10, count: 0 },
      { from: 10, to: 20, count: 2 },
      { from: 20, to: 50, count: 0 },
      { from: 50, to: 100, count: 1 },
    ]);
    const bounds = Array.from({ length: 30 }, (_, i) => i + 1);
    const only = (at: number) => bars({ histogram: { bounds, counts: bounds.map((_, i) => (i === at ? 5 : 0)) } });
    for (const at of [0, 1, 15, 28, 29]) {
      expect(only(at)).toHaveLength(9);
      expect(only(at).filter(({ count }) => count === 5)).toEqual([{ from: at, to: at + 1, count: 5 }]);
    }
    const wide = bars({ histogram: { bounds, counts: bounds.map((_, i) => (i < 3 || i > 24 ? 0 : 1)) } });
    expect(wide.map(({ to }) => to)).toEqual(bounds.slice(3, 25));
    expect(bars({ histogram: { bounds: [1], counts: [0] } })).toEqual([]);
    expect(answeredShare(wave)).toBe(0.75);
    expect(answeredShare({ addressed: 0, answered: 0 })).toBe(0);
  });

  it('ends with whatever took longer than the last bound, and labels bars all along', () => {
    const last = bars({ histogram: { bounds: ANSWER_BOUNDS, counts: ANSWER_BOUNDS.map((_, i) => (i > 9 ? 1 : 0)) } });
    expect(last.at(-1)).toEqual({ from: 30_000, to: null, count: 1 });
    const labels = edges(last);
    expect(labels.map(({ at }) => at)).toEqual([...labels.map(({ at }) => at)].sort((a, b) => a - b));
    expect([labels.length, labels[0], labels.at(-1)]).toEqual([5, { at: 0, ms: 300 }, { at: 1, ms: null }]);
    for (const { at, ms } of labels.slice(1, -1)) expect(last[Math.round(at * last.length) - 1]?.to).toBe(ms);
  });

  it('says when so many can no longer answer, because the command was dropped for them', () => {
    expect(canReach({ addressed: 100, dropped: 5 }, 0.95)).toBe(true);
    expect(canReach({ addressed: 100, dropped: 6 }, 0.95)).toBe(false);
    expect(canReach({ addressed: 100, dropped: 1 }, 1)).toBe(false);
  });

  it('is a line of CSV, empty where a share was not reached', () => {
    const [head, line] = wavesCsv([wave])
      .split('\r\n')
      .map((row) => row.split(','));
    expect(line).toHaveLength(head!.length);
    expect([line![0], line![head!.indexOf('t50')], line![head!.indexOf('t95')]]).toEqual(['members 1 2', '100', '']);
  });
});
