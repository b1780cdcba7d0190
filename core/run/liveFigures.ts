/** What is shown of a run while it goes on besides frames: distributions and the mapping matrix so far, out of shared memory. */
import { distributionOf } from '../measure/distribution.ts';
import { MAPPING_COUNTS } from '../measure/mappingMatrix.ts';
import type { LiveFigures } from '../protocol/result.ts';
import { type InstrumentMemory, Instruments } from './instruments.ts';

const DIRECTIONS = ['up', 'down', 'device'] as const;

/** Reads while other threads write: a message may be in the one and not yet in the other. */
export function liveFigures(memories: readonly InstrumentMemory[]): LiveFigures {
  const all = memories.map((memory) => new Instruments(memory));
  return {
    distributions: DIRECTIONS.map((direction) =>
      distributionOf(
        direction,
        all.map((instruments) => instruments.histograms[`${direction}.endToEnd`]),
      ),
    ),
    mapping: MAPPING_COUNTS.map((cell, i) => ({
      ...cell,
      checked: all.reduce((sum, { mapping }) => sum + mapping[2 * i]!, 0),
      failed: all.reduce((sum, { mapping }) => sum + mapping[2 * i + 1]!, 0),
    })),
  };
}
