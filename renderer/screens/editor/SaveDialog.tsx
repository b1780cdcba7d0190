import { Button, Group, Modal, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useLab } from '../../client/context.tsx';
import { useCall } from '../../client/useCall.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { useText } from '../../text/useText.tsx';

/** In a browser: a name in the lab's folder of scenarios, or a download. */
export function SaveDialog({
  opened,
  name: proposed,
  text: fileText,
  onClose,
  onSaved,
}: {
  readonly opened: boolean;
  readonly name: string;
  readonly text: () => string;
  readonly onClose: () => void;
  readonly onSaved: (path: string) => void;
}): ReactNode {
  const { editor, shared } = useText();
  const text = editor.saveDialog;
  const lab = useLab();
  const info = useCall('lab.info', opened ? {} : null).data;
  const [name, setName] = useState(proposed);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (opened) setName(proposed);
    setError(null);
  }, [opened, proposed]);
  const valid = /^[A-Za-z0-9][\w-]{0,79}$/.test(name);
  const save = async (replace: boolean): Promise<void> => {
    try {
      const { path } = await lab.call('scenarios.save', { text: fileText(), name, ...(replace ? { replace } : {}) });
      onSaved(path);
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <Modal opened={opened} onClose={onClose} title={text.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) void save(false);
        }}
      >
        <TextInput
          data-autofocus
          label={text.name}
          description={info === undefined ? text.nameHint : text.where(info.scenariosFolder)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={name}
          rightSection={<span className="cw-dim">.yaml</span>}
          rightSectionWidth={52}
          error={valid || name === '' ? undefined : text.nameHint}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {error !== null && (
          <ErrorNotice
            error={error}
            title={editor.failed.save}
            actions={
              <Button size="xs" variant="default" onClick={() => void save(true)}>
                {text.replace}
              </Button>
            }
          />
        )}
        <Group justify="flex-end" mt="md">
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden="true" />}
            onClick={() => downloadText(fileText(), `${valid ? name : 'scenario'}.yaml`)}
          >
            {editor.download}
          </Button>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" disabled={!valid}>
            {text.save}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

export function downloadText(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
