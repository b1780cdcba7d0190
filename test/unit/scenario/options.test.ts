import { describe, expect, test } from 'vitest';
import { CausewayError } from '../../../core/protocol/errors.ts';
import type { LoadOptions } from '../../../core/scenario/loader.ts';
import { changed, load, problemsOf, SAMPLE } from './sample.ts';

const set = (...pairs: [string, string][]): LoadOptions => ({ overrides: pairs.map(([path, value]) => ({ path, value })) });

function argumentOf(options: LoadOptions): unknown {
  try {
    load(SAMPLE, options);
  } catch (error) {
    if (error instanceof CausewayError && error.code === 'input.argument') return error.details.argument;
    throw error;
  }
  return undefined;
}

describe('--set', () => {
  test('changes values of every type, and says so', () => {
    const loaded = load(
      SAMPLE,
      set(
        ['populations.cars.count', '40'],
        ['populations.cars.publish.position.schedule.every', '250ms'],
        ['populations.cars.client.cleanSession', 'true'],
      ),
    );
    const cars = loaded.scenario.populations[0]!;
    expect(cars.count).toBe(40);
    expect(cars.client.cleanSession).toBe(true);
    expect(cars.publish[0]?.schedule).toMatchObject({ everyMs: 250 });
    expect(loaded.overrides).toEqual([
      'populations.cars.count=40',
      'populations.cars.publish.position.schedule.every=250ms',
      'populations.cars.client.cleanSession=true',
    ]);
  });

  test('adds what the file leaves to its default, and reaches into lists', () => {
    const { scenario } = load(SAMPLE, set(['mq.storage', 'file'], ['thresholds[0]', 'ledger.up.lost == 0'], ['seed', '7']));
    expect(scenario.mq).toMatchObject({ storage: 'file' });
    expect(scenario.thresholds[0]).toMatchObject({ metric: 'ledger.up.lost', op: '==', value: 0 });
    expect(scenario.seed).toBe(7);
  });

  test('the last one wins', () => {
    expect(load(SAMPLE, set(['seed', '7'], ['seed', '8'])).scenario.seed).toBe(8);
  });

  test.each([
    ['populations.car.count', '5', 13, 'cars', /no "car" in populations/],
    ['populations.cars.cont', '5', 18, 'count', /unknown key "cont"/],
    ['populations.cars.publish.positoin.qos', '1', 26, 'position', /no "positoin"/],
    ['population.cars.count', '5', 1, 'populations', /unknown key "population"/],
    ['thresholds.5', 'x', 12, undefined, /no "5" in thresholds/],
    ['name.x', '1', 6, undefined, /nothing below name/],
    ['a..b', '1', 1, undefined, /not a path/],
    ['__proto__.x', '1', 1, undefined, /no "__proto__"/],
    ['populations.cars.count', 'many', 18, undefined, /"many" is not a whole number/],
    ['duration', '10', 1, '10s', /10 is not a duration/],
    ['name', '[', 6, undefined, /not a YAML value/],
  ] as const)('%s=%s points at column %i of the argument', (path, value, column, suggestion, says) => {
    const problems = problemsOf(SAMPLE, set([path, value]));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: `--set ${path}=${value}`, line: 1, column });
    expect(problems[0]?.message).toMatch(says);
    expect(problems[0]?.suggestion).toBe(suggestion);
  });

  test('problems of the file and of the arguments come together', () => {
    const problems = problemsOf(changed('duration: 10s', 'duration: ten'), set(['populations.cars.count', 'many']));
    expect(problems.map((problem) => problem.path)).toEqual(['sample.yaml', '--set populations.cars.count=many']);
  });

  test('an override repairs what is wrong in the file', () => {
    expect(load(changed('duration: 10s', 'duration: ten'), set(['duration', '5s'])).scenario.durationMs).toBe(5000);
  });
});

describe('--scale', () => {
  test('members, groups, population-wide rates and the time to connect go along; what each member does stays', () => {
    const loaded = load(SAMPLE, { scale: 0.5 });
    const [cars, people] = loaded.scenario.populations;
    expect(loaded.scale).toBe(0.5);
    expect(cars).toMatchObject({ count: 10, group: { name: 'district', count: 2 }, connect: { overMs: 20 } });
    expect(cars?.publish[0]?.schedule).toMatchObject({ everyMs: 1000 });
    expect(people).toMatchObject({ count: 5 });
    expect(people?.publish[0]?.schedule).toMatchObject({ perSecond: 2.5 });
  });

  test('the sizes of the groups stay', () => {
    for (const scale of [0.25, 0.5, 2, 3]) {
      const cars = load(SAMPLE, { scale }).scenario.populations[0]!;
      expect(cars.count / cars.group!.count).toBe(5);
    }
  });

  test('at least one member in one group is left', () => {
    const [cars, people] = load(SAMPLE, { scale: 0.0001 }).scenario.populations;
    expect(cars).toMatchObject({ count: 1, group: { count: 1 } });
    expect(people).toMatchObject({ count: 1 });
  });

  test('ramps and bursts go along, replays do not', () => {
    const scheduled = (schedule: string) =>
      load(changed('{ rate: 5/s, pick: zipf }', schedule), { scale: 2 }).scenario.populations[1]?.publish[0]?.schedule;
    expect(scheduled('{ ramp: { from: 1/s, to: 5/s, over: 5s } }')).toMatchObject({ from: 2, to: 10, overMs: 5000 });
    expect(scheduled('{ burst: { rate: 1/s, peak: 5/s, every: 5s, for: 1s } }')).toMatchObject({
      perSecond: 2,
      burstPerSecond: 10,
      forMs: 1000,
    });
    expect(scheduled('{ replay: [1s, 2s] }')).toMatchObject({ atMs: [1000, 2000] });
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1001])('%s is refused', (scale) => {
    expect(argumentOf({ scale })).toBe('--scale');
  });

  test('more than a million members are refused', () => {
    expect(() => load(changed('count: 20', 'count: 900000'), { scale: 2 })).toThrowError(/1800000/);
  });
});

describe('--duration and --seed', () => {
  const phased = changed(
    'thresholds:',
    'phases: [{ name: low, for: 4s, load: 50% }, { name: high, for: 6s, load: 2 }]\nthresholds:',
  );

  test('the length is changed and nothing else', () => {
    const { scenario, warnings } = load(SAMPLE, { durationMs: 1000 });
    expect(scenario.durationMs).toBe(1000);
    expect(scenario.populations).toEqual(load(SAMPLE).scenario.populations);
    // The replay at 5 s is cut off on purpose.
    expect(warnings).toEqual([]);
  });

  test('phases keep their shares of the length', () => {
    const phases = load(phased, { durationMs: 5000 }).scenario.phases;
    expect(phases).toEqual([
      { name: 'low', forMs: 2000, load: 0.5 },
      { name: 'high', forMs: 3000, load: 2 },
    ]);
  });

  test('without a duration, it is the sum of the phases', () => {
    expect(load(phased.replace('duration: 10s\n', '')).scenario.durationMs).toBe(10_000);
  });

  test('the seed of the command line wins', () => {
    expect(load(SAMPLE, { seed: 99 }).scenario.seed).toBe(99);
  });

  test.each([0, -5, Number.NaN, 1e12])('a duration of %s is refused', (durationMs) =>
    expect(argumentOf({ durationMs })).toBe('--duration'),
  );
  test.each([-1, 1.5, 2 ** 32])('a seed of %s is refused', (seed) => expect(argumentOf({ seed })).toBe('--seed'));
});
