/** What a scenario says of an outside MQ made into a connection: secrets out of the environment, authorities out of files. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ExternalConnection } from '../mq/connect.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { ExternalMqSection } from '../scenario/model.ts';

/** `folder`: where relative paths begin. @throws CausewayError secret.missing, input.unreadable */
export async function externalConnection(
  mq: ExternalMqSection,
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): Promise<ExternalConnection> {
  const { engine, address, user, passwordFrom, sasl, vhost, tls } = mq;
  const password = passwordFrom === undefined ? undefined : env[passwordFrom];
  if (passwordFrom !== undefined && (password === undefined || password === ''))
    throw new CausewayError('secret.missing', { variable: passwordFrom, holder: `user ${user} of the MQ` });
  const reach = {
    address,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls: tls.ca === undefined ? {} : { ca: await readAuthorities(resolve(folder, tls.ca)) } }),
  };
  switch (engine) {
    case 'kafka':
      return { engine, ...reach, ...(sasl === undefined ? {} : { sasl }) };
    case 'rabbitmq':
      return { engine, ...reach, ...(vhost === undefined ? {} : { vhost }) };
    case 'rocketmq':
      return { engine, ...reach };
  }
}

/** A PEM file. @throws CausewayError input.unreadable */
export async function readAuthorities(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CausewayError('input.unreadable', { path, reason }, { cause: error });
  }
}
