/** All cases, in the order of their numbers. */
import { ACCESS_CASES } from './cases/access.ts';
import { BRIDGE_CASES } from './cases/bridge.ts';
import { CONSUMPTION_CASES } from './cases/consumption.ts';
import { FLAG_CASES } from './cases/flag.ts';
import { LIMIT_CASES } from './cases/limits.ts';
import { NAME_CASES } from './cases/names.ts';
import { P2P_CASES } from './cases/p2p.ts';
import { PAYLOAD_CASES } from './cases/payload.ts';
import { QOS_CASES } from './cases/qos.ts';
import { RETAIN_CASES } from './cases/retain.ts';
import { RIGHT_CASES } from './cases/rights.ts';
import { SENDER_CASES } from './cases/sender.ts';
import { TOPIC_CASES } from './cases/topics.ts';
import type { CheckCase } from './types.ts';

export const ALL_CASES: readonly CheckCase[] = [
  ...QOS_CASES,
  ...FLAG_CASES,
  ...TOPIC_CASES,
  ...NAME_CASES,
  ...P2P_CASES,
  ...SENDER_CASES,
  ...PAYLOAD_CASES,
  ...RETAIN_CASES,
  ...BRIDGE_CASES,
  ...CONSUMPTION_CASES,
  ...ACCESS_CASES,
  ...RIGHT_CASES,
  ...LIMIT_CASES,
].sort((a, b) => a.number - b.number);
