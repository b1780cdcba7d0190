import { Tooltip, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ChooseFigure } from '../../../core/protocol/choose.ts';
import { useFormat } from '../../shared/format.ts';
import { wirePlain } from '../../shared/wire.ts';
import { useLabText, useText } from '../../text/useText.tsx';
import { type FigurePair, figureText } from './figures.ts';

/** Figures of both sides around their names, with bars that grow outwards where they can be compared. */
export function FigurePairs({ pairs, label }: { readonly pairs: readonly FigurePair[]; readonly label: string }): ReactNode {
  const words = useText().choose;
  const labText = useLabText();
  const format = useFormat();
  const value = (figure: ChooseFigure | null, side: 'mqtt' | 'mq', better: boolean): ReactNode => {
    const shown = (
      <span className="cw-pair-value cw-number" data-side={side} data-better={better || undefined}>
        {figureText(figure, words, format)}
        {better && ' ✓'}
      </span>
    );
    const note = figure?.note ?? '';
    return note === '' ? shown : <Tooltip label={wirePlain(labText(note), 400)}>{shown}</Tooltip>;
  };
  return (
    <ul className="cw-pairs" aria-label={label}>
      {pairs.map(({ name, mqtt, mq, bars, better }) => {
        const shown = wirePlain(words.figure(name), 60);
        const said = (figure: ChooseFigure | null, side: 'mqtt' | 'mq'): string =>
          `${figureText(figure, words, format)}${better === side ? ` (${words.better})` : ''}${figure?.note === undefined ? '' : ` (${wirePlain(labText(figure.note), 400)})`}`;
        return (
          <li key={`${name} ${mqtt?.unit ?? mq?.unit}`}>
            <VisuallyHidden>{words.pair(shown, said(mqtt, 'mqtt'), said(mq, 'mq'))}</VisuallyHidden>
            <span className="cw-pair" aria-hidden="true">
              {value(mqtt, 'mqtt', better === 'mqtt')}
              {bars !== null && (
                <span className="cw-pair-bar" data-side="mqtt">
                  <span style={{ width: `${bars.mqtt * 100}%` }} />
                </span>
              )}
              <span className="cw-pair-name" data-alone={bars === null || undefined}>
                {shown}
              </span>
              {bars !== null && (
                <span className="cw-pair-bar" data-side="mq">
                  <span style={{ width: `${bars.mq * 100}%` }} />
                </span>
              )}
              {value(mq, 'mq', better === 'mq')}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
