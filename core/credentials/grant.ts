/** What one connection may do. */
import { covers } from './coverage.ts';
import { type Action, INVALID, type InvalidCode, type TokenRecord, type TokenType } from './types.ts';

export class Grant {
  readonly accessKeyId: string;
  readonly instance: string;
  /** Signature mode: the secret it was judged by. Everything of the instance is allowed. */
  readonly secretKey: string | undefined;
  read: TokenRecord | undefined = undefined;
  write: TokenRecord | undefined = undefined;
  /** When the notice of the next expiry was sent; false again after a renewal. */
  noticed = false;
  #lastWritten: string | undefined = undefined;

  constructor(accessKeyId: string, instance: string, secretKey: string | undefined) {
    this.accessKeyId = accessKeyId;
    this.instance = instance;
    this.secretKey = secretKey;
  }

  /** What its tokens allow together. */
  get type(): TokenType {
    if (this.secretKey !== undefined || (this.read !== undefined && this.write !== undefined)) return 'RW';
    return this.read === undefined ? 'W' : 'R';
  }

  /** The token that ends first; undefined in signature mode. */
  get next(): TokenRecord | undefined {
    const { read, write } = this;
    if (read === undefined || write === undefined) return read ?? write;
    return read.expiresAtMs <= write.expiresAtMs ? read : write;
  }

  /** As what it holds this token. */
  typeOf(token: TokenRecord): TokenType {
    if (this.read === this.write) return 'RW';
    return token === this.read ? 'R' : 'W';
  }

  /** Puts a token that has been judged good in the place its type says. */
  hold(type: TokenType, token: TokenRecord): void {
    if (type !== 'W') this.read = token;
    if (type !== 'R') this.write = token;
    this.noticed = false;
    this.#lastWritten = undefined;
  }

  /** May it do this now? `wanted` is a topic to publish to, or a filter to subscribe to. Undefined: yes. */
  refuses(action: Action, wanted: string, nowMs: number): InvalidCode | undefined {
    if (this.secretKey !== undefined) return undefined;
    const token = action === 'R' ? this.read : this.write;
    if (token === undefined) return INVALID.permission;
    if (nowMs >= token.expiresAtMs) return INVALID.expired;
    // A device writes to the same topic again and again.
    if (action === 'W' && wanted === this.#lastWritten) return undefined;
    for (const resource of token.resources) {
      if (!covers(resource, wanted)) continue;
      if (action === 'W') this.#lastWritten = wanted;
      return undefined;
    }
    return INVALID.resource;
  }
}
