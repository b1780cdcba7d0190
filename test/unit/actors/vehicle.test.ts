import { describe, expect, it } from 'vitest';
import { City } from '../../../core/actors/city.ts';
import { createActor } from '../../../core/actors/create.ts';
import { homesOf } from '../../../core/actors/district.ts';
import { Journey } from '../../../core/actors/journey.ts';
import { population, publication, reaction } from './population.ts';

const cities = [1, 42, 4711].map((seed) => ({ seed, city: new City(seed) }));

describe('the city', () => {
  it.each(cities)('of seed $seed has no dead ends, and every crossing can be reached from every other', ({ city }) => {
    const reached = new Set([0]);
    const todo = [0];
    while (todo.length > 0) {
      const crossing = todo.pop()!;
      const exits = [0, 1, 2, 3].map((d) => city.exit(crossing, d)).filter((block) => block !== undefined);
      expect(exits.length).toBeGreaterThanOrEqual(2);
      for (const block of exits) {
        const next = block.a === crossing ? block.b : block.a;
        expect(next).not.toBe(crossing);
        if (!reached.has(next)) todo.push(next);
        reached.add(next);
      }
    }
    expect(reached.size).toBe(city.crossings);
  });

  it.each(cities)(
    'of seed $seed has blocks of about 200 m, bridges or tunnels over the river only, and some tunnels',
    ({ city }) => {
      const kinds = { road: 0, bridge: 0, tunnel: 0 };
      for (const block of city.blocks) {
        kinds[block.kind] += 1;
        expect(Math.abs(city.x(block.a) - city.x(block.b)) + Math.abs(city.y(block.a) - city.y(block.b))).toBe(block.length);
        expect(block.length).toBeGreaterThanOrEqual(160);
        const crossesRiver = city.y(block.a) < city.river.south && city.y(block.b) > city.river.north;
        if (crossesRiver) expect(block.kind).not.toBe('road');
        else {
          expect(block.kind).not.toBe('bridge');
          expect(block.length).toBeLessThanOrEqual(240);
        }
      }
      expect(kinds.bridge).toBeGreaterThan(0);
      expect(kinds.tunnel).toBeGreaterThan(5);
      expect(kinds.tunnel).toBeLessThan(city.blocks.length / 10);
      expect(new Set([...city.columns, ...city.rows].map((s) => s.name)).size).toBe(city.columns.length + city.rows.length);
    },
  );

  it('follows from its seed', () => {
    expect(new City(5)).toEqual(new City(5));
    expect(new City(5).xs).not.toEqual(new City(6).xs);
  });
});

