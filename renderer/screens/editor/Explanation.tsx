import type { ReactNode } from 'react';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { Figure } from '../../shared/Figure.tsx';
import { useFormat } from '../../shared/format.ts';
import { WireText } from '../../shared/WireText.tsx';
import { useLabText, useText } from '../../text/useText.tsx';
import type { BufferView } from './scenarioBuffer.ts';

/** What the scenario will do, kept up to date while it is written. */
export function Explanation({ view }: { readonly view: BufferView }): ReactNode {
  const text = useText().editor;
  const format = useFormat();
  const { explanation: told, problems, checkError } = view;
  if (checkError !== null) return <ErrorNotice error={checkError} title={text.checkFailed} />;
  if (told === null) return <p className="cw-dim">{text.nothingYet}</p>;
  const stale = problems.length > 0 || view.broken !== null;
  return (
    <div className="cw-told">
      {stale && <p className="cw-told-stale">{text.stale}</p>}
      <div className="cw-told-figures">
        <Figure size="sm" label={text.facts.clients} quantity={{ value: format.count(told.clients), unit: '' }} />
        <Figure
          size="sm"
          label={text.facts.duration}
          quantity={{ value: format.duration(told.trafficMs), unit: '' }}
          explain={text.facts.expected(format.duration(told.expectedMs))}
        />
        <Figure size="sm" label={text.facts.rate} quantity={format.rateParts(told.messagesPerSecond)} />
        <Figure size="sm" label={text.facts.deliveries} quantity={format.rateParts(told.deliveriesPerSecond)} />
        <Figure size="sm" label={text.facts.messages} quantity={{ value: format.count(told.messages), unit: '' }} />
        <Figure size="sm" label={text.facts.memory} quantity={format.byteParts(told.memoryMb * 1e6)} />
        <Figure size="sm" label={text.facts.bytesIn} quantity={{ value: format.byteRate(told.bytesInPerSecond), unit: '' }} />
        <Figure size="sm" label={text.facts.bytesOut} quantity={{ value: format.byteRate(told.bytesOutPerSecond), unit: '' }} />
      </div>
      <h3>{text.who}</h3>
      <ul>
        {told.populations.map((population) => (
          <li key={population.name}>
            <b>
              <WireText text={population.name} limit={60} />
            </b>
            : {format.count(population.count)} × <WireText text={population.actor} limit={30} />{' '}
            <span className="cw-dim">
              <WireText text={population.clientId} limit={80} mono />
            </span>
          </li>
        ))}
      </ul>
      <Sentences title={text.talk} sentences={told.talk} />
      <Sentences title={text.checks} sentences={told.checks} />
    </div>
  );
}

function Sentences({ title, sentences }: { readonly title: string; readonly sentences: readonly string[] }): ReactNode {
  const labText = useLabText();
  if (sentences.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {sentences.map((sentence, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sentences in their order
          <li key={index}>
            <WireText text={labText(sentence)} limit={300} />
          </li>
        ))}
      </ul>
    </>
  );
}
