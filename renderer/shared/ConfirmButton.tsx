import { Button, type ButtonProps, Group, Popover, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useText } from '../text/useText.tsx';

/** A button that asks once more before it does something that cannot be taken back. */
export function ConfirmButton({
  label,
  question,
  confirm,
  onConfirm,
  icon,
  disabled = false,
  variant = 'default',
  size = 'xs',
}: {
  readonly label: ReactNode;
  readonly question: ReactNode;
  /** The word for doing it, e.g. "Remove". */
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly icon?: ReactNode;
  readonly disabled?: boolean;
  readonly variant?: NonNullable<ButtonProps['variant']>;
  readonly size?: NonNullable<ButtonProps['size']>;
}): ReactNode {
  const text = useText().shared;
  const [asking, setAsking] = useState(false);
  return (
    <Popover opened={asking} onChange={setAsking} trapFocus returnFocus withArrow shadow="md" position="bottom">
      <Popover.Target>
        <Button size={size} variant={variant} leftSection={icon} disabled={disabled} onClick={() => setAsking(!asking)}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw={320}>
        <Text size="sm" mb="sm">
          {question}
        </Text>
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={() => setAsking(false)}>
            {text.cancel}
          </Button>
          <Button
            size="xs"
            color="red"
            onClick={() => {
              setAsking(false);
              onConfirm();
            }}
          >
            {confirm}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
