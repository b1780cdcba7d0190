import { describe, expect, test } from 'vitest';
import { FIRST_NUMBER, LAST_NUMBER, NUMBERS } from '../../../core/checks/numbers.ts';
import { selectCases } from '../../../core/checks/select.ts';
import { ALL_CASES } from '../../../core/checks/suite.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';

describe('the cases', () => {
  test('every number from 1 to 42 has a title and at least one case', () => {
    for (let number = FIRST_NUMBER; number <= LAST_NUMBER; number += 1) {
      expect(NUMBERS[number], `title of ${number}`).toBeDefined();
      expect(
        ALL_CASES.some((check) => check.number === number),
        `cases of ${number}`,
      ).toBe(true);
    }
  });

  test('names are unique and begin with their number; each has a title, a reason and a cell of the matrix', () => {
    expect(new Set(ALL_CASES.map((check) => check.id)).size).toBe(ALL_CASES.length);
    for (const { id, number, title, why, covers } of ALL_CASES) {
      expect(id).toMatch(new RegExp(`^${number}\\.[a-z0-9A-Z-]+$`));
      expect(title).not.toBe('');
      expect(why).toMatch(/^case \d+: /);
      expect(covers.length).toBeGreaterThan(0);
    }
  });

  test('all seven properties are covered in every direction in which they can be carried', () => {
    const covered = new Set(ALL_CASES.flatMap((check) => check.covers));
    for (const property of [
      'topic',
      'qoslevel',
      'cleansessionflag',
      'mqttSecondTopic',
      'mqttRealTopic',
      'clientId',
      'payload',
    ] as const) {
      expect(covered).toContain(`${property}:up`);
      expect(covered).toContain(`${property}:down`);
    }
  });
});

describe('choosing cases', () => {
  test('nothing asked: all; numbers and names, each once, in the order of the suite', () => {
    expect(selectCases(ALL_CASES, [])).toBe(ALL_CASES);
    const chosen = selectCases(ALL_CASES, ['6', '2.exact', '6.publish']).map((check) => check.id);
    expect(chosen).toEqual(['2.exact', '6.publish', '6.websocket']);
  });

  test.each([
    ['43', 'a number from 1 to 42'],
    ['nonsense', 'a number from 1 to 42'],
    ['2.nonsense', '2.exact'],
  ])('%s is refused, and what exists is named', (asked, expected) => {
    const refused = (): unknown => {
      try {
        return selectCases(ALL_CASES, [asked]);
      } catch (error) {
        return error;
      }
    };
    const error = refused();
    expect(error).toBeInstanceOf(CausewayError);
    expect((error as CausewayError).code).toBe('input.argument');
    expect((error as CausewayError).hint).toContain(expected);
  });
});
