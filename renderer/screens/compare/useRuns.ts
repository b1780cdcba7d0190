import { useEffect, useRef, useState } from 'react';
import type { RunView } from '../../../core/protocol/window.ts';
import { useLab } from '../../client/context.tsx';
import { useLinkState } from '../../client/useLinkState.ts';

export type Loaded = { readonly view: RunView } | { readonly error: Error };

/** Runs from their folders, by id; those that were loaded once are kept while the screen is open. A missing entry is under way. */
export function useRuns(ids: readonly string[]): ReadonlyMap<string, Loaded> {
  const lab = useLab();
  const link = useLinkState();
  const [loaded, setLoaded] = useState<ReadonlyMap<string, Loaded>>(new Map());
  const asked = useRef(new Set<string>());
  const key = ids.join(',');
  useEffect(() => {
    if (link !== 'open') return;
    for (const id of key === '' ? [] : key.split(',')) {
      if (asked.current.has(id)) continue;
      asked.current.add(id);
      const keep = (entry: Loaded): void => setLoaded((before) => new Map(before).set(id, entry));
      lab.call('runs.view', { id }).then(
        (view) => keep({ view }),
        (error: Error) => {
          // Asked again when it is chosen again, or when the connection is back.
          asked.current.delete(id);
          keep({ error });
        },
      );
    }
  }, [lab, link, key]);
  return loaded;
}
