import { describe, expect, test } from 'vitest';
import { formatSummary } from '../../../core/report/console.ts';
import { displayWidth } from '../../../core/report/text.ts';
import { latency, ledger, sampleResult } from './sampleResult.ts';

const linesOf = (text: string): string[] => text.trimEnd().split('\n');
const position = (text: string, part: string): number => {
  const at = text.indexOf(part);
  expect(at, `${part} in\n${text}`).toBeGreaterThanOrEqual(0);
  return at;
};

describe('summary', () => {
  test('a pass: verdict first, run folder last, plain text without colours', () => {
    const text = formatSummary(sampleResult(), { folder: 'runs/today' });
    expect(linesOf(text)[0]).toMatch(/PASS.*IoV fleet/);
    expect(linesOf(text).at(-1)).toBe('Run folder: runs/today');
    expect(text).not.toContain('\x1b');
  });

  test.each([72, 80, 100, 200])('fits %i columns', (columns) => {
    const long = 'x'.repeat(300);
    const result = sampleResult({
      verdict: 'fail',
      reasons: [{ code: 'ledger.lost', text: '3 messages were acknowledged and are lost: '.repeat(8) }],
      scenario: { ...sampleResult().scenario, name: long },
      services: [{ name: long, group: long, mode: 'broadcasting', members: [], received: 1 }],
      thresholds: [{ text: 'up.endToEnd.p99 < 250'.repeat(9), metric: 'm', found: 1, passed: false }],
    });
    for (const line of linesOf(formatSummary(result, { columns }))) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
  });

  test('credentials: renewed, revoked, and closed by code; nothing where there are none', () => {
    const text = formatSummary(sampleResult());
    expect(text).toContain('7,833 issued, 6,833 renewed');
    expect(text).toContain('50 with code 3 (revoked)');
    const { credentials: _, ...without } = sampleResult();
    expect(formatSummary(without)).not.toContain('Credentials');
  });

  test('a failure: every reason with its code stands before the figures', () => {
    const text = formatSummary(
      sampleResult({
        verdict: 'fail',
        reasons: [
          { code: 'ledger.lost', text: '3 acknowledged messages were never seen (up)' },
          { code: 'mapping.failed', text: 'qoslevel is wrong on 2 messages (up)' },
        ],
        ledger: { ...sampleResult().ledger, up: ledger({ sent: 10, acknowledged: 10, expected: 10, delivered: 7, lost: 3 }) },
      }),
    );
    expect(position(text, '3 acknowledged messages')).toBeLessThan(position(text, 'qoslevel is wrong'));
    expect(position(text, 'mapping.failed')).toBeLessThan(position(text, 'Ledger'));
    expect(text).toMatch(/lost\s+3/);
  });

  test('an invalid run says that its figures mean nothing', () => {
    const text = formatSummary(
      sampleResult({
        verdict: 'invalid',
        reasons: [{ code: 'saturated', text: 'achieved 61.0 % of the offered rate' }],
        saturation: { ...sampleResult().saturation, saturated: true, reasons: ['achieved share 0.61'] },
      }),
    );
    expect(text).toContain('INVALID');
    expect(text).toContain('say nothing about the system');
    expect(text).toContain('achieved share 0.61');
  });

  test('an interrupted run shows it', () => {
    expect(formatSummary(sampleResult({ interrupted: true, trafficMs: 7000 }))).toMatch(/interrupted.*7\.0 s of 30\.0 s/);
  });

  test('the ledger leaves out directions without traffic and tells where order is not promised', () => {
    const text = formatSummary(sampleResult());
    expect(text).not.toContain('device to device');
    expect(text).toMatch(/reordered\s+0\s+4 \(by up to 2\)/);
    expect(text).toMatch(/order\s+promised\s+not promised/);
  });

  test('the mapping matrix shows checked and failed, and the first wrong message', () => {
    const text = formatSummary(
      sampleResult({
        mapping: [
          {
            direction: 'up',
            property: 'qoslevel',
            checked: 100,
            failed: 2,
            examples: [{ stream: 'telemetry', sequence: 17, receiver: 'centre', expected: '1', found: '0' }],
          },
          { direction: 'down', property: 'clientId', checked: 50, failed: 0, examples: [] },
        ],
      }),
    );
    expect(text).toMatch(/qoslevel\s+✗ 2 of 100 wrong\s+-/);
    expect(text).toMatch(/clientId\s+-\s+✓ 50/);
    expect(text).toContain('telemetry #17 at centre: expected 1, found 0');
  });

  test('the hops are named, and their sum is checked against the end-to-end mean', () => {
    const good = formatSummary(sampleResult());
    expect(good).toContain('gateway → MQ');
    expect(good).toContain('MQ → consumer');
    expect(good).toMatch(/✓ the hops' means add up to 3\.00 ms/);
    const [path] = sampleResult().paths;
    const bad = formatSummary(sampleResult({ paths: [{ ...path!, sumOfHopMeans: 2000 }] }));
    expect(bad).toMatch(/✗ the hops' means add up to 2\.00 ms/);
  });

  test('only waves to many are shown, the largest first', () => {
    const wave = (sequence: number, expected: number) => ({
      command: 'stop',
      target: `t${sequence}`,
      sequence,
      expected,
      answered: expected,
      t50: 1000,
      t95: 2000,
      t100: 3000,
    });
    const text = formatSummary(
      sampleResult({ waves: [wave(1, 1), wave(2, 10), wave(3, 1000), ...Array.from({ length: 40 }, (_, i) => wave(i + 10, 2))] }),
    );
    expect(text).not.toContain('stop #1 ');
    expect(position(text, 'stop #3')).toBeLessThan(position(text, 'stop #2'));
    expect(text).toContain('the 12 largest of 42');
  });

  test('nothing measured is not shown as zero', () => {
    const nothing = { count: 0, mean: null, min: null, p50: null, p90: null, p95: null, p99: null, p999: null, max: null };
    const text = formatSummary(
      sampleResult({ answers: [{ command: 'c', sent: 1, expected: 1, answered: 0, latency: nothing }] }),
    );
    expect(text).toMatch(/c\s+1\s+0 of 1\s+-\s+-\s+-/);
  });

  test('text from the wire cannot write escape sequences', () => {
    const evil = 'x\x1b[2J\u202e\n';
    const text = formatSummary(
      sampleResult({
        verdict: 'fail',
        reasons: [{ code: evil, text: evil }],
        scenario: { ...sampleResult().scenario, name: evil },
        mapping: [
          {
            direction: 'up',
            property: 'clientId',
            checked: 1,
            failed: 1,
            examples: [{ stream: evil, sequence: 0, receiver: evil, expected: evil, found: evil }],
          },
        ],
        waves: [{ command: evil, target: evil, sequence: 1, expected: 2, answered: 2, t50: 1, t95: 1, t100: 1 }],
        answers: [{ command: evil, sent: 1, expected: 1, answered: 1, latency: latency(1) }],
        services: [{ name: evil, group: evil, mode: evil, members: [], received: 0 }],
        saturation: {
          ...sampleResult().saturation,
          reasons: [evil],
          threads: [{ ...sampleResult().saturation.threads[0]!, thread: evil }],
        },
        faultsInjected: { [evil]: 1 },
        thresholds: [{ text: evil, metric: evil, found: 1, passed: true }],
        engine: { name: evil, storage: evil, fsync: evil },
        runId: evil,
      }),
      { folder: evil },
    );
    expect(text).not.toContain('\x1b');
    expect(text).not.toContain('\u202e');
    expect(text).toContain('x\\x1b[2J');
  });

  test('colours: the verdict is a badge, and faults are red', () => {
    const text = formatSummary(sampleResult({ verdict: 'fail' }), { color: true });
    expect(text).toContain('\x1b[1;97;41m FAIL ');
  });
});
