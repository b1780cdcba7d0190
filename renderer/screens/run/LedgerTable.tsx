import { type ReactNode, useMemo } from 'react';
import type { Direction, Ledger } from '../../../core/protocol/result.ts';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { type Column, DataTable } from '../../shared/DataTable.tsx';
import { DirectionMark } from '../../shared/DirectionMark.tsx';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { useText } from '../../text/useText.tsx';

type Count = Exclude<keyof Ledger, 'orderGuaranteed'>;
/** `fault`: more than none breaks a promise. */
const ROWS: readonly { readonly key: Count; readonly fault?: true }[] = [
  { key: 'offered' },
  { key: 'sent' },
  { key: 'acknowledged' },
  { key: 'notSent' },
  { key: 'expected' },
  { key: 'delivered' },
  { key: 'lost', fault: true },
  { key: 'missingUnpromised' },
  { key: 'duplicatesExplained' },
  { key: 'duplicatesUnexplained', fault: true },
  { key: 'reordered' },
  { key: 'maxReorderDistance' },
  { key: 'corrupted', fault: true },
  { key: 'unexpected', fault: true },
];
const DIRECTIONS: readonly Direction[] = ['up', 'down', 'device'];

/** Every message counted, direction by direction; while the run goes on, what is known so far. */
export function LedgerTable({ run }: { readonly run: RunSnapshot }): ReactNode {
  const words = useText().run.ledger;
  const format = useFormat();
  const ledger = run.result?.ledger;
  const columns = useMemo((): Column<(typeof ROWS)[number]>[] => {
    const used = DIRECTIONS.filter((direction) => {
      const of = ledger?.[direction];
      return of !== undefined && of.offered + of.sent + of.expected + of.delivered + of.unexpected > 0;
    });
    return [
      { key: 'what', label: words.what, render: ({ key }) => <span title={words.explain[key]}>{words.rows[key]}</span> },
      ...used.map((direction) => ({
        key: direction,
        label: <DirectionMark direction={direction} />,
        name: direction,
        numeric: true,
        render: ({ key, fault }: (typeof ROWS)[number]) => {
          const of = ledger?.[direction] as Ledger;
          const broken = (fault === true || (key === 'reordered' && of.orderGuaranteed)) && of[key] > 0;
          if (broken)
            return (
              <b className="cw-broken">
                {format.count(of[key])} {words.broken}
              </b>
            );
          return key === 'reordered' && !of.orderGuaranteed ? (
            <>
              {format.count(of[key])} <span className="cw-dim">{words.notPromised}</span>
            </>
          ) : (
            format.count(of[key])
          );
        },
      })),
    ];
  }, [ledger, words, format]);
  return (
    <Panel id="run-ledger" title={words.title} hint={words.hint} flush>
      {ledger === undefined ? (
        <LedgerSoFar run={run} />
      ) : (
        <DataTable caption={words.title} columns={columns} rows={ROWS} rowKey={({ key }) => key} />
      )}
    </Panel>
  );
}

function LedgerSoFar({ run: { totals, frames } }: { readonly run: RunSnapshot }): ReactNode {
  const words = useText().run.ledger;
  const format = useFormat();
  const rows: readonly (readonly [string, number])[] = [
    [words.rows.offered, totals.offered],
    [words.rows.sent, totals.sent],
    [words.rows.acknowledged, totals.acknowledged],
    [words.pending, frames.at(-1)?.pending ?? 0],
    [words.deliveredUp, totals.up],
    [words.deliveredDown, totals.down],
    [words.deliveredDevice, totals.device],
    [words.duplicates, totals.duplicates],
    [words.rows.reordered, totals.reordered],
    [words.rows.corrupted, totals.corrupted],
  ];
  return (
    <DataTable
      caption={words.title}
      columns={[
        { key: 'what', label: words.what, render: ([name]) => name },
        { key: 'soFar', label: words.soFar, numeric: true, render: ([, count]) => format.count(count) },
      ]}
      rows={rows}
      rowKey={([name]) => name}
    />
  );
}
