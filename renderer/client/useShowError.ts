import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { wirePlain } from '../shared/wire.ts';
import { useLabText, useText } from '../text/useText.tsx';
import { LabError } from './labClient.ts';

/** Long enough to read what went wrong and what to do about it. */
const READING_MS = 10_000;

/** Tells in a notice what went wrong and what to do: for what is asked by a button that has no place of its own for an error. */
export function useShowError(): (error: unknown, title: string) => void {
  const text = useText().shared;
  const labText = useLabText();
  return useCallback(
    (error, title) => {
      const message = wirePlain(labText(error instanceof Error ? error.message : String(error)), 600);
      const hint = error instanceof LabError && error.hint !== '' ? ` ${text.whatToDo(wirePlain(labText(error.hint), 600))}` : '';
      notifications.show({ color: 'red', title, message: `${text.sentence(message)}${hint}`, autoClose: READING_MS });
    },
    [text, labText],
  );
}
