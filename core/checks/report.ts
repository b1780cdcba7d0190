/** The outcome of the suite: by case, by number, and as a matrix property x direction. */
import type { Profile } from '../gateway/types.ts';
import { NUMBERS } from './numbers.ts';
import { type CaseResult, type CaseVerdict, type Direction, SUBJECTS, type Subject } from './types.ts';

export interface NumberResult {
  readonly number: number;
  readonly title: string;
  /** fail when a case fails; not-applicable when no case applies. */
  readonly verdict: CaseVerdict;
  /** Those of its failed cases, or of those that do not apply. */
  readonly reasons: readonly string[];
  readonly cases: readonly CaseResult[];
}

/** `verdict` undefined: no case is about it. */
export interface MatrixCell {
  readonly subject: Subject;
  readonly direction: Direction;
  readonly passed: number;
  readonly failed: number;
  readonly notApplicable: number;
  readonly verdict: CaseVerdict | undefined;
}

export interface ConformanceReport {
  readonly lab: string;
  readonly profile: Profile;
  readonly verdict: 'pass' | 'fail';
  readonly counts: { readonly passed: number; readonly failed: number; readonly notApplicable: number };
  readonly durationMs: number;
  readonly numbers: readonly NumberResult[];
  readonly matrix: readonly MatrixCell[];
}

function together(verdicts: readonly CaseVerdict[]): CaseVerdict | undefined {
  if (verdicts.length === 0) return undefined;
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('pass') ? 'pass' : 'not-applicable';
}

const count = (results: readonly CaseResult[], verdict: CaseVerdict): number =>
  results.filter((result) => result.verdict === verdict).length;

function numberResult(number: number, cases: readonly CaseResult[]): NumberResult {
  const verdict = together(cases.map((result) => result.verdict)) ?? 'not-applicable';
  const told = cases.filter((result) => result.verdict === (verdict === 'fail' ? 'fail' : 'not-applicable'));
  const reasons = told.flatMap((result) => result.reasons.map((reason) => `${result.id}: ${reason}`));
  return { number, title: NUMBERS[number] ?? '', verdict, reasons, cases };
}

/** Puts the results of the cases together; numbers and cells without any case are left out, cells of the matrix are not. */
export function makeReport(
  lab: { readonly name: string; readonly profile: Profile },
  results: readonly CaseResult[],
  durationMs: number,
): ConformanceReport {
  const numbers = [...new Set(results.map((result) => result.number))]
    .sort((a, b) => a - b)
    .map((number) =>
      numberResult(
        number,
        results.filter((result) => result.number === number),
      ),
    );
  const matrix = SUBJECTS.flatMap((subject) =>
    (['up', 'down'] as const).map((direction): MatrixCell => {
      const about = results.filter((result) => result.covers.includes(`${subject}:${direction}`));
      return {
        subject,
        direction,
        passed: count(about, 'pass'),
        failed: count(about, 'fail'),
        notApplicable: count(about, 'not-applicable'),
        verdict: together(about.map((result) => result.verdict)),
      };
    }),
  );
  const counts = {
    passed: count(results, 'pass'),
    failed: count(results, 'fail'),
    notApplicable: count(results, 'not-applicable'),
  };
  return {
    lab: lab.name,
    profile: lab.profile,
    verdict: counts.failed > 0 ? 'fail' : 'pass',
    counts,
    durationMs,
    numbers,
    matrix,
  };
}
