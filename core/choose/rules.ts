/**
 * What measured figures say about a row: does each claim hold, and which side is recommended. All rules are here, and
 * nothing else decides. Counts decide exactly; times and rates decide only where they are far apart (`AHEAD`), and on
 * an overloaded machine only where they are very far apart.
 */
import type { ChooseFigure, ChooseRowId } from '../protocol/choose.ts';
import { figureValue } from './figures.ts';

export interface Verdict {
  readonly mqtt: Judged;
  readonly mq: Judged;
  readonly recommended: 'mqtt' | 'mq' | 'both';
  readonly reason: string;
}
interface Judged {
  readonly holds: boolean | null;
  readonly note: string;
}

/** A side is ahead when it is better by this factor; on an overloaded machine by that one. */
export const AHEAD = 1.5;
export const AHEAD_OVERLOADED = 3;
/** Milliseconds below which a difference of times says nothing. */
export const SAME_MS = 1;
/** Credentials end in time when the client is gone no later than this after they expired, ms. */
export const EXPIRY_SLACK_MS = 1500;

export interface Figures {
  readonly mqtt: readonly ChooseFigure[];
  readonly mq: readonly ChooseFigure[];
}

type Ahead = 'mqtt' | 'mq' | 'same' | null;

/** Which side is ahead in this figure; null: one of them was not measured. */
export function ahead(figures: Figures, name: string, better: 'lower' | 'higher', overloaded: boolean): Ahead {
  const a = figureValue(figures.mqtt, name);
  const b = figureValue(figures.mq, name);
  if (a === null || b === null) return null;
  const unit = figures.mqtt.find((one) => one.name === name)?.unit;
  if (unit === 'ms' && Math.abs(a - b) < SAME_MS) return 'same';
  const factor = overloaded ? AHEAD_OVERLOADED : AHEAD;
  const [low, high] = better === 'lower' ? (['mqtt', 'mq'] as const) : (['mq', 'mqtt'] as const);
  if (a * factor <= b) return a === b ? 'same' : low;
  if (b * factor <= a) return high;
  return 'same';
}

type Rule = (figures: Figures, overloaded: boolean) => Verdict;

const judged = (holds: boolean | null, note: string): Judged => ({ holds, note });
/** A claim about order of cost: bears out when the side is ahead, cannot be told when neither is. */
const lead = (side: Ahead, mine: 'mqtt' | 'mq'): boolean | null => (side === null || side === 'same' ? null : side === mine);

/** What was sent and did not come, or came where it should not. Null: nothing of the kind was measured. */
function faultsOf(figures: readonly ChooseFigure[]): number | null {
  const counted = ['missing', 'lost', 'at the wrong device'].map((name) => figureValue(figures, name)).filter((n) => n !== null);
  return counted.length === 0 ? null : counted.reduce((sum, n) => sum + n, 0);
}

/** A side that loses what the other delivers is not recommended, whatever else it is good at. */
function sound(figures: Figures): 'mqtt' | 'mq' | 'both' | 'neither' {
  const mqtt = (faultsOf(figures.mqtt) ?? 0) === 0;
  const mq = (faultsOf(figures.mq) ?? 0) === 0;
  if (mqtt && mq) return 'both';
  if (mqtt) return 'mqtt';
  return mq ? 'mq' : 'neither';
}

/** The first of these figures in which a side is ahead decides. */
function byFigures(
  figures: Figures,
  overloaded: boolean,
  deciding: readonly (readonly [name: string, better: 'lower' | 'higher'])[],
): { readonly side: 'mqtt' | 'mq' | 'both'; readonly reason: string } {
  const whole = sound(figures);
  if (whole === 'neither') return { side: 'both', reason: 'on both sides something was missing: neither is preferred by this' };
  if (whole !== 'both') {
    const other = whole === 'mqtt' ? 'MQ' : 'MQTT';
    return { side: whole, reason: `over ${other} something was missing or went astray` };
  }
  for (const [name, better] of deciding) {
    const side = ahead(figures, name, better, overloaded);
    if (side === 'mqtt' || side === 'mq')
      return { side, reason: `${name}: ${side === 'mqtt' ? 'MQTT' : 'MQ'} is ahead (${pair(figures, name)})` };
  }
  return { side: 'both', reason: `neither side is ahead by more than a factor of ${overloaded ? AHEAD_OVERLOADED : AHEAD}` };
}

function pair(figures: Figures, name: string): string {
  const unit = figures.mqtt.find((one) => one.name === name)?.unit ?? '';
  return `MQTT ${figureValue(figures.mqtt, name) ?? '?'}, MQ ${figureValue(figures.mq, name) ?? '?'} ${unit}`;
}

/** For a scenario: the side that is recommended is the one whose claim says so, when what was measured says the same. */
const scenario =
  (deciding: readonly (readonly [string, 'lower' | 'higher'])[]): Rule =>
  (figures, overloaded) => {
    const { side, reason } = byFigures(figures, overloaded, deciding);
    const told = side !== 'both';
    return {
      mqtt: judged(null, reason),
      mq: judged(null, reason),
      recommended: side,
      reason: told ? reason : `${reason}; either will do`,
    };
  };

