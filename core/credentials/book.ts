/** The credential service's memory: its signing key, accounts, tokens issued, tokens revoked. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { INSTANCE_ID, KEY_ID } from './login.ts';
import type { Account, TokenRecord } from './types.ts';

const time = z.number().int().nonnegative();

/** The form of a credentials file; strict, so that a file of another kind is not taken for an empty one. */
export const bookSchema = z.strictObject({
  causewayCredentials: z.literal(1),
  signingKey: z.string().min(32).max(256),
  accounts: z.array(
    z.strictObject({
      accessKeyId: z.string().regex(KEY_ID),
      secretKey: z.string().min(16).max(256),
      instances: z.array(z.string().regex(INSTANCE_ID)).min(1).max(1000),
      createdAtMs: time,
    }),
  ),
  tokens: z.array(
    z.strictObject({
      id: z.string().min(1).max(64),
      kind: z.enum(['mqtt', 'mq']),
      account: z.string().regex(KEY_ID),
      instance: z.string().regex(INSTANCE_ID),
      actions: z.enum(['R', 'W', 'RW']),
      resources: z.array(z.string()).max(100),
      issuedAtMs: time,
      expiresAtMs: time,
      revokedAtMs: time.optional(),
    }),
  ),
});
export type BookData = z.infer<typeof bookSchema>;

/** A token with what became of it. */
export interface BookedToken extends TokenRecord {
  readonly revokedAtMs?: number;
}

/** Tokens are forgotten some time after their end, so that a long run of short tokens does not fill the memory. */
const REMEMBER_MS = 3_600_000;
/** Forgetting is looked at when the number of tokens has doubled. */
const LOOK_AT = 10_000;

/** Everything here is secret or close to it: the book has no `toString` and is never put into an event. */
export class CredentialBook {
  signingKey: string;
  accounts = new Map<string, Account>();
  tokens = new Map<string, BookedToken>();
  readonly #listeners = new Set<() => void>();
  #lookAt = LOOK_AT;

  constructor(data?: BookData) {
    this.signingKey = randomBytes(32).toString('base64');
    if (data !== undefined) this.#fill(data);
  }

  /** Replaces everything (the file has changed) and tells the listeners. */
  load(data: BookData): void {
    this.#fill(data);
    this.changed();
  }

  data(): BookData {
    return {
      causewayCredentials: 1,
      signingKey: this.signingKey,
      accounts: [...this.accounts.values()].map((account) => ({ ...account, instances: [...account.instances] })),
      tokens: [...this.tokens.values()].map((token) => ({ ...token, resources: [...token.resources] })),
    };
  }

  /** Calls the listener after each revocation, removal or reload, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Adds a token; `nowMs` (wall clock) decides which old ones are forgotten. */
  addToken(token: BookedToken, nowMs: number): void {
    this.tokens.set(token.id, token);
    if (this.tokens.size < this.#lookAt) return;
    this.forget(nowMs);
    this.#lookAt = Math.max(LOOK_AT, this.tokens.size * 2);
  }

  /** Forgets tokens that ended long ago: they are refused for their age alone. */
  forget(nowMs: number): void {
    for (const [id, token] of this.tokens) if (token.expiresAtMs + REMEMBER_MS < nowMs) this.tokens.delete(id);
  }

  #fill(data: BookData): void {
    this.signingKey = data.signingKey;
    this.accounts = new Map(data.accounts.map((account) => [account.accessKeyId, account]));
    this.tokens = new Map(
      data.tokens.map(({ revokedAtMs, ...token }) => [token.id, revokedAtMs === undefined ? token : { ...token, revokedAtMs }]),
    );
  }
}
