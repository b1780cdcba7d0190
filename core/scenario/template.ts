/**
 * Templates: texts with {placeholders} that become topics, client IDs and bodies. A brace that does not enclose a
 * name (`{"a":1}`) stands for itself, so that JSON can be written without escapes.
 */
import type { Population, Template } from './model.ts';

/** Placeholder name to text: `index`, `id`, `clientId` and the name of the population's group. */
export type TemplateVars = Readonly<Record<string, string>>;

/** What a template may need to know of a population. */
export type TemplatePopulation = Pick<Population, 'count' | 'group' | 'clientId'>;

const PLACEHOLDER = /\{([A-Za-z][\w-]*)\}/g;

/** The placeholder names that stand in a template, each once, in order of appearance. */
export function placeholders(template: Template): string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1]!))];
}

/** The template with its placeholders filled in; a placeholder without a value stays as it is (the loader refuses those). */
export function renderTemplate(template: Template, vars: TemplateVars): string {
  if (!template.includes('{')) return template;
  return template.replace(PLACEHOLDER, (whole, name: string) => (Object.hasOwn(vars, name) ? vars[name]! : whole));
}

/** A 0-based index as text, padded with zeros to the width of the largest one, so that texts sort like numbers. */
export function padIndex(index: number, count: number): string {
  return String(index).padStart(String(Math.max(0, count - 1)).length, '0');
}

/** The group (0-based) that member `index` belongs to; 0 in a population without groups. */
export function memberGroup(population: Pick<Population, 'group'>, index: number): number {
  return population.group === undefined ? 0 : index % population.group.count;
}

/** How many members group `group` of the population has. */
export function groupSize(population: Pick<Population, 'count' | 'group'>, group: number): number {
  const groups = population.group?.count ?? 1;
  return Math.floor(population.count / groups) + (group < population.count % groups ? 1 : 0);
}

/** The variables of one group (0-based), for what is addressed to a whole group: its name, padded, e.g. `{ room: '07' }`. */
export function groupVars(population: Pick<Population, 'group'>, group: number): TemplateVars {
  return population.group === undefined ? {} : { [population.group.name]: padIndex(group, population.group.count) };
}

function varsWithoutClientId(population: TemplatePopulation, index: number): Record<string, string> {
  return {
    ...groupVars(population, memberGroup(population, index)),
    index: String(index),
    id: padIndex(index, population.count),
  };
}

/** The MQTT client ID of member `index` (0-based). */
export function clientIdOf(population: TemplatePopulation, index: number): string {
  return renderTemplate(population.clientId, varsWithoutClientId(population, index));
}

/** All variables of member `index` (0-based): `index`, `id` (padded), `clientId`, and its group under the group's name (padded). */
export function templateVars(population: TemplatePopulation, index: number): TemplateVars {
  const vars = varsWithoutClientId(population, index);
  vars.clientId = renderTemplate(population.clientId, vars);
  return vars;
}

/** The topic (or filter) that a template means for member `index` (0-based). */
export function topicOf(template: Template, population: TemplatePopulation, index: number): string {
  return renderTemplate(template, templateVars(population, index));
}
