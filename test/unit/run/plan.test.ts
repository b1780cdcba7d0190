import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { City } from '../../../core/actors/city.ts';
import { homesOf } from '../../../core/actors/district.ts';
import { Journey } from '../../../core/actors/journey.ts';
import { planOutages } from '../../../core/run/outages.ts';
import { planThreads } from '../../../core/run/plan.ts';
import type { Population } from '../../../core/scenario/model.ts';
import { parts, population } from './scenario.ts';

const scenario = parts();
const withCounts = (counts: readonly number[]) => ({
  ...scenario,
  populations: counts.map((count, i) => ({ ...scenario.populations[0]!, name: `p${i}`, count })),
});

describe('planThreads', () => {
  it('gives every member to exactly one thread, whatever their number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
        fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined }),
        fc.integer({ min: 1, max: 128 }),
        (counts, threads, cores) => {
          const planned = withCounts(counts);
          const { devices } = planThreads(planned, cores, threads);
          const taken = planned.populations.map((p) =>
            devices
              .flatMap((thread) => thread.slices)
              .filter((slice) => slice.population === p.name)
              .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i)),
          );
          expect(taken).toEqual(counts.map((count) => Array.from({ length: count }, (_, i) => i)));
          expect(new Set(devices.map((thread) => thread.name)).size).toBe(devices.length);
        },
      ),
    );
  });

  it('shares evenly: no thread has more than one member of a population more than another', () => {
    const { devices } = planThreads(withCounts([10]), 2, 4);
    const sizes = devices.map(({ slices }) => slices.reduce((sum, s) => sum + s.to - s.from, 0));
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('leaves one core to the main process, and takes eight threads at most', () => {
    const threads = (cores: number): number => planThreads(withCounts([1000]), cores).devices.length;
    expect([1, 2, 4, 64].map(threads)).toEqual([1, 1, 3, 8]);
  });

  it('starts no thread without work', () => {
    expect(planThreads(withCounts([2]), 8, 8).devices).toHaveLength(2);
    expect(planThreads({ ...scenario, populations: [] }, 8).devices).toEqual([]);
    expect(planThreads({ ...scenario, services: [] }, 8).services).toEqual([]);
    expect(planThreads(scenario, 8).services).toEqual([{ name: 'services', services: ['centre', 'audit'] }]);
  });
});

describe('planOutages', () => {
  const cars: Population = { ...population(scenario, 'cars'), count: 50, outages: { share: 0.2, everyMs: 4000, forMs: 1000 } };

  it('takes the network from each vehicle while it is in a tunnel, and only then', () => {
    const fleet: Population = { ...cars, name: 'fleet', actor: 'vehicle', outages: 'tunnels' };
    const outages = planOutages(fleet, 7, 300_000_000);
    expect(outages.length).toBeGreaterThan(10);
    const city = new City(7);
    for (let member = 0; member < fleet.count; member += 1) {
      const own = outages.filter((outage) => outage.member === member);
      const journey = new Journey(city, 7, 'fleet', member, homesOf(city, fleet)(member));
      for (let atUs = 0; atUs < 300_000_000; atUs += 250_000) {
        const { block, speed } = journey.at(atUs);
        const away = own.some(({ fromUs, toUs }) => atUs >= fromUs && atUs < toUs);
        // Standing: at the mouth.
        if (speed > 0) expect(away).toBe(block.kind === 'tunnel');
        else expect(away).toBe(false);
      }
    }
  });

  it('takes the network from this share of the members, once in each period, for the time asked', () => {
    const outages = planOutages(cars, 1, 12_000_000);
    expect(new Set(outages.map((o) => o.member)).size).toBe(10);
    expect(outages).toHaveLength(30);
    for (const member of new Set(outages.map((o) => o.member))) {
      const own = outages.filter((o) => o.member === member);
      own.forEach(({ fromUs, toUs }, k) => {
        expect(fromUs).toBeGreaterThanOrEqual(k * 4_000_000);
        expect(toUs).toBeLessThanOrEqual((k + 1) * 4_000_000);
        expect(toUs - fromUs).toBeCloseTo(1_000_000, 3);
      });
    }
  });

  it('follows from the seed, and differs from seed to seed', () => {
    expect(planOutages(cars, 1, 12_000_000)).toEqual(planOutages(cars, 1, 12_000_000));
    expect(planOutages(cars, 2, 12_000_000)).not.toEqual(planOutages(cars, 1, 12_000_000));
  });

  it('begins none after the end of traffic, and plans none where none are asked for', () => {
    for (const { fromUs } of planOutages(cars, 1, 5_000_000)) expect(fromUs).toBeLessThan(5_000_000);
    expect(planOutages({ ...cars, outages: undefined }, 1, 12_000_000)).toEqual([]);
    expect(planOutages({ ...cars, outages: { share: 0, everyMs: 4000, forMs: 1000 } }, 1, 12_000_000)).toEqual([]);
  });
});
