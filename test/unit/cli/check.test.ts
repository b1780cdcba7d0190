import { mkdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../cli/program.ts';
import type { CheckRequest } from '../../../cli/services.ts';
import { makeReport } from '../../../core/checks/report.ts';
import { selectCases } from '../../../core/checks/select.ts';
import { ALL_CASES } from '../../../core/checks/suite.ts';
import type { CaseResult } from '../../../core/checks/types.ts';
import { result } from '../checks/results.ts';
import { type FakeHost, fakeHost } from './fakeHost.ts';

const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const made of hosts.splice(0)) await made.remove();
});

/** A check whose cases all end as `end` says. */
function withCheck(argv: readonly string[], end: (id: string) => Partial<CaseResult> = () => ({}), signal = false) {
  const requests: CheckRequest[] = [];
  const host = fakeHost(['check', ...argv], {
    services: {
      checkPlan: async (asked) => selectCases(ALL_CASES, asked),
      check: async (request) => {
        requests.push(request);
        const results: CaseResult[] = [];
        for (const check of request.cases) {
          if (request.stopped?.() === true) break;
          request.onStart?.(check);
          const { id, number, title, why, covers } = check;
          const done = result({ id, number, title, why, covers, ...end(id) });
          results.push(done);
          request.onResult?.(done);
          if (signal) host.signal();
        }
        return makeReport({ name: request.mq?.engine ?? 'embedded', profile: request.profile }, results, 100);
      },
    },
  });
  hosts.push(host);
  return { host, requests };
}

const fails: Partial<CaseResult> = {
  verdict: 'fail',
  reasons: ['QoS: expected "1", found "2"'],
  evidence: [{ kind: 'compared', what: 'QoS', expected: '"1"', found: '"2"', because: 'case 2', ok: false }],
};

describe('exit codes', () => {
  test('0 when everything passed, 99 when a case failed', async () => {
    expect(await runCli(withCheck(['--case', '2']).host)).toBe(0);
    expect(await runCli(withCheck(['--case', '2'], (id) => (id === '2.plus' ? fails : {})).host)).toBe(99);
  });

  test('cases that do not apply do not fail it', async () => {
    const { host } = withCheck(['--case', '29'], () => ({ verdict: 'not-applicable', reasons: ['no MQTT 5 here'] }));
    expect(await runCli(host)).toBe(0);
    expect(host.out()).toContain('no MQTT 5 here');
  });

  test('2 for a case that does not exist, an engine nobody has, a file that cannot be written; nothing is started', async () => {
    for (const argv of [
      ['--case', '43'],
      ['--engine', 'abacus'],
      ['--profile', 'loose'],
    ]) {
      const { host, requests } = withCheck(argv);
      expect(await runCli(host)).toBe(2);
      expect(host.err()).toContain(argv[1]);
      expect(requests).toEqual([]);
    }
    const { host, requests } = withCheck(['--junit', join('no', 'such', 'folder', 'x.xml')]);
    expect(await runCli(host)).toBe(3);
    expect(requests).toEqual([]);
  });

  test('130 when it is ended before all cases have run', async () => {
    const { host } = withCheck(['--case', '2'], () => ({}), true);
    expect(await runCli(host)).toBe(130);
    expect(host.err()).toContain('ended before');
    expect(host.signalled()).toBe(0);
  });
});

describe('what it prints', () => {
  test('a growing list on stderr, a line per number; verdict, matrix and failures on stdout', async () => {
    const { host } = withCheck([], (id) => (id === '2.plus' ? fails : {}));
    await runCli(host);
    expect(host.err().match(/^✓/gm)).toHaveLength(41);
    expect(host.err()).toMatch(/^✗ {2}2 {2}Down: the lower of qoslevel and subscription {2}1 of 5 failed$/m);
    expect(host.out()).toContain('FAIL');
    expect(host.out()).toMatch(/^ {2}qoslevel .* 1 of \d+ failed$/m);
    expect(host.out()).toContain('✗ 2.plus');
    expect(host.out()).not.toContain('2.exact');
  });

  test('with --case the evidence of those cases', async () => {
    const { host, requests } = withCheck(['--case', '2.exact', '--profile', 'lenient']);
    await runCli(host);
    expect(requests[0]).toMatchObject({ profile: 'lenient' });
    expect(requests[0]?.cases.map((check) => check.id)).toEqual(['2.exact']);
    expect(host.out()).toContain('device A connects');
  });

  test('--json: every number with verdict and reasons, and nothing else on stdout', async () => {
    const { host } = withCheck(['--json'], (id) => (id === '2.plus' ? fails : {}));
    await runCli(host);
    const report = JSON.parse(host.out());
    expect(report).toMatchObject({ verdict: 'fail', lab: 'embedded', profile: 'strict' });
    expect(report.numbers.map(({ number }: { number: number }) => number)).toEqual(Array.from({ length: 42 }, (_, i) => i + 1));
    expect(report.numbers[1]).toMatchObject({ verdict: 'fail', reasons: ['2.plus: QoS: expected "1", found "2"'] });
  });

  test('--list: every case with its reason, and nothing is started', async () => {
    const { host, requests } = withCheck(['--list']);
    expect(await runCli(host)).toBe(0);
    expect(requests).toEqual([]);
    for (const { id, title, why } of ALL_CASES) {
      expect(host.out()).toContain(id);
      expect(host.out()).toContain(title.slice(0, 5));
      expect(host.out()).toContain(why.slice(0, 20));
    }
    const json = withCheck(['--list', '--json', '--case', '22']);
    await runCli(json.host);
    expect(JSON.parse(json.host.out())[0]).toMatchObject({ number: 22, id: '22.mq' });
  });

  test('--junit writes XML beside the text', async () => {
    const { host } = withCheck(['--case', '2', '--junit', 'check.xml'], (id) => (id === '2.plus' ? fails : {}));
    await runCli(host);
    const xml = await readFile(join(host.folder, 'check.xml'), 'utf8');
    expect(xml).toContain('tests="5" failures="1"');
    expect(host.out()).toContain('FAIL');
  });

  test.each([[[]], [['--json']]])('a report that cannot be kept costs nothing of what was found (%j)', async (json) => {
    const { host } = withCheck(['--case', '2', '--junit', 'check.xml', ...json], () => {
      // A folder in the place of the file, since a test cannot fill the disk.
      rmSync(join(host.folder, 'check.xml'), { recursive: true });
      mkdirSync(join(host.folder, 'check.xml'));
      return {};
    });
    expect(await runCli(host)).toBe(3);
    expect(host.err()).toMatch(/error: cannot write to check\.xml/);
    if (json.length === 0) expect(host.out()).toContain('PASS');
    else expect(JSON.parse(host.out()).verdict).toBe('pass');
  });

  test('the help explains and shows examples', async () => {
    const host = fakeHost(['check', '--help']);
    hosts.push(host);
    expect(await runCli(host)).toBe(0);
    for (const part of ['--case', '--junit', 'causeway check --case 22', '99', 'docs/conformance.md'])
      expect(host.out()).toContain(part);
  });
});
