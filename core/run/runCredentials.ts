/** The credential service of a run: one account made for it, tokens for members who ask, revocations when the scenario says so. */
import { CredentialBook } from '../credentials/book.ts';
import { Issuer } from '../credentials/issuer.ts';
import type { MqCredentials } from '../credentials/mqGuard.ts';
import type { Account } from '../credentials/types.ts';
import type { CredentialStats } from '../gateway/types.ts';
import type { RunResult } from '../protocol/result.ts';
import type { TokenForMember } from '../protocol/worker.ts';
import type { Population, Scenario } from '../scenario/model.ts';
import { tokenResources } from '../scenario/tokenResources.ts';
import type { LabCredentials } from './lab.ts';
import { ReceiverTable } from './streams.ts';

const INSTANCE = 'lab';

/** What device threads need to sign in; crosses threads, and goes nowhere else. */
export interface DeviceCredentials {
  readonly accessKeyId: string;
  readonly instance: string;
  /** Only where members sign by themselves. */
  readonly secretKey: string | undefined;
}

/** The members, of `count`, whose token is revoked: spread evenly, so that every thread and group has its share. */
export function revokedMembers(members: number, count: number): number[] {
  return Array.from({ length: members }, (_, i) => Math.floor((i * count) / members));
}

export class RunCredentials {
  readonly #scenario: Scenario;
  readonly #receivers: ReceiverTable;
  readonly #book = new CredentialBook();
  readonly #issuer = new Issuer(this.#book);
  readonly #account: Account;
  /** IDs of the tokens of members that will lose theirs. */
  readonly #marked = new Map<number, string[]>();
  readonly #withdrawn = new Set<number>();

  /** Undefined for a scenario in which nobody has credentials. */
  static of(scenario: Scenario): RunCredentials | undefined {
    return scenario.populations.some((p) => p.credentials !== undefined) ? new RunCredentials(scenario) : undefined;
  }

  private constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#receivers = new ReceiverTable(scenario);
    this.#account = this.#issuer.addAccount({ instances: [INSTANCE] });
    for (const { population, members } of this.revocations()) {
      for (const index of members) this.#marked.set(this.#receivers.device(population.name, index), []);
    }
  }

  /** For gateway and MQ port. */
  get lab(): LabCredentials {
    const renewals = this.#scenario.populations.flatMap((p) => (p.credentials?.kind === 'token' ? [p.credentials.renewMs] : []));
    return {
      book: this.#book,
      // Members renew by themselves in good time: a notice means that one is late.
      ...(renewals.length === 0 ? {} : { noticeMs: Math.min(...renewals) / 2 }),
      optional: this.#scenario.populations.some((p) => p.credentials === undefined),
    };
  }

  /** For services at the MQ port. */
  get services(): MqCredentials {
    const { accessKeyId, secretKey } = this.#account;
    return { accessKeyId, secretKey };
  }

  get devices(): DeviceCredentials {
    const { accessKeyId, secretKey } = this.#account;
    const signing = this.#scenario.populations.some((p) => p.credentials?.kind === 'signature');
    return { accessKeyId, instance: INSTANCE, secretKey: signing ? secretKey : undefined };
  }

  /** Which members lose their token, and when (milliseconds of the traffic). */
  revocations(): { readonly population: Population; readonly atMs: number; readonly members: readonly number[] }[] {
    return this.#scenario.populations.flatMap((population) => {
      if (population.credentials?.kind !== 'token' || population.credentials.revoke === undefined) return [];
      const { members, atMs } = population.credentials.revoke;
      // After the end nothing is left to be revoked (and Node's timers know no waits of weeks).
      if (atMs >= this.#scenario.durationMs) return [];
      return [{ population, atMs, members: revokedMembers(members, population.count) }];
    });
  }

  /** A token for each receiver that asks; a member that has lost its right is told so. */
  tokensFor(receivers: readonly number[]): TokenForMember[] {
    return receivers.map((receiver) => {
      if (this.#withdrawn.has(receiver)) return { receiver, token: undefined, expiresAtMs: 0 };
      const { population, index } = this.#memberOf(receiver);
      const ttlMs = population.credentials?.kind === 'token' ? population.credentials.ttlMs : 0;
      const resources = tokenResources(population, index);
      const { token, record } = this.#issuer.issue({ account: this.#account.accessKeyId, actions: 'RW', resources, ttlMs });
      this.#marked.get(receiver)?.push(record.id);
      return { receiver, token, expiresAtMs: record.expiresAtMs };
    });
  }

  /** Revokes every token of these members; they get no other. */
  revoke(population: Population, members: readonly number[]): void {
    for (const index of members) {
      const receiver = this.#receivers.device(population.name, index);
      this.#withdrawn.add(receiver);
      for (const id of this.#marked.get(receiver) ?? []) this.#issuer.revoke(id);
    }
  }

  /** For the result; `dismissed`: clients that stayed away after they were refused. */
  summary(gateway: CredentialStats | undefined, dismissed: number): NonNullable<RunResult['credentials']> {
    return {
      issued: this.#issuer.issued,
      renewed: gateway?.renewed ?? 0,
      revoked: this.#withdrawn.size,
      notices: gateway?.notices ?? 0,
      refusedByCode: { ...gateway?.refusedByCode },
      closedByCode: { ...gateway?.closedByCode },
      dismissed,
    };
  }

  #memberOf(receiver: number): { readonly population: Population; readonly index: number } {
    for (const population of this.#scenario.populations) {
      const index = receiver - this.#receivers.device(population.name, 0);
      if (index >= 0 && index < population.count) return { population, index };
    }
    throw new Error(`no member is receiver ${receiver}`);
  }
}
