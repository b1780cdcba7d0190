/** Events of gateway and bridge as lines on a terminal. */
import type { BridgeEvent } from '../core/bridge/types.ts';
import type { GatewayEvent } from '../core/gateway/types.ts';
import { escapeText, truncate } from '../core/report/text.ts';
import { formatCount } from '../core/report/units.ts';

/** Event lines a second; the rest is counted. A fleet that is refused would scroll everything else away. */
const LINES_PER_SECOND = 5;
/** Columns of an event line that a client ID or a value may take: a device chooses both. */
const SHOWN_COLUMNS = 100;
/** And those that MQ may take to say why. */
const SHOWN_REASON_COLUMNS = 300;

const shown = (text: string): string => truncate(escapeText(text), SHOWN_COLUMNS);

function eventText(event: GatewayEvent | BridgeEvent): string {
  switch (event.kind) {
    case 'connected':
    case 'disconnected':
      return `${event.kind} ${shown(event.clientId)}${event.reason === undefined ? '' : `: ${event.reason}`}`;
    case 'broker':
      return shown(event.text);
    case 'mq':
      return truncate(escapeText(event.text), SHOWN_REASON_COLUMNS);
    case 'refused': {
      const who = event.clientId === '' ? 'a client without an ID' : shown(event.clientId);
      const value = event.value === '' || event.value === event.clientId ? '' : ` (${shown(event.value)})`;
      return `refused ${event.what} of ${who}: ${event.reason}${value}`;
    }
    case 'dead-letter':
      return `dead letter: ${shown(event.topic)} offset ${event.offset}: ${event.reason}`;
    case 'warning':
      return `${shown(event.topic)}: ${shown(event.warning)}`;
    case 'not-drained':
      return `${formatCount(event.messages)} messages could not be drained`;
  }
}

/**
 * Prints events as lines, at most so many a second of each sort: with --verbose, devices that come and go must not
 * push aside the one line that says why one was refused.
 */
export class EventLines {
  private readonly print: (text: string) => void;
  private readonly verbose: boolean;
  private readonly printed = { presence: 0, trouble: 0 };

  constructor(print: (text: string) => void, verbose: boolean) {
    this.print = print;
    this.verbose = verbose;
  }

  tell(event: GatewayEvent | BridgeEvent): void {
    const presence = event.kind === 'connected' || event.kind === 'disconnected';
    if (presence && !this.verbose) return;
    const sort = presence ? 'presence' : 'trouble';
    this.printed[sort] += 1;
    if (this.printed[sort] <= LINES_PER_SECOND) this.print(eventText(event));
  }

  /** A second is over: says what was left out of it. */
  tick(): void {
    for (const [sort, name] of [
      ['presence', 'connects and disconnects'],
      ['trouble', 'refusals and warnings'],
    ] as const) {
      const more = this.printed[sort] - LINES_PER_SECOND;
      if (more > 0) this.print(`(${formatCount(more)} more ${name} in this second)`);
      this.printed[sort] = 0;
    }
  }
}
