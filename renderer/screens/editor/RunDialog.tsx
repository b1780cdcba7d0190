import { Button, Group, Modal, NumberInput, Select, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { EngineName, RunOverrides } from '../../../core/protocol/window.ts';
import { isActive, useCurrentRun } from '../../client/currentRun.ts';
import { useCall } from '../../client/useCall.ts';
import { useStartRun } from '../../client/useStartRun.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { useText } from '../../text/useText.tsx';
import type { BufferView } from './scenarioBuffer.ts';

type Entry = number | string;
const numberOf = (entry: Entry): number | undefined => (typeof entry === 'number' ? entry : undefined);

/** Runs the text as it stands, with other values for this run only. */
export function RunDialog({
  view,
  fileText,
  opened,
  onClose,
}: {
  readonly view: BufferView;
  readonly fileText: () => string;
  readonly opened: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const { editor, shared } = useText();
  const text = editor.runDialog;
  const info = useCall('lab.info', opened ? {} : null).data;
  const busy = isActive(useCurrentRun());
  const { start, starting, error } = useStartRun();
  const [seconds, setSeconds] = useState<Entry>('');
  const [scale, setScale] = useState<Entry>('');
  const [seed, setSeed] = useState<Entry>('');
  const [engine, setEngine] = useState<string | null>(null);
  const run = (): void => {
    const [length, factor, chosenSeed] = [numberOf(seconds), numberOf(scale), numberOf(seed)];
    const overrides: RunOverrides = {
      ...(length === undefined ? {} : { durationMs: length * 1000 }),
      ...(factor === undefined ? {} : { scale: factor }),
      ...(chosenSeed === undefined ? {} : { seed: chosenSeed }),
      ...(engine === null ? {} : { engine: engine as EngineName }),
    };
    const scenario =
      view.path !== null && !view.dirty ? { path: view.path } : { text: fileText(), name: view.name || editor.untitled };
    void start(Object.keys(overrides).length === 0 ? { scenario } : { scenario, overrides });
  };
  const fields = { size: 'sm', allowNegative: false, hideControls: true } as const;
  return (
    <Modal opened={opened} onClose={onClose} title={text.title} size="md">
      <Text size="sm" c="dimmed" mb="sm">
        {text.text} {view.dirty && text.unsaved}
      </Text>
      <div className="cw-dialog-grid">
        <NumberInput
          {...fields}
          label={text.duration}
          placeholder={text.asFile}
          min={0.1}
          value={seconds}
          onChange={setSeconds}
        />
        <NumberInput
          {...fields}
          label={text.scale}
          description={text.scaleHint}
          inputWrapperOrder={['label', 'input', 'description']}
          placeholder="1"
          value={scale}
          onChange={setScale}
        />
        <NumberInput
          {...fields}
          label={text.seed}
          allowDecimal={false}
          placeholder={text.asFile}
          value={seed}
          onChange={setSeed}
        />
        <Select
          label={text.engine}
          placeholder={text.asFile}
          clearable
          data={(info?.engines ?? []).map(({ name }) => ({ value: name, label: shared.engines[name] }))}
          value={engine}
          onChange={setEngine}
        />
      </div>
      {error !== undefined && <ErrorNotice error={error} title={editor.failed.run} />}
      <Group justify="flex-end" mt="md">
        {busy && (
          <Text size="sm" c="dimmed">
            {text.busy}
          </Text>
        )}
        <Button variant="default" onClick={onClose}>
          {shared.cancel}
        </Button>
        <Button leftSection={<IconPlayerPlay size={16} aria-hidden="true" />} loading={starting} disabled={busy} onClick={run}>
          {text.start}
        </Button>
      </Group>
    </Modal>
  );
}
