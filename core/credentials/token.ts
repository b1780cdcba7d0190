/**
 * Tokens: a description of what is allowed, and its HMAC-SHA256 under the key of the credential service. Everything that
 * a token is good for is inside the signed part, so that none of it can be changed by its holder.
 */

import { equalSecret, mac } from './signature.ts';
import type { TokenRecord, TokenType } from './types.ts';

/** Two of them must fit in the 65,535 bytes of an MQTT password. */
export const MAX_TOKEN_CHARS = 32_000;
const PURPOSE = 'causeway token 1';

/** The token's text: base64url of its description, a dot, base64url of its signature. */
export function encodeToken(signingKey: string, record: TokenRecord): string {
  const { id, kind, account, instance, actions, resources, issuedAtMs, expiresAtMs } = record;
  const body = Buffer.from(JSON.stringify([id, kind, account, instance, actions, resources, issuedAtMs, expiresAtMs]));
  const text = body.toString('base64url');
  return `${text}.${mac(signingKey, PURPOSE, text).toString('base64url')}`;
}

/** What a token says, or undefined when this key did not sign it. Nothing of a forged token is parsed. */
export function readToken(signingKey: string, token: string): TokenRecord | undefined {
  if (token.length > MAX_TOKEN_CHARS) return undefined;
  const dot = token.indexOf('.');
  if (dot < 1) return undefined;
  const text = token.slice(0, dot);
  if (!equalSecret(token.slice(dot + 1), mac(signingKey, PURPOSE, text).toString('base64url'))) return undefined;
  const parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as [
    string,
    'mqtt' | 'mq',
    string,
    string,
    TokenType,
    string[],
    number,
    number,
  ];
  const [id, kind, account, instance, actions, resources, issuedAtMs, expiresAtMs] = parts;
  return { id, kind, account, instance, actions, resources, issuedAtMs, expiresAtMs };
}