const zero = (figures: readonly ChooseFigure[], name: string): boolean | null => {
  const value = figureValue(figures, name);
  return value === null ? null : value === 0;
};
const all = (...parts: readonly (boolean | null)[]): boolean | null =>
  parts.includes(false) ? false : parts.includes(null) ? null : true;

const FEATURES: Partial<Record<ChooseRowId, Rule>> = {
  connections: (figures, overloaded) => {
    const asked = figureValue(figures.mqtt, 'clients asked');
    const connected = figureValue(figures.mqtt, 'clients connected');
    const memory = figureValue(figures.mqtt, 'memory per client');
    const whole = asked === null || connected === null ? null : connected >= asked;
    const far = memory === null ? '' : `; a million at this cost would take ${Math.round((memory * 1e6) / 1024 / 1024)} GiB`;
    const cost = ahead(figures, 'time per client', 'lower', overloaded);
    return {
      mqtt: judged(
        whole === false && overloaded ? null : whole,
        `${connected ?? 0} of ${asked ?? 0} connected${far}. One machine cannot show millions.`,
      ),
      mq: judged(
        cost === null || cost === 'same' ? null : cost === 'mqtt',
        'A client costs more here when connecting it takes longer than an MQTT client; where the limit of an engine is, this lab does not try.',
      ),
      recommended: cost === 'mq' ? 'mq' : cost === 'mqtt' ? 'mqtt' : 'both',
      reason: cost === null ? 'not both sides came to connect' : `time per client: ${pair(figures, 'time per client')}`,
    };
  },
  volume: (figures, overloaded) => {
    const { side, reason } = byFigures(figures, overloaded, [
      ['large messages', 'higher'],
      ['small messages', 'higher'],
    ]);
    const large = ahead(figures, 'large messages', 'higher', overloaded);
    return {
      mqtt: judged(zero(figures.mqtt, 'missing'), 'Holds when nothing sent at intervals or in a row is missing.'),
      mq: judged(
        large === null || large === 'same' ? null : large === 'mq',
        'Holds when large messages pass faster than over MQTT.',
      ),
      recommended: side,
      reason,
    };
  },
  deployment: (figures) => {
    const mqtt = figureValue(figures.mqtt, 'browser can connect') === 1;
    const mq = figureValue(figures.mq, 'browser can connect') === 1;
    return {
      mqtt: judged(mqtt, mqtt ? 'A page can be a client.' : 'No connection over WebSocket.'),
      mq: judged(!mq, mq ? 'This engine answers a browser.' : `No page can be a client: ${figures.mq[0]?.note ?? 'refused'}.`),
      recommended: mqtt && mq ? 'both' : mq ? 'mq' : 'mqtt',
      reason: 'whatever does not run on a server can reach only the side that answers a WebSocket',
    };
  },
  consumption: ({ mqtt, mq }) => {
    const members = figureValue(mqtt, 'members');
    const each = figureValue(mqtt, 'broadcasting: copies per message') === members;
    const mqEach = figureValue(mq, 'broadcasting: copies per message') === members;
    const once = figureValue(mq, 'clustering: copies per message') === 1;
    return {
      mqtt: judged(each, each ? 'Each subscriber got every message once.' : 'Not every subscriber got every message once.'),
      mq: judged(
        mqEach && once,
        `Clustering: ${once ? 'each message once' : 'not each message once'}; broadcasting: ${mqEach ? 'each member everything' : 'not each member everything'}.`,
      ),
      recommended: each && once ? 'both' : once ? 'mq' : 'mqtt',
      reason: 'MQTT for everything to each, MQ for work that is shared; a system that needs both has both',
    };
  },
  sequence: ({ mqtt, mq }) => {
    const up = zero(mqtt, 'reordered as sent');
    const one = zero(mq, 'reordered, one ordered consumer');
    const many = zero(mq, 'reordered, three ordered consumers');
    const down = figureValue(mqtt, 'reordered as received');
    const kept = all(one, many, zero(mq, 'missing'));
    const seen =
      down === 0
        ? 'none was reordered on the way down this time, and none is promised'
        : `${down ?? '?'} reordered on the way down, where nothing is promised`;
    return {
      mqtt: judged(up, `As sent: ${up === true ? 'kept' : 'not kept'}; ${seen}.`),
      mq: judged(
        kept,
        kept === true ? 'Kept by ordered consumers; unordered ones are free to lose it.' : 'Not kept by ordered consumers.',
      ),
      recommended: kept === true ? 'mq' : up === true ? 'mqtt' : 'both',
      reason: kept === true ? 'only MQ promises order to those who receive' : 'order was not kept in MQ',
    };
  },
  languages: ({ mqtt, mq }) => {
    const a = figureValue(mqtt, 'clients that work');
    const b = figureValue(mq, 'clients that work');
    const note = 'JavaScript was tried; of the other languages this says nothing.';
    return {
      mqtt: judged(a === 2 ? null : false, note),
      mq: judged(b === 1 ? null : false, note),
      recommended: a === 2 && b === 1 ? 'both' : a === 2 ? 'mqtt' : 'mq',
      reason: 'what was tried works on the recommended side; the wider choice of clients is MQTT’s, by claim',
    };
  },
  credentials: ({ mqtt, mq }) => {
    const inTime = (figures: readonly ChooseFigure[]): boolean | null => {
      const closed = figureValue(figures, 'closed after');
      const good = figureValue(figures, 'good for');
      return closed === null || good === null ? null : closed >= good - 50 && closed <= good + EXPIRY_SLACK_MS;
    };
    const told = figureValue(mqtt, 'told before expiry') !== null;
    const a = all(told, figureValue(mqtt, 'code of the end') === 2, inTime(mqtt));
    const b = inTime(mq);
    const closed = figureValue(mq, 'good for') !== null;
    return {
      mqtt: judged(
        a,
        a === true ? 'Told in time, then closed with code 2 (expired).' : 'Not told, or not closed in time with code 2.',
      ),
      mq: judged(
        closed ? (b ?? false) : null,
        closed
          ? b === true
            ? 'Closed at expiry, without a notice.'
            : 'Not closed in time.'
          : 'Not tried: the accounts of an engine outside are its own.',
      ),
      recommended: 'both',
      reason: 'each side needs credentials of its own; only MQTT tells a client beforehand',
    };
  },
  churn: (figures, overloaded) => {
    const { side, reason } = byFigures(figures, overloaded, [['time to recover', 'lower']]);
    const quick = ahead(figures, 'time to recover', 'lower', overloaded);
    return {
      mqtt: judged(zero(figures.mqtt, 'lost'), 'Holds when sessions lose nothing while their clients are away.'),
      mq: judged(
        quick === null || quick === 'same' ? null : quick === 'mqtt',
        `Holds when a member takes longer to be back than an MQTT client. Lost: ${figureValue(figures.mq, 'lost') ?? '?'}.`,
      ),
      recommended: side,
      reason,
    };
  },
  'fan-out': (figures, overloaded) => {
    const { side, reason } = byFigures(figures, overloaded, [
      ['time to 100 %', 'lower'],
      ['time to set up a receiver', 'lower'],
    ]);
    const cost = ahead(figures, 'time to set up a receiver', 'lower', overloaded);
    return {
      mqtt: judged(zero(figures.mqtt, 'missing'), 'Holds when all receivers got every message.'),
      mq: judged(lead(cost, 'mqtt'), 'Made for few: holds when setting up a receiver costs more than over MQTT.'),
      recommended: side,
      reason,
    };
  },
  'command-one': (figures, overloaded) => {
    const { side, reason } = byFigures(figures, overloaded, [
      ['time to set up a device', 'lower'],
      ['latency p50', 'lower'],
    ]);
    return {
      mqtt: judged(
        all(zero(figures.mqtt, 'missing'), zero(figures.mqtt, 'at the wrong device')),
        'Holds when each command came to its device and to no other.',
      ),
      mq: judged(
        all(zero(figures.mq, 'missing'), zero(figures.mq, 'at the wrong device')),
        'Holds when the filters brought each command to its device and to no other.',
      ),
      recommended: side,
      reason,
    };
  },
};

