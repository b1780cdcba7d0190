/** The report for a terminal: verdict, matrix, failures with their evidence, what did not apply. */
import { createStyle, type Style, type StyleName } from '../report/style.ts';
import { type Cell, tableLines } from '../report/table.ts';
import { escapeText, wrap } from '../report/text.ts';
import type { ConformanceReport, MatrixCell, NumberResult } from './report.ts';
import { type CaseResult, type CaseVerdict, type Evidence, SUBJECTS } from './types.ts';

export interface ConformanceTextOptions {
  readonly color?: boolean;
  /** Columns of the terminal. Default 80; not more than 120 are used. */
  readonly columns?: number;
  /** Everything each case did and compared, not only where it failed. */
  readonly evidence?: boolean;
}

const MARK: Readonly<Record<CaseVerdict, readonly [mark: string, style: StyleName]>> = {
  pass: ['✓', 'good'],
  fail: ['✗', 'bad'],
  'not-applicable': ['–', 'dim'],
};

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** One line for a number that is done, e.g. `✓ 2  Down: ...  5 cases`. */
export function numberLine(result: NumberResult, style: Style): string {
  const [mark, name] = MARK[result.verdict];
  const failed = result.cases.filter((one) => one.verdict === 'fail').length;
  const told = failed > 0 ? style('bad', `${failed} of ${result.cases.length} failed`) : plural(result.cases.length, 'case');
  return `${style(name, mark)} ${String(result.number).padStart(2)}  ${escapeText(result.title)}  ${style('dim', told)}`;
}

function cellText(cell: MatrixCell): Cell {
  if (cell.verdict === undefined) return { text: '·', style: 'dim' };
  const [mark, style] = MARK[cell.verdict];
  if (cell.verdict === 'fail') return { text: `${mark} ${cell.failed} of ${cell.passed + cell.failed} failed`, style };
  return { text: cell.verdict === 'pass' ? `${mark} ${plural(cell.passed, 'case')}` : `${mark} not applicable`, style };
}

function matrixLines(report: ConformanceReport, width: number, style: Style): string[] {
  const rows = SUBJECTS.map((subject): Cell[] => {
    const cells = report.matrix.filter((cell) => cell.subject === subject);
    return [subject, ...cells.map(cellText)];
  });
  const columns = [{ title: 'Property' }, { title: 'up (MQTT → MQ)' }, { title: 'down (MQ → MQTT)' }];
  return [style('bold', 'Property by direction'), ...tableLines({ columns, rows, width, style })];
}

function evidenceLines(entry: Evidence, width: number, style: Style): string[] {
  if (entry.kind === 'did') return wrap(escapeText(entry.text), width, '      ');
  const what = escapeText(entry.what);
  const expected = escapeText(entry.expected);
  if (entry.ok) return [`    ${style('good', '✓')} ${what}: ${expected}`];
  return [
    `    ${style('bad', '✗')} ${what}`,
    `        expected  ${expected}`,
    `        found     ${style('bad', escapeText(entry.found))}`,
    ...wrap(escapeText(`why: ${entry.because}`), width, '        '),
  ];
}

function caseLines(result: CaseResult, width: number, style: Style): string[] {
  const [mark, name] = MARK[result.verdict];
  return [
    `${style(name, mark)} ${style('bold', result.id)}  ${escapeText(result.title)}`,
    ...wrap(escapeText(result.why), width, '    '),
    ...(result.verdict === 'not-applicable' ? wrap(`not applicable: ${escapeText(result.reasons[0]!)}`, width, '    ') : []),
    ...result.evidence.flatMap((entry) => evidenceLines(entry, width, style)),
  ];
}

/** The whole text, ending with a newline: the verdict first. */
export function formatConformance(report: ConformanceReport, options: ConformanceTextOptions = {}): string {
  const style = createStyle(options.color ?? false);
  const width = Math.min(120, Math.max(72, options.columns ?? 80));
  const results = report.numbers.flatMap((number) => number.cases);
  const { passed, failed, notApplicable } = report.counts;
  const badge = report.verdict === 'pass' ? style('goodBadge', ' PASS ') : style('badBadge', ' FAIL ');
  const counts = `${plural(passed, 'case')} passed, ${failed} failed, ${notApplicable} not applicable`;
  const where = `${report.lab} MQ, ${report.profile} profile, ${(report.durationMs / 1000).toFixed(1)} s`;
  const sections = [[`${badge} ${counts}`, style('dim', where)], matrixLines(report, width, style)];
  const told = options.evidence === true ? results : results.filter((result) => result.verdict === 'fail');
  for (const result of told) sections.push(caseLines(result, width, style));
  if (options.evidence !== true && notApplicable > 0) {
    const lines = results
      .filter((result) => result.verdict === 'not-applicable')
      .flatMap((result) => wrap(escapeText(`– ${result.id}: ${result.reasons[0]!}`), width, '  '));
    sections.push([style('bold', 'Not applicable here'), ...lines]);
  }
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
