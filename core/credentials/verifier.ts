/** The credential service towards the gateway: is what a client shows good, and for what? */
import type { CredentialBook } from './book.ts';
import { Grant } from './grant.ts';
import { isTokenType, type LoginName, parseTokenPassword, parseUserName } from './login.ts';
import { equalSecret, signClientId } from './signature.ts';
import { readToken } from './token.ts';
import { allows, INVALID, type InvalidCode, type TokenRecord, type TokenType, type WallClock, wallClockMs } from './types.ts';

/** Why something is refused; `type` says which token is meant (RW where there is none). */
export interface Invalid {
  readonly code: InvalidCode;
  readonly type: TokenType;
}

export type Login =
  | { readonly grant: Grant; readonly invalid?: undefined; readonly accessKeyId?: undefined }
  | { readonly grant?: undefined; readonly invalid: Invalid; readonly accessKeyId: string | undefined };

export interface VerifierOptions {
  readonly wallClock?: WallClock;
  /** The instance this gateway stands for; absent: any that the account has. */
  readonly instance?: string;
  /** How far the clock of the issuer may be ahead of ours before a token counts as outside its time. Default 60,000 ms. */
  readonly skewMs?: number;
}

export class Verifier {
  readonly book: CredentialBook;
  readonly now: WallClock;
  readonly #instance: string | undefined;
  readonly #skewMs: number;

  constructor(book: CredentialBook, options: VerifierOptions = {}) {
    this.book = book;
    this.now = options.wallClock ?? wallClockMs;
    this.#instance = options.instance;
    this.#skewMs = options.skewMs ?? 60_000;
  }

  /** Judges a CONNECT. Never throws, whatever bytes came. */
  login(clientId: string, username: string | undefined, password: Buffer | undefined): Login {
    const name = username === undefined ? undefined : parseUserName(username);
    if (name === undefined) return { invalid: { code: INVALID.account, type: 'RW' }, accessKeyId: undefined };
    const { accessKeyId } = name;
    const secret = password?.toString('utf8') ?? '';
    const outcome = name.mode === 'signature' ? this.#signature(name, clientId, secret) : this.#tokens(name, secret);
    return outcome instanceof Grant ? { grant: outcome } : { invalid: outcome, accessKeyId };
  }

  /** The JSON `{token,type}` of `$SYS/uploadToken`: puts the token in place of the one held, or says what is wrong with it. */
  upload(grant: Grant, payload: Uint8Array): Invalid | undefined {
    let type: TokenType = 'RW';
    let token = '';
    try {
      const said = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8')) as unknown;
      const { type: t, token: text } = (said ?? {}) as { readonly type?: unknown; readonly token?: unknown };
      if (isTokenType(t)) type = t;
      if (isTokenType(t) && typeof text === 'string') token = text;
    } catch {
      // Judged below as what it is: no token of ours.
    }
    const found = this.#token(grant, type, token);
    if (typeof found === 'number') return { code: found, type };
    grant.hold(type, found);
    return undefined;
  }

  /** Is what was good at CONNECT still good? Undefined: yes. Without `nowMs` only revocations count, not expiry. */
  standing(grant: Grant, nowMs: number | undefined): Invalid | undefined {
    const { book } = this;
    const account = book.accounts.get(grant.accessKeyId);
    if (account === undefined || !account.instances.includes(grant.instance)) return { code: INVALID.account, type: grant.type };
    if (grant.secretKey !== undefined) {
      return grant.secretKey === account.secretKey ? undefined : { code: INVALID.signature, type: 'RW' };
    }
    for (const token of [grant.read, grant.write]) {
      const code = this.#tokenStanding(token, nowMs);
      if (token !== undefined && code !== undefined) return { code, type: grant.typeOf(token) };
    }
    return undefined;
  }

  #signature(name: LoginName, clientId: string, password: string): Grant | Invalid {
    const account = this.book.accounts.get(name.accessKeyId);
    // An unknown account costs the same time as a known one, so that IDs can't be found out by the clock.
    const right = equalSecret(password, signClientId(account?.secretKey ?? this.book.signingKey, clientId));
    if (account === undefined || !this.#serves(name)) return { code: INVALID.account, type: 'RW' };
    return right ? new Grant(name.accessKeyId, name.instance, account.secretKey) : { code: INVALID.signature, type: 'RW' };
  }

  #tokens(name: LoginName, password: string): Grant | Invalid {
    if (!this.#serves(name)) return { code: INVALID.account, type: 'RW' };
    const offered = parseTokenPassword(password);
    if (offered === undefined) return { code: INVALID.forged, type: 'RW' };
    const grant = new Grant(name.accessKeyId, name.instance, undefined);
    for (const { type, token } of offered) {
      const found = this.#token(grant, type, token);
      // One bad token of two spoils the login.
      if (typeof found === 'number') return { code: found, type };
      grant.hold(type, found);
    }
    return grant;
  }

  #serves(name: LoginName): boolean {
    const account = this.book.accounts.get(name.accessKeyId);
    if (account === undefined || !account.instances.includes(name.instance)) return false;
    return this.#instance === undefined || this.#instance === name.instance;
  }

  /** A token offered by the holder of a grant as one of `type`. */
  #token(grant: Grant, type: TokenType, text: string): TokenRecord | InvalidCode {
    const token = readToken(this.book.signingKey, text);
    // A token of another account, or one for the MQ port, is not what its bearer says it is.
    if (token === undefined || token.kind !== 'mqtt' || token.account !== grant.accessKeyId) return INVALID.forged;
    if (token.instance !== grant.instance) return INVALID.resource;
    const code = this.#tokenStanding(token, this.now());
    if (code !== undefined) return code;
    const enough = type === 'RW' ? token.actions === 'RW' : allows(token.actions, type);
    return enough ? token : INVALID.permission;
  }

  #tokenStanding(token: TokenRecord | undefined, nowMs: number | undefined): InvalidCode | undefined {
    if (token === undefined) return undefined;
    if (this.book.tokens.get(token.id)?.revokedAtMs !== undefined) return INVALID.revoked;
    if (nowMs === undefined) return undefined;
    if (nowMs >= token.expiresAtMs || token.issuedAtMs > nowMs + this.#skewMs) return INVALID.expired;
    return undefined;
  }
}
