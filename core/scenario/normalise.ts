/** From the file's friendly shape to the model: defaults filled in, maps turned into arrays with names. */
import type { Transport } from '../swarm/types.ts';
import { DEFAULTS } from './defaults.ts';
import type {
  Command,
  Credentials,
  Population,
  Publication,
  Reaction,
  Scenario,
  ScheduleSpec,
  Service,
  Threshold,
} from './model.ts';
import { toBody } from './normaliseBody.ts';
import { brokerTransport, toGateway } from './normaliseGateway.ts';
import { toMq } from './normaliseMq.ts';
import { formatPlace, type Place, type Report, show } from './problems.ts';
import {
  type CommandFile,
  NAME,
  type PopulationFile,
  type PublicationFile,
  type ScenarioFile,
  type ScheduleFile,
  type ServiceFile,
} from './schema.ts';
import { readThreshold } from './threshold.ts';

const SCHEDULE_KINDS = ['every', 'rate', 'ramp', 'burst', 'replay', 'closed'] as const;
const PICKERS: readonly string[] = ['rate', 'ramp', 'burst', 'replay'];

function checkName(name: string, place: Place, report: Report): void {
  if (NAME.test(name)) return;
  report(
    place,
    `${formatPlace(place)}: ${show(name)} is not a name of letters, digits, - and _, starting with a letter, at most 40`,
    undefined,
    'key',
  );
}

/** The schedule of a file as the model's; a bad one is reported and stands for once a second. */
function toSchedule(file: ScheduleFile, place: Place, report: Report): ScheduleSpec {
  const given = SCHEDULE_KINDS.filter((kind) => file[kind] !== undefined);
  const kind = given[0];
  if (kind === undefined || given.length > 1) {
    const found = given.length === 0 ? 'none of them is there' : `${given.join(' and ')} are there`;
    report(
      place,
      `${formatPlace(place)}: exactly one of ${SCHEDULE_KINDS.join(', ')} is needed, ${found}`,
      'e.g. { every: 5s } or { rate: 100/s }',
    );
  } else {
    if (file.jitter !== undefined && kind !== 'every')
      report([...place, 'jitter'], `${formatPlace(place)}: jitter goes only with "every", not with "${kind}"`, undefined, 'key');
    if (file.pick !== undefined && !PICKERS.includes(kind)) {
      report(
        [...place, 'pick'],
        `${formatPlace(place)}: pick does not go with "${kind}": there each member sends for itself`,
        undefined,
        'key',
      );
    }
  }
  const pick = file.pick ?? DEFAULTS.pick;
  if (file.every !== undefined) return { kind: 'periodic', everyMs: file.every, jitter: file.jitter ?? DEFAULTS.jitter };
  if (file.rate !== undefined) return { kind: 'rate', perSecond: file.rate, pick };
  if (file.ramp !== undefined) {
    if (file.ramp.from === 0 && file.ramp.to === 0)
      report([...place, 'ramp'], `${formatPlace(place)}.ramp: one of from and to must be above 0`);
    return { kind: 'ramp', from: file.ramp.from, to: file.ramp.to, overMs: file.ramp.over, pick };
  }
  if (file.burst !== undefined) {
    const { rate, peak, every, for: length } = file.burst;
    if (length > every)
      report(
        [...place, 'burst', 'for'],
        `${formatPlace(place)}.burst.for: a burst cannot last longer than the time from one to the next (every)`,
      );
    if (peak < rate)
      report(
        [...place, 'burst', 'peak'],
        `${formatPlace(place)}.burst.peak: the rate during a burst must not be below the rate between bursts`,
      );
    return { kind: 'burst', perSecond: rate, burstPerSecond: peak, everyMs: every, forMs: length, pick };
  }
  if (file.replay !== undefined) {
    const late = file.replay.findIndex((at, i) => i > 0 && at < file.replay![i - 1]!);
    if (late > 0)
      report(
        [...place, 'replay', late],
        `${formatPlace([...place, 'replay', late])}: the times of a replay must not go back`,
        'sort them',
      );
    return { kind: 'replay', atMs: file.replay, pick };
  }
  if (file.closed !== undefined) return { kind: 'closed', thinkMs: file.closed.think };
  return { kind: 'periodic', everyMs: 1000, jitter: 0 };
}

function toPublication(name: string, file: PublicationFile, place: Place, report: Report): Publication {
  checkName(name, place, report);
  return {
    name,
    topic: file.topic,
    qos: file.qos ?? DEFAULTS.qos,
    retain: file.retain ?? false,
    schedule: toSchedule(file.schedule, [...place, 'schedule'], report),
    onChange: file.onChange && {
      field: file.onChange.field,
      by: file.onChange.by,
      lookMs: file.onChange.look ?? DEFAULTS.lookMs,
    },
    body: toBody(file.body, [...place, 'body'], report),
  };
}

function toCredentials(file: PopulationFile['credentials'], place: Place, report: Report): Credentials | undefined {
  if (file === undefined) return undefined;
  if (file === 'signature') return { kind: 'signature' };
  const { ttl, renew = ttl * DEFAULTS.renewShare, revoke } = file.token;
  const at = [...place, 'token'];
  if (ttl < 1000) report([...at, 'ttl'], `${formatPlace(at)}.ttl: a token lives at least a second`);
  else if (renew >= ttl) {
    report([...at, 'renew'], `${formatPlace(at)}.renew: it must be shorter than the life of a token (ttl)`);
  }
  return { kind: 'token', ttlMs: ttl, renewMs: renew, revoke: revoke && { members: revoke.members, atMs: revoke.at } };
}

