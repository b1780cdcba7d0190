/** What a scenario may not ask for when its gateway is a broker outside the lab, and what it gets otherwise than written. */
import { parseBrokerUrl } from '../external/brokerUrl.ts';
import type { CheckContext } from './checkContext.ts';
import { filtersOverlap } from './checkPopulations.ts';
import { isLoopback } from './loopback.ts';
import type { BrokerSection, Population } from './model.ts';
import { formatPlace, type Place, show } from './problems.ts';
import { isP2p, memberTopics } from './reach.ts';
import { clientIdOf, renderTemplate, templateVars } from './template.ts';

/** Of the lab's own gateway: a broker has limits of its own for these. */
const OWN_LIMITS = {
  clientIdChars: 'clientIdChars',
  subscriptionsPerClient: 'subscriptionsPerClient',
  offlineMessages: 'offlineMessages',
  offlineMs: 'offline',
} as const;

/** Reports what a broker outside cannot do; warns of what it does in its own way. */
export function checkBroker(context: CheckContext, broker: BrokerSection): void {
  const { scenario } = context;
  const url = parseBrokerUrl(broker.url);
  if (!('problem' in url) && !isLoopback(url.host)) {
    context.warn(['gateway', 'url'], `gateway.url: the load goes to ${show(url.host)}, which is not this machine`);
  }
  for (const [limit, key] of Object.entries(OWN_LIMITS)) {
    if (scenario.gateway.limits[limit as keyof typeof OWN_LIMITS] === undefined) continue;
    context.warn(
      ['gateway', 'limits', key],
      `gateway.limits.${key}: not in force; the broker has a limit of its own`,
      undefined,
      'key',
    );
  }
  const parents = p2pParents(context);
  for (const population of scenario.populations) {
    const place = ['populations', population.name];
    if (population.credentials !== undefined) {
      const what = population.credentials.kind === 'signature' ? 'signatures' : 'tokens';
      const at = [...place, 'credentials'];
      const why = `the scenario asks for ${what}, which an external broker cannot check`;
      context.report(at, `${formatPlace(at)}: ${why}`, 'leave gateway.url out, or use client.username and passwordFrom', 'key');
    }
    checkPrivacy(context, population, parents, place);
  }
  for (const service of scenario.services) {
    for (const command of service.commands) {
      const place = ['services', service.name, 'commands', command.name];
      if (command.realTopic !== undefined) {
        const why = 'the scenario asks for mqttRealTopic, which an external broker cannot show';
        context.report([...place, 'realTopic'], `${formatPlace(place)}.realTopic: ${why}`, 'leave it out', 'key');
      }
      const target = scenario.populations.find((population) => population.name === command.population);
      if (command.target !== 'one' || command.cleanSessionFlag === false || target?.client.cleanSession !== false) continue;
      const why = 'an external broker keeps it for a member that is away, as the session of the member says';
      context.warn(
        place,
        `${formatPlace(place)}: without cleanSessionFlag: false nothing should be kept, but ${why}`,
        undefined,
        'key',
      );
    }
  }
}

/** Parent topics below which somebody is addressed alone. */
function p2pParents({ scenario }: CheckContext): Set<string> {
  const parents = scenario.services.flatMap(({ commands }) => commands.filter((c) => c.target === 'one').map((c) => c.topic));
  for (const population of scenario.populations) {
    for (const { topic } of [...population.publish, ...population.react]) {
      parents.push(
        ...memberTopics(population, topic)
          .filter(isP2p)
          .map((t) => t.slice(0, t.indexOf('/'))),
      );
    }
  }
  return new Set(parents);
}

/** A broker delivers to whoever has a matching filter: nobody may have one that matches what is meant for another. */
function checkPrivacy(context: CheckContext, population: Population, parents: ReadonlySet<string>, place: Place): void {
  const vars = templateVars(population, 0);
  for (const [i, { topic }] of population.subscribe.entries()) {
    const filter = renderTemplate(topic, vars);
    for (const parent of parents) {
      if (filter === `${parent}/p2p/${clientIdOf(population, 0)}` || !filtersOverlap(filter, `${parent}/p2p/+`)) continue;
      const at = [...place, 'subscribe', i, 'topic'];
      const why = `it also matches P2P messages (${parent}/p2p/…) for other members, which an external broker cannot keep from it`;
      context.report(at, `${formatPlace(at)}: ${show(topic)}: ${why}`, 'subscribe to the other subtopics one by one');
    }
  }
}

/** Which points between two devices can be seen depends on whose gateway it is: a figure that no run has would make every run fail. */
export function checkHops({ scenario, report }: CheckContext): void {
  const outside = scenario.gateway.broker !== undefined;
  for (const [i, { metric }] of scenario.thresholds.entries()) {
    const unseen = outside
      ? /^device\.(sentToGateway|gatewayToDevice)\./.test(metric)
      : metric.startsWith('device.sentToDevice.');
    if (!unseen) continue;
    const why = outside ? 'nothing tells when an external broker had a message' : 'it is measured with an external broker only';
    const instead = outside ? 'device.sentToDevice' : 'device.sentToGateway';
    report(['thresholds', i], `thresholds[${i}]: ${metric}: ${why}`, `use ${instead}`);
  }
}
