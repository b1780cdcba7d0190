/** Were the same things run under the same conditions? Pure. */
import type { RunResult } from '../../../core/protocol/result.ts';

export const SCENARIO_FACTS = ['name', 'sha256', 'seed', 'scale', 'durationMs', 'overrides'] as const;
export const ENVIRONMENT_FACTS = [
  'cpu',
  'cores',
  'memoryMb',
  'os',
  'node',
  'causeway',
  'dependencies',
  'engine',
  'storage',
  'engineClient',
  'threads',
] as const;
export type ScenarioFact = (typeof SCENARIO_FACTS)[number];
export type EnvironmentFact = (typeof ENVIRONMENT_FACTS)[number];

const SCENARIO: Readonly<Record<ScenarioFact, (result: RunResult) => string>> = {
  name: ({ scenario }) => scenario.name,
  sha256: ({ scenario }) => scenario.sha256,
  seed: ({ scenario }) => String(scenario.seed),
  scale: ({ scenario }) => String(scenario.scale),
  durationMs: ({ scenario }) => String(scenario.durationMs),
  overrides: ({ scenario }) => scenario.overrides.join(', '),
};
const ENVIRONMENT: Readonly<Record<EnvironmentFact, (result: RunResult) => string>> = {
  cpu: ({ environment }) => environment.cpu,
  cores: ({ environment }) => String(environment.cores),
  memoryMb: ({ environment }) => String(environment.memoryMb),
  os: ({ environment }) => environment.os,
  node: ({ environment }) => environment.node,
  causeway: ({ environment }) => environment.causeway,
  dependencies: ({ environment }) =>
    Object.entries(environment.dependencies)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  engine: ({ engine }) => [engine.title ?? engine.name, engine.address].filter((part) => part !== undefined).join(' · '),
  storage: ({ engine }) => `${engine.storage}, fsync ${engine.fsync}`,
  engineClient: ({ engine }) => engine.client ?? '',
  threads: ({ saturation }) =>
    saturation.threads
      .map(({ thread }) => thread)
      .sort()
      .join(', '),
};

export interface Fact<Key extends string> {
  readonly key: Key;
  /** One for each run, in their order; empty: none. */
  readonly values: readonly string[];
  /** Places whose value is not the baseline's. */
  readonly differs: readonly boolean[];
}

function facts<Key extends string>(
  keys: readonly Key[],
  read: Readonly<Record<Key, (result: RunResult) => string>>,
  results: readonly RunResult[],
  baseline: RunResult,
): readonly Fact<Key>[] {
  return keys.map((key) => {
    const values = results.map(read[key]);
    const base = read[key](baseline);
    return { key, values, differs: values.map((value) => value !== base) };
  });
}

export const scenarioFacts = (results: readonly RunResult[], baseline: RunResult): readonly Fact<ScenarioFact>[] =>
  facts(SCENARIO_FACTS, SCENARIO, results, baseline);
export const environmentFacts = (results: readonly RunResult[], baseline: RunResult): readonly Fact<EnvironmentFact>[] =>
  facts(ENVIRONMENT_FACTS, ENVIRONMENT, results, baseline);

/** Those in which at least one run differs. */
export const differing = <Key extends string>(all: readonly Fact<Key>[]): readonly Key[] =>
  all.filter(({ differs }) => differs.some(Boolean)).map(({ key }) => key);
