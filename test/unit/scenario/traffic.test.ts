import { describe, expect, test } from 'vitest';
import { averageRate, estimateTraffic } from '../../../core/scenario/traffic.ts';
import { changed, load, SAMPLE } from './sample.ts';

describe('average rates', () => {
  test('of every kind of schedule', () => {
    expect(averageRate({ kind: 'periodic', everyMs: 500, jitter: 0.1 }, 10, 10_000)).toBe(20);
    expect(averageRate({ kind: 'rate', perSecond: 7, pick: 'zipf' }, 10, 10_000)).toBe(7);
    // 0 to 100 over 5 s: 250 messages; then 5 s at 100: 500.
    expect(averageRate({ kind: 'ramp', from: 0, to: 100, overMs: 5000, pick: 'uniform' }, 1, 10_000)).toBe(75);
    // Only half of the ramp is reached: 0 to 50.
    expect(averageRate({ kind: 'ramp', from: 0, to: 100, overMs: 20_000, pick: 'uniform' }, 1, 10_000)).toBe(25);
    const burst = { kind: 'burst', perSecond: 10, burstPerSecond: 110, everyMs: 10_000, forMs: 1000, pick: 'uniform' } as const;
    expect(averageRate(burst, 1, 10_000)).toBe(20);
    expect(averageRate({ kind: 'replay', atMs: [0, 5000, 10_000], pick: 'uniform' }, 1, 10_000)).toBe(0.2);
    expect(averageRate({ kind: 'closed', thinkMs: 0 }, 1, 10_000)).toBeUndefined();
  });

  test('phases weigh', () => {
    const text = changed('thresholds:', 'phases: [{ name: a, for: 5s, load: 0 }, { name: b, for: 5s, load: 3 }]\nthresholds:');
    const line = estimateTraffic(load(text).scenario).find((flow) => flow.name === 'people.line');
    expect(line).toMatchObject({ perSecond: 7.5, peakPerSecond: 15 });
  });
});

test('who receives: groups, all, one; overlapping filters of one client count once', () => {
  const text = changed('- { topic: "down/all", qos: 1 }', '- { topic: "down/all", qos: 1 }\n      - { topic: "down/+", qos: 0 }');
  const flows = new Map(estimateTraffic(load(text).scenario).map((flow) => [flow.name, flow.devices]));
  expect(flows.get('centre.all')).toBe(20);
  const exact = new Map(estimateTraffic(load(SAMPLE).scenario).map((flow) => [flow.name, flow.devices]));
  expect([exact.get('centre.one'), exact.get('centre.district'), exact.get('centre.all'), exact.get('people.line')]).toEqual([
    1, 5, 20, 10,
  ]);
});

test('filters with a name of their own are counted member by member', () => {
  const text = changed(
    '- { topic: "down/all", qos: 1 }',
    '- { topic: "down/all", qos: 1 }\n      - { topic: "talk/{id}", qos: 0 }',
  ).replace('topic: talk/all', 'topic: talk/05');
  const line = estimateTraffic(load(text).scenario).find((flow) => flow.name === 'people.line');
  expect(line?.devices).toBe(10 + 1);
});
