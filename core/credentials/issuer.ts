/** The credential service towards those who manage it: accounts, tokens, temporary credentials. */
import { randomBytes } from 'node:crypto';
import { CausewayError } from '../protocol/errors.ts';
import type { BookedToken, CredentialBook } from './book.ts';
import { INSTANCE_ID, KEY_ID } from './login.ts';
import { mac } from './signature.ts';
import { encodeToken, MAX_TOKEN_CHARS } from './token.ts';
import { type Account, type TokenRecord, type TokenType, type WallClock, wallClockMs } from './types.ts';

export interface AccountRequest {
  /** Absent: one is made. */
  readonly accessKeyId?: string;
  /** 16 to 256 characters. Absent: 32 random bytes in base64url. */
  readonly secretKey?: string;
  readonly instances: readonly string[];
}

export interface TokenRequest {
  readonly account: string;
  /** Absent: the account's only instance. */
  readonly instance?: string;
  readonly actions: TokenType;
  /** Topic filters, 1 to 100. */
  readonly resources: readonly string[];
  /** Milliseconds. */
  readonly ttlMs: number;
}

export interface IssuedToken {
  readonly token: string;
  readonly record: TokenRecord;
}

/** Temporary credentials for the MQ port: a key pair of their own that is good only together with its session token. */
export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly sessionToken: string;
  /** Wall-clock milliseconds. */
  readonly expiresAtMs: number;
}

export const MAX_RESOURCES = 100;
/** Characters of one resource: no topic of the profiles is longer where tokens are used. */
const MAX_RESOURCE_CHARS = 256;
/** One year. */
const MAX_TTL_MS = 366 * 24 * 3_600_000;

function refuse(argument: string, value: string | number, reason: string, expected: string): never {
  throw new CausewayError('input.argument', { argument, value, reason, expected });
}

/** The secret key of temporary credentials; derived, so that only its holder and the service know it and nobody stores it. */
export function temporarySecret(signingKey: string, tokenId: string): string {
  return mac(signingKey, 'causeway temporary secret 1', tokenId).toString('base64url');
}

export class Issuer {
  readonly #book: CredentialBook;
  readonly #now: WallClock;

  constructor(book: CredentialBook, wallClock: WallClock = wallClockMs) {
    this.#book = book;
    this.#now = wallClock;
  }

  /** Tokens issued, and revoked, by this issuer. */
  issued = 0;
  revoked = 0;

  /** @throws CausewayError input.argument; the secret is never in the message. */
  addAccount(request: AccountRequest): Account {
    const { accessKeyId = `CW${randomBytes(9).toString('hex')}`, instances } = request;
    const secretKey = request.secretKey ?? randomBytes(32).toString('base64url');
    if (!KEY_ID.test(accessKeyId)) {
      refuse('access key ID', accessKeyId.slice(0, 80), 'it holds other characters or is too long', KEY_EXPECTED);
    }
    if (this.#book.accounts.has(accessKeyId)) {
      refuse('access key ID', accessKeyId, 'there is an account of that ID', 'choose another, or remove that one first');
    }
    if (secretKey.length < 16 || secretKey.length > 256) {
      refuse('secret key', `(${secretKey.length} characters)`, 'its length is out of range', '16 to 256 characters');
    }
    if (instances.length === 0) refuse('instances', 'none', 'an account belongs to at least one', 'name one or more instances');
    for (const instance of instances) {
      if (!INSTANCE_ID.test(instance)) {
        refuse('instance', instance.slice(0, 80), 'it holds other characters or is too long', KEY_EXPECTED);
      }
    }
    const account = { accessKeyId, secretKey, instances: [...new Set(instances)], createdAtMs: Math.floor(this.#now()) };
    this.#book.accounts.set(accessKeyId, account);
    return account;
  }

  /** All accounts, without their secrets. */
  accounts(): Omit<Account, 'secretKey'>[] {
    return [...this.#book.accounts.values()].map(({ accessKeyId, instances, createdAtMs }) => ({
      accessKeyId,
      instances,
      createdAtMs,
    }));
  }

  /** Its clients are closed with code -1. @throws CausewayError credentials.unknown */
  removeAccount(accessKeyId: string): void {
    if (!this.#book.accounts.delete(accessKeyId)) {
      throw new CausewayError('credentials.unknown', { what: 'account', id: accessKeyId });
    }
    this.#book.changed();
  }

