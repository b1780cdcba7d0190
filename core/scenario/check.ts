/** All checks of a scenario that is well-formed by itself: do its parts fit together, and will it do what it says? */
import { splitFamily } from '../measure/metricNames.ts';
import { hostsOf } from '../mq/engines.ts';
import { checkBroker, checkHops } from './checkBroker.ts';
import { CheckContext } from './checkContext.ts';
import { checkRevocationTime } from './checkCredentials.ts';
import { checkPopulations } from './checkPopulations.ts';
import { checkServices } from './checkServices.ts';
import { isLoopback } from './loopback.ts';
import type { CommandSchedule, Scenario, ScheduleSpec } from './model.ts';
import { suggest } from './nearest.ts';
import { formatPlace, type Place, type Report, show } from './problems.ts';
import { feedback } from './traffic.ts';
import { formatDuration } from './units.ts';

export interface CheckOptions {
  readonly repaired: readonly Place[];
  readonly report: Report;
  readonly warn: Report;
  /** The length was given from outside, so that parts of the file may well lie beyond it. */
  readonly cut: boolean;
}

/** Thresholds that name a command or a service: is it there, and will there be a figure? */
function checkThresholds(context: CheckContext): void {
  const { scenario } = context;
  const services = scenario.services.map((service) => service.name);
  const commands = scenario.services.flatMap((service) => service.commands);
  for (const [i, threshold] of scenario.thresholds.entries()) {
    const parts = splitFamily(threshold.metric);
    if (parts === undefined) continue;
    const place = ['thresholds', i];
    const about = parts.family === 'services' ? 'service' : 'command';
    const known = about === 'service' ? services : commands.map((command) => command.name);
    if (!known.includes(parts.name)) {
      context.report(
        place,
        `thresholds[${i}]: there is no ${about} ${show(parts.name)} in this scenario`,
        suggest(parts.name, known),
      );
      continue;
    }
    const command = about === 'command' ? commands.find((c) => c.name === parts.name) : undefined;
    if (command === undefined) continue;
    // A figure that no run has would make every run fail.
    if (command.answer === undefined)
      context.report(place, `thresholds[${i}]: the command "${command.name}" expects no answer`, 'give it one: answer');
    else if (parts.family === 'waves' && command.target === 'one') {
      context.report(place, `thresholds[${i}]: the command "${command.name}" goes to one member at a time and makes no wave`, {
        instead: `answers.${command.name}.p95`,
      });
    }
  }
}

/** Things planned for after the end. */
function checkTimes(context: CheckContext): void {
  const { scenario } = context;
  const end = scenario.durationMs;
  const look = (schedule: ScheduleSpec | CommandSchedule, place: Place): void => {
    if (schedule.kind !== 'replay') return;
    const late = schedule.atMs.findIndex((at) => at >= end);
    if (late < 0) return;
    const at = [...place, 'schedule', 'replay', late];
    context.warn(
      at,
      `${formatPlace(at)}: ${formatDuration(schedule.atMs[late]!)} is not before the end of the run (${formatDuration(end)})`,
    );
  };
  for (const population of scenario.populations) {
    checkRevocationTime(context, population);
    for (const item of population.publish) look(item.schedule, ['populations', population.name, 'publish', item.name]);
  }
  for (const service of scenario.services) {
    for (const item of service.commands) look(item.schedule, ['services', service.name, 'commands', item.name]);
  }
  for (const [i, fault] of scenario.faults.entries()) {
    if (fault.atMs >= end)
      context.warn(['faults', i], `faults[${i}]: it begins after the end of the run (${formatDuration(end)})`);
  }
}

/** Reports what does not fit together, and warns of what is allowed but hardly meant. */
export function checkScenario(scenario: Scenario, options: CheckOptions): void {
  let problems = 0;
  const report: Report = (...finding) => {
    problems += 1;
    options.report(...finding);
  };
  const context = new CheckContext(scenario, options.repaired, report, options.warn);
  if (scenario.populations.length === 0 && scenario.services.length === 0 && context.sound(['populations'])) {
    report([], 'the scenario has neither populations nor services, so that nothing would happen');
  }
  context.checkParents();
  checkPopulations(context);
  checkServices(context);
  checkThresholds(context);
  checkHops(context);
  if (!options.cut) checkTimes(context);
  const { host, broker } = scenario.gateway;
  if (broker !== undefined) checkBroker(context, broker);
  else if (!isLoopback(host)) {
    options.warn(['gateway', 'host'], `gateway.host: ${show(host)} can be reached from other machines; 127.0.0.1 cannot`);
  }
  if (scenario.mq.engine !== 'embedded' && !hostsOf(scenario.mq.address).every(isLoopback)) {
    options.warn(['mq', 'address'], `mq.address: ${show(scenario.mq.address)} is not this machine`);
  }
  // Rates make sense only where topics and filters do.
  if (problems > 0 || options.repaired.length > 0) return;
  for (const { population, reaction, factor } of feedback(scenario)) {
    if (factor < 1) continue;
    const place = ['populations', population.name, 'react', reaction.name];
    options.warn(
      place,
      `${formatPlace(place)}: each message causes ${+factor.toFixed(2)} more on average, so that the load grows without end`,
      'lower its probability',
      'key',
    );
  }
}
