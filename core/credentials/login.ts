/** What a CONNECT says about credentials: user name and password taken apart, nothing yet believed. */
import type { TokenType } from './types.ts';

export type LoginMode = 'signature' | 'token';

export interface LoginName {
  readonly mode: LoginMode;
  readonly accessKeyId: string;
  readonly instance: string;
}

export interface OfferedToken {
  readonly type: TokenType;
  readonly token: string;
}

/** Letters an access key ID or an instance ID is made of; `|` is none of them, so that names split in one way only. */
export const KEY_ID = /^[0-9A-Za-z._-]{1,64}$/;
export const INSTANCE_ID = /^[0-9A-Za-z._-]{1,64}$/;

const MODES: Readonly<Record<string, LoginMode>> = { Signature: 'signature', Token: 'token' };

/** Does this user name ask for one of our modes (rightly written or not)? */
export function asksForCredentials(username: string | undefined): boolean {
  return username !== undefined && (/^(signature|token)\|/i.test(username) || username === 'Signature' || username === 'Token');
}

/** `Signature|{AccessKeyId}|{InstanceId}` or `Token|...`; undefined for everything else. */
export function parseUserName(username: string): LoginName | undefined {
  const parts = username.split('|', 4);
  if (parts.length !== 3) return undefined;
  const [word = '', accessKeyId = '', instance = ''] = parts;
  if (!Object.hasOwn(MODES, word) || !KEY_ID.test(accessKeyId) || !INSTANCE_ID.test(instance)) return undefined;
  return { mode: MODES[word]!, accessKeyId, instance };
}

/** Is this one of the three token types? */
export function isTokenType(text: unknown): text is TokenType {
  return text === 'R' || text === 'W' || text === 'RW';
}

/** `R|{token}`, `W|{token}`, `RW|{token}`, or one R and one W in either order; undefined for everything else. */
export function parseTokenPassword(password: string): readonly OfferedToken[] | undefined {
  const parts = password.split('|', 5);
  if (parts.length !== 2 && parts.length !== 4) return undefined;
  const tokens: OfferedToken[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const type = parts[i];
    const token = parts[i + 1]!;
    if (!isTokenType(type) || token === '') return undefined;
    tokens.push({ type, token });
  }
  const [first, second] = tokens;
  // Two tokens are one for each direction; RW leaves nothing for a second.
  if (second !== undefined && (first!.type === 'RW' || second.type === 'RW' || first!.type === second.type)) return undefined;
  return tokens;
}

/** User name of a client, as it is written on the wire. */
export function userName(mode: LoginMode, accessKeyId: string, instance: string): string {
  return `${mode === 'signature' ? 'Signature' : 'Token'}|${accessKeyId}|${instance}`;
}
