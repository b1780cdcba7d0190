import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useLab } from '../client/context.tsx';
import { useCall } from '../client/useCall.ts';
import { type RunSnapshot, snapshotOf } from './runSnapshot.ts';
import { RunStore } from './runStore.ts';

export type ShownRun =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly error: Error; retry(): void }
  | { readonly kind: 'run'; readonly run: RunSnapshot };

/** The run of that id from its folder, or live where it is the lab's current one; without an id the current one. */
export function useRun(id: string | undefined): ShownRun {
  const lab = useLab();
  const [store] = useState(() => new RunStore(lab));
  useEffect(() => store.start(), [store]);
  const current = useSyncExternalStore(store.subscribe, store.get);
  const isCurrent = id === undefined || (current.kind === 'run' && current.run.status.id === id);
  // Not before the lab has told which run is its current one.
  const loaded = useCall('runs.view', isCurrent || current.kind === 'waiting' ? null : { id });
  const snapshot = useMemo(() => (loaded.data === undefined ? undefined : snapshotOf(loaded.data)), [loaded.data]);
  if (isCurrent) return current;
  // While another one is loaded, the one before is not shown under the new address.
  if (snapshot !== undefined && snapshot.status.id === id) return { kind: 'run', run: snapshot };
  if (loaded.error !== undefined && !loaded.busy) return { kind: 'error', error: loaded.error, retry: loaded.reload };
  return { kind: 'waiting' };
}
