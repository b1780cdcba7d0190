import { afterEach, expect, test } from 'vitest';
import { labServices } from '../../../cli/labServices.ts';
import { runCli } from '../../../cli/program.ts';
import { type FakeHost, fakeHost } from '../../unit/cli/fakeHost.ts';

const services = labServices(new URL('../../../dist/workers/', import.meta.url));
let host: FakeHost;
afterEach(() => host.remove());

test('causeway check starts a lab, runs the cases asked for through it, and tells field by field what arrived', async () => {
  host = fakeHost(['check', '--case', '2.exact', '--case', '31.nul', '--profile', 'lenient', '--json'], { services });
  expect(await runCli(host)).toBe(0);
  const report = JSON.parse(host.out());
  expect(report).toMatchObject({ verdict: 'pass', profile: 'lenient', counts: { passed: 2, failed: 0, notApplicable: 0 } });
  const [exact, nul] = report.numbers.flatMap(({ cases }: { cases: object[] }) => cases);
  expect(exact.evidence).toContainEqual(expect.objectContaining({ ok: true, expected: '"2"', found: '"2"' }));
  expect(JSON.stringify(nul.evidence)).toContain('00 41 00 00 42 00');
});

test('a case nobody knows ends with 2 before anything is started', async () => {
  host = fakeHost(['check', '--case', '99'], { services });
  expect(await runCli(host)).toBe(2);
  expect(host.err()).toContain('99');
  expect(host.out()).toBe('');
});
