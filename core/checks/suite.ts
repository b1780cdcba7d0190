/** All cases, in the order of their numbers. */
import { QOS_CASES } from './cases/qos.ts';
import type { CheckCase } from './types.ts';

export const ALL_CASES: readonly CheckCase[] = [...QOS_CASES].sort((a, b) => a.number - b.number);
