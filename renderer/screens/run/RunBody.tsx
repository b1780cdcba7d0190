import { Button } from '@mantine/core';
import { IconFileCode } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { go } from '../../app/route.ts';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { WhileSeen } from '../../live/WhileSeen.tsx';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';
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
import { VerdictChips } from './VerdictChips.tsx';

/** One run from top to bottom: verdict, way and charts in the first view, the evidence below. */
export function RunBody({ run }: { readonly run: RunSnapshot }): ReactNode {
  const windows = useWindows(run.frames);
  const { status, result } = run;
  if (status.phase === 'failed') return <Failed run={run} />;
  return (
    <div className="cw-run">
      <RunHeader run={run} />
      <VerdictChips run={run} />
      {result !== null && result.reasons.length > 0 && <Reasons result={result} />}
      <Topology run={run} />
      <div className="cw-run-charts">
        <WhileSeen>
          <ThroughputChart windows={windows} />
        </WhileSeen>
        <WhileSeen>
          <LatencyChart windows={windows} thresholds={status.thresholds} />
        </WhileSeen>
        <WhileSeen>
          <PercentileChart distributions={run.distributions} />
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
          <ThresholdsTable rows={result?.thresholds ?? status.thresholds} over={result !== null} />
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

/** Reasons that are told before anything is opened; the chips have them all. */
const MOST_REASONS = 3;

function Reasons({ result }: { readonly result: NonNullable<RunSnapshot['result']> }): ReactNode {
  const words = useText().run;
  const { reasons, verdict } = result;
  return (
    <section className="cw-run-reasons" data-verdict={verdict} aria-label={words.reasons}>
      <ul>
        {reasons.slice(0, MOST_REASONS).map(({ code, text }) => (
          <li key={`${code} ${text}`}>
            <WireText text={text} limit={220} /> <span className="cw-mono cw-dim">{code}</span>
          </li>
        ))}
      </ul>
      {reasons.length > MOST_REASONS && (
        <details>
          <summary>{words.moreReasons(reasons.length - MOST_REASONS)}</summary>
          <ul>
            {reasons.slice(MOST_REASONS).map(({ code, text }) => (
              <li key={`${code} ${text}`}>
                <WireText text={text} limit={220} /> <span className="cw-mono cw-dim">{code}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
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
