/** The vehicles of a scenario that a map can show: where their positions stand in their reports, and who can be commanded by hand. */
import { blockTopic, type StreamBlock, StreamTable } from '../run/streams.ts';
import { isManual } from '../scenario/byHand.ts';
import type { Body, Command, Generator, Population, Scenario } from '../scenario/model.ts';

type RouteValue = Extract<Generator, { kind: 'route' }>['value'];

export interface FleetLayout {
  readonly population: Population;
  /** Stream of vehicle 0's reports; vehicle i has the i-th after it. */
  readonly reportBase: number;
  /** Names of the fields of a report; speed and heading may be missing. */
  readonly fields: {
    readonly x: string;
    readonly y: string;
    readonly speed: string | undefined;
    readonly heading: string | undefined;
  };
  /** What can be sent by hand: the streams of each variant. */
  readonly variants: readonly Extract<StreamBlock, { kind: 'command' }>[];
}

const fieldOf = (body: Body, value: RouteValue): string | undefined =>
  body.find(({ make }) => make.kind === 'route' && make.value === value)?.field;

/** Undefined: no population of vehicles reports x and y to a service through MQ. */
export function fleetLayout(scenario: Scenario, streams = new StreamTable(scenario)): FleetLayout | undefined {
  const consumed = new Set(scenario.services.flatMap(({ consume }) => consume?.topics ?? []));
  for (const block of streams.blocks) {
    if (block.kind !== 'publication' || block.population.actor !== 'vehicle') continue;
    const { body } = block.publication;
    const x = fieldOf(body, 'x');
    const y = fieldOf(body, 'y');
    if (x === undefined || y === undefined || !consumed.has(blockTopic(block, 0).split('/', 1)[0]!)) continue;
    const { population } = block;
    return {
      population,
      reportBase: block.base,
      fields: { x, y, speed: fieldOf(body, 'speed'), heading: fieldOf(body, 'heading') },
      variants: streams.blocks.filter(
        (b): b is Extract<StreamBlock, { kind: 'command' }> =>
          b.kind === 'command' && b.population === population && isManual(b.command),
      ),
    };
  }
  return undefined;
}

/** The variant that sends to a target in this way; undefined: the scenario has none, or the profile refuses it. */
export function variantFor(
  layout: FleetLayout,
  target: Command['target'],
  qos: 0 | 1 | 2,
  store: boolean,
): FleetLayout['variants'][number] | undefined {
  return layout.variants.find(
    ({ command }) =>
      command.target === target && command.qosLevel === qos && (target !== 'one' || command.cleanSessionFlag === !store),
  );
}

/** The vehicles that a message to target `index` of a command is for. */
export function addressed(population: Population, command: Command, index: number): number[] {
  if (command.target === 'one') return [index];
  const groups = command.target === 'group' ? (population.group?.count ?? 1) : 1;
  const first = command.target === 'group' ? index : 0;
  return Array.from({ length: Math.ceil((population.count - first) / groups) }, (_, i) => first + i * groups);
}
