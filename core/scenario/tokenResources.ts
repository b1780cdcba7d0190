/** What a member's token is good for: the topics that it uses, and nothing else. */
import type { Population } from './model.ts';
import { renderTemplate, templateVars } from './template.ts';

/** Topic filters for member `index`: what it publishes to, answers on, leaves as its Will, and subscribes to. */
export function tokenResources(population: Population, index: number): string[] {
  const vars = templateVars(population, index);
  const { will } = population.client;
  const templates = [
    ...population.publish.map((publication) => publication.topic),
    ...population.react.map((reaction) => reaction.topic),
    ...(will === undefined ? [] : [will.topic]),
    ...population.subscribe.map((subscription) => subscription.topic),
  ];
  const resources = new Set(templates.map((template) => renderTemplate(template, vars)));
  // A member that only receives P2P messages needs a token nevertheless, and a token names something.
  if (resources.size === 0) resources.add(population.name);
  return [...resources];
}
