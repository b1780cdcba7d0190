import type { CaseResult } from '../../../core/checks/types.ts';

/** A result that passed, unless changed. */
export function result(changes: Partial<CaseResult> = {}): CaseResult {
  return {
    id: '2.exact',
    number: 2,
    title: 'an exact filter',
    why: 'case 2: a subscription is a ceiling',
    covers: ['qoslevel:down'],
    verdict: 'pass',
    reasons: [],
    evidence: [
      { kind: 'did', text: 'device A connects' },
      { kind: 'compared', what: 'QoS', expected: '"1"', found: '"1"', because: 'case 2', ok: true },
    ],
    durationMs: 12,
    ...changes,
  };
}

export const failed = (changes: Partial<CaseResult> = {}): CaseResult =>
  result({
    id: '2.plus',
    verdict: 'fail',
    reasons: ['QoS: expected "1", found "2" (case 2)'],
    evidence: [{ kind: 'compared', what: 'QoS', expected: '"1"', found: '"2"', because: 'case 2', ok: false }],
    ...changes,
  });

export const inapplicable = (changes: Partial<CaseResult> = {}): CaseResult =>
  result({ id: '4.number', number: 4, verdict: 'not-applicable', reasons: ['only texts here'], evidence: [], ...changes });
