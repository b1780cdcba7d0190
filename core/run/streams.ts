/**
 * Streams and receivers of a run, numbered from the scenario alone, so that every thread knows the same numbers
 * without being told. A stream is one publisher's sequence on one purpose, with one topic and one QoS; P2P commands
 * have a stream for each target, group commands one for each group. A command sent by hand has a block for each of its
 * variants.
 */
import type { QoS } from '../gateway/types.ts';
import { variantsOf } from '../scenario/byHand.ts';
import type { Command, Population, Publication, Reaction, Scenario, Service } from '../scenario/model.ts';
import { clientIdOf, groupSize, groupVars, renderTemplate, templateVars } from '../scenario/template.ts';

export type StreamBlock =
  | {
      readonly kind: 'publication';
      readonly base: number;
      readonly count: number;
      readonly population: Population;
      readonly publication: Publication;
    }
  | {
      readonly kind: 'reaction';
      readonly base: number;
      readonly count: number;
      readonly population: Population;
      readonly reaction: Reaction;
    }
  | {
      readonly kind: 'command';
      readonly base: number;
      readonly count: number;
      readonly population: Population;
      readonly service: Service;
      /** Of a manual one: the variant. */
      readonly command: Command;
    };

/** Stream numbers start at 1: 0 means "refers to nothing" in a stamp. */
export class StreamTable {
  readonly blocks: readonly StreamBlock[];
  /** Highest stream number + 1. */
  readonly size: number;

  constructor(scenario: Scenario) {
    const blocks: StreamBlock[] = [];
    let base = 1;
    for (const population of scenario.populations) {
      for (const publication of population.publish) {
        blocks.push({ kind: 'publication', base, count: population.count, population, publication });
        base += population.count;
      }
      for (const reaction of population.react) {
        blocks.push({ kind: 'reaction', base, count: population.count, population, reaction });
        base += population.count;
      }
    }
    for (const service of scenario.services) {
      for (const command of service.commands) {
        const population = scenario.populations.find((p) => p.name === command.population)!;
        const count =
          command.target === 'one' ? population.count : command.target === 'group' ? (population.group?.count ?? 1) : 1;
        for (const variant of variantsOf(command, scenario.gateway.profile)) {
          blocks.push({ kind: 'command', base, count, population, service, command: variant });
          base += count;
        }
      }
    }
    this.blocks = blocks;
    this.size = base;
  }

  /** The block a stream belongs to; undefined for a number that no stream has. */
  find(stream: number): StreamBlock | undefined {
    let low = 0;
    let high = this.blocks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const block = this.blocks[middle]!;
      if (stream < block.base) high = middle - 1;
      else if (stream >= block.base + block.count) low = middle + 1;
      else return block;
    }
    return undefined;
  }

  publicationBase(population: string, name: string): number {
    return this.#base((b) => b.kind === 'publication' && b.population.name === population && b.publication.name === name);
  }

  reactionBase(population: string, name: string): number {
    return this.#base((b) => b.kind === 'reaction' && b.population.name === population && b.reaction.name === name);
  }

  commandBase(service: string, name: string): number {
    return this.#base((b) => b.kind === 'command' && b.service.name === service && b.command.name === name);
  }

  #base(test: (block: StreamBlock) => boolean): number {
    const block = this.blocks.find(test);
    if (block === undefined) throw new Error('no such stream block');
    return block.base;
  }

  /** e.g. `sensors.temperature (GID_sensor@@@07-0123)`, for messages to people. */
  describe(stream: number): string {
    const block = this.find(stream);
    if (block === undefined) return `unknown stream ${stream}`;
    const index = stream - block.base;
    if (block.kind === 'command')
      return `${block.service.name}.${block.command.name} to ${commandTargetName(block.population, block.command, index)}`;
    const name = block.kind === 'publication' ? block.publication.name : block.reaction.name;
    return `${block.population.name}.${name} (${clientIdOf(block.population, index)})`;
  }
}

