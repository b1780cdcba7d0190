import { IconChartDots3 } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { RunView } from '../../../core/protocol/window.ts';
import { go } from '../../app/route.ts';
import { useCall } from '../../client/useCall.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { ScreenTitle } from '../../shared/ScreenTitle.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import './Compare.css';
import { CompareCharts } from './CompareCharts.tsx';
import { ConditionsTable } from './ConditionsTable.tsx';
import { MetricsTable } from './MetricsTable.tsx';
import { RunPicker } from './RunPicker.tsx';
import { type Compared, LETTERS, MOST_RUNS } from './runs.ts';
import { useRuns } from './useRuns.ts';

const hasResult = (view: RunView): view is RunView & { readonly result: NonNullable<RunView['result']> } => view.result !== null;

/** Up to five runs side by side; the address names them, so that a comparison can be kept as a link. */
export function CompareScreen({ argument }: { readonly argument: string | undefined }): ReactNode {
  const texts = useText();
  const words = texts.compare;
  const list = useCall('runs.list', {});
  const ids = useMemo(() => [...new Set((argument ?? '').split(',').filter((id) => id !== ''))].slice(0, MOST_RUNS), [argument]);
  const loaded = useRuns(ids);
  const [chosen, setBaseline] = useState<string>();
  const runs = useMemo(
    (): readonly Compared[] =>
      ids.flatMap((id, place) => {
        const entry = loaded.get(id);
        if (entry === undefined || !('view' in entry) || !hasResult(entry.view)) return [];
        const { view } = entry;
        return [{ id, letter: LETTERS[place] as string, place, view, result: view.result }];
      }),
    [ids, loaded],
  );
  const baseline = runs.find(({ id }) => id === chosen) ?? runs[0];
  const choose = (next: readonly string[]): void => go('compare', next.length === 0 ? undefined : next.join(','));
  const lastTwo = (list.data ?? [])
    .filter(({ verdict, problem }) => verdict !== null && problem === null)
    .slice(0, 2)
    .map(({ id }) => id);
  const broken = ids.flatMap((id) => {
    const entry = loaded.get(id);
    if (entry === undefined) return [];
    if ('error' in entry) return [{ id, error: entry.error }];
    return hasResult(entry.view) ? [] : [{ id, error: new Error(words.noResult(wirePlain(id, 80))) }];
  });
  return (
    <>
      <ScreenTitle title={texts.shell.screens.compare} subtitle={words.subtitle} />
      <div className="cw-compare">
        <RunPicker
          entries={list.data ?? []}
          loading={list.data === undefined && list.error === undefined}
          chosen={ids}
          onChange={choose}
          baseline={baseline?.id}
          onBaseline={setBaseline}
        />
        {list.error !== undefined && <ErrorNotice error={list.error} retry={list.reload} />}
        {broken.map(({ id, error }) => (
          <ErrorNotice key={id} error={error} title={words.cannotShow} />
        ))}
        {baseline === undefined ? (
          <Panel>
            {ids.length > broken.length ? (
              <p className="cw-dim">{texts.shared.loading}</p>
            ) : (
              <EmptyState
                icon={<IconChartDots3 size={22} />}
                title={words.choose}
                text={words.chooseHint}
                action={
                  lastTwo.length === 2
                    ? { label: words.lastTwo, onClick: () => choose(lastTwo) }
                    : { label: words.runFirst, onClick: () => go('home') }
                }
              />
            )}
          </Panel>
        ) : (
          <>
            <ConditionsTable runs={runs} baseline={baseline} />
            <CompareCharts runs={runs} />
            <MetricsTable runs={runs} baseline={baseline} />
          </>
        )}
      </div>
    </>
  );
}
