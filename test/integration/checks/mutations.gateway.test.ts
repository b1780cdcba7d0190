import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catchStore, GATEWAY_MUTATIONS } from './gatewayMutations.ts';
import { noticed } from './mutation.ts';

let restore = (): void => undefined;
beforeEach(() => {
  restore = catchStore();
});
afterEach(() => restore());

describe('a wrong gateway, bridge or consumer is named by exactly the numbers that look at it', () => {
  test.each(GATEWAY_MUTATIONS.map((mutation) => [mutation.name, mutation] as const))('%s', async (name, mutation) => {
    const { numbers, cases } = await noticed(mutation);
    console.log(`${name}\n    noticed by ${numbers.join(', ')}: ${cases.join(' ')}`);
    expect(numbers.filter((number) => mutation.may?.includes(number) !== true)).toEqual(mutation.notice);
  });
});
