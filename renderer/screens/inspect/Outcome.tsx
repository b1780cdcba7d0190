import { IconArrowBackUp, IconCircleCheckFilled, IconClockPause, IconHandStop, IconMailX, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { InspectResult } from '../../../core/protocol/window.ts';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useLabText, useText } from '../../text/useText.tsx';
import { CrossingView } from './CrossingView.tsx';
import { RuleTable } from './RuleTable.tsx';
import { Sides } from './Sides.tsx';

export const OUTCOMES = {
  delivered: { Icon: IconCircleCheckFilled, tone: 'pass' },
  'stored-offline': { Icon: IconClockPause, tone: 'pass' },
  dropped: { Icon: IconTrash, tone: 'invalid' },
  refused: { Icon: IconHandStop, tone: 'fail' },
  'dead-letter': { Icon: IconMailX, tone: 'fail' },
  'not-bridged': { Icon: IconArrowBackUp, tone: 'invalid' },
} as const;

/** What became of a message: in a word, in a sentence, in arrows, by rules, and as seen on each side. */
export function Outcome({ result }: { readonly result: InspectResult }): ReactNode {
  const text = useText().inspect;
  const labText = useLabText();
  const format = useFormat();
  const [active, setActive] = useState<number | null>(null);
  const { Icon, tone } = OUTCOMES[result.outcome];
  return (
    <>
      <section className="cw-outcome" data-tone={tone} aria-live="polite">
        <Icon size={26} aria-hidden="true" />
        <div>
          <strong>{text.outcomes[result.outcome]}</strong>{' '}
          <span className="cw-dim cw-number">{text.took(format.latency(result.tookMs * 1000))}</span>
          <div>
            <WireText text={labText(result.reason)} limit={600} />
          </div>
          {result.warnings.length > 0 && (
            <ul className="cw-outcome-warnings" aria-label={text.warnings}>
              {result.warnings.map((warning) => (
                <li key={warning}>
                  <WireText text={labText(warning)} limit={300} />
                </li>
              ))}
            </ul>
          )}
        </div>
      </section>
      {result.arrows.length > 0 && (
        <Panel title={text.crossing}>
          <CrossingView direction={result.direction} arrows={result.arrows} active={active} />
          <RuleTable arrows={result.arrows} onPoint={setActive} />
        </Panel>
      )}
      <Panel title={text.raw}>
        <Sides result={result} />
      </Panel>
    </>
  );
}
