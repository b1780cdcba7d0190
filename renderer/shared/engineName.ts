import { useCallback } from 'react';
import { useText } from '../text/useText.tsx';
import { wirePlain } from './wire.ts';

/** An MQ engine by the one name that it has everywhere in the window; one that this window does not know keeps its own. */
export function useEngineName(): (engine: string) => string {
  const engines: Readonly<Record<string, string>> = useText().shared.engines;
  return useCallback(
    (engine) => (Object.hasOwn(engines, engine) ? (engines[engine] as string) : wirePlain(engine, 24)),
    [engines],
  );
}
