import { Table, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import type { InspectArrow } from '../../../core/protocol/window.ts';
import { DASH } from '../../shared/format.ts';
import { WireText } from '../../shared/WireText.tsx';
import { useLabText, useText } from '../../text/useText.tsx';
import { kindOf } from './crossing.ts';

function End({ end, dropped }: { readonly end: InspectArrow['from']; readonly dropped: boolean }): ReactNode {
  const labText = useLabText();
  if (end === null) return null;
  const value = <WireText text={end.value} limit={48} mono />;
  return (
    <>
      <span className="cw-dim">
        <WireText text={labText(end.field)} limit={40} />
      </span>{' '}
      {dropped ? <del>{value}</del> : value}
    </>
  );
}

/** What is not simply carried says so before its rule. */
function Mark({ arrow }: { readonly arrow: InspectArrow }): ReactNode {
  const text = useText().inspect;
  const kind = arrow.dropped ? 'dropped' : arrow.isDefault ? 'default' : kindOf(arrow) === 'used' ? 'used' : undefined;
  if (kind === undefined) return null;
  return (
    <span className="cw-rules-mark" data-kind={kind}>
      {text.legend[kind]}
    </span>
  );
}

/** Property by property: where it stood, where it went, and the rule in words. Pointing at a line points at its arrow. */
export function RuleTable({
  arrows,
  onPoint,
}: {
  readonly arrows: readonly InspectArrow[];
  readonly onPoint: (arrow: number | null) => void;
}): ReactNode {
  const text = useText().inspect;
  const labText = useLabText();
  return (
    <Table className="cw-table cw-rules">
      <Table.Caption className="cw-table-caption">
        <VisuallyHidden>{text.rules}</VisuallyHidden>
      </Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{text.property}</Table.Th>
          <Table.Th scope="col">{text.from}</Table.Th>
          <Table.Th scope="col">{text.to}</Table.Th>
          <Table.Th scope="col">{text.rule}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {arrows.map((arrow, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: arrows stand at their place
          <Table.Tr key={index} onPointerEnter={() => onPoint(index)} onPointerLeave={() => onPoint(null)}>
            <Table.Th scope="row" className="cw-mono">
              <WireText text={arrow.property} limit={40} />
            </Table.Th>
            <Table.Td>
              {arrow.from === null ? (
                <span className="cw-dim">{text.notSet}</span>
              ) : (
                <End end={arrow.from} dropped={arrow.dropped} />
              )}
            </Table.Td>
            <Table.Td>
              {arrow.to === null ? (
                <span className="cw-dim">{kindOf(arrow) === 'used' ? DASH : text.nowhere}</span>
              ) : (
                <End end={arrow.to} dropped={false} />
              )}
            </Table.Td>
            <Table.Td>
              <Mark arrow={arrow} />
              <WireText text={labText(arrow.rule)} limit={400} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
