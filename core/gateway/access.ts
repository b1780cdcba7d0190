/** What the gateway does about credentials: on CONNECT, PUBLISH and SUBSCRIBE, at expiry, and when the service changes its mind. */
import { asksForCredentials } from '../credentials/login.ts';
import { INVALID, type InvalidCode, TOKEN_TOPIC } from '../credentials/types.ts';
import type { Invalid, Verifier } from '../credentials/verifier.ts';
import type { Connection } from './connection.ts';
import type { Counters } from './counters.ts';
import type { Outbox } from './outbox.ts';
import { encodePublish } from './packets.ts';
import type { Session } from './session.ts';
import type { CredentialOptions, CredentialStats, RefusalReason } from './types.ts';
import type { IncomingPublish } from './uplinkChain.ts';

const NOTICE_MS = 300_000;
/** How often expiries are looked at; a PUBLISH is judged by its own time besides. */
const SWEEP_MS = 100;

const REASONS: Readonly<Record<InvalidCode, RefusalReason>> = {
  [INVALID.account]: 'credentials-account',
  [INVALID.forged]: 'credentials-forged',
  [INVALID.expired]: 'credentials-expired',
  [INVALID.revoked]: 'credentials-revoked',
  [INVALID.resource]: 'credentials-resource',
  [INVALID.permission]: 'credentials-permission',
  [INVALID.signature]: 'credentials-signature',
};

/** The reason under which a code is counted. */
export function refusalOf(code: InvalidCode): RefusalReason {
  return REASONS[code];
}

export interface AccessOptions extends CredentialOptions {
  readonly counters: Counters;
  readonly outbox: Outbox;
}

export class Access {
  readonly #verifier: Verifier;
  readonly #counters: Counters;
  readonly #outbox: Outbox;
  readonly #noticeMs: number;
  readonly #optional: boolean;
  /** Connections that hold a grant. */
  readonly #holders = new Set<Connection>();
  readonly #timer: NodeJS.Timeout;
  readonly #unlisten: () => void;
  #renewed = 0;
  #notices = 0;
  readonly #refusedByCode: Record<string, number> = {};
  readonly #closedByCode: Record<string, number> = {};

  constructor(options: AccessOptions) {
    this.#verifier = options.verifier;
    this.#counters = options.counters;
    this.#outbox = options.outbox;
    this.#noticeMs = options.noticeMs ?? NOTICE_MS;
    this.#optional = options.optional ?? false;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#timer.unref();
    this.#unlisten = this.#verifier.book.onChange(() => this.#judgeAll());
  }

