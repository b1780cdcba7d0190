import {
  IconAlertTriangleFilled,
  IconCircleCheck,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleXFilled,
  IconFileCode,
} from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import { go } from '../../app/route.ts';
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
  /** Of a run under way (see thresholdsSoFar.ts). */
  readonly atMost?: number | null;
  readonly holds?: boolean | null;
}

/** A found value in the unit of its metric: times are milliseconds in thresholds. */
function foundText(metric: string, found: number, format: Format): string {
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
  path,
}: {
  readonly rows: readonly Row[];
  readonly over: boolean;
  /** The scenario's file, where it is known. */
  readonly path: string | undefined;
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
            label: over ? words.found : words.soFar,
            numeric: true,
            render: ({ metric, passed, found = null, atMost = null }) => {
              if (passed !== undefined) return found === null ? words.unmeasured : foundText(metric, found, format);
              if (atMost === null) return '';
              const text = foundText(metric, atMost, format);
              return metric.includes('.endToEnd.') ? words.atMost(text) : text;
            },
          },
          {
            key: 'passed',
            label: words.outcome,
            render: ({ passed, holds = null }) =>
              passed === undefined ? (
                <LiveOutcome holds={holds} />
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
        empty={
          <EmptyState
            title={words.none}
            text={words.noneHint}
            action={{ label: words.edit, icon: <IconFileCode size={16} />, onClick: () => go('editor', path) }}
          />
        }
      />
    </Panel>
  );
});

/** How it stands before the run is over: never as sure as a verdict. */
function LiveOutcome({ holds }: { readonly holds: boolean | null }): ReactNode {
  const words = useText().run.thresholds;
  const Icon = holds === null ? IconCircleDashed : holds ? IconCircleCheck : IconAlertTriangleFilled;
  return (
    <span className="cw-judged" data-outcome={holds === false ? 'watch' : 'none'}>
      <Icon size={15} aria-hidden="true" /> {holds === null ? words.waiting : holds ? words.holds : words.failing}
    </span>
  );
}
