/** Services: what they consume, whom they command, which answers they expect. */
import { canonicalSecond, p2pTarget, splitTopic } from '../mapping/topics.ts';
import { topicMatches } from '../run/topicMatch.ts';
import { isManual, ORDER_FIELDS } from './byHand.ts';
import { checkBody } from './checkBody.ts';
import type { CheckContext } from './checkContext.ts';
import type { Command, Consume, Population, Service, Template } from './model.ts';
import { suggest } from './nearest.ts';
import { formatPlace, type Place, show } from './problems.ts';
import { clientIdOf, groupVars, placeholders, renderTemplate, type TemplateVars, templateVars } from './template.ts';

/** The bridge consumes what goes down to devices; a service in its group would take messages away from it. */
const BRIDGE_GROUP = 'causeway-bridge';

function checkConsume(context: CheckContext, consume: Consume, place: Place): void {
  for (const [i, name] of consume.topics.entries()) {
    const at = [...place, 'topics', i];
    const spec = context.parentKnown(name, at);
    if (spec === undefined || !context.sound(['gateway', 'topics', name, 'direction'])) continue;
    if (spec.direction === 'none')
      context.report(at, `${formatPlace(at)}: the topic "${name}" has direction none and is not in MQ`);
    if (spec.direction === 'down')
      context.warn(at, `${formatPlace(at)}: the topic "${name}" has direction down: nothing that devices send arrives there`);
    if (consume.topics.indexOf(name) < i) context.report(at, `${formatPlace(at)}: the topic "${name}" stands twice in the list`);
  }
}

/** Variables for the first target of a command. */
function varsOf(command: Command, population: Population): TemplateVars {
  if (command.target === 'one') return templateVars(population, population.count - 1);
  return command.target === 'group' ? groupVars(population, 0) : {};
}

function placeholdersOf(context: CheckContext, command: Command, population: Population): string[] {
  if (command.target === 'one') return context.placeholdersOf(population);
  return command.target === 'group' && population.group !== undefined ? [population.group.name] : [];
}

function checkSecond(context: CheckContext, command: Command, population: Population, place: Place): void {
  const at = [...place, 'second'];
  const { second, target } = command;
  if (target === 'one') {
    if (second !== undefined)
      context.report(at, `${formatPlace(at)}: a command to one member always goes to /p2p/{clientId}`, 'leave second out', 'key');
    return;
  }
  if (second !== undefined && context.sound(at) && p2pTarget(canonicalSecond(second)) !== undefined) {
    context.report(at, `${formatPlace(at)}: ${show(second)} addresses a single client`, 'use target: one');
  }
  const { group } = population;
  if (target !== 'group' || !context.sound([...place, 'target'])) return;
  if (group === undefined) {
    if (context.sound(['populations', population.name, 'group'])) {
      context.report(
        [...place, 'target'],
        `${formatPlace(place)}.target: population "${population.name}" has no group`,
        `give it one, or use target: all`,
      );
    }
  } else if (group.count > 1 && (second === undefined || !placeholders(second).includes(group.name)) && context.sound(at)) {
    const found = second === undefined ? 'second is missing' : `${show(second)} is the same for all groups`;
    context.report(
      second === undefined ? place : at,
      `${formatPlace(place)}: ${found}, so that a command to one group would reach all`,
      `e.g. second: "/${group.name}/{${group.name}}"`,
      second === undefined ? 'key' : 'value',
    );
  }
}

/** The whole topic of `second` or `realTopic`, checked; undefined when it is no good. */
function topicWith(
  context: CheckContext,
  command: Command,
  part: Template,
  population: Population,
  place: Place,
): string | undefined {
  if (!context.knownPlaceholders(part, placeholdersOf(context, command, population), place, population)) return undefined;
  const topic = command.topic + canonicalSecond(renderTemplate(part, varsOf(command, population)));
  return context.publishable(topic, place) === undefined ? undefined : topic;
}

