/** Who receives what is published on a topic, worked out from the subscriptions that a scenario gives its members. */
import { canonicalSecond, p2pTarget, splitTopic } from '../mapping/topics.ts';
import { topicMatches } from '../run/topicMatch.ts';
import type { Command, Population, Scenario, Template } from './model.ts';
import { clientIdOf, groupSize, groupVars, placeholders, renderTemplate, templateVars } from './template.ts';

/** Groups or members looked at per template; the rest is taken to be like them. */
const SAMPLES = 24;

/** Indices spread evenly over 0..count-1. */
function spread(count: number): number[] {
  const taken = Math.min(count, SAMPLES);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken));
}

/** The topics of some members, spread over the population. */
export function memberTopics(population: Population, template: Template): string[] {
  return spread(population.count).map((index) => renderTemplate(template, templateVars(population, index)));
}

/** The MQTT topics of a command, for some of its targets. */
export function commandTopics(population: Population, command: Command): string[] {
  const { topic, target, second } = command;
  if (target === 'one') return spread(population.count).map((index) => `${topic}/p2p/${clientIdOf(population, index)}`);
  if (second === undefined) return [topic];
  if (target === 'all') return [topic + canonicalSecond(second)];
  const groups = spread(population.group?.count ?? 1);
  return groups.map((group) => topic + canonicalSecond(renderTemplate(second, groupVars(population, group))));
}

/** Is the topic that of a P2P message, which one client receives without subscribing? */
export function isP2p(topic: string): boolean {
  return p2pTarget(splitTopic(topic).second) !== undefined;
}

const matches = (filter: string, topic: string): boolean =>
  filter === topic || (/[+#]/.test(filter) && topicMatches(filter, topic));

/** Members with the same filters: they receive the same. */
interface Audience {
  readonly filters: readonly string[];
  /** Rendered filter of the reaction asked about; undefined: none asked. */
  readonly on: string | undefined;
  members: number;
}

export class Reach {
  readonly #scenario: Scenario;
  readonly #audiences = new Map<string, readonly Audience[]>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  /** Devices that receive a message on this topic. */
  devices(topic: string): number {
    if (isP2p(topic)) return 1;
    return this.#scenario.populations.reduce((sum, population) => sum + this.members(population, topic), 0);
  }

  /** Members of one population that receive a (not P2P) message on this topic, and whose filter `on` matches it too. */
  members(population: Population, topic: string, on?: Template): number {
    let sum = 0;
    for (const audience of this.#audiencesOf(population, on)) {
      if (audience.on !== undefined && !matches(audience.on, topic)) continue;
      if (audience.filters.some((filter) => matches(filter, topic))) sum += audience.members;
    }
    return sum;
  }

  /** Consumers of the MQ topic: a clustering group counts once, a broadcasting one by its members. */
  consumers(parent: string): number {
    return this.#scenario.services.reduce((sum, { consume }) => {
      if (consume?.topics.includes(parent) !== true) return sum;
      return sum + (consume.mode === 'clustering' ? 1 : consume.members);
    }, 0);
  }

  /** Does the bridge carry what devices publish on this topic? */
  goesUp(topic: string): boolean {
    const { parent } = splitTopic(topic);
    const spec = this.#scenario.gateway.topics.find((t) => t.name === parent);
    return (spec?.direction === 'up' || spec?.direction === 'both') && !isP2p(topic);
  }

  #audiencesOf(population: Population, on: Template | undefined): readonly Audience[] {
    const key = `${population.name}\n${on ?? ''}`;
    let audiences = this.#audiences.get(key);
    if (audiences === undefined) {
      audiences = population.subscribe.length === 0 ? [] : makeAudiences(population, on);
      this.#audiences.set(key, audiences);
    }
    return audiences;
  }
}

function makeAudiences(population: Population, on: Template | undefined): Audience[] {
  const templates = population.subscribe.map((subscription) => subscription.topic);
  const used = [...templates, on ?? ''].flatMap(placeholders);
  // Mostly filters differ by group at most: a few groups are looked at instead of every member.
  const byGroup = used.every((name) => name === population.group?.name);
  const units = byGroup ? (population.group?.count ?? 1) : population.count;
  return Array.from({ length: units }, (_, unit) => {
    const vars = byGroup ? groupVars(population, unit) : templateVars(population, unit);
    return {
      filters: templates.map((template) => renderTemplate(template, vars)),
      on: on === undefined ? undefined : renderTemplate(on, vars),
      members: byGroup ? groupSize(population, unit) : 1,
    };
  });
}