const SCENARIOS: Partial<Record<ChooseRowId, Rule>> = {
  reporting: scenario([
    ['time to connect a device', 'lower'],
    ['latency p50', 'lower'],
  ]),
  processing: scenario([
    ['copies per message', 'lower'],
    ['throughput', 'higher'],
  ]),
  control: scenario([
    ['known to a later service', 'higher'],
    ['commands accepted', 'higher'],
    ['latency p50', 'lower'],
  ]),
  chat: scenario([
    ['time to join', 'lower'],
    ['latency p50', 'lower'],
  ]),
  'chat-analysis': scenario([
    ['copies per line', 'lower'],
    ['latency p50', 'lower'],
  ]),
};

/** What the claims of the scenarios recommend. */
export const CLAIMED: Readonly<Partial<Record<ChooseRowId, 'mqtt' | 'mq'>>> = {
  reporting: 'mqtt',
  processing: 'mq',
  control: 'mq',
  chat: 'mqtt',
  'chat-analysis': 'mq',
};

/** The verdict on one row. Pure: the same figures give the same verdict. */
export function judge(id: ChooseRowId, figures: Figures, overloaded: boolean): Verdict {
  const rule = FEATURES[id];
  if (rule !== undefined) return rule(figures, overloaded);
  const verdict = SCENARIOS[id]!(figures, overloaded);
  const claimed = CLAIMED[id];
  const holds = verdict.recommended === 'both' ? null : verdict.recommended === claimed;
  return { ...verdict, mqtt: { ...verdict.mqtt, holds }, mq: { ...verdict.mq, holds } };
}
