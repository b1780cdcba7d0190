/** A run on a broker outside the lab: how to reach it, and the scenario as far as the broker can serve it. */
import { resolve } from 'node:path';
import { parseBrokerUrl } from '../external/brokerUrl.ts';
import type { BrokerConnection } from '../external/externalGateway.ts';
import type { QoS } from '../gateway/types.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { BrokerSection, Scenario } from '../scenario/model.ts';
import { readAuthorities } from './externalMq.ts';

/** `folder`: where relative paths begin. @throws CausewayError secret.missing, input.unreadable, input.argument */
export async function brokerConnection(
  { url: text, user, passwordFrom, ca }: BrokerSection,
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): Promise<BrokerConnection> {
  const url = parseBrokerUrl(text);
  if ('problem' in url) {
    throw new CausewayError('input.argument', {
      argument: 'broker',
      value: text,
      reason: url.problem,
      expected: 'mqtt://HOST:PORT',
    });
  }
  const password = passwordFrom === undefined ? undefined : env[passwordFrom];
  if (passwordFrom !== undefined && (password === undefined || password === ''))
    throw new CausewayError('secret.missing', { variable: passwordFrom, holder: `user ${user} of the broker` });
  return {
    url,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca: await readAuthorities(resolve(folder, ca)) }),
  };
}

/** The scenario with no QoS above `most`: what a broker that grants no more would make of it anyway, and partly without a word. */
export function withQosAtMost(scenario: Scenario, most: QoS): Scenario {
  if (most === 2) return scenario;
  const cap = (qos: QoS): QoS => Math.min(qos, most) as QoS;
  const capped = <T extends { readonly qos: QoS }>(items: readonly T[]): T[] =>
    items.map((item) => ({ ...item, qos: cap(item.qos) }));
  return {
    ...scenario,
    populations: scenario.populations.map((population) => ({
      ...population,
      client: {
        ...population.client,
        will: population.client.will && { ...population.client.will, qos: cap(population.client.will.qos) },
      },
      publish: capped(population.publish),
      subscribe: capped(population.subscribe),
      react: capped(population.react),
    })),
    services: scenario.services.map((service) => ({
      ...service,
      commands: service.commands.map((command) => ({
        ...command,
        // Absent stays absent: that is QoS 1, unless the broker grants less.
        qosLevel: command.qosLevel === undefined && most > 0 ? undefined : cap(command.qosLevel ?? 1),
      })),
    })),
  };
}

/** Names whose QoS is lowered by `withQosAtMost`, for people. */
export function aboveQos(scenario: Scenario, most: QoS): string[] {
  const names: string[] = [];
  for (const { name, publish, react } of scenario.populations) {
    for (const item of [...publish, ...react]) if (item.qos > most) names.push(`${name}.${item.name}`);
  }
  for (const { name, commands } of scenario.services) {
    for (const command of commands) if ((command.qosLevel ?? 1) > most) names.push(`${name}.${command.name}`);
  }
  return names;
}
