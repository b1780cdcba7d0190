import { IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ChooseAdvice, ChooseReason, ChooseRow } from '../../../core/protocol/choose.ts';
import { hrefOf } from '../../app/route.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useLabText, useText } from '../../text/useText.tsx';

/** What each component should use, and why, with what was measured. */
export function Advice({ advice, rows }: { readonly advice: ChooseAdvice; readonly rows: readonly ChooseRow[] }): ReactNode {
  const words = useText().choose.advisor;
  const labText = useLabText();
  return (
    <Panel title={words.answer}>
      <p className="cw-advice-summary">
        <WireText text={labText(advice.summary)} limit={800} />
      </p>
      <ul className="cw-advice">
        {advice.components.map(({ component, use, text, reasons }) => (
          <li key={component} data-component={component}>
            <div className="cw-advice-head">
              <b>{words.components[component]}</b>
              <span className="cw-use" data-use={use}>
                {words.uses[use]}
              </span>
            </div>
            <div>
              <WireText text={labText(text)} limit={500} />
            </div>
            <ul className="cw-reasons">
              {reasons.map((reason) => (
                <Reason key={reason.row} reason={reason} rows={rows} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const ICONS = { yes: IconCheck, no: IconX, open: IconMinus, none: IconMinus } as const;

function Reason({ reason, rows }: { readonly reason: ChooseReason; readonly rows: readonly ChooseRow[] }): ReactNode {
  const words = useText().choose;
  const labText = useLabText();
  const { text, row, measured, holds } = reason;
  const title = wirePlain(words.title(row, rows.find(({ id }) => id === row)?.title ?? row), 80);
  const state = measured === null ? 'none' : holds === null ? 'open' : holds ? 'yes' : 'no';
  const Icon = ICONS[state];
  return (
    <li>
      <div>
        <WireText text={labText(text)} limit={400} />
      </div>
      <div className="cw-reason-measured" data-holds={state}>
        <Icon size={14} aria-hidden="true" />
        <span>
          {words.advisor.bears[state]}
          {measured !== null && (
            <>
              {': '}
              <WireText text={labText(measured)} limit={300} />
            </>
          )}{' '}
          <a href={hrefOf('choose', row)} aria-label={words.advisor.toRow(title)}>
            {title}
          </a>
        </span>
      </div>
    </li>
  );
}
