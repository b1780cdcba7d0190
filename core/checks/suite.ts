/** All cases, in the order of their numbers. */
import { FLAG_CASES } from './cases/flag.ts';
import { P2P_CASES } from './cases/p2p.ts';
import { QOS_CASES } from './cases/qos.ts';
import type { CheckCase } from './types.ts';

export const ALL_CASES: readonly CheckCase[] = [...QOS_CASES, ...FLAG_CASES, ...P2P_CASES].sort((a, b) => a.number - b.number);
