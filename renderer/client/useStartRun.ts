import { useCallback, useState } from 'react';
import type { WindowInput } from '../../core/protocol/window.ts';
import { go } from '../app/route.ts';
import { useText } from '../text/useText.tsx';
import { useLab } from './context.tsx';
import { LabError } from './labClient.ts';
import { useNetworkConsent } from './networkConsent.tsx';
import { useShowError } from './useShowError.ts';

/** Starts a run and goes to the Run screen, or to another one that shows it; asks first where the run goes beyond this machine; what went wrong stands in `error` (and in a notice, for those who are elsewhere). */
export function useStartRun(): {
  start(input: WindowInput<'runs.start'>, screen?: 'run' | 'fleet'): Promise<void>;
  readonly starting: boolean;
  readonly error: Error | undefined;
} {
  const lab = useLab();
  const text = useText().shell.start;
  const allowed = useNetworkConsent();
  const showError = useShowError();
  const [starting, setStarting] = useState(false);
  const [error, setError] = useState<Error>();
  const started = useCallback(
    async (input: WindowInput<'runs.start'>): Promise<boolean> => {
      try {
        await lab.call('runs.start', input);
        return true;
      } catch (refusal) {
        if (!(refusal instanceof LabError) || refusal.code !== 'network.unconfirmed') throw refusal;
        if (!(await allowed(refusal.message))) return false;
        await lab.call('runs.start', { ...input, allowNetwork: true });
        return true;
      }
    },
    [lab, allowed],
  );
  const start = useCallback(
    async (input: WindowInput<'runs.start'>, screen: 'run' | 'fleet' = 'run'): Promise<void> => {
      setStarting(true);
      setError(undefined);
      try {
        if (await started(input)) go(screen);
      } catch (thrown) {
        setError(thrown as Error);
        showError(thrown, text.failed);
      } finally {
        setStarting(false);
      }
    },
    [started, text, showError],
  );
  return { start, starting, error };
}
