/** Naming an MQ engine on the command line: which one, where, and as whom. */
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { ExternalConnection } from '../core/mq/connect.ts';
import { ENGINE_NAMES, ENGINES, type EngineName, EXTERNAL_ENGINES, hostsOf } from '../core/mq/engines.ts';
import { CausewayError } from '../core/protocol/errors.ts';
import { externalConnection } from '../core/run/externalMq.ts';
import { toMq } from '../core/scenario/normaliseMq.ts';
import type { Override } from '../core/scenario/overrides.ts';
import type { MqFile } from '../core/scenario/schema.ts';
import { isLoopback } from './arguments.ts';
import type { Host } from './host.ts';

export interface EngineFlags {
  readonly engine?: EngineName;
  /** `host:port`; of a cluster several, with commas between. */
  readonly mq?: string;
  readonly mqUser?: string;
  /** Path of a PEM file, or true: TLS with the authorities of the system. */
  readonly mqTls?: string | true;
}

/** Holds the password of `--mq-user`. */
export const MQ_PASSWORD = 'CAUSEWAY_MQ_PASSWORD';

/** `host:port[,host:port]`; a port alone is one of 127.0.0.1. */
export function mqAddressArgument(text: string): string {
  const one = (part: string): string => {
    const match = /^(?:(\[[0-9a-fA-F:]+\]|[^:\s/,@]+):)?(\d{1,5})$/.exec(part.trim());
    const port = Number(match?.[2]);
    if (match === null || port < 1 || port > 65_535) throw new InvalidArgumentError('expected host:port, such as 127.0.0.1:9092');
    return `${match[1] ?? '127.0.0.1'}:${match[2]}`;
  };
  return text.split(',').map(one).join(',');
}

/** `--engine`, `--mq-user`, `--mq-tls`; what `--mq` means each command says itself. */
export function engineOptions(what: string, engine?: EngineName): Option[] {
  return [
    new Option('--engine <engine>', what).choices(ENGINE_NAMES).default(engine),
    new Option('--mq-user <name>', `user of the MQ; the password comes from ${MQ_PASSWORD}`),
    new Option('--mq-tls [ca file]', 'TLS to the MQ, with these authorities or those of the system'),
  ];
}

const sectionOf = ({ engine, mq, mqUser, mqTls }: EngineFlags): MqFile => ({
  ...(engine === undefined ? {} : { engine }),
  ...(mq === undefined ? {} : { address: mq }),
  ...(mqUser === undefined ? {} : { user: mqUser, passwordFrom: MQ_PASSWORD }),
  ...(mqTls === undefined ? {} : { tls: mqTls === true ? true : { ca: mqTls } }),
});

/** Which flag a key of the section came from, to name it where it is wrong. */
const FLAG_OF: Readonly<Record<string, { readonly argument: string; readonly value: (flags: EngineFlags) => string }>> = {
  address: { argument: '--mq', value: ({ mq }) => mq ?? '' },
  user: { argument: '--mq-user', value: ({ mqUser }) => mqUser ?? '' },
  passwordFrom: { argument: '--mq-user', value: ({ mqUser }) => mqUser ?? '' },
  tls: { argument: '--mq-tls', value: ({ mqTls }) => String(mqTls ?? '') },
};

/** As changes to a scenario: `--engine` replaces its whole mq section, the others one value each. */
export function mqOverrides(host: Host, flags: EngineFlags): readonly Override[] {
  // Whole: a path within a scenario begins at the scenario's folder, one on the command line where the user is.
  const ca = typeof flags.mqTls === 'string' ? { mqTls: resolve(host.path(flags.mqTls)) } : {};
  const section = sectionOf({ ...flags, ...ca });
  // JSON is YAML.
  if (flags.engine !== undefined) return [{ path: 'mq', value: JSON.stringify(section) }];
  return Object.entries(section).map(([key, value]) => ({ path: `mq.${key}`, value: JSON.stringify(value) }));
}

/**
 * The connection that is meant; undefined for the embedded engine.
 * @throws CausewayError input.argument, secret.missing, input.unreadable
 */
export async function externalOf(host: Host, flags: EngineFlags): Promise<ExternalConnection | undefined> {
  const section = toMq(sectionOf(flags), ([, key], message) => {
    const { argument, value } = FLAG_OF[String(key)] ?? FLAG_OF.address!;
    throw new CausewayError('input.argument', {
      argument,
      value: value(flags),
      reason: message.replace(/^mq\.\w+: /, ''),
      expected: `--engine ${EXTERNAL_ENGINES.join(' or ')} for an MQ that runs by itself`,
    });
  });
  return section.engine === 'embedded' ? undefined : externalConnection(section, host.env, host.path('.'));
}

/** Load may leave this machine only where that is wanted. @throws CausewayError network.unconfirmed */
export function confirmMq(address: string, allowed: boolean | undefined): void {
  const far = allowed === true ? undefined : hostsOf(address).find((host) => !isLoopback(host));
  if (far === undefined) return;
  throw new CausewayError('network.unconfirmed', { what: 'the MQ is on', host: far, option: 'its address', secrets: '' });
}

/** `Apache Kafka at 127.0.0.1:9092` */
export function placeOf({ engine, address }: ExternalConnection): string {
  return `${ENGINES[engine].title} at ${address}`;
}
