/**
 * What measured figures say about a row: does each claim hold, and which side is recommended. All rules are here, and
 * nothing else decides. Counts decide exactly; times and rates decide only where they are far apart (`AHEAD`), and on
 * an overloaded machine only where they are very far apart.
 */
import type { ChooseFigure, ChooseRowId } from '../protocol/choose.ts';
import { type Ahead, ahead, byFigures, type Figures } from './ahead.ts';
import { figureValue, valueText } from './figures.ts';

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

/** Credentials end in time when the client is gone no later than this after they expired, ms. */
export const EXPIRY_SLACK_MS = 1500;

type Rule = (figures: Figures, overloaded: boolean) => Verdict;

const judged = (holds: boolean | null, note: string): Judged => ({ holds, note });
/** A claim about order of cost: bears out when the side is ahead, cannot be told when neither is. */
const lead = (side: Ahead, mine: 'mqtt' | 'mq'): boolean | null => (side === null || side === 'same' ? null : side === mine);

/** For a scenario: the side that is recommended is the one whose claim says so, when what was measured says the same. */
const scenario =
  (deciding: readonly (readonly [string, 'lower' | 'higher'])[]): Rule =>
  (figures, overloaded) => {
    const { side, reason } = byFigures(figures, overloaded, deciding);
    const told = side !== 'both';
    return {
      mqtt: judged(null, ''),
      mq: judged(null, ''),
      recommended: side,
      reason: told ? reason : `${reason}; by this either will do`,
    };
  };

const gib = (kib: number) => ({ value: Number((kib / 1024 / 1024).toPrecision(2)), unit: 'GiB' });

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
    const far = memory === null ? '' : `; a million at this cost would take ${valueText(gib(memory * 1e6))}`;
    const memoryAhead = ahead(figures, 'memory per client', 'lower', overloaded);
    const timeAhead = ahead(figures, 'time per client', 'lower', overloaded);
    const { side, reason } = byFigures(figures, overloaded, [
      ['memory per client', 'lower'],
      ['time per client', 'lower'],
    ]);
    return {
      mqtt: judged(
        whole === false && overloaded ? null : whole,
        `${valueText({ value: connected ?? 0, unit: '' })} of ${valueText({ value: asked ?? 0, unit: '' })} connected${far}. One machine cannot show millions.`,
      ),
      mq: judged(
        memoryAhead === 'mqtt' || memoryAhead === 'mq' ? memoryAhead === 'mqtt' : lead(timeAhead, 'mqtt'),
        'Holds when a client costs more than over MQTT: in memory, or else in the time to connect it. How many an engine bears at most is not tried.',
      ),
      recommended: side,
      reason,
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
      recommended: mqtt === mq ? 'both' : mq ? 'mq' : 'mqtt',
      reason:
        mqtt === mq
          ? `${mqtt ? 'both sides answer' : 'neither side answers'} the WebSocket that a page in a browser opens`
          : `a page in a browser can be a client of ${mqtt ? 'MQTT, and not of MQ' : 'MQ, and not of MQTT'}`,
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
      reason:
        each && once
          ? 'MQTT for everything to each, MQ for work that is shared; a system that needs both has both'
          : once
            ? 'over MQTT not every subscriber got every message once'
            : 'in MQ a group did not get each message once',
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
      reason:
        kept === true
          ? 'ordered consumers got each sender’s messages in order, which MQTT does not promise to those who receive'
          : kept === false
            ? 'ordered consumers in MQ got messages out of order, or not all'
            : 'not everything came to be measured',
    };
  },
  languages: ({ mqtt, mq }) => {
    const side = (figures: readonly ChooseFigure[]) => {
      const works = figureValue(figures, 'languages that work') ?? 0;
      const open = figures.find(({ name }) => name === 'named, and not tried');
      const here = figureValue(figures, 'JavaScript, TCP') !== null;
      const note = open?.value === 0 ? 'All that are named were tried.' : `Not tried: ${open?.note ?? 'the others'}.`;
      return { works, here, judged: judged(here ? (open?.value === 0 ? true : null) : false, note) };
    };
    const [a, b] = [side(mqtt), side(mq)];
    const count = (n: number): string => `${n} ${n === 1 ? 'language' : 'languages'}`;
    return {
      mqtt: a.judged,
      mq: b.judged,
      recommended: a.here === b.here ? 'both' : a.here ? 'mqtt' : 'mq',
      reason: `tried with success: MQTT from ${count(a.works)}, MQ from ${count(b.works)}; of those not tried this says nothing`,
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
      reason:
        `each side has credentials of its own; ${told ? 'MQTT told its client before they expired' : 'MQTT did not tell its client beforehand'}` +
        (closed ? ', MQ does not' : ', MQ was not tried'),
    };
  },
  churn: (figures, overloaded) => {
    const { side, reason } = byFigures(figures, overloaded, [['time to recover', 'lower']]);
    const quick = ahead(figures, 'time to recover', 'lower', overloaded);
    return {
      mqtt: judged(zero(figures.mqtt, 'lost'), 'Holds when sessions lose nothing while their clients are away.'),
      mq: judged(
        quick === null || quick === 'same' ? null : quick === 'mqtt',
        'Holds when a member takes longer to be back than an MQTT client.',
      ),
      recommended: side,
      reason,
    };
  },
  'fan-out': (figures, overloaded) => {
    const { side, reason } = byFigures(figures, overloaded, [
      ['time to 100 %', 'lower'],
      ['memory per receiver', 'lower'],
      ['time to set up a receiver', 'lower'],
    ]);
    const memory = ahead(figures, 'memory per receiver', 'lower', overloaded);
    const cost = memory === 'mqtt' || memory === 'mq' ? memory : ahead(figures, 'time to set up a receiver', 'lower', overloaded);
    return {
      mqtt: judged(zero(figures.mqtt, 'missing'), 'Holds when all receivers got every message.'),
      mq: judged(
        lead(cost, 'mqtt'),
        'Made for few: holds when a receiver costs more than over MQTT, in memory or else in the time to set it up.',
      ),
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

/** What decides in a scenario, the first before the others. */
const SCENARIOS: Partial<Record<ChooseRowId, Rule>> = {
  reporting: scenario([
    ['memory per device', 'lower'],
    ['time to connect a device', 'lower'],
    ['latency p50', 'lower'],
  ]),
  processing: scenario([
    ['copies per message', 'lower'],
    ['throughput', 'higher'],
  ]),
  control: scenario([
    ['commands known to a service that was away', 'higher'],
    ['commands known to a service that comes later', 'higher'],
    ['commands accepted', 'higher'],
    ['latency p50', 'lower'],
  ]),
  chat: scenario([
    ['memory per person', 'lower'],
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
