import { useMemo } from 'react';

/** The list of before, as long as the numbers in it are the same. */
export function useStable(values: readonly number[]): readonly number[] {
  const key = values.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is in the list
  return useMemo(() => values, [key]);
}
