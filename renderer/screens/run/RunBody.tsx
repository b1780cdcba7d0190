import { Button } from '@mantine/core';
import { IconBug, IconFileCode } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import type { RunResult } from '../../../core/protocol/result.ts';
import { go } from '../../app/route.ts';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { WhileSeen } from '../../live/WhileSeen.tsx';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { useFormat } from '../../shared/format.ts';
import { WireText } from '../../shared/WireText.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useLabText, useText } from '../../text/useText.tsx';
import { CommandsTables, hasCommands } from './CommandsTables.tsx';
import { EnvironmentPanel } from './EnvironmentPanel.tsx';
import { EventLog } from './EventLog.tsx';
import { HopsTable } from './HopsTable.tsx';
import { LedgerTable } from './LedgerTable.tsx';
import { MappingMatrix } from './MappingMatrix.tsx';
import { LatencyChart, OrderChart, PercentileChart, SlipChart, ThreadsChart, ThroughputChart, useWindows } from './RunCharts.tsx';
import { isOver, RunHeader } from './RunHeader.tsx';
import './Run.css';
import { ServicesTable, StreamsTable } from './StreamsTables.tsx';
import { ThresholdsTable } from './ThresholdsTable.tsx';
import { Topology } from './Topology.tsx';
import { type ThresholdSoFar, thresholdsSoFar } from './thresholdsSoFar.ts';
import { VerdictChips } from './VerdictChips.tsx';

/** One run from top to bottom: verdict, way and charts in the first view, the evidence below. */
export function RunBody({ run }: { readonly run: RunSnapshot }): ReactNode {
  const windows = useWindows(run.frames);
  const { status, result } = run;
  const thresholds = useThresholds(run);
  if (status.phase === 'failed') return <Failed run={run} />;
  return (
    <div className="cw-run">
      <RunHeader run={run} />
      <VerdictChips run={run} />
      {result !== null && <Reasons result={result} />}
      <Topology run={run} />
      <div className="cw-run-charts">
        <WhileSeen>
          <ThroughputChart windows={windows} />
        </WhileSeen>
        <WhileSeen>
          <LatencyChart windows={windows} />
        </WhileSeen>
        <WhileSeen>
          <PercentileChart distributions={run.distributions} thresholds={status.thresholds} over={result !== null} />
        </WhileSeen>
        <WhileSeen>
          <OrderChart windows={windows} />
        </WhileSeen>
        <WhileSeen>
          <SlipChart windows={windows} saturation={result?.saturation} />
        </WhileSeen>
        <WhileSeen>
          <ThreadsChart windows={windows} />
        </WhileSeen>
      </div>
      <div className="cw-run-pair">
        <div className="cw-run-column">
          <MappingMatrix cells={result?.mapping ?? run.mapping} />
          <ThresholdsTable rows={thresholds} over={result !== null} path={fileOf(result)} />
        </div>
        <WhileSeen>
          <LedgerTable run={run} />
        </WhileSeen>
      </div>
      <HopsTable result={result} />
      {hasCommands(run) && (
        <WhileSeen>
          <CommandsTables run={run} />
        </WhileSeen>
      )}
      {result !== null && (
        <div className="cw-run-wide">
          <StreamsTable result={result} />
          <ServicesTable result={result} />
        </div>
      )}
      <EventLog events={run.events} dropped={run.eventsDropped} live={!isOver(run)} />
      {result !== null && <EnvironmentPanel result={result} />}
    </div>
  );
}

/** As judged, or as they stand; the same list as before while nothing in it changes. */
function useThresholds(run: RunSnapshot): RunResult['thresholds'] | readonly ThresholdSoFar[] {
  const rows = run.result?.thresholds ?? thresholdsSoFar(run);
  const key = JSON.stringify(rows);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is in the list
  return useMemo(() => rows, [key]);
}

/** A scenario that was run from the editor or an advice, unsaved, has no file. */
const fileOf = (result: RunResult | null): string | undefined =>
  result !== null && /^(\/|[A-Za-z]:[\\/])/.test(result.scenario.path) ? result.scenario.path : undefined;

/** Reasons that are told before anything is opened; the chips have them all. */
const MOST_REASONS = 3;

/** Why the verdict is what it is, and what was damaged on purpose: whoever opens this run later must not take it for the system's own. */
function Reasons({ result }: { readonly result: NonNullable<RunSnapshot['result']> }): ReactNode {
  const words = useText().run;
  const { reasons, verdict } = result;
  const injected = useInjected(result.faultsInjected);
  if (reasons.length === 0 && injected.length === 0) return null;
  return (
    <section className="cw-run-reasons" data-verdict={verdict} aria-label={words.reasons}>
      <ReasonList reasons={reasons.slice(0, MOST_REASONS)} />
      {reasons.length > MOST_REASONS && (
        <details>
          <summary>{words.moreReasons(reasons.length - MOST_REASONS)}</summary>
          <ReasonList reasons={reasons.slice(MOST_REASONS)} />
        </details>
      )}
      {injected.length > 0 && (
        <p className="cw-run-injected">
          <IconBug size={15} aria-hidden="true" /> {words.onPurpose} {injected.join(' · ')}
        </p>
      )}
    </section>
  );
}

function ReasonList({ reasons }: Pick<NonNullable<RunSnapshot['result']>, 'reasons'>): ReactNode {
  const labText = useLabText();
  return (
    <ul>
      {reasons.map(({ code, text }) => (
        <li key={`${code} ${text}`}>
          <WireText text={labText(text)} limit={220} /> <span className="cw-mono cw-dim">{code}</span>
        </li>
      ))}
    </ul>
  );
}

/** From `{ 'up.drop': 3 }` to words; a kind that this window does not know keeps its name. */
function useInjected(faults: Readonly<Record<string, number>>): readonly string[] {
  const texts = useText();
  const format = useFormat();
  const kinds: Readonly<Record<string, string>> = texts.run.faults.kinds;
  const directions: Readonly<Record<string, string>> = texts.shared.directions;
  return Object.entries(faults).flatMap(([name, times]) => {
    const [direction = '', kind = ''] = name.split('.');
    if (times === 0) return [];
    return [
      texts.run.injected(
        kinds[kind] ?? wirePlain(kind, 20),
        directions[direction] ?? wirePlain(direction, 20),
        format.count(times),
      ),
    ];
  });
}

/** It could not even start, or broke on the way: why, and what to do. */
function Failed({ run }: { readonly run: RunSnapshot }): ReactNode {
  const words = useText().run;
  const { error } = run.status;
  const problems = error?.problems ?? [];
  const path = problems[0]?.path;
  return (
    <div className="cw-run">
      <RunHeader run={run} />
      <ErrorNotice
        error={error ?? words.noReason}
        title={words.failed}
        actions={
          problems.length > 0 && (
            <Button size="xs" variant="default" leftSection={<IconFileCode size={15} />} onClick={() => go('editor', path)}>
              {words.openEditor}
            </Button>
          )
        }
      />
      {run.events.length > 0 && <EventLog events={run.events} dropped={run.eventsDropped} live={!isOver(run)} />}
    </div>
  );
}
