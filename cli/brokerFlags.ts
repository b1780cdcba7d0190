/** Naming an MQTT broker outside the lab on the command line: where, and as whom. */
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { BROKER_URL_EXPECTED, parseBrokerUrl } from '../core/external/brokerUrl.ts';
import type { BrokerSection } from '../core/scenario/model.ts';
import type { Override } from '../core/scenario/overrides.ts';
import type { Host } from './host.ts';

export interface BrokerFlags {
  readonly broker?: string;
  readonly brokerUser?: string;
  /** Path of a PEM file. */
  readonly brokerCa?: string;
}

/** Holds the password of `--broker-user`. */
export const BROKER_PASSWORD = 'CAUSEWAY_BROKER_PASSWORD';

function urlArgument(text: string): string {
  const url = parseBrokerUrl(text);
  if ('problem' in url) throw new InvalidArgumentError(`${url.problem}; expected ${BROKER_URL_EXPECTED}`);
  return text;
}

/** `--broker`, `--broker-user`, `--broker-ca`. */
export function brokerOptions(what: string): Option[] {
  return [
    new Option('--broker <url>', what).argParser(urlArgument),
    new Option('--broker-user <name>', `user of the broker; the password comes from ${BROKER_PASSWORD}`),
    new Option('--broker-ca <file>', 'certificate authorities to trust for mqtts and wss'),
  ];
}

/** As changes to a scenario; `--broker` replaces all that the file says of a broker. */
export function brokerOverrides(host: Host, flags: BrokerFlags): readonly Override[] {
  const { broker, brokerUser: user, brokerCa } = flags;
  const section = {
    ...(broker === undefined ? {} : { url: broker }),
    ...(user === undefined ? {} : { user, passwordFrom: BROKER_PASSWORD }),
    // Whole: a path within a scenario begins at the scenario's folder, one on the command line where the user is.
    ...(brokerCa === undefined ? {} : { tls: { ca: resolve(host.path(brokerCa)) } }),
  };
  // JSON is YAML.
  return Object.entries(section).map(([key, value]) => ({ path: `gateway.${key}`, value: JSON.stringify(value) }));
}

/** What the flags say, with `broker` given. */
export function brokerSection(
  host: Host,
  { broker, brokerUser, brokerCa }: BrokerFlags & { readonly broker: string },
): BrokerSection {
  return {
    url: broker,
    user: brokerUser,
    passwordFrom: brokerUser === undefined ? undefined : BROKER_PASSWORD,
    ca: brokerCa === undefined ? undefined : host.path(brokerCa),
  };
}
