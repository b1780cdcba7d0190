/** What the cases of number 41 have in common: asking the credential service, and logging in with what it gives. */
import { userName } from '../../credentials/login.ts';
import { signClientId } from '../../credentials/signature.ts';
import { type TokenType, wallClockMs } from '../../credentials/types.ts';
import type { CheckedCredentials, Login } from '../labUnderTest.ts';
import type { Stage } from '../stage.ts';

/** Long enough for a case. */
export const LIFE_MS = 60_000;

export interface Issued {
  readonly id: string;
  readonly token: string;
  readonly expiresAtMs: number;
}

export function service(s: Stage): CheckedCredentials {
  return s.lab.credentials ?? s.notApplicable('this lab has no credential service');
}

export function issue(
  s: Stage,
  actions: TokenType,
  options: { readonly resource?: string; readonly ttlMs?: number } = {},
): Issued {
  const { issuer, account, instance } = service(s);
  const { resource = s.topic('/#'), ttlMs = LIFE_MS } = options;
  const request = { account: account.accessKeyId, instance, actions, resources: [resource], ttlMs };
  const { token, record } = issuer.issue(request);
  s.log.did(`the service issues a token ${actions} for ${JSON.stringify(resource)}, good for ${ttlMs} ms`);
  return { id: record.id, token, expiresAtMs: record.expiresAtMs };
}

export const withTokens = (s: Stage, password: string): Login => {
  const { account, instance } = service(s);
  return { username: userName('token', account.accessKeyId, instance), password };
};

export const signed = (s: Stage, secret: string, clientId: string, accessKeyId = service(s).account.accessKeyId): Login => ({
  username: userName('signature', accessKeyId, service(s).instance),
  password: signClientId(secret, clientId),
});

export async function expired(s: Stage, actions: TokenType): Promise<Issued> {
  const issued = issue(s, actions, { ttlMs: 1 });
  await s.until('the end of the token', () => wallClockMs() >= issued.expiresAtMs);
  return issued;
}

export function revoked(s: Stage, actions: TokenType): Issued {
  const issued = issue(s, actions);
  service(s).issuer.revoke(issued.id);
  s.log.did('the service revokes it');
  return issued;
}
