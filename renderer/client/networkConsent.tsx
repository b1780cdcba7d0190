import { Button, Group, Modal, Text } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { WireText } from '../shared/WireText.tsx';
import { useLabText, useText } from '../text/useText.tsx';

type Ask = (where: string) => Promise<boolean>;

/** Where nobody can be asked, the answer is no. */
const Context = createContext<Ask>(async () => false);

/** Stands above all that starts runs, and asks before one of them goes beyond this machine. */
export function NetworkConsent({ children }: { readonly children: ReactNode }): ReactNode {
  const { shell, shared } = useText();
  const text = shell.network;
  const labText = useLabText();
  const [asked, setAsked] = useState<{ readonly where: string; answer(yes: boolean): void } | null>(null);
  const ask = useCallback<Ask>((where) => new Promise((answer) => setAsked({ where, answer })), []);
  const answer = (yes: boolean): void => {
    asked?.answer(yes);
    setAsked(null);
  };
  return (
    <Context value={ask}>
      {children}
      {/* Above the dialog that the run was started from. */}
      <Modal
        opened={asked !== null}
        onClose={() => answer(false)}
        title={text.title}
        zIndex={300}
        closeButtonProps={{ 'aria-label': shared.close }}
      >
        <Text size="sm" mb="xs">
          <WireText text={labText(asked?.where ?? '')} limit={1_000} />
        </Text>
        <Text size="sm">{text.text}</Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => answer(false)} data-autofocus>
            {shared.cancel}
          </Button>
          <Button color="red" onClick={() => answer(true)}>
            {text.allow}
          </Button>
        </Group>
      </Modal>
    </Context>
  );
}

/** Asks the user whether a run may go where the lab says it would; resolves with the answer. */
export const useNetworkConsent = (): Ask => useContext(Context);