export function blockQos(block: StreamBlock): QoS {
  if (block.kind === 'publication') return block.publication.qos;
  if (block.kind === 'reaction') return block.reaction.qos;
  return block.command.qosLevel ?? 1;
}

/** The MQTT topic on which stream `index` of a block travels (for P2P commands: `{parent}/p2p/{clientId}`). */
export function blockTopic(block: StreamBlock, index: number): string {
  if (block.kind === 'publication') return renderTemplate(block.publication.topic, templateVars(block.population, index));
  if (block.kind === 'reaction') return renderTemplate(block.reaction.topic, templateVars(block.population, index));
  return block.command.topic + commandSecond(block.population, block.command, index);
}

/** mqttSecondTopic of a command to target `index` (member, group or 0), with its leading slash; '' when it has none. */
export function commandSecond(population: Population, command: Command, index: number): string {
  if (command.target === 'one') return `/p2p/${clientIdOf(population, index)}`;
  if (command.second === undefined) return '';
  const second = renderTemplate(command.second, command.target === 'group' ? groupVars(population, index) : {});
  return second.startsWith('/') ? second : `/${second}`;
}

/** The topic a receiver of a command sees. */
export function commandShownTopic(population: Population, command: Command, index: number): string {
  if (command.realTopic === undefined) return command.topic + commandSecond(population, command, index);
  const vars =
    command.target === 'one' ? templateVars(population, index) : command.target === 'group' ? groupVars(population, index) : {};
  const real = renderTemplate(command.realTopic, vars);
  return command.topic + (real.startsWith('/') ? real : `/${real}`);
}

export function commandTargetName(population: Population, command: Command, index: number): string {
  if (command.target === 'one') return clientIdOf(population, index);
  if (command.target === 'group')
    return `${population.group?.name ?? 'group'} ${renderTemplate(`{${population.group?.name}}`, groupVars(population, index))}`;
  return `all ${population.name}`;
}

/** How many members a command to target `index` reaches. */
export function commandReach(population: Population, command: Command, index: number): number {
  if (command.target === 'one') return 1;
  return command.target === 'all' ? population.count : groupSize(population, index);
}

/** Devices are receivers 0..devices-1 in the order of the populations; then each clustering group, or each member of a broadcasting one. */
export class ReceiverTable {
  readonly #bases = new Map<string, number>();
  readonly devices: number;
  readonly services: readonly { readonly receiver: number; readonly service: Service; readonly member: number }[];
  readonly size: number;
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    let next = 0;
    for (const population of scenario.populations) {
      this.#bases.set(population.name, next);
      next += population.count;
    }
    this.devices = next;
    const services: { receiver: number; service: Service; member: number }[] = [];
    for (const service of scenario.services) {
      if (service.consume === undefined) continue;
      const receivers = service.consume.mode === 'clustering' ? 1 : service.consume.members;
      for (let member = 0; member < receivers; member += 1) {
        services.push({ receiver: next, service, member });
        next += 1;
      }
    }
    this.services = services;
    this.size = next;
  }

  device(population: string, index: number): number {
    return this.#bases.get(population)! + index;
  }

  service(name: string, member: number): number {
    const entry = this.services.find(
      (s) => s.service.name === name && (s.service.consume?.mode === 'clustering' || s.member === member),
    );
    if (entry === undefined) throw new Error(`no receiver for service ${name}`);
    return entry.receiver;
  }

  describe(receiver: number): string {
    if (receiver >= this.devices) {
      const entry = this.services.find((s) => s.receiver === receiver);
      if (entry === undefined) return `unknown receiver ${receiver}`;
      return entry.service.consume?.mode === 'clustering'
        ? `group ${entry.service.consume.group}`
        : `${entry.service.name} member ${entry.member + 1}`;
    }
    for (const population of this.#scenario.populations) {
      const index = receiver - this.#bases.get(population.name)!;
      if (index >= 0 && index < population.count) return clientIdOf(population, index);
    }
    return `unknown receiver ${receiver}`;
  }
}
