/** The MQ side of a scenario: which engine, and the keys that make sense with it. */
import { ENGINES, type EngineName } from '../mq/engines.ts';
import type { MqSection } from './model.ts';
import type { Report } from './problems.ts';
import type { MqFile } from './schema.ts';

const EMBEDDED_KEYS = ['storage', 'fsync'] as const;
const EXTERNAL_KEYS = ['address', 'user', 'passwordFrom', 'tls'] as const;
/** Keys of single engines. */
const OWN_KEYS: Readonly<Partial<Record<EngineName, readonly (keyof MqFile)[]>>> = {
  kafka: ['sasl'],
  rabbitmq: ['vhost'],
};

/** Keys that belong to another engine are reported: they would have no effect. */
export function toMq(file: MqFile, report: Report): MqSection {
  const engine = file.engine ?? 'embedded';
  const known: readonly string[] = [
    'engine',
    ...(engine === 'embedded' ? EMBEDDED_KEYS : EXTERNAL_KEYS),
    ...(OWN_KEYS[engine] ?? []),
  ];
  for (const [key, value] of Object.entries(file)) {
    if (value === undefined || known.includes(key)) continue;
    const hint = `with ${engine} go ${known.slice(1).join(', ')}`;
    report(['mq', key], `mq.${key}: it has no meaning with engine "${engine}"`, hint, 'key');
  }
  if (engine === 'embedded') return { engine, storage: file.storage ?? 'memory', fsync: file.fsync ?? 'interval' };
  const { address = ENGINES[engine].address, user, passwordFrom, sasl, vhost, tls } = file;
  if ((user === undefined) !== (passwordFrom === undefined)) {
    const [given, missing] = user === undefined ? ['passwordFrom', 'user'] : ['user', 'passwordFrom'];
    report(['mq', given], `mq.${given}: ${missing} is missing`, 'give both, or neither', 'key');
  }
  if (engine === 'rabbitmq' && address.includes(','))
    report(['mq', 'address'], 'mq.address: RabbitMQ is connected to at one address', 'give one host:port');
  for (const one of address.split(',')) {
    const port = Number(one.slice(one.lastIndexOf(':') + 1));
    if (port < 1 || port > 65_535) report(['mq', 'address'], `mq.address: ${port} is not a port from 1 to 65535`);
  }
  return {
    engine,
    address,
    user,
    passwordFrom,
    sasl,
    vhost,
    tls: tls === undefined || tls === false ? undefined : { ca: tls === true ? undefined : tls.ca },
  };
}