  /** @throws CausewayError input.argument, credentials.unknown */
  issue(request: TokenRequest): IssuedToken {
    const { account, instance } = this.#owner(request.account, request.instance);
    const { actions, resources } = request;
    if (actions !== 'R' && actions !== 'W' && actions !== 'RW') {
      refuse('actions', String(actions), 'it is no token type', 'R (subscribe), W (publish) or RW');
    }
    checkResources(resources);
    return this.#make('mqtt', account.accessKeyId, instance, actions, resources, request.ttlMs);
  }

  /** @throws CausewayError input.argument, credentials.unknown */
  temporary(request: Pick<TokenRequest, 'account' | 'instance' | 'ttlMs'>): TemporaryCredentials & { readonly id: string } {
    const { account, instance } = this.#owner(request.account, request.instance);
    const { token, record } = this.#make('mq', account.accessKeyId, instance, 'RW', [], request.ttlMs);
    return {
      id: record.id,
      accessKeyId: `STS.${record.id}`,
      secretKey: temporarySecret(this.#book.signingKey, record.id),
      sessionToken: token,
      expiresAtMs: record.expiresAtMs,
    };
  }

  /** Tokens that are remembered, expired and revoked ones included. */
  tokens(): BookedToken[] {
    return [...this.#book.tokens.values()];
  }

  /** Takes effect at once: whoever uses it is closed with code 3. @throws CausewayError credentials.unknown */
  revoke(id: string): void {
    const token = this.#book.tokens.get(id);
    if (token === undefined) throw new CausewayError('credentials.unknown', { what: 'token', id });
    if (token.revokedAtMs !== undefined) return;
    this.#book.tokens.set(id, { ...token, revokedAtMs: Math.floor(this.#now()) });
    this.revoked += 1;
    this.#book.changed();
  }

  #make(
    kind: TokenRecord['kind'],
    account: string,
    instance: string,
    actions: TokenType,
    resources: readonly string[],
    ttlMs: number,
  ): IssuedToken {
    if (!(ttlMs > 0 && ttlMs <= MAX_TTL_MS)) {
      refuse('time to live', `${ttlMs} ms`, 'it is out of range', 'more than 0 and at most 366 days');
    }
    const issuedAtMs = Math.floor(this.#now());
    const id = randomBytes(9).toString('hex');
    const expiresAtMs = Math.ceil(issuedAtMs + ttlMs);
    const record: TokenRecord = {
      id,
      kind,
      account,
      instance,
      actions,
      resources: [...resources],
      issuedAtMs,
      expiresAtMs,
    };
    const token = encodeToken(this.#book.signingKey, record);
    if (token.length > MAX_TOKEN_CHARS) {
      refuse(
        'resources',
        `${resources.length} filters`,
        `the token would have ${token.length} characters`,
        `at most ${MAX_TOKEN_CHARS}`,
      );
    }
    this.#book.addToken(record, issuedAtMs);
    this.issued += 1;
    return { token, record };
  }

  #owner(accessKeyId: string, instance: string | undefined): { readonly account: Account; readonly instance: string } {
    const account = this.#book.accounts.get(accessKeyId);
    if (account === undefined) throw new CausewayError('credentials.unknown', { what: 'account', id: accessKeyId });
    if (instance === undefined && account.instances.length > 1) {
      refuse('instance', 'none', `account ${accessKeyId} has several`, `one of ${account.instances.join(', ')}`);
    }
    const chosen = instance ?? account.instances[0]!;
    if (!account.instances.includes(chosen)) {
      refuse(
        'instance',
        chosen.slice(0, 80),
        `account ${accessKeyId} has no such instance`,
        `one of ${account.instances.join(', ')}`,
      );
    }
    return { account, instance: chosen };
  }
}

const KEY_EXPECTED = '1 to 64 letters, digits, ., - and _';

function checkResources(resources: readonly string[]): void {
  if (resources.length === 0 || resources.length > MAX_RESOURCES) {
    refuse('resources', `${resources.length} filters`, 'their number is out of range', `1 to ${MAX_RESOURCES} topic filters`);
  }
  for (const [i, resource] of resources.entries()) {
    const levels = resource.split('/');
    const wild = levels.some(
      (level, at) => (/[+#]/.test(level) && level.length > 1) || (level === '#' && at < levels.length - 1),
    );
    if (resource !== '' && resource.length <= MAX_RESOURCE_CHARS && !wild && !/^\$|\p{Cc}/u.test(resource)) continue;
    refuse(
      `resource ${i + 1}`,
      resource.slice(0, 80),
      'it is no topic filter that a token can name',
      `an MQTT topic filter of 1 to ${MAX_RESOURCE_CHARS} characters that does not start with $`,
    );
  }
}
