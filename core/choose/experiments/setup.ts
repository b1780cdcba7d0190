/** What it costs to set up a client, by repetition: single measurements of it differ too much to compare. */
import type { Scope } from '../bench.ts';
import { median } from '../figures.ts';
import { NAMES } from '../ways.ts';

export interface SetUp {
  readonly side: 'mqtt' | 'mq';
  /** Opens clients, and says how many came. They are closed after it. */
  readonly open: () => Promise<number>;
}

/** Milliseconds per client for each of these, by turns, medians; null: none came. Fewer rounds where they take long. */
export async function setUpTimes(scope: Scope, sides: readonly SetUp[]): Promise<(number | null)[]> {
  const times: number[][] = sides.map(() => []);
  const reserve = scope.leftMs / 2;
  for (let round = 0; round < scope.bench.sizes.rounds && scope.leftMs > reserve; round += 1) {
    for (const [i, { side, open }] of sides.entries()) {
      scope.step(`${NAMES[side]}: setting up clients, round ${round + 1}`);
      await scope.apart(async () => {
        const start = performance.now();
        const count = await open();
        if (count > 0) times[i]!.push((performance.now() - start) / count);
      });
    }
  }
  return times.map(median);
}
