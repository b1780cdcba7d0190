import type { ReactNode } from 'react';
import type { ChooseAdvice, ChooseRow } from '../../../core/protocol/choose.ts';
import { hrefOf } from '../../app/route.ts';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import { figureText } from './figures.ts';

/** What each component should use, and why, with the figures it stands on. */
export function Advice({ advice, rows }: { readonly advice: ChooseAdvice; readonly rows: readonly ChooseRow[] }): ReactNode {
  const words = useText().choose;
  const format = useFormat();
  return (
    <Panel title={words.advisor.answer}>
      <p className="cw-advice-summary">
        <WireText text={advice.summary} limit={800} />
      </p>
      <ul className="cw-advice">
        {advice.components.map(({ component, use, text, reasons }) => (
          <li key={component}>
            <div className="cw-advice-head">
              <b>
                <WireText text={component} limit={80} />
              </b>
              <span className="cw-use" data-use={use}>
                {words.advisor.uses[use]}
              </span>
            </div>
            <div>
              <WireText text={text} limit={500} />
            </div>
            <ul className="cw-reasons">
              {reasons.map((reason) => {
                const title = words.title(reason.row ?? '', rows.find(({ id }) => id === reason.row)?.title ?? reason.row ?? '');
                const { figure } = reason;
                return (
                  <li key={reason.text}>
                    <WireText text={reason.text} limit={400} />
                    {figure !== null && (
                      <span className="cw-reason-figure cw-number">
                        {wirePlain(words.figure(figure.name), 60)}:{' '}
                        {figure.value === null ? words.advisor.notMeasured : figureText(figure, words, format)}
                      </span>
                    )}
                    {reason.row !== null && (
                      <a href={hrefOf('choose', reason.row)} aria-label={words.advisor.toRow(wirePlain(title, 80))}>
                        {wirePlain(title, 80)}
                      </a>
                    )}
                  </li>
                );
              })}
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
