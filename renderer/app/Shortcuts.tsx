import { Kbd, Modal, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { keyOfScreen, SCREENS } from '../../core/protocol/screens.ts';
import { useText } from '../text/useText.tsx';
import { MOD } from './Header.tsx';

export function Shortcuts({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }): ReactNode {
  const text = useText();
  const keys = text.shell.keys;
  const rows: readonly (readonly [keys: readonly string[], does: string])[] = [
    [[MOD, 'K'], keys.palette],
    [['?'], keys.help],
    ...SCREENS.map((screen) => [['G', keyOfScreen(screen)], `${text.shell.palette.go}: ${text.shell.screens[screen]}`] as const),
    [['Esc'], keys.escape],
  ];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={keys.title}
      closeButtonProps={{ 'aria-label': text.shared.close }}
      size="md"
      centered
    >
      <Table className="cw-table">
        <Table.Tbody>
          {rows.map(([names, does]) => (
            <Table.Tr key={names.join()}>
              <Table.Td w={120}>
                {names.map((name) => (
                  <Kbd key={name} mr={4}>
                    {name}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
