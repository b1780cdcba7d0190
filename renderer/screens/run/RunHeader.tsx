import { Progress, Title } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useCurrentRun } from '../../client/currentRun.ts';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { useFormat } from '../../shared/format.ts';
import { VerdictBadge } from '../../shared/VerdictBadge.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { FaultMenu } from './FaultMenu.tsx';
import { RunControls } from './RunControls.tsx';
import { lanesOf } from './topology.ts';

const OVER: ReadonlySet<string> = new Set(['done', 'failed', 'aborted']);
export const isOver = ({ status }: RunSnapshot): boolean => OVER.has(status.phase);

/** What runs, how far it is, and what can be done with it. */
export function RunHeader({ run }: { readonly run: RunSnapshot }): ReactNode {
  const texts = useText();
  const words = texts.run.header;
  const format = useFormat();
  const { status, result, frames } = run;
  const over = isOver(run);
  const current = useCurrentRun();
  // As the window's header has it: two clocks that differ by half a second would be one too many.
  const atMs = current?.status.id === status.id ? current.atMs : (frames.at(-1)?.atMs ?? 0);
  const lanes = lanesOf(run);
  const elapsed = Math.min(Math.max(0, atMs), status.durationMs);
  const elapsedSeconds = Math.floor(elapsed / 1_000);
  return (
    <header className="cw-run-header">
      <div className="cw-run-title">
        <Title order={1} tabIndex={-1} data-screen-title>
          <WireText text={status.scenario} limit={60} />
        </Title>
        {over ? (
          <VerdictBadge verdict={result?.verdict ?? 'none'} size="lg" />
        ) : (
          <span className="cw-phase" data-phase={status.phase}>
            {texts.shared.phases[status.phase]}
          </span>
        )}
        <span className="cw-run-facts cw-dim">
          {over ? (
            <>
              {format.date(status.startedAt)} · {words.ran(format.duration(result?.trafficMs ?? elapsed))}
              {result?.interrupted === true && ` · ${words.interrupted}`}
            </>
          ) : (
            <Elapsed startedAt={status.startedAt} waiting={status.phase === 'starting'}>
              {words.elapsed(
                format.clock(elapsed),
                format.clock(status.durationMs),
                format.clock(Math.max(0, status.durationMs - 1_000 * elapsedSeconds)),
              )}
            </Elapsed>
          )}
          {' · '}
          {texts.shared.engines[status.engine]}
        </span>
        <div className="cw-run-actions">
          {!over && (
            <FaultMenu
              id={status.id}
              running={status.phase === 'running'}
              up={lanes.includes('up')}
              down={lanes.includes('down')}
            />
          )}
          {!over && <RunControls status={status} />}
          {over && <ExportMenu run={run} />}
        </div>
      </div>
      {!over && (
        <Progress
          className="cw-run-progress"
          aria-label={words.progress}
          size={5}
          value={status.durationMs > 0 ? (100 * elapsed) / status.durationMs : 0}
          striped={status.phase !== 'running' && status.phase !== 'paused'}
        />
      )}
    </header>
  );
}

/** While nothing is measured yet, how long it has been starting; then what the children say. */
function Elapsed({
  startedAt,
  waiting,
  children,
}: {
  readonly startedAt: string;
  readonly waiting: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const words = useText().run.header;
  const format = useFormat();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [waiting]);
  const since = now - new Date(startedAt).getTime();
  return <span className="cw-number">{waiting ? words.startingFor(format.clock(Math.max(0, since))) : children}</span>;
}
