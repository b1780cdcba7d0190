import type { ReactNode } from 'react';
import type { RunResult } from '../../../core/protocol/result.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { DirectionMark } from '../../shared/DirectionMark.tsx';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';

/** Members of a service that are named. */
const MOST_MEMBERS = 8;

/** What each publication, reaction and command sent. */
export function StreamsTable({ result }: { readonly result: RunResult }): ReactNode {
  const words = useText().run.streams;
  const format = useFormat();
  type Row = RunResult['perStream'][number];
  const count = (key: 'offered' | 'sent' | 'acknowledged' | 'notSent') => ({
    key,
    label: words[key],
    numeric: true,
    render: (row: Row) => format.count(row[key]),
    sort: (row: Row) => row[key],
  });
  return (
    <Panel id="run-streams" title={words.title} hint={words.hint} flush>
      <DataTable
        caption={words.title}
        maxHeight={320}
        columns={[
          { key: 'name', label: words.name, render: ({ name }) => <WireText text={name} limit={60} />, sort: ({ name }) => name },
          { key: 'direction', label: words.direction, render: ({ direction }) => <DirectionMark direction={direction} /> },
          { key: 'qos', label: 'QoS', numeric: true, render: ({ qos }) => qos },
          count('offered'),
          count('sent'),
          count('acknowledged'),
          count('notSent'),
        ]}
        rows={result.perStream}
        rowKey={({ name, direction }) => `${direction} ${name}`}
        empty={<p className="cw-later cw-dim">{words.nothing}</p>}
      />
    </Panel>
  );
}

/** What each service's group received, and how it was shared among the members. */
export function ServicesTable({ result }: { readonly result: RunResult }): ReactNode {
  const words = useText().run.services;
  const format = useFormat();
  return (
    <Panel id="run-services" title={words.title} hint={words.hint} flush>
      <DataTable
        caption={words.title}
        maxHeight={320}
        columns={[
          { key: 'name', label: words.name, render: ({ name }) => <WireText text={name} limit={60} /> },
          { key: 'group', label: words.group, render: ({ group }) => <WireText text={group} limit={60} mono /> },
          {
            key: 'mode',
            label: words.mode,
            render: ({ mode }) => (mode === 'clustering' || mode === 'broadcasting' ? words.modes[mode] : mode),
          },
          { key: 'received', label: words.received, numeric: true, render: ({ received }) => format.count(received) },
          {
            key: 'members',
            label: words.members,
            render: ({ members }) => (
              <span className="cw-number">
                {members
                  .slice(0, MOST_MEMBERS)
                  .map(({ received }) => format.count(received))
                  .join(' · ')}
                {members.length > MOST_MEMBERS && ` ${words.more(format.count(members.length - MOST_MEMBERS))}`}
              </span>
            ),
          },
        ]}
        rows={result.services}
        rowKey={({ name }) => name}
        empty={<p className="cw-later cw-dim">{words.nothing}</p>}
      />
    </Panel>
  );
}
