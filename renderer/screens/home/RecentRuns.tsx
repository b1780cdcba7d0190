import { Button, Checkbox, Tooltip, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChartDots3, IconFolderOpen, IconHistory, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { RunEntry } from '../../../core/protocol/window.ts';
import { go, hrefOf } from '../../app/route.ts';
import { useLab } from '../../client/context.tsx';
import { useCurrentRun } from '../../client/currentRun.ts';
import { useCall } from '../../client/useCall.ts';
import { ConfirmButton } from '../../shared/ConfirmButton.tsx';
import { type Column, DataTable } from '../../shared/DataTable.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { useEngineName } from '../../shared/engineName.ts';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { VerdictBadge } from '../../shared/VerdictBadge.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';

/** What Compare takes at once. */
const MOST_COMPARED = 5;

/** The runs kept in the runs folder: open one, compare some, remove some. `onRuns` hears how many there are. */
export function RecentRuns({
  desktop,
  onCount,
}: {
  readonly desktop: boolean;
  readonly onCount: (count: number) => void;
}): ReactNode {
  const lab = useLab();
  const text = useText();
  const words = text.home.runs;
  const format = useFormat();
  const engineName = useEngineName();
  const { data: runs, error, busy, reload } = useCall('runs.list', {});
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [failure, setFailure] = useState<Error>();
  const phase = useCurrentRun()?.status.phase;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run that began or ended changes the list
  useEffect(reload, [phase]);
  useEffect(() => {
    if (runs !== undefined) onCount(runs.length);
  }, [runs, onCount]);

  const wide = useMediaQuery('(min-width: 1500px)') === true;
  const chosen = useMemo(() => (runs ?? []).filter(({ id }) => selected.has(id)), [runs, selected]);
  const comparable = chosen.filter(({ problem }) => problem === null);
  const columns = useMemo((): readonly Column<RunEntry>[] => {
    const figures: readonly Column<RunEntry>[] = [
      {
        key: 'clients',
        label: words.clients,
        numeric: true,
        sort: ({ clients }) => clients,
        render: ({ clients }) => format.count(clients),
      },
      {
        key: 'rate',
        label: words.rate,
        numeric: true,
        sort: ({ deliveredPerSecond }) => deliveredPerSecond,
        render: ({ deliveredPerSecond, problem }) => format.rate(problem === null ? deliveredPerSecond : null),
      },
    ];
    return [
      {
        key: 'select',
        label: <VisuallyHidden>{words.choose}</VisuallyHidden>,
        width: 34,
        render: ({ id, scenario, startedAt }) => (
          <Checkbox
            size="xs"
            aria-label={words.select(`${wirePlain(scenario, 40)}, ${format.date(startedAt)}`)}
            checked={selected.has(id)}
            onChange={({ currentTarget: { checked } }) => {
              const next = new Set(selected);
              if (checked) next.add(id);
              else next.delete(id);
              setSelected(next);
            }}
          />
        ),
      },
      {
        key: 'verdict',
        label: words.verdict,
        sort: ({ verdict }) => verdict,
        render: ({ verdict }) => <VerdictBadge verdict={verdict} size="sm" />,
      },
      {
        key: 'scenario',
        label: words.scenario,
        sort: ({ scenario }) => scenario,
        render: ({ id, scenario, problem }) =>
          problem === null ? (
            <a className="cw-run-link" href={hrefOf('run', id)}>
              <bdi>{wirePlain(scenario, 60)}</bdi>
            </a>
          ) : (
            <>
              <bdi>{wirePlain(scenario, 48)}</bdi>
              <div className="cw-run-problem">
                <WireText text={problem} limit={80} />
              </div>
            </>
          ),
      },
      {
        key: 'when',
        label: words.when,
        sort: ({ startedAt }) => startedAt,
        render: ({ startedAt }) => (
          <time dateTime={startedAt} title={format.date(startedAt)} className="cw-run-when">
            {format.ago(startedAt, Date.now())}
          </time>
        ),
      },
      {
        key: 'engine',
        label: words.engine,
        sort: ({ engine }) => engine,
        render: ({ engine }) => <span className="cw-run-when">{engineName(engine)}</span>,
      },
      ...(wide ? figures : []),
      {
        key: 'p99',
        label: words.p99,
        numeric: true,
        sort: ({ p99 }) => p99,
        render: ({ p99 }) => <span title={words.p99Hint}>{format.latency(p99)}</span>,
      },
      {
        key: 'lost',
        label: words.lost,
        numeric: true,
        sort: ({ lost }) => lost,
        render: ({ lost }) => <span className={lost > 0 ? 'cw-run-lost' : ''}>{format.count(lost)}</span>,
      },
    ];
  }, [selected, words, format, wide, engineName]);

  const remove = async (): Promise<void> => {
    try {
      for (const { id } of chosen) await lab.call('runs.remove', { id });
      setFailure(undefined);
      setSelected(new Set());
    } catch (thrown) {
      setFailure(thrown as Error);
    }
    reload();
  };
  const openFolder = async (): Promise<void> => {
    try {
      const view = await lab.call('runs.openDialog', {});
      if (view !== null) go('run', view.status.id);
    } catch (thrown) {
      setFailure(thrown as Error);
    }
  };
  const canCompare = comparable.length >= 2 && comparable.length <= MOST_COMPARED;

  return (
    <Panel
      title={words.title}
      flush
      hint={
        chosen.length > 0 ? words.selected(chosen.length) : runs !== undefined && runs.length > 1 ? words.compareHint : undefined
      }
      actions={
        <>
          {desktop && (
            <Button size="xs" variant="subtle" leftSection={<IconFolderOpen size={15} />} onClick={() => void openFolder()}>
              {words.openFolder}
            </Button>
          )}
          {chosen.length > 0 && (
            <>
              <ConfirmButton
                label={words.remove}
                variant="subtle"
                icon={<IconTrash size={15} />}
                question={words.removeQuestion(chosen.length)}
                confirm={words.remove}
                onConfirm={() => void remove()}
              />
              <Tooltip label={words.compareHint} disabled={canCompare}>
                <Button
                  size="xs"
                  variant={canCompare ? 'filled' : 'default'}
                  leftSection={<IconChartDots3 size={15} />}
                  data-disabled={!canCompare}
                  aria-disabled={!canCompare}
                  onClick={() => {
                    if (canCompare) go('compare', comparable.map(({ id }) => id).join(','));
                  }}
                >
                  {words.compare(comparable.length)}
                </Button>
              </Tooltip>
            </>
          )}
        </>
      }
    >
      {(failure ?? error) !== undefined && <ErrorNotice error={failure ?? error} retry={reload} />}
      {runs !== undefined ? (
        <DataTable
          caption={words.title}
          columns={columns}
          rows={runs}
          rowKey={({ id }) => id}
          maxHeight={420}
          empty={<EmptyState icon={<IconHistory size={22} />} title={words.none} text={words.noneText} />}
        />
      ) : (
        busy && <EmptyState title={text.shared.loading} />
      )}
    </Panel>
  );
}
