/**
 * How much a scenario will send and deliver, worked out from the file alone: average rates over the whole run. Exact for
 * fixed schedules; closed loops and reports on change depend on what happens and are marked.
 */
import { splitTopic } from '../mapping/topics.ts';
import { topicMatches } from '../run/topicMatch.ts';
import { bodyBytes } from './checkBody.ts';
import type { CommandSchedule, Population, Publication, Reaction, Scenario, ScheduleSpec } from './model.ts';
import { commandTopics, isP2p, memberTopics, Reach } from './reach.ts';
import { renderTemplate, templateVars } from './template.ts';

/** Messages of one publication, reaction or command. Rates per second, averaged over the run. */
export interface Flow {
  readonly kind: 'publication' | 'reaction' | 'command';
  /** e.g. `sensors.temperature`. */
  readonly name: string;
  /** With its {placeholders}. */
  readonly topic: string;
  readonly parent: string;
  readonly qos: number;
  /** undefined: depends on the answers (closed loop). */
  readonly perSecond: number | undefined;
  /** At the busiest time, where the schedule or the phases have one; undefined: unknown. */
  readonly peakPerSecond: number | undefined;
  /** There are more, by what cannot be known beforehand (onChange). */
  readonly atLeast: boolean;
  /** Devices that receive each message, on average, and MQ consumers (a clustering group counts once). */
  readonly devices: number;
  readonly consumers: number;
  /** Crosses the bridge up to MQ, or down from it. */
  readonly bridged: 'up' | 'down' | 'no';
  /** Payload of one message, without the measuring stamp. */
  readonly bytes: number;
}

/** A flow with some of the topics its messages travel on, and for P2P the population they go to. */
interface Source {
  readonly flow: Flow;
  readonly topics: readonly string[];
  readonly only: Population | undefined;
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, v) => sum + v, 0) / values.length;

/** Share of full load over the whole run. */
export function averageLoad(scenario: Pick<Scenario, 'phases'>): number {
  const length = scenario.phases.reduce((sum, phase) => sum + phase.forMs, 0);
  return length === 0 ? 1 : scenario.phases.reduce((sum, phase) => sum + phase.forMs * phase.load, 0) / length;
}

/** Messages per second at full load, averaged over the run; `members` send by themselves where the kind says so. Undefined: closed loop. */
export function averageRate(schedule: ScheduleSpec | CommandSchedule, members: number, durationMs: number): number | undefined {
  switch (schedule.kind) {
    case 'periodic':
      return (members * 1000) / schedule.everyMs;
    case 'rate':
      return schedule.perSecond;
    case 'ramp': {
      const { from, to, overMs } = schedule;
      const ramping = Math.min(overMs, durationMs);
      const reached = from + ((to - from) * ramping) / overMs;
      return (((from + reached) / 2) * ramping + to * (durationMs - ramping)) / durationMs;
    }
    case 'burst': {
      const share = schedule.forMs / schedule.everyMs;
      return schedule.perSecond * (1 - share) + schedule.burstPerSecond * share;
    }
    case 'replay':
      return (schedule.atMs.filter((at) => at < durationMs).length * 1000) / durationMs;
    case 'closed':
      return undefined;
    // What somebody may send cannot be known.
    case 'manual':
      return 0;
  }
}

/** Messages per second at the busiest time of a schedule at full load; replays count as their average, their messages have no rate. */
export function peakRate(schedule: ScheduleSpec | CommandSchedule, members: number, durationMs: number): number | undefined {
  if (schedule.kind === 'burst') return schedule.burstPerSecond;
  if (schedule.kind === 'ramp')
    return Math.max(
      schedule.from,
      schedule.overMs > durationMs ? schedule.from + ((schedule.to - schedule.from) * durationMs) / schedule.overMs : schedule.to,
    );
  return averageRate(schedule, members, durationMs);
}

/** Average and peak over the phases. */
function ratesOf(
  scenario: Scenario,
  schedule: ScheduleSpec | CommandSchedule,
  members: number,
): Pick<Flow, 'perSecond' | 'peakPerSecond'> {
  const peak = peakRate(schedule, members, scenario.durationMs);
  const most = scenario.phases.length === 0 ? 1 : Math.max(...scenario.phases.map((phase) => phase.load));
  return { perSecond: ratePerSecond(scenario, schedule, members), peakPerSecond: peak === undefined ? undefined : peak * most };
}

function ratePerSecond(scenario: Scenario, schedule: ScheduleSpec | CommandSchedule, members: number): number | undefined {
  const full = averageRate(schedule, members, scenario.durationMs);
  return full === undefined ? undefined : full * averageLoad(scenario);
}

