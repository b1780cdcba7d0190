/** Populations: client IDs, topics, subscriptions, reactions, network losses. */
import { filterRefusal } from '../gateway/topicRules.ts';
import { splitTopic } from '../mapping/topics.ts';
import { checkBody, checkOnChange } from './checkBody.ts';
import type { CheckContext } from './checkContext.ts';
import { checkCredentials } from './checkCredentials.ts';
import type { Command, Population, Template } from './model.ts';
import { formatPlace, type Place, show } from './problems.ts';
import { clientIdOf, placeholders, renderTemplate, templateVars } from './template.ts';

const RESERVED = ['id', 'index', 'clientId'];
/** Members whose rendered templates are looked at: the padded ones are all as long as the last. */
const looked = (population: Population): number[] => (population.count > 1 ? [0, population.count - 1] : [0]);

/** Do two filters have a topic in common? */
export function filtersOverlap(left: string, right: string): boolean {
  const a = left.split('/');
  const b = right.split('/');
  for (let i = 0; ; i += 1) {
    if (a[i] === '#' || b[i] === '#') return true;
    if (i >= a.length || i >= b.length) return a.length === b.length;
    if (a[i] !== b[i] && a[i] !== '+' && b[i] !== '+') return false;
  }
}

function checkClientIds(context: CheckContext, population: Population, place: Place): void {
  const at = [...place, 'clientId'];
  const known = context.placeholdersOf(population).filter((name) => name !== 'clientId');
  if (!context.knownPlaceholders(population.clientId, known, at, population)) return;
  const used = placeholders(population.clientId);
  if (population.count > 1 && !used.includes('id') && !used.includes('index') && context.sound([...place, 'count'])) {
    context.report(
      at,
      `${formatPlace(at)}: ${show(population.clientId)} gives all ${population.count} members the same client ID`,
      'use {id} in it',
    );
  }
  const last = clientIdOf(population, population.count - 1);
  const { clientIdChars } = context.limits;
  if (last.length > clientIdChars) {
    const { profile } = context.scenario.gateway;
    context.report(
      at,
      `${formatPlace(at)}: ${show(last)} has ${last.length} characters, the limit of the ${profile} profile is ${clientIdChars}`,
    );
  }
  if (/\p{Cc}/u.test(last)) context.report(at, `${formatPlace(at)}: ${show(last)} holds a control character`);
  else if (/[/+#]/.test(last))
    context.warn(at, `${formatPlace(at)}: ${show(last)} holds /, + or #: such a client cannot be addressed by P2P`);
  else if (context.scenario.gateway.profile === 'strict' && !/^[^@]+@@@.+$/.test(last)) {
    context.warn(at, `${formatPlace(at)}: ${show(last)} is not of the form GroupID@@@DeviceID`);
  }
}

/** Rendered forms of a topic template, for the members looked at; empty when its placeholders are not known. */
function rendered(context: CheckContext, template: Template, population: Population, place: Place): string[] {
  if (!context.knownPlaceholders(template, context.placeholdersOf(population), place, population)) return [];
  return [...new Set(looked(population).map((index) => renderTemplate(template, templateVars(population, index))))];
}

/** Checks a topic that members publish to. Only the first of the looked-at topics that is wrong is reported. */
function checkPublish(context: CheckContext, template: Template, population: Population, place: Place): void {
  for (const topic of rendered(context, template, population, place)) {
    const spec = context.publishable(topic, place);
    if (spec === undefined) return;
    const isP2p = /^\/p2p\/[^/]+$/.test(splitTopic(topic).second ?? '');
    if (spec.direction === 'down' && !isP2p) {
      context.warn(
        place,
        `${formatPlace(place)}: the topic ${show(spec.name)} has direction down: what devices publish there does not reach MQ`,
      );
      return;
    }
  }
}

function checkFilter(context: CheckContext, template: Template, population: Population, place: Place): void {
  for (const filter of rendered(context, template, population, place)) {
    const refusal = filterRefusal(filter, context.limits);
    if (refusal !== undefined) {
      const why = {
        'topic-reserved': 'topics that start with $ are reserved',
        'topic-too-long': `${filter.length} characters, the limit is ${context.limits.topicChars}`,
      };
      const reason =
        refusal === 'topic-reserved' || refusal === 'topic-too-long'
          ? why[refusal]
          : '+ stands alone in its level, # alone in the last one';
      context.report(place, `${formatPlace(place)}: ${show(filter)} is not a valid topic filter`, reason);
      return;
    }
    const first = splitTopic(filter).parent;
    if (first !== '+' && first !== '#' && context.parentKnown(first, place) === undefined) return;
  }
}

function checkSubscriptions(context: CheckContext, population: Population, place: Place): void {
  const { profile } = context.scenario.gateway;
  for (const [i, subscription] of population.subscribe.entries()) {
    const at = [...place, 'subscribe', i];
    checkFilter(context, subscription.topic, population, [...at, 'topic']);
    const cleanSound = context.sound([...place, 'client', 'cleanSession']);
    if (
      subscription.qos === 2 &&
      !population.client.cleanSession &&
      profile === 'strict' &&
      cleanSound &&
      context.sound([...at, 'qos'])
    ) {
      context.report(
        [...at, 'qos'],
        `${formatPlace(at)}: the strict profile refuses QoS 2 together with cleanSession: false`,
        'use qos: 1, cleanSession: true, or gateway.profile: lenient',
      );
    }
  }
  const limit = context.limits.subscriptionsPerClient;
  if (population.subscribe.length > limit) {
    context.report(
      [...place, 'subscribe'],
      `${formatPlace(place)}: ${population.subscribe.length} subscriptions, a client may hold ${limit}`,
      undefined,
      'key',
    );
  }
}

/** P2P commands need no subscription: could one of them be what the reaction waits for? */
function commandsTo(context: CheckContext, population: Population): Command[] {
  return context.scenario.services.flatMap((service) =>
    service.commands.filter((command) => command.population === population.name),
  );
}

function checkReactions(context: CheckContext, population: Population, place: Place): void {
  for (const reaction of population.react) {
    const at = [...place, 'react', reaction.name];
    checkFilter(context, reaction.on, population, [...at, 'on']);
    checkPublish(context, reaction.topic, population, [...at, 'topic']);
    checkBody(context, reaction.body, [...at, 'body'], {
      actor: population.actor,
      placeholders: context.placeholdersOf(population),
      population,
    });
    if (!context.sound([...at, 'on']) || !context.sound([...place, 'subscribe'])) continue;
    const vars = templateVars(population, 0);
    const on = renderTemplate(reaction.on, vars);
    const subscribed = population.subscribe.some(({ topic }) => filtersOverlap(renderTemplate(topic, vars), on));
    const addressed =
      /^[^/]+\/(p2p\/|#|\+\/|\+$)/.test(on) || commandsTo(context, population).some((command) => command.realTopic !== undefined);
    if (!subscribed && !addressed) {
      context.warn(
        [...at, 'on'],
        `${formatPlace(at)}: no member is subscribed to anything that matches ${show(on)}, so it never happens`,
      );
    }
  }
}

function checkPopulation(context: CheckContext, population: Population): void {
  const place = ['populations', population.name];
  const { group, outages, client } = population;
  if (group !== undefined) {
    if (RESERVED.includes(group.name)) {
      context.report(
        [...place, 'group', 'name'],
        `${formatPlace(place)}.group.name: "${group.name}" is a placeholder of its own; give the group another name`,
      );
    }
    if (group.count > population.count && context.sound([...place, 'count']) && context.sound([...place, 'group', 'count'])) {
      context.report(
        [...place, 'group', 'count'],
        `${formatPlace(place)}.group.count: ${group.count} groups for ${population.count} members`,
      );
    }
  }
  checkClientIds(context, population, place);
  checkCredentials(context, population);
  for (const publication of population.publish) {
    const at = [...place, 'publish', publication.name];
    checkPublish(context, publication.topic, population, [...at, 'topic']);
    checkBody(context, publication.body, [...at, 'body'], {
      actor: population.actor,
      placeholders: context.placeholdersOf(population),
      population,
    });
    if (publication.onChange !== undefined) checkOnChange(context, publication.onChange.field, publication.body, at);
  }
  checkSubscriptions(context, population, place);
  checkReactions(context, population, place);
  if (client.will !== undefined) checkPublish(context, client.will.topic, population, [...place, 'client', 'will', 'topic']);
  if (client.username !== undefined) {
    context.knownPlaceholders(client.username, context.placeholdersOf(population), [...place, 'client', 'username'], population);
  }
  if (outages === undefined || !context.sound([...place, 'outages'])) return;
  if (outages === 'tunnels') {
    if (population.actor !== 'vehicle' && context.sound([...place, 'actor'])) {
      context.report([...place, 'outages'], `${formatPlace(place)}.outages: only vehicles drive through tunnels`);
    }
  } else if (outages.forMs >= outages.everyMs) {
    context.report(
      [...place, 'outages', 'for'],
      `${formatPlace(place)}.outages.for: an outage must be shorter than the time from one to the next (every)`,
    );
  }
}

/** Two populations with one client ID would throw each other's members out, again and again. */
function checkDistinct(context: CheckContext): void {
  const owners = new Map<string, string>();
  for (const population of context.scenario.populations) {
    const place = ['populations', population.name];
    if (!context.sound([...place, 'count']) || !context.sound([...place, 'clientId'])) continue;
    for (let index = 0; index < population.count; index += 1) {
      const id = clientIdOf(population, index);
      const owner = owners.get(id);
      if (owner === undefined) owners.set(id, population.name);
      else if (owner !== population.name) {
        const at = [...place, 'clientId'];
        context.report(
          at,
          `${formatPlace(at)}: ${show(id)} is a client ID of population "${owner}" too`,
          'give each population a prefix of its own',
        );
        break;
      }
    }
  }
}

/** Checks every population, and that no client ID is given twice. */
export function checkPopulations(context: CheckContext): void {
  for (const population of context.scenario.populations) checkPopulation(context, population);
  if (context.scenario.populations.length > 1) checkDistinct(context);
}
