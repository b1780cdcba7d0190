import { Button, Popover, SegmentedControl, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowsShuffle, IconBug, IconCopy, IconFileBroken, IconTagOff, IconTrashX } from '@tabler/icons-react';
import { memo, type ReactNode, useState } from 'react';
import type { WindowInput } from '../../../core/protocol/window.ts';
import { useLab } from '../../client/context.tsx';
import { useShowError } from '../../client/useShowError.ts';
import { useText } from '../../text/useText.tsx';
import { type ChipKey, chipPanel } from './chips.ts';
import { showPanel } from './VerdictChips.tsx';

type Fault = WindowInput<'runs.inject'>['inject'];
const FAULTS: readonly { readonly fault: Fault; readonly icon: typeof IconBug; readonly chip: ChipKey }[] = [
  { fault: 'drop', icon: IconTrashX, chip: 'lost' },
  { fault: 'duplicate', icon: IconCopy, chip: 'intact' },
  { fault: 'swap', icon: IconArrowsShuffle, chip: 'order' },
  { fault: 'corrupt', icon: IconFileBroken, chip: 'intact' },
  { fault: 'property', icon: IconTagOff, chip: 'mapping' },
];
const COUNTS = ['1', '10', '100'];

/** Damages messages in the bridge on purpose: each fault says which chip must notice. */
export const FaultMenu = memo(function FaultMenu({
  id,
  running,
  up,
  down,
}: {
  readonly id: string;
  readonly running: boolean;
  /** Does anything flow there that could be damaged? */
  readonly up: boolean;
  readonly down: boolean;
}): ReactNode {
  const lab = useLab();
  const showError = useShowError();
  const texts = useText();
  const words = texts.run.faults;
  const directions = (['up', 'down'] as const).filter((direction) => (direction === 'up' ? up : down));
  const [chosen, setDirection] = useState<'up' | 'down'>('up');
  const direction = directions.includes(chosen) ? chosen : (directions[0] ?? 'up');
  const [count, setCount] = useState('1');
  const [opened, setOpened] = useState(false);
  const inject = async (fault: Fault, chip: ChipKey): Promise<void> => {
    try {
      await lab.call('runs.inject', { id, inject: fault, direction, count: Number(count) });
      notifications.show({
        title: texts.run.injected(words.kinds[fault], texts.shared.directions[direction], count),
        message: words.watch(texts.run.chips.names[chip]),
      });
      setOpened(false);
      if (chip === 'mapping') showPanel(chipPanel[chip]);
    } catch (error) {
      showError(error, words.failed);
    }
  };
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus returnFocus withArrow shadow="md" position="bottom-end" width={400}>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconBug size={15} />}
          disabled={!running}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          {words.button}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <p className="cw-fault-intro cw-dim">{words.intro}</p>
        <div className="cw-fault-choice">
          <SegmentedControl
            size="xs"
            aria-label={words.direction}
            value={direction}
            onChange={(value) => setDirection(value as 'up' | 'down')}
            data={directions.map((value) => ({
              value,
              label: `${texts.shared.directions[value]} ${texts.shared.directionsLong[value]}`,
            }))}
          />
          <SegmentedControl
            size="xs"
            aria-label={words.count}
            value={count}
            onChange={setCount}
            data={COUNTS.map((value) => ({ value, label: words.times(value) }))}
          />
        </div>
        <ul className="cw-faults">
          {FAULTS.map(({ fault, icon: Icon, chip }) => (
            <li key={fault}>
              <UnstyledButton className="cw-fault" onClick={() => void inject(fault, chip)}>
                <Icon size={18} aria-hidden="true" />
                <span>
                  <b>{words.kinds[fault]}</b>
                  <span className="cw-dim">
                    {words.red(texts.run.chips.names[chip])}
                    {fault === 'corrupt' && ` ${words.bodies}`}
                    {fault === 'swap' && direction === 'down' && ` ${words.downOrder}`}
                  </span>
                </span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
});