function toPopulation(name: string, file: PopulationFile, transport: Transport | undefined, report: Report): Population {
  const place = ['populations', name];
  checkName(name, place, report);
  const client = file.client ?? {};
  if (transport !== undefined && client.transport !== undefined && client.transport !== transport) {
    const at = [...place, 'client', 'transport'];
    const why = `the broker at gateway.url is reached by ${transport}, not by ${client.transport}`;
    report(at, `${formatPlace(at)}: ${why}`, 'leave it out, or give a url that goes with it');
  }
  return {
    name,
    actor: file.actor,
    count: file.count,
    group: file.group,
    clientId: file.clientId ?? `GID_${name}@@@{id}`,
    client: {
      transport: transport ?? client.transport ?? 'tcp',
      cleanSession: client.cleanSession ?? true,
      keepAliveMs: client.keepAlive ?? DEFAULTS.keepAliveMs,
      username: client.username,
      passwordFrom: client.passwordFrom,
      will: client.will && {
        topic: client.will.topic,
        qos: client.will.qos ?? DEFAULTS.qos,
        retain: client.will.retain ?? false,
        body: client.will.body ?? '',
      },
      maxInflight: client.maxInflight ?? DEFAULTS.maxInflight,
      maxQueued: client.maxQueued ?? DEFAULTS.maxQueued,
    },
    credentials: toCredentials(file.credentials, [...place, 'credentials'], report),
    connect: { overMs: file.connect?.over ?? file.count * DEFAULTS.connectMsPerMember },
    publish: Object.entries(file.publish ?? {}).map(([n, p]) => toPublication(n, p, [...place, 'publish', n], report)),
    subscribe: (file.subscribe ?? []).map((s) => ({ topic: s.topic, qos: s.qos ?? DEFAULTS.qos })),
    react: Object.entries(file.react ?? {}).map(([n, r]): Reaction => {
      const at = [...place, 'react', n];
      checkName(n, at, report);
      const delay = r.delay ?? { min: 0, max: 0 };
      if (delay.min > delay.max) report([...at, 'delay'], `${formatPlace(at)}.delay: min must not be above max`);
      const body = toBody(r.body, [...at, 'body'], report);
      return {
        name: n,
        on: r.on,
        topic: r.topic,
        qos: r.qos ?? DEFAULTS.qos,
        probability: r.probability ?? 1,
        delayMs: delay,
        body,
      };
    }),
    outages: toOutages(file.outages),
  };
}

function toOutages(file: PopulationFile['outages']): Population['outages'] {
  if (file === undefined || file === 'tunnels') return file;
  return { share: file.share, everyMs: file.every, forMs: file.for };
}

function toCommand(name: string, file: CommandFile, place: Place, report: Report): Command {
  checkName(name, place, report);
  const schedule: ScheduleSpec | { readonly kind: 'manual' } =
    file.schedule === 'manual' ? { kind: 'manual' } : toSchedule(file.schedule, [...place, 'schedule'], report);
  if (schedule.kind === 'closed') {
    report(
      [...place, 'schedule', 'closed'],
      `${formatPlace(place)}.schedule: a command has no closed loop`,
      'use every, rate, ramp, burst, replay or manual',
      'key',
    );
  }
  return {
    name,
    topic: file.topic,
    population: file.population,
    target: file.target,
    second: file.second,
    qosLevel: file.qosLevel,
    cleanSessionFlag: file.cleanSessionFlag,
    realTopic: file.realTopic,
    schedule: schedule.kind === 'closed' ? { kind: 'periodic', everyMs: 1000, jitter: 0 } : schedule,
    answer: file.answer,
    body: toBody(file.body, [...place, 'body'], report),
  };
}

function toService(name: string, file: ServiceFile, report: Report): Service {
  const place = ['services', name];
  checkName(name, place, report);
  const { consume } = file;
  return {
    name,
    consume: consume && {
      topics: consume.topics,
      group: consume.group,
      mode: consume.mode ?? 'clustering',
      members: consume.members ?? 1,
      ordered: consume.ordered ?? false,
      workMs: consume.work ?? 0,
    },
    commands: Object.entries(file.commands ?? {}).map(([n, c]) => toCommand(n, c, [...place, 'commands', n], report)),
  };
}

/** The scenario a file means. What does not fit together inside one value (a schedule of two kinds) is reported. */
export function normalise(file: ScenarioFile, report: Report): Scenario {
  const phases = (file.phases ?? []).map((phase) => ({ name: phase.name, forMs: phase.for, load: phase.load }));
  const transport = brokerTransport(file.gateway.url);
  const thresholds: Threshold[] = [];
  for (const [i, text] of (file.thresholds ?? []).entries()) {
    const threshold = readThreshold(text);
    if ('metric' in threshold) thresholds.push(threshold);
    else report(['thresholds', i], `thresholds[${i}]: ${show(text)} ${threshold.problem}`, threshold.hint);
  }
  return {
    causeway: 1,
    name: file.name,
    description: (file.description ?? '').trim(),
    durationMs: file.duration ?? (phases.length > 0 ? phases.reduce((sum, phase) => sum + phase.forMs, 0) : DEFAULTS.durationMs),
    seed: file.seed ?? DEFAULTS.seed,
    gateway: toGateway(file.gateway, report),
    mq: toMq(file.mq ?? {}, report),
    populations: Object.entries(file.populations ?? {}).map(([name, population]) =>
      toPopulation(name, population, transport, report),
    ),
    services: Object.entries(file.services ?? {}).map(([name, service]) => toService(name, service, report)),
    phases,
    faults: (file.faults ?? []).map((fault) => ({
      inject: fault.inject,
      direction: fault.direction,
      atMs: fault.at ?? 0,
      every: fault.every ?? DEFAULTS.faultEvery,
      count: fault.count ?? DEFAULTS.faultCount,
    })),
    thresholds,
  };
}
