/** A scenario in sentences: who talks to whom, and what will be checked. */
import { splitTopic } from '../mapping/topics.ts';
import { ENGINES } from '../mq/engines.ts';
import { formatCount, formatRate, formatShare } from '../report/units.ts';
import type { Command, CommandSchedule, Consume, MqSection, Pick, Population, Scenario, ScheduleSpec, Service } from './model.ts';
import { isP2p, memberTopics } from './reach.ts';
import { formatDuration } from './units.ts';

const PICKED: Readonly<Record<Pick, string>> = {
  'round-robin': 'in turn',
  uniform: 'picked at random',
  zipf: 'few of them often, most rarely (Zipf)',
};

/** e.g. `each every 5s ± 10.0 %`; `who` are the senders. */
export function describeSchedule(schedule: ScheduleSpec | CommandSchedule, each: boolean): string {
  const picked = 'pick' in schedule && each ? `, ${PICKED[schedule.pick]}` : '';
  switch (schedule.kind) {
    case 'periodic': {
      const jitter = schedule.jitter > 0 ? ` ± ${formatShare(schedule.jitter)}` : '';
      return `${each ? 'each ' : ''}every ${formatDuration(schedule.everyMs)}${jitter}`;
    }
    case 'rate':
      return `${formatRate(schedule.perSecond)} together${picked}`;
    case 'ramp':
      return `from ${formatRate(schedule.from)} to ${formatRate(schedule.to)} over ${formatDuration(schedule.overMs)}${picked}`;
    case 'burst': {
      const burst = `${formatRate(schedule.burstPerSecond)} for ${formatDuration(schedule.forMs)} in every ${formatDuration(schedule.everyMs)}`;
      return `${formatRate(schedule.perSecond)}, ${burst}${picked}`;
    }
    case 'replay': {
      const times = schedule.atMs.slice(0, 5).map(formatDuration).join(', ');
      return `at ${times}${schedule.atMs.length > 5 ? `, … (${formatCount(schedule.atMs.length)} times)` : ''}${picked}`;
    }
    case 'closed':
      return `closed loop: each waits for its acknowledgement, then ${formatDuration(schedule.thinkMs)}`;
    case 'manual':
      return 'when somebody asks for it';
  }
}

function consumption(consume: Consume): string {
  const order = consume.ordered ? ', in order per device' : '';
  if (consume.mode === 'broadcasting')
    return `each of its ${consume.members} member(s) gets every message (broadcasting${order})`;
  return `its ${consume.members} member(s) share the messages (clustering${order})`;
}

const quantity = (population: Population): string => {
  const groups =
    population.group === undefined ? '' : ` in ${formatCount(population.group.count)} groups (${population.group.name})`;
  return `${formatCount(population.count)} ${population.actor}s${groups}`;
};

function describePopulation(scenario: Scenario, population: Population): string[] {
  const lines: string[] = [];
  for (const publication of population.publish) {
    const topics = memberTopics(population, publication.topic);
    const { parent } = splitTopic(topics[0] ?? '');
    const direction = scenario.gateway.topics.find((topic) => topic.name === parent)?.direction;
    const way = isP2p(topics[0] ?? '')
      ? 'to one client (P2P)'
      : direction === 'up' || direction === 'both'
        ? 'and on to MQ'
        : 'MQTT only';
    const change = publication.onChange;
    const more = change === undefined ? '' : `, and when ${change.field} has moved by ${change.by}`;
    lines.push(
      `${population.name} (${quantity(population)}) publish ${publication.name} to ${publication.topic} at QoS ${publication.qos}, ${describeSchedule(publication.schedule, true)}${more}; ${way}`,
    );
  }
  for (const { topic, qos } of population.subscribe) lines.push(`${population.name} subscribe to ${topic} at QoS ${qos}`);
  for (const reaction of population.react) {
    const chance = reaction.probability < 1 ? ` with probability ${formatShare(reaction.probability)}` : '';
    const delay = `${formatDuration(reaction.delayMs.min)} to ${formatDuration(reaction.delayMs.max)}`;
    lines.push(
      `${population.name} answer messages on ${reaction.on}${chance} after ${delay}: ${reaction.name} to ${reaction.topic} at QoS ${reaction.qos}`,
    );
  }
  const { credentials } = population;
  if (credentials?.kind === 'signature') lines.push(`${population.name} sign in with the account's secret`);
  else if (credentials !== undefined) {
    const { ttlMs, renewMs, revoke } = credentials;
    const revoked =
      revoke === undefined ? '' : `; ${formatCount(revoke.members)} of them are revoked after ${formatDuration(revoke.atMs)}`;
    lines.push(
      `${population.name} hold tokens of ${formatDuration(ttlMs)}, renewed ${formatDuration(renewMs)} before they expire${revoked}`,
    );
  }
  const { outages } = population;
  if (outages === 'tunnels') lines.push(`${population.name} lose the network in the tunnels of the city`);
  else if (outages !== undefined) {
    lines.push(
      `${formatShare(outages.share)} of ${population.name} lose the network for ${formatDuration(outages.forMs)} in every ${formatDuration(outages.everyMs)}`,
    );
  }
  return lines;
}

