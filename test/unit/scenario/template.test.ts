import { describe, expect, test } from 'vitest';
import {
  clientIdOf,
  groupSize,
  groupVars,
  memberGroup,
  placeholders,
  renderTemplate,
  templateVars,
  topicOf,
} from '../../../core/scenario/template.ts';

const population = { count: 2000, group: { name: 'building', count: 20 }, clientId: 'GID@@@{building}-{id}' };

describe('templates', () => {
  test('numbers are padded to the width of the largest, index is not', () => {
    expect(templateVars(population, 47)).toEqual({ index: '47', id: '0047', clientId: 'GID@@@07-0047', building: '07' });
    expect(templateVars({ ...population, count: 1, group: undefined, clientId: 'c{id}' }, 0)).toEqual({
      index: '0',
      id: '0',
      clientId: 'c0',
    });
  });

  test('topics and client IDs of members', () => {
    expect(topicOf('building/{building}/{id}/t', population, 1999)).toBe('building/19/1999/t');
    expect(topicOf('x/p2p/{clientId}', population, 0)).toBe('x/p2p/GID@@@00-0000');
    expect(clientIdOf(population, 3)).toBe('GID@@@03-0003');
  });

  test('all IDs of one population are different and equally long', () => {
    const ids = Array.from({ length: population.count }, (_, i) => clientIdOf(population, i));
    expect(new Set(ids).size).toBe(population.count);
    expect(new Set(ids.map((id) => id.length)).size).toBe(1);
  });

  test('braces that hold no name stay', () => {
    expect(renderTemplate('{"a":{"id":"{id}"}} {1} {}', { id: '7' })).toBe('{"a":{"id":"7"}} {1} {}');
    expect(renderTemplate('{toString}', {})).toBe('{toString}');
    expect(placeholders('{a}/{b}/{a}/{"x"}')).toEqual(['a', 'b']);
  });

  test('members are spread evenly over the groups, and sizes add up', () => {
    const odd = { ...population, count: 53 };
    const counted = new Map<number, number>();
    for (let i = 0; i < odd.count; i += 1) counted.set(memberGroup(odd, i), (counted.get(memberGroup(odd, i)) ?? 0) + 1);
    for (let group = 0; group < 20; group += 1) expect(groupSize(odd, group)).toBe(counted.get(group));
    expect(groupVars(odd, 3)).toEqual({ building: '03' });
    expect(groupSize({ count: 5, group: undefined }, 0)).toBe(5);
  });
});
