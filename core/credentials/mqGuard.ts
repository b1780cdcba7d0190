/**
 * Credentials at the MQ port. The server sends a nonce, the client answers with an HMAC under its secret key: the secret
 * never crosses the wire, and a recorded answer is worth nothing on another connection or in another round of this one.
 */
import type { CredentialBook } from './book.ts';
import { temporarySecret } from './issuer.ts';
import { equalSecret, mac } from './signature.ts';
import { readToken } from './token.ts';
import { INVALID, type InvalidCode, type TokenRecord, type WallClock, wallClockMs } from './types.ts';

/** What a client of the port authenticates with; with a session token the key pair is a temporary one. */
export interface MqCredentials {
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly sessionToken?: string;
}

/** What is sent in answer to a nonce. */
export interface MqAnswer {
  readonly accessKeyId: string;
  readonly sessionToken: string;
  readonly proof: string;
}

/** What a connection was let in by. */
export interface MqPass {
  readonly accessKeyId: string;
  /** The permanent secret; undefined for temporary credentials. */
  readonly secretKey: string | undefined;
  readonly token: TokenRecord | undefined;
}

const REASONS: Readonly<Record<InvalidCode, string>> = {
  [INVALID.account]: 'there is no such account',
  [INVALID.forged]: 'the session token is not genuine',
  [INVALID.expired]: 'they have expired',
  [INVALID.revoked]: 'they have been revoked',
  [INVALID.resource]: 'they are for something else',
  [INVALID.permission]: 'they do not allow this',
  [INVALID.signature]: 'the secret key is wrong',
};

/** The code in words, to follow "refused the credentials:". */
export function mqReason(code: InvalidCode): string {
  return `${REASONS[code]} (code ${code})`;
}

/** The answer to a nonce in round `round` of a connection (0 at its beginning, one more with each renewal). */
export function answerNonce(credentials: MqCredentials, nonce: Uint8Array, round: number): MqAnswer {
  const { accessKeyId, secretKey, sessionToken = '' } = credentials;
  return { accessKeyId, sessionToken, proof: proofOf(secretKey, nonce, round, accessKeyId, sessionToken) };
}

function proofOf(secretKey: string, nonce: Uint8Array, round: number, accessKeyId: string, sessionToken: string): string {
  const text = [Buffer.from(nonce).toString('hex'), round, accessKeyId, sessionToken].join('\0');
  return mac(secretKey, 'causeway mq 1', text).toString('base64url');
}

export class MqGuard {
  readonly book: CredentialBook;
  readonly now: WallClock;

  constructor(book: CredentialBook, wallClock: WallClock = wallClockMs) {
    this.book = book;
    this.now = wallClock;
  }

  /** Judges an answer; never throws, whatever came. */
  judge(answer: unknown, nonce: Uint8Array, round: number): MqPass | InvalidCode {
    const { accessKeyId, sessionToken, proof } = (answer ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof accessKeyId !== 'string' || typeof sessionToken !== 'string' || typeof proof !== 'string') return INVALID.account;
    const pass = sessionToken === '' ? this.#permanent(accessKeyId) : this.#temporary(accessKeyId, sessionToken);
    // Unknown accounts take as long as known ones.
    const secret =
      typeof pass === 'number' ? this.book.signingKey : (pass.secretKey ?? temporarySecret(this.book.signingKey, pass.token!.id));
    const right = equalSecret(proof, proofOf(secret, nonce, round, accessKeyId, sessionToken));
    if (typeof pass === 'number') return pass;
    if (!right) return INVALID.signature;
    return this.standing(pass) ?? pass;
  }

  /** Is a pass still good? Undefined: yes. */
  standing(pass: MqPass): InvalidCode | undefined {
    const { token } = pass;
    const account = this.book.accounts.get(token?.account ?? pass.accessKeyId);
    if (account === undefined) return INVALID.account;
    if (token === undefined) return pass.secretKey === account.secretKey ? undefined : INVALID.signature;
    if (this.book.tokens.get(token.id)?.revokedAtMs !== undefined) return INVALID.revoked;
    return this.now() >= token.expiresAtMs ? INVALID.expired : undefined;
  }

  #permanent(accessKeyId: string): MqPass | InvalidCode {
    const account = this.book.accounts.get(accessKeyId);
    return account === undefined ? INVALID.account : { accessKeyId, secretKey: account.secretKey, token: undefined };
  }

  #temporary(accessKeyId: string, sessionToken: string): MqPass | InvalidCode {
    const token = readToken(this.book.signingKey, sessionToken);
    if (token === undefined || token.kind !== 'mq' || accessKeyId !== `STS.${token.id}`) return INVALID.forged;
    return { accessKeyId, secretKey: undefined, token };
  }
}