function describeCommand(service: Service, command: Command): string {
  const whom = {
    one: `one of ${command.population}`,
    group: `one group of ${command.population}`,
    all: `all ${command.population}`,
  };
  const kept = command.target === 'one' && command.cleanSessionFlag === false ? ', kept while it is offline' : '';
  const answer = command.answer === undefined ? '' : `, answered by ${command.answer}`;
  const byHand = command.schedule.kind === 'manual';
  const qos = command.qosLevel === undefined ? (byHand ? 'the QoS asked for' : 'default QoS 1') : `QoS ${command.qosLevel}`;
  return `${service.name} commands ${whom[command.target]} through MQ topic ${command.topic}: ${command.name} at ${qos}, ${describeSchedule(command.schedule, false)}${kept}${answer}`;
}

/** The MQ behind the bridge. */
export function describeMq(mq: MqSection): string {
  const { title } = ENGINES[mq.engine];
  if (mq.engine === 'embedded') return `${title}, in ${mq.storage === 'file' ? 'files' : 'memory'}`;
  const who = mq.user === undefined ? '' : ` as ${mq.user}`;
  return `${title} at ${mq.address}${who}${mq.tls === undefined ? '' : ', over TLS'}; topics that are missing are created there`;
}

/** Who talks to whom, one sentence each. */
export function describeTalk(scenario: Scenario): string[] {
  const lines = scenario.populations.flatMap((population) => describePopulation(scenario, population));
  for (const service of scenario.services) {
    if (service.consume !== undefined) {
      lines.push(
        `${service.name} consumes ${service.consume.topics.join(', ')} from MQ as group ${service.consume.group}: ${consumption(service.consume)}`,
      );
    }
    for (const command of service.commands) lines.push(describeCommand(service, command));
  }
  return lines;
}

/** What the run will be judged by, one sentence each. */
export function describeChecks(scenario: Scenario): string[] {
  const checks = [
    'ledger: no message acknowledged at QoS 1 or 2 is lost, none is corrupted or at the wrong receiver, each second copy is explained',
  ];
  const carries = (way: 'up' | 'down'): boolean =>
    scenario.gateway.topics.some((topic) => topic.direction === way || topic.direction === 'both');
  if (carries('up') || carries('down'))
    checks.push('mapping: topic, properties and payload of every message that crosses the bridge');
  const ordered = scenario.services.filter((service) => service.consume?.ordered === true).map((service) => service.name);
  if (ordered.length > 0)
    checks.push(`order: per device at ${ordered.join(', ')}; order towards devices is measured, not guaranteed`);
  const answered = scenario.services.flatMap((service) =>
    service.commands.filter((c) => c.answer !== undefined).map((c) => `${service.name}.${c.name}`),
  );
  if (answered.length > 0) checks.push(`answers: who answers ${answered.join(', ')}, and how soon`);
  checks.push('load: the schedule was kept; if the lab itself was too slow, the run is invalid');
  for (const fault of scenario.faults) {
    checks.push(
      `deliberate fault from ${formatDuration(fault.atMs)} on: ${fault.inject} one in ${formatCount(fault.every)} messages ${fault.direction}, at most ${formatCount(fault.count)}`,
    );
  }
  for (const threshold of scenario.thresholds) checks.push(`threshold: ${threshold.text}`);
  return checks;
}
