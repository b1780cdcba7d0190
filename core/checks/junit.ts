/** The report as JUnit XML, for CI systems: one suite per number, one test per case. */
import { createRequire } from 'node:module';
import type { Builder } from 'junit-report-builder';
import { escapeText } from '../report/text.ts';
import type { ConformanceReport } from './report.ts';
import type { CaseResult, Evidence } from './types.ts';

// Its declarations promise a member `default` that the CommonJS module does not have.
const junit = createRequire(import.meta.url)('junit-report-builder') as Builder;

function evidenceText(entry: Evidence): string {
  if (entry.kind === 'did') return entry.text;
  return entry.ok
    ? `ok      ${entry.what}: ${entry.expected}`
    : `FAILED  ${entry.what}: expected ${entry.expected}, found ${entry.found} (${entry.because})`;
}

/** Lines of a case's evidence; control characters, which XML cannot hold, are written as escapes. */
const evidence = (result: CaseResult): string => result.evidence.map((entry) => escapeText(evidenceText(entry))).join('\n');

/** The XML as text. */
export function conformanceJunit(report: ConformanceReport): string {
  const builder = junit.newBuilder().name(`causeway check, ${report.lab} MQ, ${report.profile} profile`);
  for (const number of report.numbers) {
    const suite = builder.testSuite().name(`${number.number} ${number.title}`);
    for (const result of number.cases) {
      const test = suite
        .testCase()
        .className(`causeway.check.${report.lab}.${report.profile}.case${number.number}`)
        .name(escapeText(`${result.id} ${result.title}`))
        .time(result.durationMs / 1000)
        .standardOutput(`${escapeText(result.why)}\n${evidence(result)}`);
      if (result.verdict === 'fail') test.failure(escapeText(result.reasons[0]!), 'conformance').stacktrace(evidence(result));
      if (result.verdict === 'not-applicable') {
        test.skipped();
        test.property('not applicable', escapeText(result.reasons[0]!));
      }
    }
  }
  return builder.build();
}
