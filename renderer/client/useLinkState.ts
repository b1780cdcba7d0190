import { useSyncExternalStore } from 'react';
import { useLab } from './context.tsx';
import type { LinkState } from './labClient.ts';

/** Is the lab there? */
export function useLinkState(): LinkState {
  const lab = useLab();
  return useSyncExternalStore(
    (listener) => lab.onState(listener),
    () => lab.state,
  );
}
