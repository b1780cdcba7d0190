import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CausewayError } from '../../../core/protocol/errors.ts';
import { explainScenario, formatExplanation } from '../../../core/scenario/explain.ts';
import { load, SAMPLE } from './sample.ts';

const LINES = SAMPLE.split('\n');
const VALUES = [
  '',
  'null',
  '0',
  '-1',
  '1e9',
  '.nan',
  '.inf',
  '[]',
  '{}',
  '[[1]]',
  '{ a: { b: 1 } }',
  'true',
  '"{id}"',
  '"#"',
  'x/../y',
  '*a',
  '&a 1',
  '!!int x',
  '\t',
  '🚗',
  '"\\u0000"',
];

/** What any input may do: load, or be refused with a list of placed problems. Nothing else. */
function outcome(text: string): 'loaded' | 'refused' {
  try {
    const loaded = load(text);
    // What loads can be explained.
    expect(formatExplanation(explainScenario(loaded)).length).toBeGreaterThan(100);
    return 'loaded';
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    expect(error.code).toBe('input.invalid');
    expect(error.problems.length).toBeGreaterThan(0);
    for (const problem of error.problems) {
      expect(problem.line).toBeGreaterThanOrEqual(1);
      expect(problem.column).toBeGreaterThanOrEqual(1);
      expect(problem.line).toBeLessThanOrEqual(text.split('\n').length);
      expect(problem.message).not.toMatch(/undefined|\[object/);
    }
    return 'refused';
  }
}

test('a line taken out, at every place', () => {
  const outcomes = LINES.map((_, i) => outcome(LINES.filter((__, j) => j !== i).join('\n')));
  expect(outcomes).toContain('loaded');
  expect(outcomes).toContain('refused');
});

test('a value replaced by something else, at every place', () => {
  for (const [i, line] of LINES.entries()) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    for (const value of VALUES) outcome(LINES.map((l, j) => (i === j ? `${line.slice(0, colon)}: ${value}` : l)).join('\n'));
  }
});

test('values inside a line replaced, and random text', () => {
  const inside = fc.tuple(fc.nat(LINES.length - 1), fc.constantFrom(...VALUES), fc.nat(10));
  fc.assert(
    fc.property(fc.array(inside, { minLength: 1, maxLength: 4 }), (changes) => {
      const lines = [...LINES];
      for (const [at, value, nth] of changes) {
        let seen = -1;
        lines[at] = lines[at]!.replace(/: ([^,{}]+)/g, (whole) => {
          seen += 1;
          return seen === nth % 3 ? `: ${value}` : whole;
        });
      }
      outcome(lines.join('\n'));
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(outcome(text)).toBe('refused');
    }),
    { numRuns: 200 },
  );
});
