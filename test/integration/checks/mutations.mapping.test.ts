import { describe, expect, test } from 'vitest';
import { DOWN_MUTATIONS, UP_MUTATIONS } from './mappingMutations.ts';
import { noticed } from './mutation.ts';

describe.each([
  ['down', DOWN_MUTATIONS],
  ['up', UP_MUTATIONS],
])('a wrong mapping %s is named by exactly the numbers that look at it', (_, mutations) => {
  test.each(mutations.map((mutation) => [mutation.name, mutation] as const))('%s', async (name, mutation) => {
    const { numbers, cases } = await noticed(mutation);
    console.log(`${name}\n    noticed by ${numbers.join(', ')}: ${cases.join(' ')}`);
    expect(numbers.filter((number) => mutation.may?.includes(number) !== true)).toEqual(mutation.notice);
  });
});
