/** A call whose answer a screen shows: asked when the screen appears, when the input changes, and when a lost connection is back. */
import { useCallback, useEffect, useState } from 'react';
import type { WindowAnswers, WindowCall, WindowInput } from '../../core/protocol/window.ts';
import { useLab } from './context.tsx';
import { useLinkState } from './useLinkState.ts';

export interface Called<T> {
  /** The last answer; kept while it is asked again. */
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly busy: boolean;
  reload(): void;
}

/** `input` null: not asked. */
export function useCall<C extends WindowCall>(call: C, input: WindowInput<C> | null): Called<WindowAnswers[C]> {
  type Answer = WindowAnswers[C];
  const lab = useLab();
  const link = useLinkState();
  const [state, setState] = useState<{ data?: Answer; error?: Error; busy: boolean }>({ busy: input !== null });
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(input);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks again
  useEffect(() => {
    const asked = JSON.parse(key) as WindowInput<C> | null;
    if (asked === null || link !== 'open') return;
    let stale = false;
    setState((before) => ({ ...before, busy: true }));
    lab.call(call, asked).then(
      (data) => {
        if (!stale) setState({ data, busy: false });
      },
      (error: Error) => {
        if (!stale) setState((before) => ({ ...before, error, busy: false }));
      },
    );
    return () => {
      stale = true;
    };
  }, [lab, call, key, link, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  return { data: state.data, error: state.error, busy: state.busy, reload };
}
