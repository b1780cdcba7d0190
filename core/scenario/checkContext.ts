/** What the checks of a scenario share: the scenario, where to put findings, and a few questions asked everywhere. */
import { limitsOf } from '../gateway/limits.ts';
import type { Limits } from '../gateway/types.ts';
import { REASONS } from '../mapping/reasons.ts';
import { parentFault, splitTopic, topicFault } from '../mapping/topics.ts';
import type { Population, Scenario, Template, TopicSpec } from './model.ts';
import { suggest } from './nearest.ts';
import { formatPlace, isCovered, isWithin, type Place, type Report, show } from './problems.ts';
import { placeholders } from './template.ts';

export class CheckContext {
  readonly scenario: Scenario;
  readonly limits: Limits;
  readonly report: Report;
  readonly warn: Report;
  readonly topics: ReadonlyMap<string, TopicSpec>;
  readonly #repaired: readonly Place[];

  /** `repaired`: places whose value is not the file's own; nothing is concluded from them. */
  constructor(scenario: Scenario, repaired: readonly Place[], report: Report, warn: Report) {
    this.scenario = scenario;
    this.limits = limitsOf(scenario.gateway.profile, scenario.gateway.limits);
    this.report = report;
    this.warn = warn;
    this.topics = new Map(scenario.gateway.topics.map((topic) => [topic.name, topic]));
    this.#repaired = repaired;
  }

  /** Does what stands at this place come from the file (or is rightly absent)? */
  sound(place: Place): boolean {
    return !isCovered(place, this.#repaired);
  }

  /** Is everything at and below this place the file's own? */
  untouched(place: Place): boolean {
    return this.sound(place) && !this.#repaired.some((root) => isWithin(root, place));
  }

  /** Names that templates of this population may use. */
  placeholdersOf(population: Population): string[] {
    return [...(population.group === undefined ? [] : [population.group.name]), 'id', 'index', 'clientId'];
  }

  /** Reports placeholders that mean nothing here; true: all are known. */
  knownPlaceholders(template: Template, known: readonly string[], place: Place, population: Population): boolean {
    if (!this.sound(place) || !this.sound(['populations', population.name, 'group'])) return false;
    let good = true;
    for (const name of placeholders(template)) {
      if (known.includes(name)) continue;
      good = false;
      const hint = suggest(name, known) ?? 'no placeholder means anything here';
      const group = population.group === undefined ? `; population "${population.name}" has no group` : '';
      this.report(
        place,
        `${formatPlace(place)}: unknown placeholder {${name}}${group}`,
        typeof hint === 'object' ? { instead: `{${hint.instead}}` } : hint,
      );
    }
    return good;
  }

  /** Reports a topic that cannot be published to: its form, its length, its parent. Returns the parent's entry. */
  publishable(topic: string, place: Place): TopicSpec | undefined {
    if (!this.sound(place)) return undefined;
    const { parent } = splitTopic(topic);
    const fault = topicFault(topic, this.scenario.gateway.profile, this.limits.topicChars);
    if (fault !== undefined) {
      const length = fault === 'topic-too-long' ? ` (${topic.length} characters, the limit is ${this.limits.topicChars})` : '';
      this.report(place, `${formatPlace(place)}: ${show(topic)}: ${REASONS[fault]}${length}`);
      return undefined;
    }
    return this.parentKnown(parent, place);
  }

  /** Reports a parent topic that gateway.topics does not have. */
  parentKnown(parent: string, place: Place): TopicSpec | undefined {
    const spec = this.topics.get(parent);
    if (spec === undefined && this.sound(place) && this.sound(['gateway', 'topics', parent])) {
      this.report(
        place,
        `${formatPlace(place)}: the parent topic ${show(parent)} is not in gateway.topics`,
        suggest(parent, [...this.topics.keys()]),
      );
    }
    return spec;
  }

  /** Reports parent topics of the gateway that the profile does not allow. */
  checkParents(): void {
    const { profile, topics } = this.scenario.gateway;
    for (const { name } of topics) {
      const fault = parentFault(name, profile);
      const place = ['gateway', 'topics', name];
      if (fault !== undefined) {
        const hint = profile === 'strict' ? 'strict profile: letters, digits, - and _ only' : undefined;
        this.report(place, `gateway.topics: ${show(name)}: ${REASONS[fault]}`, hint, 'key');
      } else if (name.length > this.limits.topicChars) {
        this.report(
          place,
          `gateway.topics: ${show(name)} has ${name.length} characters, the limit is ${this.limits.topicChars}`,
          undefined,
          'key',
        );
      }
    }
  }
}
