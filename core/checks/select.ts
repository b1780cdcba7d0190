/** Which cases are asked for. */
import { CausewayError } from '../protocol/errors.ts';
import { FIRST_NUMBER, LAST_NUMBER } from './numbers.ts';
import type { CheckCase } from './types.ts';

/**
 * The cases of these numbers (`2`) or of these names (`2.exact`); all of them when nothing is asked for.
 * @throws CausewayError input.argument
 */
export function selectCases(all: readonly CheckCase[], asked: readonly string[]): readonly CheckCase[] {
  if (asked.length === 0) return all;
  const chosen = new Set<CheckCase>();
  for (const text of asked) {
    const found = all.filter((check) => check.id === text || String(check.number) === text);
    if (found.length === 0) {
      const number = text.split('.')[0];
      const names = all.filter((check) => String(check.number) === number).map((check) => check.id);
      const expected = names.length > 0 ? `one of ${names.join(', ')}` : `a number from ${FIRST_NUMBER} to ${LAST_NUMBER}`;
      throw new CausewayError('input.argument', { argument: '--case', value: text, reason: 'there is no such case', expected });
    }
    for (const check of found) chosen.add(check);
  }
  return all.filter((check) => chosen.has(check));
}
