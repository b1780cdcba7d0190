/** Network losses of a population, planned from the seed: who is away, and when. */
import { random } from '../random.ts';
import type { Population } from '../scenario/model.ts';

export interface Outage {
  readonly member: number;
  /** Microseconds since the start of traffic. */
  readonly fromUs: number;
  readonly toUs: number;
}

/** Every chosen member is away once in each `every`, at a place of its own in it. What begins before the end of traffic is planned. */
export function planOutages(population: Population, seed: number, durationUs: number): Outage[] {
  const plan = population.outages;
  if (plan === undefined) return [];
  const chosen = shuffledMembers(population, seed).slice(0, Math.round(population.count * plan.share));
  const everyUs = plan.everyMs * 1000;
  const forUs = Math.min(plan.forMs * 1000, everyUs);
  const outages: Outage[] = [];
  for (const member of chosen) {
    const own = random(seed, population.name, 'outage', member);
    for (let at = 0; at < durationUs; at += everyUs) {
      const fromUs = at + own.next() * (everyUs - forUs);
      if (fromUs < durationUs) outages.push({ member, fromUs, toUs: fromUs + forUs });
    }
  }
  return outages;
}

function shuffledMembers(population: Population, seed: number): number[] {
  const own = random(seed, population.name, 'outages');
  const members = Array.from({ length: population.count }, (_, i) => i);
  for (let i = members.length - 1; i > 0; i -= 1) {
    const j = own.int(i + 1);
    [members[i], members[j]] = [members[j]!, members[i]!];
  }
  return members;
}
