import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { WindowInput } from '../../../core/protocol/window.ts';
import { useLab } from '../../client/context.tsx';
import { useShowError } from '../../client/useShowError.ts';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { useText } from '../../text/useText.tsx';
import { saveText } from './saveText.ts';

const FORMATS: readonly WindowInput<'runs.export'>['format'][] = ['html', 'json', 'csv', 'junit', 'text'];

/** The run as a file. */
export function ExportMenu({ run }: { readonly run: RunSnapshot }): ReactNode {
  const lab = useLab();
  const showError = useShowError();
  const words = useText().run.export;
  const save = async (format: (typeof FORMATS)[number]): Promise<void> => {
    try {
      saveText(await lab.call('runs.export', { id: run.status.id, format }));
    } catch (error) {
      showError(error, words.failed);
    }
  };
  return (
    <Menu position="bottom-end" shadow="md" width={320}>
      <Menu.Target>
        <Button size="xs" variant="default" disabled={run.result === null} leftSection={<IconDownload size={15} />}>
          {words.button}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((format) => (
          <Menu.Item key={format} onClick={() => void save(format)}>
            {words.formats[format]}
            <div className="cw-menu-hint">{words.hints[format]}</div>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
