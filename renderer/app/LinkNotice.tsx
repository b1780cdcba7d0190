import { Alert, Button } from '@mantine/core';
import { IconPlugConnectedX, IconVersions } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { WINDOW_VERSION } from '../../core/protocol/window.ts';
import { useLab } from '../client/context.tsx';
import { useCall } from '../client/useCall.ts';
import { useLinkState } from '../client/useLinkState.ts';
import { useText } from '../text/useText.tsx';

/** A lost connection, or a lab of another version: said once, above whatever screen is open. */
export function LinkNotice(): ReactNode {
  const lab = useLab();
  const text = useText().shell;
  const link = useLinkState();
  const info = useCall('lab.info', {});
  if (link === 'lost')
    return (
      <Alert className="cw-link-notice" variant="outline" role="alert" icon={<IconPlugConnectedX />} title={text.lost.title}>
        {text.lost.text} {text.lost.hint}{' '}
        <Button size="compact-sm" variant="default" ml="xs" onClick={() => lab.retry()}>
          {text.lost.retry}
        </Button>
      </Alert>
    );
  if (info.data !== undefined && info.data.windowVersion !== WINDOW_VERSION)
    return (
      <Alert className="cw-link-notice" variant="outline" role="alert" icon={<IconVersions />} title={text.version.title}>
        {text.version.text}{' '}
        <Button size="compact-sm" variant="default" ml="xs" onClick={() => window.location.reload()}>
          {text.version.reload}
        </Button>
      </Alert>
    );
  return null;
}
