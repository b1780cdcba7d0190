import { Progress, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { isActive, useCurrentRun } from '../client/currentRun.ts';
import { useFormat } from '../shared/format.ts';
import { VerdictBadge } from '../shared/VerdictBadge.tsx';
import { wirePlain } from '../shared/wire.ts';
import { useText } from '../text/useText.tsx';
import { hrefOf } from './route.ts';

/** What runs now (phase, progress) or ran last (verdict), as a link to it. */
export function CurrentRunIndicator(): ReactNode {
  const text = useText();
  const format = useFormat();
  const run = useCurrentRun();
  if (run === null) return null;
  const { status, atMs } = run;
  const active = isActive(run);
  const elapsed = Math.min(Math.max(0, atMs), status.durationMs);
  const share = status.durationMs > 0 ? (100 * elapsed) / status.durationMs : 0;
  return (
    <a className="cw-current" href={hrefOf('run')}>
      <VisuallyHidden>{text.shell.currentRun.label}: </VisuallyHidden>
      <span className="cw-current-name">
        <bdi>{wirePlain(status.scenario, 60)}</bdi>
      </span>
      {active ? (
        <>
          <span className="cw-current-phase" data-phase={status.phase}>
            {text.shared.phases[status.phase]}
          </span>
          <Progress
            className="cw-current-bar"
            size={5}
            value={share}
            aria-label={text.shell.currentRun.label}
            striped={status.phase !== 'running' && status.phase !== 'paused'}
          />
          <span className="cw-number cw-dim">
            {text.shell.currentRun.of(format.clock(elapsed), format.clock(status.durationMs))}
          </span>
        </>
      ) : (
        <>
          <span className="cw-dim">{text.shell.currentRun.last}</span>
          {run.verdict === null ? (
            <span className="cw-current-phase" data-phase={status.phase}>
              {text.shared.phases[status.phase]}
            </span>
          ) : (
            <VerdictBadge verdict={run.verdict} size="sm" />
          )}
        </>
      )}
    </a>
  );
}
