import type { GatewayEvent, RefusalReason } from './types.ts';

/** Order fixes each reason's bit in `Refusable.refusedBits`. */
const REASONS: readonly RefusalReason[] = [
  'client-id-empty',
  'client-id-too-long',
  'client-id-control-character',
  'not-authorised',
  'topic-unknown-parent',
  'topic-too-long',
  'topic-invalid',
  'topic-reserved',
  'payload-too-large',
  'too-many-subscriptions',
  'filter-invalid',
  'qos2-persistent-session',
  'uplink-failed',
  'stalled',
  'credentials-account',
  'credentials-forged',
  'credentials-expired',
  'credentials-revoked',
  'credentials-resource',
  'credentials-permission',
  'credentials-signature',
];

/** Whoever is refused something: remembers which reasons were told already, one bit each. */
export interface Refusable {
  readonly clientId: string;
  refusedBits: number;
}

/** Wire text in an event is cut at this length. */
const SHOWN_CHARS = 200;

/** The gateway's counts; plain fields, because they are touched for every message. */
export class Counters {
  connected = 0;
  published = 0;
  delivered = 0;
  bytesIn = 0;
  bytesOut = 0;
  p2pUnknown = 0;
  p2pDropped = 0;
  offlineDropped = 0;
  slowDropped = 0;
  readonly refused: Partial<Record<RefusalReason, number>> = {};
  readonly emit: (event: GatewayEvent) => void;

  constructor(onEvent: ((event: GatewayEvent) => void) | undefined) {
    this.emit = onEvent ?? (() => {});
  }

  /** Counts a refusal; the first of its reason on a connection is told as an event too. */
  refuse(who: Refusable, what: 'connect' | 'publish' | 'subscribe', reason: RefusalReason, value: string): void {
    this.refused[reason] = (this.refused[reason] ?? 0) + 1;
    const bit = 1 << REASONS.indexOf(reason);
    if ((who.refusedBits & bit) !== 0) return;
    who.refusedBits |= bit;
    this.emit({ kind: 'refused', what, clientId: who.clientId, reason, value: value.slice(0, SHOWN_CHARS) });
  }
}
