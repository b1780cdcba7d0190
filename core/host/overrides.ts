/** What a window changes in a scenario for one run, as the loader takes it. */
import { CausewayError } from '../protocol/errors.ts';
import type { RunOverrides } from '../protocol/window.ts';
import type { LoadOptions } from '../scenario/loader.ts';
import type { Override } from '../scenario/overrides.ts';

/** `places`: engine and broker of the settings; single values that the user sets come after them. @throws CausewayError input.argument */
export function loadOptions(overrides: RunOverrides = {}, places: readonly Override[] = []): LoadOptions {
  const { durationMs, scale, seed, set = [] } = overrides;
  return {
    overrides: [...places, ...set.map(parseSet)],
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(scale === undefined ? {} : { scale }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function parseSet(text: string): Override {
  const equals = text.indexOf('=');
  if (equals > 0) return { path: text.slice(0, equals), value: text.slice(equals + 1) };
  throw new CausewayError('input.argument', {
    argument: 'set',
    value: text,
    reason: 'it is not path=value',
    expected: 'e.g. populations.sensors.count=500',
  });
}
