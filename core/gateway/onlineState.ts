/**
 * Who is online, derived from presence records as they come out of MQ: late, twice, or the end of an old connection after
 * the beginning of the new one. A client is offline when a tcpclean carries the channel ID of its last connect.
 */
import type { PresenceRecord } from './presence.ts';

interface Last {
  readonly channelId: string;
  readonly time: number;
  readonly online: boolean;
}

export class OnlineState {
  readonly #last = new Map<string, Last>();
  /** Ends that came before their connect, by channel. */
  readonly #early = new Map<string, true>();
  #online = 0;

  /** Clients online now. */
  get count(): number {
    return this.#online;
  }

  online(clientId: string): boolean {
    return this.#last.get(clientId)?.online ?? false;
  }

  /** Takes a record; true when the client's state changed by it. */
  apply(record: PresenceRecord): boolean {
    const { clientId, channelId, time } = record;
    const last = this.#last.get(clientId);
    if (record.eventType === 'connect') {
      // A second copy, or an older connect that comes late.
      if (last !== undefined && (last.channelId === channelId || time < last.time)) return false;
      const over = this.#early.delete(channelId);
      return this.#set(clientId, { channelId, time, online: !over });
    }
    // Saying goodbye is not being gone: the tcpclean that follows is.
    if (record.eventType !== 'tcpclean') return false;
    if (last?.channelId === channelId) return this.#set(clientId, { ...last, online: false });
    if (last === undefined || time > last.time) this.#remember(channelId);
    return false;
  }

  /** Forgets clients that are offline. */
  forget(): void {
    for (const [clientId, { online }] of this.#last) if (!online) this.#last.delete(clientId);
    this.#early.clear();
  }

  #set(clientId: string, next: Last): boolean {
    const before = this.online(clientId);
    this.#last.set(clientId, next);
    this.#online += Number(next.online) - Number(before);
    return before !== next.online;
  }

  /** Bounded: an end whose connect never comes must not stay for ever. */
  #remember(channelId: string): void {
    this.#early.set(channelId, true);
    if (this.#early.size <= MOST_EARLY) return;
    for (const oldest of this.#early.keys()) {
      this.#early.delete(oldest);
      break;
    }
  }
}

const MOST_EARLY = 10_000;