/** Would the members addressed receive the command at all, and does the awaited reaction happen on it? */
function checkArrival(
  context: CheckContext,
  command: Command,
  population: Population,
  topic: string,
  shown: string,
  place: Place,
): void {
  const vars = templateVars(population, command.target === 'one' ? population.count - 1 : 0);
  const subscribed = population.subscribe.some((s) => topicMatches(renderTemplate(s.topic, vars), topic));
  if (command.target !== 'one' && !subscribed && context.untouched(['populations', population.name, 'subscribe'])) {
    context.report(
      place,
      `${formatPlace(place)}: population "${population.name}" does not subscribe to ${show(topic)}, so nobody would receive it`,
      undefined,
      'key',
    );
  }
  const reaction = population.react.find((r) => r.name === command.answer);
  if (reaction === undefined || !context.sound(['populations', population.name, 'react', reaction.name, 'on'])) return;
  if (!topicMatches(renderTemplate(reaction.on, vars), shown)) {
    const at = [...place, 'answer'];
    context.report(
      at,
      `${formatPlace(at)}: the reaction "${reaction.name}" happens on ${show(reaction.on)}, which does not match ${show(shown)}`,
    );
  }
}

function checkAnswer(context: CheckContext, command: Command, population: Population, place: Place): void {
  const at = [...place, 'answer'];
  if (command.answer === undefined || !context.sound(at)) return;
  const reaction = population.react.find((r) => r.name === command.answer);
  const reactPlace = ['populations', population.name, 'react'];
  if (reaction === undefined) {
    if (!context.sound([...reactPlace, command.answer])) return;
    const hint = suggest(
      command.answer,
      population.react.map((r) => r.name),
    );
    context.report(at, `${formatPlace(at)}: population "${population.name}" has no reaction ${show(command.answer)}`, hint);
    return;
  }
  const { parent } = splitTopic(renderTemplate(reaction.topic, templateVars(population, 0)));
  // An unknown topic, here or in a service, is a problem by itself: it may be the one that was meant.
  const heard = context.scenario.services.some(
    ({ consume }) => consume?.topics.some((t) => t === parent || !context.topics.has(t)) === true,
  );
  if (!heard && context.topics.has(parent) && context.sound([...reactPlace, reaction.name, 'topic'])) {
    context.report(
      at,
      `${formatPlace(at)}: the answers go to ${show(parent)}, which no service consumes`,
      `add it to a service's consume.topics`,
    );
  }
}

/** Combinations of properties that are legal but do not do what their author may think (or are dead-lettered). */
function checkProperties(context: CheckContext, command: Command, population: Population, place: Place): void {
  const flagPlace = [...place, 'cleanSessionFlag'];
  const { cleanSessionFlag: flag, target, qosLevel } = command;
  if (flag === undefined || !context.sound(flagPlace) || !context.sound([...place, 'target'])) return;
  const at = formatPlace(flagPlace);
  if (target !== 'one')
    context.warn(flagPlace, `${at}: it has a meaning on commands to one member only, and is ignored here`, undefined, 'key');
  else if (!flag && qosLevel === 2 && context.scenario.gateway.profile === 'strict') {
    context.report(
      [...place, 'qosLevel'],
      `${formatPlace(place)}: the strict profile does not keep QoS 2 messages for offline receivers`,
      'use qosLevel: 1',
    );
  } else if (!flag && qosLevel === 0)
    context.warn(flagPlace, `${at}: a message of qosLevel 0 is never kept for an offline receiver`);
  else if (!flag && population.client.cleanSession) {
    context.warn(flagPlace, `${at}: nothing is kept, because population "${population.name}" connects with cleanSession: true`);
  }
}

/** A command that somebody sends by hand. */
function checkByHand(context: CheckContext, command: Command, population: Population, place: Place): void {
  if (!isManual(command) || !context.sound([...place, 'schedule'])) return;
  if (population.actor !== 'vehicle' && context.sound(['populations', population.name, 'actor'])) {
    const at = [...place, 'schedule'];
    context.report(at, `${formatPlace(at)}: only vehicles are commanded by hand, "${population.name}" are ${population.actor}s`);
  }
  for (const { field } of command.body) {
    if (!(ORDER_FIELDS as readonly string[]).includes(field)) continue;
    const at = [...place, 'body', field];
    context.report(at, `${formatPlace(at)}: the lab writes this field itself`, 'leave it out', 'key');
  }
}

