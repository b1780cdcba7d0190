/**
 * What measured figures say about a row: does each claim hold, and which side is recommended. All rules are here and in
 * featureRules.ts, and nothing else decides. Counts decide exactly; times and rates decide only where they are far apart
 * (`AHEAD`), and on an overloaded machine only where they are very far apart.
 */
import type { ChooseRowId } from '../protocol/choose.ts';
import { byFigures, type Figures } from './ahead.ts';
import { FEATURES } from './featureRules.ts';
import { judged, type Rule, type Verdict } from './verdict.ts';

/** For a scenario: the side that is recommended is the one whose claim says so, when what was measured says the same. */
const scenario =
  (deciding: readonly (readonly [string, 'lower' | 'higher'])[]): Rule =>
  (figures, overloaded) => {
    const { side, reason } = byFigures(figures, overloaded, deciding);
    return {
      mqtt: judged(null, ''),
      mq: judged(null, ''),
      recommended: side,
      reason: side === 'both' ? `${reason}; by this either will do` : reason,
    };
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
  const { recommended } = verdict;
  const holds = recommended === 'mqtt' || recommended === 'mq' ? recommended === claimed : null;
  return { ...verdict, mqtt: { ...verdict.mqtt, holds }, mq: { ...verdict.mq, holds } };
}
