/** What the credential commands share: where the file is, and secrets from the environment. */
import type { MqCredentials } from '../core/credentials/mqGuard.ts';
import { CausewayError } from '../core/protocol/errors.ts';
import type { Host } from './host.ts';

export interface CredentialFlags {
  readonly credentials: string;
  readonly json?: boolean;
}

/** Environment variables that secrets come from: arguments are there for everybody to see in the list of processes. */
export const SECRET_VARIABLES = {
  accessKeyId: 'CAUSEWAY_ACCESS_KEY_ID',
  secretKey: 'CAUSEWAY_SECRET_KEY',
  sessionToken: 'CAUSEWAY_SESSION_TOKEN',
} as const;

/** Credentials for an MQ port that asks for them; undefined where none are set. @throws CausewayError input.argument for half a pair */
export function mqCredentials(host: Host): MqCredentials | undefined {
  const given = (name: string): string | undefined => (host.env[name] === '' ? undefined : host.env[name]);
  const accessKeyId = given(SECRET_VARIABLES.accessKeyId);
  const secretKey = given(SECRET_VARIABLES.secretKey);
  const sessionToken = given(SECRET_VARIABLES.sessionToken);
  if (accessKeyId === undefined) return undefined;
  if (secretKey === undefined) {
    throw new CausewayError('input.argument', {
      argument: SECRET_VARIABLES.accessKeyId,
      value: accessKeyId,
      reason: 'there is no secret for it',
      expected: `set the environment variable ${SECRET_VARIABLES.secretKey}`,
    });
  }
  return { accessKeyId, secretKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
