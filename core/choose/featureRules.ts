/** What measured figures say about the rows of the feature table. */
import type { Ahead, ChooseFigure, ChooseRowId } from '../protocol/choose.ts';
import { ahead, byFigures } from './ahead.ts';
import { figureValue, valueText } from './figures.ts';
import { all, judged, type Rule, yes, zero } from './verdict.ts';

/** Credentials end in time when the client is gone no later than this after they expired, ms. */
export const EXPIRY_SLACK_MS = 1500;

/** A claim about order of cost: bears out when the side is ahead, cannot be told when neither is. */
const lead = (side: Ahead, mine: 'mqtt' | 'mq'): boolean | null => (side === null || side === 'same' ? null : side === mine);

const gib = (kib: number) => ({ value: Number((kib / 1024 / 1024).toPrecision(2)), unit: 'GiB' });

export const FEATURES: Partial<Record<ChooseRowId, Rule>> = {
  connections: (figures, overloaded) => {
    const asked = figureValue(figures.mqtt, 'clients asked') ?? 0;
    const connected = figureValue(figures.mqtt, 'clients connected') ?? 0;
    const gateway = figureValue(figures.mqtt, 'memory of the gateway per client');
    const far = gateway === null ? '' : ` The gateway would take at most ${valueText(gib(gateway * 1e6))} for a million.`;
    const { side, reason } = byFigures(figures, overloaded, [
      ['memory per client', 'lower'],
      ['time per client', 'lower'],
    ]);
    const came = `${valueText({ value: connected, unit: '' })} of ${valueText({ value: asked, unit: 'clients' })} connected.`;
    return {
      // That many thousands connect does not make it millions.
      mqtt: judged(connected < asked && !overloaded ? false : null, `${came}${far} One machine cannot show millions.`),
      mq: judged(null, 'How many clients an engine bears at most is not tried: only what one of them costs.'),
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
    const exact = (figures: readonly ChooseFigure[], mode: string): boolean | null =>
      all(zero(figures, `${mode}: missing`), zero(figures, `${mode}: copies too many`));
    const each = exact(mqtt, 'broadcasting');
    const mqEach = exact(mq, 'broadcasting');
    const once = exact(mq, 'clustering');
    const told = (holds: boolean | null, good: string, bad: string): string =>
      holds === null ? 'not measured' : holds ? good : bad;
    const eachText = (holds: boolean | null): string =>
      told(holds, 'each got every message once', 'not each got every message once');
    return {
      mqtt: judged(each, `Broadcasting: ${eachText(each)}.`),
      mq: judged(
        all(mqEach, once),
        `Clustering: ${told(once, 'each message once in the group', 'not each message once in the group')}; broadcasting: ${eachText(mqEach)}.`,
      ),
      recommended: each === true && once === true ? 'both' : once === true ? 'mq' : each === true ? 'mqtt' : null,
      reason:
        each === true && once === true
          ? 'MQTT for everything to each, MQ for work that is shared; a system that needs both has both'
          : once === true
            ? 'over MQTT not every subscriber got every message once'
            : each === true
              ? 'in MQ a group did not get each message once'
              : 'neither side was exact: over MQTT not every subscriber got every message once, and in MQ a group did not get each message once',
    };
  },
  sequence: ({ mqtt, mq }) => {
    const whole = zero(mqtt, 'missing');
    const up = all(zero(mqtt, 'reordered as sent'), whole);
    const down = figureValue(mqtt, 'reordered as received');
    const kept = all(
      zero(mq, 'reordered, one ordered consumer'),
      zero(mq, 'reordered, three ordered consumers'),
      zero(mq, 'missing'),
    );
    const also = up === true && down === 0;
    const seen =
      down === 0
        ? 'none was reordered on the way down this time, and none is promised'
        : `${down ?? '?'} reordered on the way down, where nothing is promised`;
    return {
      mqtt: judged(up, `As sent: ${up === true ? 'kept' : whole === false ? 'not all came' : 'not kept'}; ${seen}.`),
      mq: judged(
        kept,
        kept === true ? 'Kept by ordered consumers; unordered ones are free to lose it.' : 'Not kept by ordered consumers.',
      ),
      recommended: kept === true ? 'mq' : kept === false && up === true ? 'mqtt' : null,
      reason:
        kept === true
          ? also
            ? 'by what is promised: both kept each sender’s order this time and lost nothing, but only ordered consumers are promised it'
            : `ordered consumers got each sender’s messages in order; over MQTT ${whole === false ? 'not all came' : 'some were reordered, or not measured'}`
          : kept === false
            ? `ordered consumers in MQ got messages out of order, or not all${up === true ? ', while MQTT kept the order as sent' : ', and MQTT did not keep it either'}`
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
      // Good for a while and not closed in the time that was waited: not in time.
      if (good === null) return null;
      return closed !== null && closed >= good - 50 && closed <= good + EXPIRY_SLACK_MS;
    };
    const permanent = (figures: readonly ChooseFigure[]): boolean | null =>
      all(yes(figures, 'permanent: let in'), yes(figures, 'permanent, wrong: refused'));
    const told = figureValue(mqtt, 'told before expiry') !== null;
    const a = all(permanent(mqtt), told, yes(mqtt, 'closed as expired'), inTime(mqtt));
    const [mqPermanent, mqTemporary] = [permanent(mq), inTime(mq)];
    const b = all(mqPermanent, mqTemporary);
    const say = (what: string, holds: boolean | null, good: string, bad: string): string =>
      `${what}: ${holds === null ? 'not tried' : holds ? good : bad}`;
    const entry = (holds: boolean | null): string =>
      say(
        'Permanent',
        holds,
        'the right one let in, a wrong one refused',
        'the right one not let in, or a wrong one not refused',
      );
    return {
      mqtt: judged(
        a,
        `${entry(permanent(mqtt))}. ${say('Token', all(told, yes(mqtt, 'closed as expired'), inTime(mqtt)), 'told in time, then closed with code 2 (expired)', 'not told, or not closed in time with code 2')}.`,
      ),
      mq: judged(
        b,
        `${entry(mqPermanent)}. ${say('Temporary', mqTemporary, 'closed at expiry, without a notice', 'not closed in time')}.`,
      ),
      recommended:
        a === true && b === true ? 'both' : a === true && b === false ? 'mqtt' : b === true && a === false ? 'mq' : null,
      reason:
        `${a === true ? 'MQTT did' : a === false ? 'MQTT did not do' : 'MQTT was not seen to do'} all that is claimed` +
        `, ${b === true ? (a === true ? 'and so did MQ' : 'and MQ did') : b === false ? 'and MQ did not' : 'and of MQ not all was tried'}` +
        `; ${told ? 'MQTT told its client before the end, for which MQ has no notice' : 'MQTT did not tell its client beforehand'}`,
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
