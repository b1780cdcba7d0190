import { CausewayError } from '../protocol/errors.ts';
import type { Population } from '../scenario/model.ts';
import type { Actor, ActorContext } from './actor.ts';
import { Member, Troupe } from './member.ts';

/** Compiled once per population and thread; with the context it was made for, as a test may use one population twice. */
const troupes = new WeakMap<Population, { readonly context: ActorContext; readonly troupe: Troupe }>();

/**
 * Member `index` (0-based, over all threads) of a population.
 * @throws CausewayError input.argument when a body of the population makes no sense or there is no such member
 */
export function createActor(population: Population, index: number, context: ActorContext): Actor {
  if (!(Number.isInteger(index) && index >= 0 && index < population.count)) {
    throw new CausewayError('input.argument', {
      argument: `member of ${population.name}`,
      value: index,
      reason: `the population has ${population.count} members`,
      expected: `give an index in 0..${population.count - 1}`,
    });
  }
  let entry = troupes.get(population);
  if (entry === undefined || entry.context.seed !== context.seed || entry.context.city !== context.city) {
    entry = { context, troupe: new Troupe(population, context) };
    troupes.set(population, entry);
  }
  return new Member(entry.troupe, index);
}
