/** The result of a run as JUnit XML, for CI systems: one test per check and threshold. */
import { createRequire } from 'node:module';
import type { Builder } from 'junit-report-builder';
import type { RunResult } from '../protocol/result.ts';
import { escapeText } from './text.ts';

// Its declarations promise a member `default` that the CommonJS module does not have.
const junit = createRequire(import.meta.url)('junit-report-builder') as Builder;

/** Reasons that are no threshold's: each is a test that failed. An invalid run is an error: nothing was found out. */
export function resultJunit(result: RunResult): string {
  const builder = junit.newBuilder().name('causeway run');
  const suite = builder.testSuite().name(escapeText(result.scenario.name)).timestamp(result.startedAt);
  const test = (name: string) =>
    suite
      .testCase()
      .className('causeway.run')
      .name(escapeText(name))
      .time(result.totalMs / 1000);
  const verdict = test('verdict');
  const texts = result.reasons.map(({ code, text }) => escapeText(`${code}: ${text}`)).join('\n');
  if (result.verdict === 'fail') verdict.failure(texts, 'fail');
  if (result.verdict === 'invalid') verdict.error(texts, 'invalid');
  for (const threshold of result.thresholds) {
    const one = test(`threshold ${threshold.text}`);
    if (!threshold.passed) one.failure(escapeText(`found ${threshold.found ?? 'nothing'}`), 'threshold');
  }
  for (const cell of result.mapping) {
    if (cell.checked === 0) continue;
    const one = test(`mapping ${cell.direction} ${cell.property}`);
    const example = cell.examples[0];
    if (cell.failed > 0) {
      const shown = example === undefined ? '' : `, e.g. expected ${example.expected}, found ${example.found}`;
      one.failure(escapeText(`${cell.failed} of ${cell.checked} wrong${shown}`), 'mapping');
    }
  }
  for (const [direction, ledger] of Object.entries(result.ledger)) {
    if (ledger.expected === 0) continue;
    const one = test(`ledger ${direction}`);
    const { lost, duplicatesUnexplained, corrupted, unexpected } = ledger;
    if (lost + duplicatesUnexplained + corrupted + unexpected > 0) {
      one.failure(
        `${lost} lost, ${duplicatesUnexplained} duplicates unexplained, ${corrupted} corrupted, ${unexpected} unexpected`,
        'ledger',
      );
    }
  }
  return builder.build();
}
