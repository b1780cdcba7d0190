import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { go } from '../../app/route.ts';
import { useCall } from '../../client/useCall.ts';
import { useStartRun } from '../../client/useStartRun.ts';
import { useRun } from '../../live/useRun.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { ScreenTitle } from '../../shared/ScreenTitle.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';
import { RunBody } from './RunBody.tsx';

/** The run under way, the last one, or the one of the address. */
export function RunScreen({ argument }: { readonly argument: string | undefined }): ReactNode {
  const texts = useText();
  const shown = useRun(argument);
  if (shown.kind === 'run') return <RunBody key={shown.run.status.id} run={shown.run} />;
  return (
    <>
      <ScreenTitle title={texts.shell.screens.run} />
      {shown.kind === 'waiting' ? (
        <p className="cw-dim">{texts.shared.loading}</p>
      ) : shown.kind === 'error' ? (
        <ErrorNotice error={shown.error} title={texts.run.notFound} retry={shown.retry} />
      ) : (
        <NothingYet />
      )}
    </>
  );
}

const MOST_OFFERED = 4;

function NothingYet(): ReactNode {
  const words = useText().run.empty;
  const scenarios = useCall('scenarios.list', {}).data ?? [];
  const { start, starting } = useStartRun();
  const ready = scenarios.filter(({ problem }) => problem === null).slice(0, MOST_OFFERED);
  return (
    <Panel>
      <EmptyState
        icon={<IconPlayerPlay size={22} />}
        title={words.title}
        text={words.text}
        action={{ label: words.home, onClick: () => go('home') }}
      />
      {ready.length > 0 && (
        <ul className="cw-run-offers" aria-label={words.offers}>
          {ready.map(({ path, name }) => (
            <li key={path}>
              <Button
                size="xs"
                variant="default"
                disabled={starting}
                leftSection={<IconPlayerPlay size={14} />}
                onClick={() => void start({ scenario: { path } })}
              >
                <WireText text={name} limit={40} />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
