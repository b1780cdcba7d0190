import type { Population, Publication, Reaction } from '../scenario/model.ts';
import { type TemplateVars, templateVars } from '../scenario/template.ts';
import { purposeKey } from '../schedule/counterRandom.ts';
import type { Actor, ActorContext, Answer, Incoming } from './actor.ts';
import { BodyPlan, type BodyState } from './body.ts';
import { City } from './city.ts';
import { type District, homesOf } from './district.ts';
import { Journey } from './journey.ts';

interface Purpose {
  /** Position among the population's purposes. */
  readonly slot: number;
  readonly plan: BodyPlan;
  readonly key: number;
}

/** What all members of a population share: compiled bodies, keys of their random numbers, the city. */
export class Troupe {
  readonly population: Population;
  readonly seed: number;
  readonly city: City | undefined;
  readonly homeOf: (index: number) => District | undefined;
  readonly #purposes = new Map<Publication | Reaction, Purpose>();

  /** @throws CausewayError input.argument when a body of the population makes no sense */
  constructor(population: Population, context: ActorContext) {
    this.population = population;
    this.seed = context.seed;
    this.city = population.actor === 'vehicle' ? (context.city ?? new City(context.seed)) : undefined;
    this.homeOf = this.city === undefined ? () => undefined : homesOf(this.city, population);
    for (const publication of population.publish) {
      const place = `${population.name}.publish.${publication.name}.body`;
      this.#add(publication, new BodyPlan(publication.body, place, population.actor, publication.onChange), 'publish');
    }
    for (const reaction of population.react) {
      const place = `${population.name}.react.${reaction.name}.body`;
      this.#add(reaction, new BodyPlan(reaction.body, place, population.actor), 'react');
    }
  }

  purpose(of: Publication | Reaction): Purpose {
    const purpose = this.#purposes.get(of);
    if (purpose === undefined) throw new Error(`${of.name} does not belong to population ${this.population.name}`);
    return purpose;
  }

  #add(of: Publication | Reaction, plan: BodyPlan, kind: string): void {
    const key = purposeKey(this.seed, this.population.name, kind, of.name);
    this.#purposes.set(of, { slot: this.#purposes.size, plan, key });
  }
}

/** A member of any population. State is made when first needed: most members of a large one never react. */
export class Member implements Actor {
  readonly index: number;
  readonly #troupe: Troupe;
  readonly #states: (BodyState | undefined)[] = [];
  #vars: TemplateVars | undefined;
  /** The way as scheduled traffic reads it, at due times; and as reactions do, at any later time. */
  #scheduled: Journey | undefined;
  #live: Journey | undefined;

  constructor(troupe: Troupe, index: number) {
    this.#troupe = troupe;
    this.index = index;
  }

  compose(publication: Publication, atUs: number): string {
    const purpose = this.#troupe.purpose(publication);
    return purpose.plan.write(this.#scheduledState(purpose), atUs);
  }

  look(publication: Publication, atUs: number): boolean {
    if (publication.onChange === undefined) return false;
    const purpose = this.#troupe.purpose(publication);
    return purpose.plan.moved(this.#scheduledState(purpose), atUs);
  }

  react(reaction: Reaction, atUs: number, incoming?: Incoming): Answer | undefined {
    const purpose = this.#troupe.purpose(reaction);
    let state = this.#states[purpose.slot];
    if (state === undefined) {
      state = purpose.plan.start(purpose.key, this.index, this.#placeholders(), this.#liveJourney());
      this.#states[purpose.slot] = state;
    }
    if (state.stream.next() >= reaction.probability) return undefined;
    const delayUs = state.stream.between(reaction.delayMs.min, reaction.delayMs.max) * 1000;
    return { delayUs, body: purpose.plan.write(state, atUs, incoming) };
  }

  isInTunnel(atUs: number): boolean {
    const journey = this.#liveJourney();
    if (journey === undefined) return false;
    journey.at(atUs);
    return journey.inTunnel;
  }

  #scheduledState(purpose: Purpose): BodyState {
    let state = this.#states[purpose.slot];
    if (state === undefined) {
      if (this.#troupe.city !== undefined) this.#scheduled ??= this.#journey(this.#troupe.city);
      state = purpose.plan.start(purpose.key, this.index, this.#placeholders(), this.#scheduled);
      this.#states[purpose.slot] = state;
    }
    return state;
  }

  #placeholders(): TemplateVars {
    this.#vars ??= templateVars(this.#troupe.population, this.index);
    return this.#vars;
  }

  #liveJourney(): Journey | undefined {
    if (this.#troupe.city !== undefined) this.#live ??= this.#journey(this.#troupe.city);
    return this.#live;
  }

  #journey(city: City): Journey {
    const { seed, population, homeOf } = this.#troupe;
    return new Journey(city, seed, population.name, this.index, homeOf(this.index));
  }
}
