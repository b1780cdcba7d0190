/** Gateway's and bridge's events as lines for people; what would repeat a thousand times is said a few times and then counted only. */
import type { BridgeEvent } from '../bridge/types.ts';
import type { GatewayEvent } from '../gateway/types.ts';
import type { LogEvent } from '../protocol/events.ts';

const MOST_OF_A_KIND = 10;

export class EventText {
  readonly #counts = new Map<string, number>();

  /** Undefined: not worth a line (connects and disconnects of thousands of clients), or said often enough. */
  of(event: GatewayEvent | BridgeEvent): { readonly level: LogEvent['level']; readonly text: string } | undefined {
    if (event.kind === 'connected' || event.kind === 'disconnected') return undefined;
    if (event.kind === 'mq') return { level: 'warn', text: event.text };
    if (event.kind === 'broker') return { level: event.level, text: event.text };
    const key =
      event.kind === 'refused'
        ? `refused ${event.what} ${event.reason}`
        : event.kind === 'dead-letter'
          ? `dead ${event.reason}`
          : event.kind;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count > MOST_OF_A_KIND) return undefined;
    const more = count === MOST_OF_A_KIND ? ' (more of this kind are only counted)' : '';
    return { level: 'warn', text: textOf(event) + more };
  }
}

function textOf(event: GatewayEvent | BridgeEvent): string {
  switch (event.kind) {
    case 'connected':
    case 'disconnected':
      return `${event.clientId} ${event.kind}`;
    case 'broker':
    case 'mq':
      return event.text;
    case 'refused':
      return `${event.what} of ${event.clientId} refused: ${event.reason} (${event.value})`;
    case 'dead-letter':
      return `message ${event.offset} of MQ topic ${event.topic} went to the dead letters: ${event.reason}`;
    case 'warning':
      return `MQ topic ${event.topic}: ${event.warning}`;
    case 'not-drained':
      return `${event.messages} messages could not be drained`;
  }
}