function checkCommand(context: CheckContext, command: Command, place: Place): void {
  const spec = context.parentKnown(command.topic, [...place, 'topic']);
  if (
    spec !== undefined &&
    spec.direction !== 'down' &&
    spec.direction !== 'both' &&
    context.sound(['gateway', 'topics', spec.name, 'direction'])
  ) {
    context.report(
      [...place, 'topic'],
      `${formatPlace(place)}.topic: "${spec.name}" has direction ${spec.direction}: no message goes from MQ to devices there`,
      'direction: down or both',
    );
  }
  const populations = context.scenario.populations;
  const population = populations.find((p) => p.name === command.population);
  const at = [...place, 'population'];
  if (population === undefined) {
    if (context.sound(at) && context.sound(['populations', command.population])) {
      context.report(
        at,
        `${formatPlace(at)}: there is no population ${show(command.population)}`,
        suggest(
          command.population,
          populations.map((p) => p.name),
        ),
      );
    }
    return;
  }
  checkSecond(context, command, population, place);
  checkAnswer(context, command, population, place);
  checkProperties(context, command, population, place);
  checkByHand(context, command, population, place);
  checkBody(context, command.body, [...place, 'body'], {
    actor: 'service',
    placeholders: placeholdersOf(context, command, population),
    population,
  });
  if (spec === undefined || (spec.direction !== 'down' && spec.direction !== 'both')) return;
  let topic: string | undefined = command.topic;
  if (command.target === 'one') {
    topic = `${command.topic}/p2p/${clientIdOf(population, population.count - 1)}`;
    if (topic.length > context.limits.topicChars) {
      context.report(
        [...place, 'topic'],
        `${formatPlace(place)}: the P2P topic ${show(topic)} has ${topic.length} characters, the limit is ${context.limits.topicChars}`,
        'shorten the client IDs',
      );
    }
  } else if (command.second !== undefined) topic = topicWith(context, command, command.second, population, [...place, 'second']);
  const shown =
    command.realTopic === undefined ? topic : topicWith(context, command, command.realTopic, population, [...place, 'realTopic']);
  if (topic !== undefined && shown !== undefined) checkArrival(context, command, population, topic, shown, place);
}

/** Checks every service, and that groups and commands have names of their own. */
export function checkServices(context: CheckContext): void {
  const groups = new Map<string, Service>();
  const commands = new Map<string, Service>();
  for (const service of context.scenario.services) {
    const place = ['services', service.name];
    const { consume } = service;
    if (consume === undefined && service.commands.length === 0) {
      context.warn(place, `${formatPlace(place)}: it neither consumes nor commands, and does nothing`, undefined, 'key');
    }
    if (consume !== undefined) {
      checkConsume(context, consume, [...place, 'consume']);
      const other = groups.get(consume.group);
      const at = [...place, 'consume', 'group'];
      if (consume.group === BRIDGE_GROUP)
        context.report(at, `${formatPlace(at)}: ${show(BRIDGE_GROUP)} is the group of the bridge itself`);
      // Two services in one group would share the messages, and each would miss the other's.
      if (other !== undefined && context.sound(at))
        context.report(at, `${formatPlace(at)}: service "${other.name}" is in the group ${show(consume.group)} already`);
      groups.set(consume.group, service);
    }
    for (const { name } of service.commands) {
      const other = commands.get(name);
      const at = [...place, 'commands', name];
      // Results and thresholds go by the command's name alone.
      if (other !== undefined)
        context.report(at, `${formatPlace(at)}: service "${other.name}" has a command of this name already`, 'rename one', 'key');
      commands.set(name, service);
    }
    for (const command of service.commands) checkCommand(context, command, [...place, 'commands', command.name]);
  }
}
