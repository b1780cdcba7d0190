import { UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { wirePlain } from '../../shared/wire.ts';
import { useLabText, useText } from '../../text/useText.tsx';
import type { BufferView, PlacedProblem } from './scenarioBuffer.ts';

/** All problems and warnings in one place; a click shows where. */
export function ProblemList({
  view,
  onShow,
}: {
  readonly view: BufferView;
  readonly onShow: (problem: PlacedProblem) => void;
}): ReactNode {
  const { editor: text, shared } = useText();
  const labText = useLabText();
  const { problems, warnings, checking } = view;
  const counts = [
    problems.length > 0 ? text.problemCount(problems.length) : text.noProblems,
    ...(warnings.length > 0 ? [text.warningCount(warnings.length)] : []),
  ];
  const Sign = problems.length > 0 ? IconCircleX : warnings.length > 0 ? IconAlertTriangle : IconCircleCheck;
  const tone = problems.length > 0 ? 'fail' : warnings.length > 0 ? 'invalid' : 'pass';
  return (
    <section className="cw-problems" aria-label={text.problems}>
      <div className="cw-problems-head" role="status" data-tone={checking ? undefined : tone}>
        {!checking && <Sign size={15} aria-hidden="true" />}
        {checking ? text.checking : counts.join(', ')}
      </div>
      {problems.length + warnings.length > 0 && (
        <ul>
          {[...problems, ...warnings].slice(0, 100).map((problem, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: problems in their order
            <li key={index}>
              <UnstyledButton
                className="cw-problem"
                data-warning={index >= problems.length || undefined}
                onClick={() => onShow(problem)}
              >
                <span className="cw-dim">{shared.problemAt(problem.line, problem.column)}</span>{' '}
                <bdi>{wirePlain(labText(problem.message), 300)}</bdi>{' '}
                {problem.suggestion !== undefined && <bdi className="cw-dim">{wirePlain(problem.suggestion, 200)}</bdi>}
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
