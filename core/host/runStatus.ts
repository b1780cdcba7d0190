/** What a window is told about a run before anything of it is measured: read from its scenario. */
import type { EngineName, RunStatus } from '../protocol/window.ts';
import type { LoadedScenario } from '../scenario/loader.ts';

type Described = Omit<RunStatus, 'id' | 'phase' | 'startedAt' | 'error'>;

export function describeRun({ scenario }: LoadedScenario): Described {
  return {
    scenario: scenario.name,
    description: scenario.description,
    engine: scenario.mq.engine as EngineName,
    broker: scenario.gateway.broker?.url ?? 'gateway',
    durationMs: scenario.durationMs,
    plannedClients: scenario.populations.reduce((sum, { count }) => sum + count, 0),
    populations: scenario.populations.map(({ name, actor, count }) => ({ name, actor, count })),
    services: scenario.services.map(({ name, consume, commands }) => ({
      name,
      consumes: consume?.topics ?? [],
      commands: commands.map((command) => command.name),
    })),
    orderPromised: scenario.services.some(({ consume }) => consume?.ordered === true),
    thresholds: scenario.thresholds.map(({ text, metric }) => ({ text, metric })),
  };
}