function deviceSource(
  reach: Reach,
  population: Population,
  item: Publication | Reaction,
  rest: Pick<Flow, 'kind' | 'perSecond' | 'peakPerSecond' | 'atLeast'>,
): Source {
  const topics = memberTopics(population, item.topic);
  const { parent } = splitTopic(topics[0] ?? '');
  const up = reach.goesUp(topics[0] ?? '');
  const flow: Flow = {
    ...rest,
    name: `${population.name}.${item.name}`,
    topic: item.topic,
    parent,
    qos: item.qos,
    devices: mean(topics.map((topic) => reach.devices(topic))),
    consumers: up ? reach.consumers(parent) : 0,
    bridged: up ? 'up' : 'no',
    bytes: bodyBytes(item.body),
  };
  return { flow, topics, only: undefined };
}

function commandSources(scenario: Scenario, reach: Reach): Source[] {
  const sources: Source[] = [];
  for (const service of scenario.services) {
    for (const command of service.commands) {
      const population = scenario.populations.find((p) => p.name === command.population);
      if (population === undefined) continue;
      const topics = commandTopics(population, command);
      const second = command.target === 'one' ? '/p2p/{clientId}' : (command.second ?? '');
      const flow: Flow = {
        kind: 'command',
        name: `${service.name}.${command.name}`,
        topic: command.topic + (second === '' || second.startsWith('/') ? second : `/${second}`),
        parent: command.topic,
        qos: command.qosLevel ?? 1,
        ...ratesOf(scenario, command.schedule, 1),
        atLeast: false,
        devices: mean(topics.map((topic) => reach.devices(topic))),
        consumers: 0,
        bridged: 'down',
        bytes: bodyBytes(command.body),
      };
      sources.push({ flow, topics, only: command.target === 'one' ? population : undefined });
    }
  }
  return sources;
}

/** How often a reaction happens for each message of a source, over all members. */
function triggered(reach: Reach, population: Population, reaction: Reaction, source: Source): number {
  if (source.only !== undefined && source.only !== population) return 0;
  const happens = source.topics.map((topic) => {
    if (!isP2p(topic)) return reach.members(population, topic, reaction.on);
    const clientId = topic.slice(topic.indexOf('/p2p/') + 5);
    return topicMatches(renderTemplate(reaction.on, { ...templateVars(population, 0), clientId }), topic) ? 1 : 0;
  });
  return mean(happens) * reaction.probability;
}

function reactionSources(scenario: Scenario, reach: Reach): { population: Population; reaction: Reaction; source: Source }[] {
  return scenario.populations.flatMap((population) =>
    population.react.map((reaction) => ({
      population,
      reaction,
      source: deviceSource(reach, population, reaction, {
        kind: 'reaction',
        perSecond: 0,
        peakPerSecond: undefined,
        atLeast: false,
      }),
    })),
  );
}

/** For each reaction: how many messages of the same reaction one message of it causes. From 1 on it never ends. */
export function feedback(scenario: Scenario): { population: Population; reaction: Reaction; factor: number }[] {
  const reach = new Reach(scenario);
  return reactionSources(scenario, reach).map(({ population, reaction, source }) => ({
    population,
    reaction,
    factor: triggered(reach, population, reaction, source),
  }));
}

/** All flows of a scenario; reactions follow from what triggers them, reactions to reactions included. */
export function estimateTraffic(scenario: Scenario): Flow[] {
  const reach = new Reach(scenario);
  const causes: Source[] = scenario.populations.flatMap((population) =>
    population.publish.map((publication) =>
      deviceSource(reach, population, publication, {
        kind: 'publication',
        ...ratesOf(scenario, publication.schedule, population.count),
        atLeast: publication.onChange !== undefined,
      }),
    ),
  );
  causes.push(...commandSources(scenario, reach));
  const reactions = reactionSources(scenario, reach);
  const base = reactions.map(({ population, reaction }) =>
    causes.reduce((sum, cause) => sum + (cause.flow.perSecond ?? 0) * triggered(reach, population, reaction, cause), 0),
  );
  const among = reactions.map(({ population, reaction }) =>
    reactions.map((cause) => triggered(reach, population, reaction, cause.source)),
  );
  let rates = base;
  // Each round adds the answers to the answers of the last; what grows without end is warned of by the loader and cut here.
  for (let round = 0; round < 60; round += 1) {
    rates = base.map((rate, i) => Math.min(1_000_000, rate + among[i]!.reduce((sum, each, j) => sum + each * rates[j]!, 0)));
  }
  return [...causes.map((cause) => cause.flow), ...reactions.map(({ source }, i) => ({ ...source.flow, perSecond: rates[i]! }))];
}