describe('a vehicle', () => {
  const { city } = cities[1]!;
  const STEP_US = 250_000;

  it('never jumps, keeps to the speed limit and stays on the streets, for twenty minutes', () => {
    for (const index of [0, 1, 2, 3]) {
      const journey = new Journey(city, 42, 'fleet', index);
      journey.at(0);
      let { x, y, speed } = journey;
      let standing = 0;
      let distance = 0;
      const streets = new Set<string>();
      for (let atUs = STEP_US; atUs <= 1_200_000_000; atUs += STEP_US) {
        const now = journey.at(atUs);
        const moved = Math.abs(now.x - x) + Math.abs(now.y - y);
        // Never faster than the fastest street allows, and never further than the speeds at both ends of the step say.
        const seconds = STEP_US / 1_000_000;
        expect(now.speed).toBeLessThanOrEqual(now.block.street.limit + 1e-9);
        expect(now.speed).toBeGreaterThanOrEqual(0);
        expect(Math.abs(now.speed - speed)).toBeLessThanOrEqual(1.8 * seconds + 1e-6);
        expect(moved).toBeLessThanOrEqual((Math.max(now.speed, speed) + 1.8 * seconds) * seconds + 1e-6);
        const onColumn = city.xs.some((line) => Math.abs(line - now.x) < 1e-6);
        const onRow = city.ys.some((line) => Math.abs(line - now.y) < 1e-6);
        expect(onColumn || onRow).toBe(true);
        if (now.y > city.river.south && now.y < city.river.north) expect(now.block.kind).not.toBe('road');
        expect([0, 90, 180, 270]).toContain(now.heading);
        expect(now.battery).toBeGreaterThan(5);
        expect(now.battery).toBeLessThanOrEqual(100);
        if (now.speed === 0) standing += 1;
        streets.add(now.street);
        distance += moved;
        ({ x, y, speed } = now);
      }
      expect(streets.size).toBeGreaterThan(5);
      expect(standing).toBeGreaterThan(0);
      expect(distance).toBeGreaterThan(3000);
    }
  });

  it('loses battery by the distance driven, and charges when it is low', () => {
    let charged = 0;
    let drained = 0;
    for (let index = 0; index < 20; index += 1) {
      const journey = new Journey(city, 7, 'fleet', index);
      let before = journey.at(0).battery;
      let charging = false;
      for (let second = 1; second < 7200; second += 10) {
        const { battery } = journey.at(second * 1_000_000);
        if (battery > before) {
          if (!charging) expect(before).toBeLessThan(12.5);
          expect(battery).toBeLessThanOrEqual(80);
          charged += 1;
        } else if (battery < before) drained += 1;
        charging = battery > before;
        before = battery;
      }
    }
    expect(charged).toBeGreaterThan(0);
    expect(drained).toBeGreaterThan(1000);
  });

  it('is where it is whether asked every second or once', () => {
    const asked = new Journey(city, 42, 'fleet', 9);
    for (let second = 0; second < 900; second += 1) asked.at(second * 1_000_000);
    const once = new Journey(city, 42, 'fleet', 9);
    expect({ ...once.at(900_000_000) }).toEqual({ ...asked.at(900_000_000) });
  });

  it('is one of a fleet that is spread over the city and not all starting at once', () => {
    const fleet = Array.from({ length: 300 }, (_, i) => {
      const { x, y, speed } = new Journey(city, 42, 'fleet', i).at(0);
      return { x, y, speed };
    });
    expect(fleet.filter((v) => v.x < city.width / 2).length).toBeGreaterThan(100);
    expect(fleet.filter((v) => v.y < city.height / 2).length).toBeGreaterThan(100);
    expect(fleet.filter((v) => v.speed > 3).length).toBeGreaterThan(100);
  });

  it('reports its position, speed in km/h, heading, battery and street', () => {
    const telemetry = publication('telemetry', {
      x: { kind: 'route', value: 'x' },
      y: { kind: 'route', value: 'y' },
      speed: { kind: 'route', value: 'speed' },
      heading: { kind: 'route', value: 'heading' },
      battery: { kind: 'route', value: 'battery' },
      street: { kind: 'route', value: 'street' },
    });
    const fleet = population({ name: 'fleet', actor: 'vehicle', publish: [telemetry] });
    const member = createActor(fleet, 4, { seed: 42, city });
    const journey = new Journey(city, 42, 'fleet', 4, homesOf(city, fleet)(4));
    for (let second = 0; second < 120; second += 1) {
      const told = JSON.parse(member.compose(telemetry, second * 1_000_000));
      const now = journey.at(second * 1_000_000);
      expect(told.x).toBeCloseTo(now.x, 0);
      expect(told.y).toBeCloseTo(now.y, 0);
      expect(Math.abs(told.speed - now.speed * 3.6)).toBeLessThanOrEqual(0.051);
      expect(told.heading).toBe(now.heading);
      expect(Math.abs(told.battery - now.battery)).toBeLessThanOrEqual(0.051);
      expect(told.street).toBe(now.street);
    }
  });

  it('reports on change of the distance driven', () => {
    const moved = publication('moved', { x: { kind: 'route', value: 'x' } }, { field: 'x', by: 50, lookMs: 500 });
    const member = createActor(population({ name: 'fleet', actor: 'vehicle', publish: [moved] }), 4, { seed: 42, city });
    let last = JSON.parse(member.compose(moved, 0)).x;
    let reports = 0;
    for (let atUs = 0; atUs < 600_000_000; atUs += 500_000) {
      if (!member.look(moved, atUs)) continue;
      const { x } = JSON.parse(member.compose(moved, atUs));
      expect(Math.abs(x - last)).toBeGreaterThanOrEqual(49.9);
      last = x;
      reports += 1;
    }
    expect(reports).toBeGreaterThan(5);
  });

  it('knows when it is in a tunnel, and answers commands with where it is then', () => {
    const answer = reaction('answer', { x: { kind: 'route', value: 'x' }, y: { kind: 'route', value: 'y' } });
    const fleet = population({ name: 'fleet', actor: 'vehicle', react: [answer] });
    let inTunnel = 0;
    for (let index = 0; index < 100; index += 1) {
      const member = createActor(fleet, index, { seed: 42, city });
      const journey = new Journey(city, 42, 'fleet', index, homesOf(city, fleet)(index));
      for (let atUs = 0; atUs < 600_000_000; atUs += 10_000_000) {
        const now = journey.at(atUs);
        expect(member.isInTunnel(atUs)).toBe(now.block.kind === 'tunnel');
        if (now.block.kind === 'tunnel') inTunnel += 1;
        const told = JSON.parse(member.react(answer, atUs)!.body);
        expect(told.x).toBeCloseTo(now.x, 0);
        expect(told.y).toBeCloseTo(now.y, 0);
      }
    }
    expect(inTunnel).toBeGreaterThan(20);
    expect(inTunnel).toBeLessThan(600);
    expect(createActor(population(), 0, { seed: 42 }).isInTunnel(0)).toBe(false);
  });
});
