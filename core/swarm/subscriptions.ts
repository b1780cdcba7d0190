/** What one client is subscribed to, and the SUBSCRIBE packets that await their SUBACK. */
import type { QoS } from '../gateway/types.ts';
import { CausewayError } from '../protocol/errors.ts';
import { checkText } from './encode.ts';

export interface Filter {
  readonly filter: string;
  readonly qos: QoS;
}

export interface PendingSubscribe {
  /** Packet identifier; 0 until it is sent. */
  id: number;
  readonly filters: readonly Filter[];
  readonly resolve: ((granted: number[]) => void) | undefined;
}

/** Return code of a refused filter (MQTT 3.1.1, 3.9.3). */
export const REFUSED = 128;

export class Subscriptions {
  /** Asked for and not refused; renewed when the broker has no session. */
  remembered: Filter[] = [];
  pending: PendingSubscribe[] = [];

  add(filters: readonly Filter[], resolve: ((granted: number[]) => void) | undefined): PendingSubscribe {
    for (const { filter, qos } of filters) {
      const at = this.remembered.findIndex((known) => known.filter === filter);
      if (at === -1) this.remembered.push({ filter, qos });
      else this.remembered[at] = { filter, qos };
    }
    const entry = { id: 0, filters, resolve };
    this.pending.push(entry);
    return entry;
  }

  /** Makes one pending SUBSCRIBE of all that is remembered and not asked for by a pending one anyway. */
  renew(): void {
    const asked = new Set(this.pending.flatMap((entry) => entry.filters.map(({ filter }) => filter)));
    const filters = this.remembered.filter(({ filter }) => !asked.has(filter));
    if (filters.length > 0) this.pending.push({ id: 0, filters, resolve: undefined });
  }

  /** SUBACK: forgets refused filters and tells who asked. */
  acknowledge(id: number, granted: number[]): void {
    const at = this.pending.findIndex((entry) => entry.id === id);
    const [entry] = at === -1 ? [] : this.pending.splice(at, 1);
    if (entry === undefined) return;
    for (const [i, { filter }] of entry.filters.entries()) {
      if (granted[i] === REFUSED) this.remembered = this.remembered.filter((known) => known.filter !== filter);
    }
    entry.resolve?.(granted);
  }

  /** Nobody will answer any more: everything pending counts as refused. */
  abandon(): void {
    const abandoned = this.pending;
    this.pending = [];
    for (const entry of abandoned) entry.resolve?.(entry.filters.map(() => REFUSED));
  }
}

/** @throws CausewayError input.argument for an empty filter, or one longer than MQTT allows. Wildcards are the broker's to judge. */
export function checkFilters(filters: readonly Filter[]): void {
  for (const { filter } of filters) {
    if (filter === '') {
      throw new CausewayError('input.argument', {
        argument: 'filter',
        value: '""',
        reason: 'it is empty',
        expected: 'an MQTT topic filter, e.g. home/+/temperature',
      });
    }
    checkText('filter', filter);
  }
}
