import { Button, Checkbox, Radio } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { RunEntry } from '../../../core/protocol/window.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { useEngineName } from '../../shared/engineName.ts';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { VerdictBadge } from '../../shared/VerdictBadge.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import { RunLetter } from './RunLetter.tsx';
import { LETTERS, MOST_RUNS } from './runs.ts';

/** Which runs, and against which of them the others are measured. */
export function RunPicker({
  entries,
  loading,
  chosen,
  onChange,
  baseline,
  onBaseline,
}: {
  readonly entries: readonly RunEntry[];
  readonly loading: boolean;
  readonly chosen: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
  readonly baseline: string | undefined;
  readonly onBaseline: (id: string) => void;
}): ReactNode {
  const texts = useText();
  const words = texts.compare;
  const format = useFormat();
  const engineName = useEngineName();
  const [adding, setAdding] = useState(chosen.length < 2);
  const known = (id: string): RunEntry | undefined => entries.find((entry) => entry.id === id);
  const choosable = entries.filter(({ verdict, problem }) => verdict !== null && problem === null);
  const toggle = (id: string): void =>
    onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(0, MOST_RUNS));
  return (
    <Panel
      title={words.runs}
      hint={words.runsHint}
      flush
      actions={
        <Button size="compact-sm" variant="default" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          {adding ? words.closeList : words.openList}
        </Button>
      }
    >
      {chosen.length > 0 && (
        <Radio.Group
          aria-label={words.baseline}
          value={baseline ?? null}
          onChange={(value) => value !== null && onBaseline(value)}
        >
          <ul className="cw-chosen">
            {chosen.map((id, place) => {
              const entry = known(id);
              return (
                <li key={id}>
                  <RunLetter letter={LETTERS[place] as string} place={place} />
                  <a href={`#/run/${encodeURIComponent(id)}`}>
                    <WireText text={entry?.scenario ?? id} limit={50} />
                  </a>
                  <span className="cw-dim">
                    {entry !== undefined && `${format.date(entry.startedAt)} · ${engineName(entry.engine)}`}
                  </span>
                  <VerdictBadge verdict={entry?.verdict ?? null} size="sm" />
                  <Radio size="xs" value={id} label={words.baseline} />
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    color="gray"
                    aria-label={words.remove(LETTERS[place] as string)}
                    onClick={() => toggle(id)}
                  >
                    <IconX size={14} aria-hidden="true" />
                  </Button>
                </li>
              );
            })}
          </ul>
        </Radio.Group>
      )}
      {adding && (
        <DataTable
          caption={words.openList}
          maxHeight={260}
          columns={[
            {
              key: 'chosen',
              label: '',
              name: words.runs,
              width: 40,
              render: ({ id, scenario, startedAt }) => (
                <Checkbox
                  size="xs"
                  aria-label={`${wirePlain(scenario, 60)}, ${format.date(startedAt)}`}
                  checked={chosen.includes(id)}
                  disabled={!chosen.includes(id) && chosen.length >= MOST_RUNS}
                  onChange={() => toggle(id)}
                />
              ),
            },
            {
              key: 'scenario',
              label: words.scenario,
              render: ({ scenario }) => <WireText text={scenario} limit={60} />,
              sort: ({ scenario }) => scenario,
            },
            {
              key: 'startedAt',
              label: words.when,
              render: ({ startedAt }) => format.date(startedAt),
              sort: ({ startedAt }) => startedAt,
            },
            { key: 'verdict', label: words.verdict, render: ({ verdict }) => <VerdictBadge verdict={verdict} size="sm" /> },
            {
              key: 'engine',
              label: words.engine,
              render: ({ engine }) => engineName(engine),
              sort: ({ engine }) => engine,
            },
            {
              key: 'clients',
              label: words.clients,
              numeric: true,
              render: ({ clients }) => format.count(clients),
              sort: ({ clients }) => clients,
            },
            {
              key: 'rate',
              label: words.metrics.delivered,
              numeric: true,
              render: ({ deliveredPerSecond }) => format.rate(deliveredPerSecond),
              sort: ({ deliveredPerSecond }) => deliveredPerSecond,
            },
            { key: 'p99', label: 'p99', numeric: true, render: ({ p99 }) => format.latency(p99), sort: ({ p99 }) => p99 },
          ]}
          rows={choosable}
          rowKey={({ id }) => id}
          empty={<EmptyState title={loading ? texts.shared.loading : words.noRuns} />}
        />
      )}
    </Panel>
  );
}
