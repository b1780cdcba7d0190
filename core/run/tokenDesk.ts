/** Tokens of the members of one device thread: asked of the runner before they connect, and again before they expire. */
import { TOKEN_TOPIC, type WallClock, wallClockMs } from '../credentials/types.ts';
import type { TokenForMember } from '../protocol/worker.ts';
import type { Member } from './devices.ts';

/** Correlates the PUBLISH of a token; numbers of stamped messages are not negative. */
export const TOKEN_UPLOAD = -1;
/** Requests of so many milliseconds go to the runner together. */
const GATHER_MS = 10;
/** Refusals in a row after which a member is taken for refused for good. */
const MOST_REFUSALS = 3;

interface Holder {
  readonly member: Member;
  readonly renewMs: number;
  /** Asked for, not yet there. */
  asked: boolean;
  /** May connect with the token it has. */
  connecting: boolean;
  /** Uploads without PUBACK. */
  uploads: number;
  refusals: number;
  /** Counts its tokens: the renewal of one that has been replaced is none. */
  tokens: number;
}

export interface TokenDeskOptions {
  /** Asks the runner. */
  request(receivers: number[]): void;
  /** Calls back in so many milliseconds. */
  after(ms: number, work: () => void): void;
  /** The member has lost its right, or is refused again and again: it stays away. */
  dismiss(member: Member): void;
  readonly wallClock?: WallClock;
}

export class TokenDesk {
  readonly #options: TokenDeskOptions;
  readonly #now: WallClock;
  readonly #holders = new Map<number, Holder>();
  #wanted: number[] = [];
  #closed = false;

  constructor(options: TokenDeskOptions) {
    this.#options = options;
    this.#now = options.wallClock ?? wallClockMs;
  }

  /** Has this member a token to care for? */
  holds(member: Member): boolean {
    return this.#holders.has(member.receiver);
  }

  /** Uploads of it that are not acknowledged. */
  uploads(member: Member): number {
    return this.#holders.get(member.receiver)?.uploads ?? 0;
  }

  /** Gets the member a token, then connects it. */
  connect(member: Member, renewMs: number): void {
    const holder = { member, renewMs, asked: false, connecting: true, uploads: 0, refusals: 0, tokens: 0 };
    this.#holders.set(member.receiver, holder);
    this.#ask(holder);
  }

  /** The runner's answer. */
  take(tokens: readonly TokenForMember[]): void {
    if (this.#closed) return;
    for (const { receiver, token, expiresAtMs } of tokens) {
      const holder = this.#holders.get(receiver);
      if (holder === undefined) continue;
      holder.asked = false;
      if (token === undefined) this.#give(holder);
      else this.#use(holder, token, expiresAtMs);
    }
  }

  connected(member: Member): void {
    const holder = this.#holders.get(member.receiver);
    if (holder !== undefined) holder.refusals = 0;
  }

  /** A message of the gateway about its token: one that is about to end is renewed. */
  noticed(member: Member, topic: string): void {
    const holder = this.#holders.get(member.receiver);
    if (holder !== undefined && topic === TOKEN_TOPIC.expire) this.#ask(holder);
  }

  /** The gateway has refused its CONNECT, or closed it for its token: it asks for another before it comes back. */
  refused(member: Member): void {
    const holder = this.#holders.get(member.receiver);
    if (holder === undefined) return;
    holder.refusals += 1;
    holder.connecting = true;
    void member.client.end();
    if (holder.refusals >= MOST_REFUSALS) this.#give(holder);
    else this.#ask(holder);
  }

  /**
   * Its connection is gone, and an upload that was not acknowledged with it: the next CONNECT shows the newest token. Sent again, an
   * old one might have expired, and would end that connection, too.
   */
  closed(member: Member): void {
    const holder = this.#holders.get(member.receiver);
    if (holder !== undefined && holder.uploads > 0) holder.uploads -= member.client.forget(TOKEN_UPLOAD);
  }

  /** An upload is acknowledged. */
  uploaded(member: Member): void {
    const holder = this.#holders.get(member.receiver);
    if (holder !== undefined && holder.uploads > 0) holder.uploads -= 1;
  }

  /** Answers that still come are of no use. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  #ask(holder: Holder): void {
    if (holder.asked || this.#closed) return;
    holder.asked = true;
    if (this.#wanted.length === 0) {
      this.#options.after(GATHER_MS, () => {
        const receivers = this.#wanted;
        this.#wanted = [];
        this.#options.request(receivers);
      });
    }
    this.#wanted.push(holder.member.receiver);
  }

  #give(holder: Holder): void {
    this.#options.dismiss(holder.member);
    this.#holders.delete(holder.member.receiver);
  }

  #use(holder: Holder, token: string, expiresAtMs: number): void {
    const { client } = holder.member;
    // The next CONNECT shows it, whenever that will be.
    client.setPassword(`RW|${token}`);
    if (holder.connecting) {
      holder.connecting = false;
      client.connect();
    } else if (client.connected) {
      const outcome = client.publish(
        TOKEN_TOPIC.upload,
        Buffer.from(JSON.stringify({ token, type: 'RW' })),
        1,
        false,
        TOKEN_UPLOAD,
      );
      if (outcome === 'sent' || outcome === 'queued') holder.uploads += 1;
    }
    holder.tokens += 1;
    const { tokens } = holder;
    this.#options.after(Math.max(0, expiresAtMs - holder.renewMs - this.#now()), () => {
      if (this.#holders.get(holder.member.receiver) === holder && holder.tokens === tokens) this.#ask(holder);
    });
  }
}
