import type { ReactNode } from 'react';
import type { ChooseRow } from '../../../core/protocol/choose.ts';
import { useFormat } from '../../shared/format.ts';
import { WireText } from '../../shared/WireText.tsx';
import { useLabText, useText } from '../../text/useText.tsx';
import { FigurePairs } from './FigurePairs.tsx';
import { pairsOf } from './figures.ts';

/** How a row was measured: method, engine, date, machine; notes; all figures. */
export function RowDetails({ row }: { readonly row: ChooseRow }): ReactNode {
  const words = useText().choose;
  const labText = useLabText();
  const format = useFormat();
  const { measured } = row;
  if (measured === null) return <p className="cw-dim">{words.notYet(format.duration(row.seconds * 1_000))}</p>;
  const facts: readonly (readonly [string, string])[] = [
    [words.method, labText(row.method)],
    [words.reason, labText(row.reason)],
    [`${words.notes}, MQTT`, labText(row.mqtt.note)],
    [`${words.notes}, MQ`, labText(row.mq.note)],
    [words.measuredOn, measured.engine],
    [words.at, format.date(measured.at)],
    [words.took, format.duration(measured.seconds * 1_000)],
    [words.machine, measured.machine],
  ];
  return (
    <div className="cw-choose-how">
      <div>
        {measured.overloaded === true && <p className="cw-busy">{words.overloaded}</p>}
        <dl>
          {facts
            .filter(([, value]) => value !== '')
            .map(([name, value]) => (
              <div key={name}>
                <dt className="cw-dim">{name}</dt>
                <dd>
                  <WireText text={value} limit={900} />
                </dd>
              </div>
            ))}
        </dl>
      </div>
      <div>
        <h3>{words.moreFigures}</h3>
        <FigurePairs pairs={pairsOf(row)} label={words.moreFigures} />
      </div>
    </div>
  );
}