  /** Is this user name ours to judge? `others`: there are plain users too. */
  judges(username: string | undefined, others: boolean): boolean {
    return asksForCredentials(username) || !(this.#optional || others);
  }

  /** CONNACK return code: 0; 4 where account, signature or token are not real; 5 where they are, but not good for this. */
  admit(
    connection: Connection,
    username: string | undefined,
    password: Buffer | undefined,
    held: Session | undefined,
  ): 0 | 4 | 5 {
    const login = this.#verifier.login(connection.clientId, username, password);
    let { invalid } = login;
    if (login.grant !== undefined) {
      // What its session has subscribed to would be delivered without being asked for again.
      for (const filter of held?.subscriptions.keys() ?? []) {
        const code = login.grant.refuses('R', filter, this.#verifier.now());
        if (code !== undefined) invalid ??= { code, type: 'R' };
      }
      if (invalid === undefined) {
        connection.grant = login.grant;
        return 0;
      }
    }
    const { code } = invalid!;
    this.#refusedByCode[code] = (this.#refusedByCode[code] ?? 0) + 1;
    // Not the user name: where it is malformed it may well be a secret in the wrong place.
    const who = login.grant?.accessKeyId ?? login.accessKeyId ?? '';
    this.#counters.refuse(connection, 'connect', REASONS[code], who);
    return code === INVALID.account || code === INVALID.forged || code === INVALID.signature ? 4 : 5;
  }

  opened(connection: Connection): void {
    if (connection.grant !== undefined) this.#holders.add(connection);
  }

  /** CONNACK is sent. False: what it was admitted with has been revoked meanwhile, and it is told so. */
  ready(connection: Connection): boolean {
    if (connection.grant === undefined) return true;
    const invalid = this.#verifier.standing(connection.grant, this.#verifier.now());
    if (invalid !== undefined) this.shut(connection, invalid);
    return invalid === undefined;
  }

  closed(connection: Connection): void {
    this.#holders.delete(connection);
  }

  /** A PUBLISH of a client with a grant. `taken`: it was a token, only the acknowledgement is owed. */
  publish(connection: Connection, packet: IncomingPublish): 'go' | 'taken' | 'closed' {
    if (connection.ending) return 'closed';
    const grant = connection.grant!;
    const { topic } = packet;
    if (topic === TOKEN_TOPIC.upload && grant.secretKey === undefined) {
      const invalid = this.#verifier.upload(grant, packet.payload);
      if (invalid === undefined) {
        this.#renewed += 1;
        return 'taken';
      }
      this.#counters.refuse(connection, 'publish', REASONS[invalid.code], topic);
      this.shut(connection, invalid);
      return 'closed';
    }
    // Refused for its topic in any case, whoever sends it.
    if (topic.startsWith('$')) return 'go';
    const code = grant.refuses('W', topic, this.#verifier.now());
    if (code === undefined) return 'go';
    this.#counters.refuse(connection, 'publish', REASONS[code], topic);
    this.shut(connection, { code, type: 'W' });
    return 'closed';
  }

  /** Undefined: it may. Otherwise SUBACK says no, and `shut` is called after it. */
  subscribe(connection: Connection, filter: string): Invalid | undefined {
    const code = filter.startsWith('$') ? undefined : connection.grant?.refuses('R', filter, this.#verifier.now());
    return code === undefined ? undefined : { code, type: 'R' };
  }

  /**
   * May the Will be published? It was accepted with the CONNECT and tells that the device is gone, so a token that has
   * ended since does not hold it back; one that was revoked does.
   */
  will(connection: Connection, topic: string): RefusalReason | undefined {
    const { grant } = connection;
    if (grant === undefined) return undefined;
    const code = this.#verifier.standing(grant, undefined)?.code ?? grant.refuses('W', topic, grant.write?.issuedAtMs ?? 0);
    return code === undefined ? undefined : REASONS[code];
  }

  /** Tells the client why and ends its connection; nothing more of it is taken. */
  shut(connection: Connection, invalid: Invalid): void {
    if (connection.ending || connection.closed) return;
    const { code } = invalid;
    this.#closedByCode[code] = (this.#closedByCode[code] ?? 0) + 1;
    this.#notify(connection, TOKEN_TOPIC.invalid, { code, type: invalid.type });
    this.#outbox.flushNow(connection);
    connection.end(REASONS[code]);
  }

  stats(): CredentialStats {
    return {
      renewed: this.#renewed,
      notices: this.#notices,
      refusedByCode: { ...this.#refusedByCode },
      closedByCode: { ...this.#closedByCode },
    };
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    this.#unlisten();
    this.#holders.clear();
  }

  /** Something was revoked or removed. */
  #judgeAll(): void {
    const nowMs = this.#verifier.now();
    for (const connection of this.#holders) {
      const invalid = this.#verifier.standing(connection.grant!, nowMs);
      // Before CONNACK nothing can be told; `ready` judges it.
      if (invalid !== undefined && connection.ready) this.shut(connection, invalid);
    }
  }

  #sweep(): void {
    const nowMs = this.#verifier.now();
    for (const connection of this.#holders) {
      const grant = connection.grant!;
      const next = grant.next;
      if (next === undefined || !connection.ready || connection.ending) continue;
      const leftMs = next.expiresAtMs - nowMs;
      if (leftMs <= 0) {
        this.shut(connection, { code: INVALID.expired, type: grant.typeOf(next) });
      } else if (!grant.noticed && leftMs <= Math.min(this.#noticeMs, (next.expiresAtMs - next.issuedAtMs) / 2)) {
        grant.noticed = true;
        this.#notices += 1;
        this.#notify(connection, TOKEN_TOPIC.expire, { expireTime: next.expiresAtMs, type: grant.typeOf(next) });
      }
    }
  }

  /** QoS 0: a notice is about this connection, and must not outlive it in the session. */
  #notify(connection: Connection, topic: string, content: object): void {
    this.#outbox.push(connection, encodePublish(topic, Buffer.from(JSON.stringify(content)), 0, false, 0).bytes);
  }
}
