import { Kbd, Modal, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { keyOfScreen, SCREENS } from '../../core/protocol/screens.ts';
import { useText } from '../text/useText.tsx';
import { MOD, REDO } from './mod.ts';

type Row = readonly [keys: readonly string[], does: string];

/** All keys: on the left those of the whole window, on the right those of one screen. */
export function Shortcuts({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }): ReactNode {
  const text = useText();
  const { keys, nav, palette, screens } = text.shell;
  const everywhere: readonly Row[] = [
    [[MOD, 'K'], keys.palette],
    [['?'], keys.help],
    [['Esc'], keys.escape],
    ...SCREENS.map((screen) => [['G', keyOfScreen(screen)], `${palette.go}: ${screens[screen]}`] as const),
  ];
  const there: readonly Row[] = [
    [['L'], `${nav.fleet}: ${keys.lasso}`],
    [['←', '↑', '→', '↓'], `${nav.fleet}: ${keys.move}`],
    [['+', '-'], `${nav.fleet}: ${keys.zoom}`],
    [['0'], `${nav.fleet}: ${keys.whole}`],
    [['←', '→'], `${keys.present}: ${keys.step}`],
    [['Space'], `${keys.present}: ${keys.act}`],
    [[MOD, 'Enter'], `${nav.inspect}: ${keys.send}`],
    [[MOD, 'S'], `${nav.editor}: ${keys.save}`],
    [[MOD, 'Z'], `${nav.editor}: ${keys.undo}`],
    [REDO, `${nav.editor}: ${keys.redo}`],
    [['Ctrl', 'Space'], `${nav.editor}, YAML: ${keys.complete}`],
    [[MOD, 'F'], `${nav.editor}, YAML: ${keys.find}`],
  ];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={keys.title}
      closeButtonProps={{ 'aria-label': text.shared.close }}
      size={860}
      centered
    >
      <div className="cw-keys">
        <KeyTable rows={everywhere} />
        <KeyTable rows={there} />
      </div>
    </Modal>
  );
}

function KeyTable({ rows }: { readonly rows: readonly Row[] }): ReactNode {
  return (
    <Table className="cw-table">
      <Table.Tbody>
        {rows.map(([names, does]) => (
          <Table.Tr key={does}>
            <Table.Td w={124} className="cw-keys-names">
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
  );
}
