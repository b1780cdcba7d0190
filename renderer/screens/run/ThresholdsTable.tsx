import { IconCircleCheckFilled, IconCircleDashed, IconCircleXFilled } from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import { DataTable } from '../../shared/DataTable.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { type Format, useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';

interface Row {
  readonly text: string;
  readonly metric: string;
  readonly found?: number | null;
  readonly passed?: boolean;
}

/** A found value in the unit of its metric: times are milliseconds in thresholds. */
function foundText({ metric, found }: Row, format: Format): string {
  if (found === null || found === undefined) return '–';
  if (/\.(mean|min|p\d+|max|t50|t95|t100|connectMs)$/.test(metric)) return format.latency(found * 1_000);
  if (/\.(share|achievedShare|utilisation)$/.test(metric)) return format.percent(found, 2);
  if (/^rates\.bytes/.test(metric)) return format.byteRate(found);
  if (/^rates\./.test(metric)) return format.rate(found);
  return format.decimal(found);
}

/** What the scenario asks for, and what was found. */
export const ThresholdsTable = memo(function ThresholdsTable({
  rows,
  over,
}: {
  readonly rows: readonly Row[];
  readonly over: boolean;
}): ReactNode {
  const words = useText().run.thresholds;
  const format = useFormat();
  return (
    <Panel id="run-thresholds" title={words.title} hint={over ? undefined : words.atTheEnd} flush>
      <DataTable
        caption={words.title}
        columns={[
          { key: 'text', label: words.threshold, render: ({ text }) => <WireText text={text} limit={120} mono /> },
          {
            key: 'found',
            label: words.found,
            numeric: true,
            render: (row) => (row.passed === undefined ? '' : row.found === null ? words.unmeasured : foundText(row, format)),
          },
          {
            key: 'passed',
            label: words.outcome,
            render: ({ passed }) =>
              passed === undefined ? (
                <span className="cw-judged" data-outcome="none">
                  <IconCircleDashed size={15} aria-hidden="true" /> {words.waiting}
                </span>
              ) : passed ? (
                <span className="cw-judged" data-outcome="pass">
                  <IconCircleCheckFilled size={15} aria-hidden="true" /> {words.met}
                </span>
              ) : (
                <span className="cw-judged" data-outcome="fail">
                  <IconCircleXFilled size={15} aria-hidden="true" /> {words.missed}
                </span>
              ),
          },
        ]}
        rows={rows}
        rowKey={({ text }, index) => `${index} ${text}`}
        empty={<EmptyState title={words.none} text={words.noneHint} />}
      />
    </Panel>
  );
});
