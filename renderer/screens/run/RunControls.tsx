import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconSquareX } from '@tabler/icons-react';
import { memo, type ReactNode, useState } from 'react';
import type { RunStatus } from '../../../core/protocol/window.ts';
import { useLab } from '../../client/context.tsx';
import { useShowError } from '../../client/useShowError.ts';
import { useText } from '../../text/useText.tsx';

type Act = 'runs.pause' | 'runs.resume' | 'runs.stop' | 'runs.abort';

/** Pause, resume, stop; and, one step away, end at once. */
export const RunControls = memo(function RunControls({ status }: { readonly status: RunStatus }): ReactNode {
  const lab = useLab();
  const showError = useShowError();
  const words = useText().run.controls;
  const [busy, setBusy] = useState<Act>();
  const act = (call: Act) => async (): Promise<void> => {
    setBusy(call);
    try {
      await lab.call(call, { id: status.id });
    } catch (error) {
      showError(error, words.failed);
    } finally {
      setBusy(undefined);
    }
  };
  const draining = status.phase === 'draining';
  return (
    <>
      {status.phase === 'paused' ? (
        <Button
          size="xs"
          variant="default"
          loading={busy === 'runs.resume'}
          leftSection={<IconPlayerPlay size={15} />}
          onClick={act('runs.resume')}
        >
          {words.resume}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          disabled={status.phase !== 'running'}
          loading={busy === 'runs.pause'}
          leftSection={<IconPlayerPause size={15} />}
          onClick={act('runs.pause')}
        >
          {words.pause}
        </Button>
      )}
      <Button.Group>
        <Button
          size="xs"
          disabled={draining}
          loading={busy === 'runs.stop'}
          leftSection={<IconPlayerStop size={15} />}
          onClick={act('runs.stop')}
        >
          {words.stop}
        </Button>
        <Menu position="bottom-end" shadow="md" width={300}>
          <Menu.Target>
            <Button size="xs" px={7} aria-label={words.more}>
              <IconChevronDown size={15} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPlayerStop size={16} />} disabled={draining} onClick={act('runs.stop')}>
              {words.stop}
              <div className="cw-menu-hint">{words.stopHint}</div>
            </Menu.Item>
            <Menu.Item leftSection={<IconSquareX size={16} />} onClick={act('runs.abort')}>
              {words.abort}
              <div className="cw-menu-hint">{words.abortHint}</div>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
    </>
  );
});
