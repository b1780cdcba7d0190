import { describe, expect, test } from 'vitest';
import { formatConformance } from '../../../core/checks/console.ts';
import { conformanceJunit } from '../../../core/checks/junit.ts';
import { makeReport } from '../../../core/checks/report.ts';
import { failed, inapplicable, result } from './results.ts';

const LAB = { name: 'embedded', profile: 'strict' } as const;
const cell = (report: ReturnType<typeof makeReport>, subject: string, direction: string) =>
  report.matrix.find((one) => one.subject === subject && one.direction === direction);

describe('the report', () => {
  test('one failed case fails its number, its cells and the whole', () => {
    const report = makeReport(LAB, [result(), failed(), inapplicable()], 1000);
    expect(report.verdict).toBe('fail');
    expect(report.counts).toEqual({ passed: 1, failed: 1, notApplicable: 1 });
    expect(report.numbers.map(({ number, verdict }) => [number, verdict])).toEqual([
      [2, 'fail'],
      [4, 'not-applicable'],
    ]);
    expect(report.numbers[0]?.reasons).toEqual(['2.plus: QoS: expected "1", found "2" (case 2)']);
    expect(report.numbers[1]?.reasons).toEqual(['4.number: only texts here']);
    expect(cell(report, 'qoslevel', 'down')).toMatchObject({ passed: 1, failed: 1, notApplicable: 1, verdict: 'fail' });
    expect(cell(report, 'qoslevel', 'up')?.verdict).toBeUndefined();
  });

  test('a case that does not apply neither fails nor passes', () => {
    expect(makeReport(LAB, [result(), inapplicable({ number: 2 })], 0).numbers[0]?.verdict).toBe('pass');
    expect(makeReport(LAB, [inapplicable()], 0)).toMatchObject({ verdict: 'pass', counts: { passed: 0 } });
  });
});

describe('on a terminal', () => {
  test('verdict first, then the matrix, the failure with expected and found, and what does not apply', () => {
    const text = formatConformance(makeReport(LAB, [result(), failed(), inapplicable()], 1500));
    const at = ['FAIL', 'up (MQTT → MQ)', '✗ 2.plus', 'expected  "1"', 'found     "2"', '4.number: only texts here'].map((part) =>
      text.indexOf(part),
    );
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at).not.toContain(-1);
    expect(text).not.toContain('2.exact');
  });

  test('with evidence, also what passed', () => {
    const text = formatConformance(makeReport(LAB, [result()], 0), { evidence: true });
    expect(text).toContain('PASS');
    expect(text).toContain('device A connects');
    expect(text).toContain('✓ QoS: "1"');
  });

  test('what came from the wire cannot change the terminal', () => {
    const evidence = [
      { kind: 'did', text: 'topic \u001b[2J' },
      { kind: 'compared', what: 'x\u0007', expected: 'a\r', found: '\u202eb', because: 'c\n', ok: false },
    ] as const;
    const text = formatConformance(makeReport(LAB, [failed({ evidence })], 0));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});

test('JUnit XML: a suite per number, failures and skips with their reasons, no character that XML cannot hold', () => {
  const hostile = failed({ title: 'a <b> & \u0000', reasons: ['bell \u0007 ]]> found'] });
  const xml = conformanceJunit(makeReport(LAB, [result(), hostile, inapplicable()], 0));
  expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1"');
  expect(xml.match(/<testsuite /g)).toHaveLength(2);
  expect(xml).toContain('<failure message="bell \\x07 ]]> found"');
  expect(xml).toContain('only texts here');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
});
