import { Modal, UnstyledButton } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { memo, type ReactNode, useState } from 'react';
import type { Direction, FailedMessage, MappingCell } from '../../../core/protocol/result.ts';
import { DirectionMark } from '../../shared/DirectionMark.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useLabText, useText } from '../../text/useText.tsx';
import { payloadText } from './payloadText.ts';
import './MappingMatrix.css';

const PROPERTIES: readonly MappingCell['property'][] = [
  'topic',
  'qoslevel',
  'cleansessionflag',
  'mqttSecondTopic',
  'mqttRealTopic',
  'clientId',
  'payload',
];
const DIRECTIONS: readonly Direction[] = ['up', 'down', 'device'];

type Cell = Pick<MappingCell, 'direction' | 'property' | 'checked' | 'failed'> & Partial<Pick<MappingCell, 'examples'>>;

/** Every property in every direction: how often it was checked at the receiver, and how often it was wrong. */
export const MappingMatrix = memo(function MappingMatrix({ cells }: { readonly cells: readonly Cell[] }): ReactNode {
  const texts = useText();
  const words = texts.run.mapping;
  const format = useFormat();
  const [opened, setOpened] = useState<{ readonly direction: Direction; readonly property: MappingCell['property'] }>();
  const directions = DIRECTIONS.filter((direction) => cells.some((cell) => cell.direction === direction && cell.checked > 0));
  const find = (direction: Direction, property: MappingCell['property']) =>
    cells.find((cell) => cell.direction === direction && cell.property === property);
  const shown = opened === undefined ? undefined : find(opened.direction, opened.property);
  return (
    <Panel id="run-mapping" title={words.title} hint={words.hint} flush>
      {directions.length === 0 ? (
        <EmptyState title={words.nothing} text={words.nothingHint} />
      ) : (
        <div className="cw-matrix-room">
          <table className="cw-matrix">
            <caption className="cw-matrix-caption">{words.title}</caption>
            <thead>
              <tr>
                <th scope="col">{words.property}</th>
                {directions.map((direction) => (
                  <th key={direction} scope="col">
                    <DirectionMark direction={direction} long />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {PROPERTIES.map((property) => (
                <tr key={property}>
                  <th scope="row">
                    <span className="cw-mono">{property}</span>
                  </th>
                  {directions.map((direction) => {
                    const cell = find(direction, property);
                    if (cell === undefined || cell.checked === 0)
                      return (
                        <td key={direction} className="cw-dim">
                          {words.notChecked}
                        </td>
                      );
                    if (cell.failed === 0)
                      return (
                        <td key={direction} data-state="right">
                          <IconCheck size={15} aria-hidden="true" />
                          <span className="cw-number">{words.right(format.count(cell.checked))}</span>
                        </td>
                      );
                    return (
                      <td key={direction} data-state="wrong">
                        <UnstyledButton className="cw-matrix-wrong" onClick={() => setOpened({ direction, property })}>
                          <IconX size={15} aria-hidden="true" />
                          <span className="cw-number">{words.wrong(format.count(cell.failed), format.count(cell.checked))}</span>
                          <span className="cw-matrix-show">{words.show}</span>
                        </UnstyledButton>
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Modal
        opened={shown !== undefined}
        onClose={() => setOpened(undefined)}
        size="xl"
        closeButtonProps={{ 'aria-label': texts.shared.close }}
        title={
          shown === undefined ? null : (
            <>
              <DirectionMark direction={shown.direction} /> <span className="cw-mono">{shown.property}</span>:{' '}
              {words.wrong(format.count(shown.failed), format.count(shown.checked))}
            </>
          )
        }
      >
        {shown !== undefined && <Examples cell={shown} />}
      </Modal>
    </Panel>
  );
});

function Examples({ cell }: { readonly cell: Cell }): ReactNode {
  const words = useText().run.mapping;
  const labText = useLabText();
  const format = useFormat();
  const examples = cell.examples ?? [];
  if (examples.length === 0) return <p className="cw-dim">{words.later}</p>;
  return (
    <>
      <p className="cw-dim">{words.first(format.count(examples.length), format.count(cell.failed))}</p>
      {examples.map((example) => (
        <section className="cw-wrong" key={`${example.stream} ${example.sequence} ${example.receiver}`}>
          <h3>
            <WireText text={example.stream} limit={60} /> #{format.count(example.sequence)} {words.at}{' '}
            <WireText text={example.receiver} limit={60} />
          </h3>
          <dl className="cw-wrong-pair">
            <dt>{words.expected}</dt>
            <dd data-state="right">
              <WireText text={labText(example.expected)} limit={300} mono />
            </dd>
            <dt>{words.found}</dt>
            <dd data-state="wrong">
              <WireText text={example.found} limit={300} mono />
            </dd>
          </dl>
          {example.message !== undefined && <Message message={example.message} property={cell.property} />}
        </section>
      ))}
    </>
  );
}

/** The whole message as its receiver got it; the property in question stands out. */
function Message({ message, property }: { readonly message: FailedMessage; readonly property: string }): ReactNode {
  const words = useText().run.mapping;
  const format = useFormat();
  const payload = payloadText(message.payloadHex);
  const row = (name: string, value: ReactNode, key = name): ReactNode => (
    <tr key={key} data-asked={name === property || undefined}>
      <th scope="row">{name}</th>
      <td>{value}</td>
    </tr>
  );
  return (
    <details className="cw-wrong-message">
      <summary>{words.message}</summary>
      <table>
        <tbody>
          {row('topic', <WireText text={message.topic} limit={200} mono />)}
          {message.key !== undefined && row('key', <WireText text={message.key} limit={200} mono />)}
          {Object.entries(message.properties ?? {}).map(([name, value]) =>
            row(wirePlain(name, 60), <WireText text={value} limit={200} mono />, `property ${name}`),
          )}
          {message.qos !== undefined && row('QoS', message.qos)}
          {message.dup !== undefined && row('DUP', String(message.dup))}
          {message.retain !== undefined && row('retain', String(message.retain))}
          {row(
            'payload',
            <>
              <span className="cw-dim">
                {format.bytes(message.payloadBytes)} · {payload.isText ? words.asText : words.asHex}
              </span>
              <br />
              <WireText text={payload.text} limit={400} mono />
            </>,
          )}
        </tbody>
      </table>
    </details>
  );
}
