import type { ReactNode } from 'react';
import type { ChooseRow } from '../../../core/protocol/choose.ts';
import { Panel } from '../../shared/Panel.tsx';
import { useText } from '../../text/useText.tsx';
import { ComparisonRow } from './ComparisonRow.tsx';
import type { Choose } from './useChoose.ts';

/** One of both tables: what is claimed of either side, and what was measured. */
export function ComparisonTable({
  kind,
  rows,
  choose,
}: {
  readonly kind: ChooseRow['kind'];
  readonly rows: readonly ChooseRow[];
  readonly choose: Choose;
}): ReactNode {
  const words = useText().choose;
  return (
    <Panel title={words.tables[kind]} hint={words.hints[kind]} flush>
      <table className="cw-choose-table">
        <thead>
          <tr>
            <th scope="col">{words.columns.what}</th>
            <th scope="col" className="cw-choose-side" data-side="mqtt">
              {words.columns.mqtt}
            </th>
            <th scope="col" className="cw-choose-side" data-side="mq">
              {words.columns.mq}
            </th>
            <th scope="col">{words.columns.recommended}</th>
            <th scope="col">{words.columns.run}</th>
          </tr>
        </thead>
        {rows
          .filter((row) => row.kind === kind)
          .map((row) => (
            <ComparisonRow key={row.id} row={row} choose={choose} />
          ))}
      </table>
    </Panel>
  );
}
