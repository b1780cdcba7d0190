import type { ScenarioEntry } from '../../../core/protocol/window.ts';

/** The scenario for the map: the one made to be shown, else the fleet; undefined: neither is there. */
export function demoOf(scenarios: readonly ScenarioEntry[]): ScenarioEntry | undefined {
  const named = (file: string): ScenarioEntry | undefined =>
    scenarios.find(
      ({ path, shipped, problem }) => shipped && problem === null && new RegExp(`[\\\\/]${file}\\.ya?ml$`).test(path),
    );
  return named('iov-demo') ?? named('iov-fleet');
}
