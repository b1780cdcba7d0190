import { useDebouncedValue } from '@mantine/hooks';
import type { ReactNode } from 'react';
import type { ChooseRow } from '../../../core/protocol/choose.ts';
import type { EngineName } from '../../../core/protocol/window.ts';
import { useCall } from '../../client/useCall.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { useText } from '../../text/useText.tsx';
import { Advice } from './Advice.tsx';
import { AdvisorForm } from './AdvisorForm.tsx';
import { Architecture } from './Architecture.tsx';
import type { Answers } from './answers.ts';
import { Proof } from './Proof.tsx';

/** Six questions on the left; on the right what is recommended, drawn, and the scenario that puts it to the test. */
export function Advisor({
  engine,
  answers,
  onAnswers,
  rows,
}: {
  readonly engine: EngineName;
  readonly answers: Answers;
  readonly onAnswers: (answers: Answers) => void;
  readonly rows: readonly ChooseRow[];
}): ReactNode {
  const words = useText().choose.advisor;
  // While a slider is drawn along, one question for where it rests.
  const [asked] = useDebouncedValue(answers, 150, { leading: true });
  const advice = useCall('choose.advise', { engine, ...asked });
  return (
    <div className="cw-advisor">
      <Panel title={words.questions}>
        <AdvisorForm answers={answers} onAnswers={onAnswers} />
      </Panel>
      <div className="cw-advisor-answer" aria-live="polite" aria-busy={advice.busy}>
        {advice.error !== undefined && <ErrorNotice error={advice.error} title={words.failed} retry={advice.reload} />}
        {advice.data === undefined ? (
          advice.error === undefined && <p className="cw-dim">{words.thinking}</p>
        ) : (
          <>
            <Architecture advice={advice.data} answers={asked} />
            <Advice advice={advice.data} rows={rows} />
            <Proof scenario={advice.data.scenario} engine={engine} />
          </>
        )}
      </div>
    </div>
  );
}
