import { describe, expect, it } from 'vitest';
import { City } from '../../../core/actors/city.ts';
import { blocksFrom, districtsOf, homesOf, outlineOf } from '../../../core/actors/district.ts';
import { Journey } from '../../../core/actors/journey.ts';

const city = new City(7);
const crossings = Array.from({ length: city.crossings }, (_, i) => i);

describe('the districts of a city', () => {
  it.each([1, 2, 3, 10, 12, 25])('%i of them share out every crossing, each to one', (count) => {
    const districts = districtsOf(city, count);
    expect(districts).toHaveLength(count);
    for (const crossing of crossings)
      expect(districts.filter((district) => blocksFrom(city, district, crossing) === 0)).toHaveLength(1);
  });

  it('lie on one bank each, within their outlines, and are large enough to drive around in', () => {
    for (const district of districtsOf(city, 10)) {
      const { x1, y1, x2, y2 } = outlineOf(city, district);
      expect(y2 <= city.river.south || y1 >= city.river.north).toBe(true);
      const inside = crossings.filter((c) => blocksFrom(city, district, c) === 0);
      expect(inside.length).toBeGreaterThan(40);
      for (const c of inside) expect(city.x(c) > x1 && city.x(c) < x2 && city.y(c) > y1 && city.y(c) < y2).toBe(true);
    }
  });

  it('are shared where there are more than the city has room for', () => {
    const many = districtsOf(city, 5_000);
    expect(many).toHaveLength(5_000);
    for (const { west, east, south, north } of many) expect(Math.min(east - west, north - south)).toBeGreaterThanOrEqual(2);
  });
});

describe('a vehicle of a district', () => {
  const homeOf = homesOf(city, { group: { name: 'district', count: 10 } });

  it('starts at home, is there most of the time, and comes back when it was away', () => {
    let inside = 0;
    let asked = 0;
    let returned = 0;
    for (let index = 0; index < 100; index += 1) {
      const home = homeOf(index)!;
      const journey = new Journey(city, 7, 'fleet', index, home);
      const { x1, y1, x2, y2 } = outlineOf(city, home);
      let before = true;
      for (let second = 0; second < 1_200; second += 5) {
        const { x, y } = journey.at(second * 1_000_000);
        const now = x > x1 && x < x2 && y > y1 && y < y2;
        asked += 1;
        if (now) inside += 1;
        if (now && !before) returned += 1;
        before = now;
      }
    }
    expect(inside / asked).toBeGreaterThan(0.85);
    expect(returned).toBeGreaterThan(20);
  });

  it('drives the same way each time, and is in a tunnel now and then', () => {
    const one = new Journey(city, 7, 'fleet', 3, homeOf(3));
    for (let second = 0; second < 600; second += 1) one.at(second * 1_000_000);
    const again = new Journey(city, 7, 'fleet', 3, homeOf(3));
    expect({ ...again.at(599_000_000) }).toEqual({ ...one });
    const ways = Array.from({ length: 100 }, (_, i) => new Journey(city, 7, 'fleet', i, homeOf(i)).nextTunnel(600_000_000));
    expect(ways.filter((way) => way !== undefined).length).toBeGreaterThan(40);
  });

  it('has no home where its population has no groups', () => {
    expect(homesOf(city, { group: undefined })(0)).toBeUndefined();
  });
});
