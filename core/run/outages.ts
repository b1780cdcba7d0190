/** Network losses of a population, planned from the seed: who is away, and when. */
import { City } from '../actors/city.ts';
import { homesOf } from '../actors/district.ts';
import { Journey } from '../actors/journey.ts';
import { random } from '../random.ts';
import type { Population } from '../scenario/model.ts';
import type { Due, Schedule } from '../schedule/types.ts';

export interface Outage {
  readonly member: number;
  /** Microseconds since the start of traffic. */
  readonly fromUs: number;
  readonly toUs: number;
}

/**
 * Every chosen member is away once in each `every`, at a place of its own in it; or each vehicle is from one mouth of a
 * tunnel to the other. What begins before the end of traffic is planned.
 */
export function planOutages(population: Population, seed: number, durationUs: number): Outage[] {
  const plan = population.outages;
  if (plan === undefined) return [];
  if (plan === 'tunnels') return inTunnels(population, seed, durationUs);
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

function inTunnels(population: Population, seed: number, durationUs: number): Outage[] {
  const city = new City(seed);
  const homeOf = homesOf(city, population);
  const outages: Outage[] = [];
  for (let member = 0; member < population.count; member += 1) {
    const journey = new Journey(city, seed, population.name, member, homeOf(member));
    for (let way = journey.nextTunnel(durationUs); way !== undefined; way = journey.nextTunnel(durationUs))
      outages.push({ member, ...way });
  }
  return outages;
}

/** Outages as a schedule, so that they move with the traffic when a run is paused. `actor` of an event is an index of `turns`. */
export class OutageSchedule implements Schedule {
  readonly turns: readonly { readonly atUs: number; readonly member: number; readonly away: boolean }[];
  #next = 0;

  constructor(outages: readonly Outage[]) {
    const turns = outages.flatMap(({ member, fromUs, toUs }) => [
      { atUs: fromUs, member, away: true },
      { atUs: toUs, member, away: false },
    ]);
    // Stable: where one outage ends as the next begins, the end stays first.
    this.turns = turns.sort((a, b) => a.atUs - b.atUs);
  }

  next(out: Due): boolean {
    const turn = this.turns[this.#next];
    if (turn === undefined) return false;
    out.atUs = turn.atUs;
    out.actor = this.#next;
    this.#next += 1;
    return true;
  }
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
