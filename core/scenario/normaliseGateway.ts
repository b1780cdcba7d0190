/** The MQTT side of a scenario: the lab's own gateway, or a broker outside, and the keys that make sense with it. */
import { BROKER_URL_EXPECTED, parseBrokerUrl } from '../external/brokerUrl.ts';
import type { Transport } from '../swarm/types.ts';
import { DEFAULTS } from './defaults.ts';
import type { BrokerSection, GatewaySection } from './model.ts';
import { type Report, show } from './problems.ts';
import type { GatewayFile } from './schema.ts';

const BROKER_KEYS = ['user', 'passwordFrom', 'tls'] as const;
/** With a url, `host`, `port` and most limits have no effect; they are left to the file, which may be run either way. */
export function toGateway(file: GatewayFile, report: Report): GatewaySection {
  const { offline, ...others } = file.limits ?? {};
  const limits = Object.entries({ ...others, offlineMs: offline }).filter(([, value]) => value !== undefined);
  const broker = toBroker(file, report);
  return {
    profile: file.profile ?? 'strict',
    host: file.host ?? DEFAULTS.host,
    port: file.port ?? 0,
    topics: Object.entries(file.topics).map(([name, topic]) => ({
      name,
      direction: topic.direction ?? 'both',
      partitions: topic.partitions ?? DEFAULTS.partitions,
    })),
    limits: Object.fromEntries(limits),
    ...(broker === undefined ? {} : { broker }),
  };
}

function toBroker(file: GatewayFile, report: Report): BrokerSection | undefined {
  const { url, user, passwordFrom, tls } = file;
  if (url === undefined) {
    for (const key of BROKER_KEYS) {
      if (file[key] === undefined) continue;
      const why = 'it goes with the url of a broker outside; devices of the lab sign in by client or credentials';
      report(['gateway', key], `gateway.${key}: ${why}`, undefined, 'key');
    }
    return undefined;
  }
  const parsed = parseBrokerUrl(url);
  if ('problem' in parsed) report(['gateway', 'url'], `gateway.url: ${show(url)}: ${parsed.problem}`, BROKER_URL_EXPECTED);
  else if (tls !== undefined && parsed.transport !== 'tls' && parsed.transport !== 'wss') {
    report(['gateway', 'tls'], `gateway.tls: ${show(url)} is not encrypted`, 'begin the url with mqtts:// or wss://', 'key');
  }
  if (user === undefined && passwordFrom !== undefined)
    report(['gateway', 'passwordFrom'], 'gateway.passwordFrom: user is missing', 'give both, or neither', 'key');
  return { url, user, passwordFrom, ca: tls?.ca };
}

/** What devices connect with where the url decides; undefined: the lab's own gateway offers whatever they ask for. */
export function brokerTransport(url: string | undefined): Transport | undefined {
  const parsed = url === undefined ? undefined : parseBrokerUrl(url);
  return parsed === undefined || 'problem' in parsed ? undefined : parsed.transport;
}
