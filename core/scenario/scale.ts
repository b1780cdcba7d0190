/** `--scale`, `--duration` and `--seed`: the same scenario, smaller or larger, shorter or longer. */
import { CausewayError } from '../protocol/errors.ts';
import type { Command, Credentials, Population, Scenario, ScheduleSpec } from './model.ts';
import { MAX_DURATION_MS, MAX_RATE } from './units.ts';

const MAX_MEMBERS = 1_000_000;

function refuse(argument: string, value: number, reason: string, expected: string): never {
  throw new CausewayError('input.argument', { argument, value, reason, expected });
}

function times(rate: number, scale: number): number {
  const scaled = rate * scale;
  if (scaled > MAX_RATE)
    refuse('--scale', scale, `a rate of ${rate}/s would become ${scaled}/s`, `rates are at most ${MAX_RATE}/s`);
  return scaled;
}

/** Rates of a whole population grow with it; what each member does by itself (every, closed) and fixed times (replay) stay. */
function scaleSchedule<T extends ScheduleSpec>(schedule: T, scale: number): T {
  switch (schedule.kind) {
    case 'rate':
      return { ...schedule, perSecond: times(schedule.perSecond, scale) };
    case 'ramp':
      return { ...schedule, from: times(schedule.from, scale), to: times(schedule.to, scale) };
    case 'burst':
      return { ...schedule, perSecond: times(schedule.perSecond, scale), burstPerSecond: times(schedule.burstPerSecond, scale) };
    default:
      return schedule;
  }
}

function scaleCredentials(credentials: Credentials | undefined, count: number, scale: number): Credentials | undefined {
  if (credentials?.kind !== 'token' || credentials.revoke === undefined) return credentials;
  const members = Math.min(count, Math.max(1, Math.round(credentials.revoke.members * scale)));
  return { ...credentials, revoke: { ...credentials.revoke, members } };
}

function scalePopulation(population: Population, scale: number): Population {
  const count = Math.max(1, Math.round(population.count * scale));
  if (count > MAX_MEMBERS)
    refuse('--scale', scale, `population "${population.name}" would have ${count} members`, `at most ${MAX_MEMBERS}`);
  // The number of groups goes along, so that a room keeps its size and a message its fan-out.
  const group = population.group && {
    name: population.group.name,
    count: Math.min(count, Math.max(1, Math.round(population.group.count * scale))),
  };
  return {
    ...population,
    count,
    group,
    credentials: scaleCredentials(population.credentials, count, scale),
    connect: { overMs: population.connect.overMs * scale },
    publish: population.publish.map((publication) => ({ ...publication, schedule: scaleSchedule(publication.schedule, scale) })),
  };
}

/** A command to all reaches more when there are more; one to a member or a group must come more often for the same share of them. */
function scaleCommand(command: Command, scale: number): Command {
  const { target, schedule } = command;
  return target === 'all' || schedule.kind === 'manual' ? command : { ...command, schedule: scaleSchedule(schedule, scale) };
}

/** The scenario with counts, group counts and population-wide rates multiplied. @throws CausewayError input.argument */
export function scaleScenario(scenario: Scenario, scale: number): Scenario {
  if (!Number.isFinite(scale) || scale <= 0 || scale > 1000) {
    refuse('--scale', scale, 'it must be above 0 and at most 1000', 'give a factor such as 0.1 or 2');
  }
  if (scale === 1) return scenario;
  return {
    ...scenario,
    populations: scenario.populations.map((population) => scalePopulation(population, scale)),
    services: scenario.services.map((service) => ({
      ...service,
      commands: service.commands.map((command) => scaleCommand(command, scale)),
    })),
  };
}

/** The scenario with another length; phases keep their shares of it. @throws CausewayError input.argument */
export function withDuration(scenario: Scenario, durationMs: number): Scenario {
  if (!Number.isFinite(durationMs) || durationMs <= 0 || durationMs > MAX_DURATION_MS) {
    refuse('--duration', durationMs, 'it must be above 0 and at most 720h', 'give a duration such as 30s');
  }
  const factor = durationMs / scenario.durationMs;
  return { ...scenario, durationMs, phases: scenario.phases.map((phase) => ({ ...phase, forMs: phase.forMs * factor })) };
}

/** The scenario with another seed. @throws CausewayError input.argument */
export function withSeed(scenario: Scenario, seed: number): Scenario {
  if (!Number.isInteger(seed) || seed < 0 || seed > 4_294_967_295) {
    refuse('--seed', seed, 'it must be a whole number from 0 to 4294967295', 'give a whole number such as 42');
  }
  return { ...scenario, seed };
}
