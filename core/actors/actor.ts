/** Actors decide what is sent; schedules decide when. All times in microseconds since the start of traffic. */
import type { Publication, Reaction } from '../scenario/model.ts';
import type { City } from './city.ts';

/** A message that a member reacts to. Texts come from the wire and may hold anything. */
export interface Incoming {
  readonly topic: string;
  /** Name or client ID of the sender, where the receiver can tell. */
  readonly sender?: string;
  /** What was said, for an answer that quotes it. */
  readonly text?: string;
}

/** What a reaction leads to: a JSON body to be published after a delay. */
export interface Answer {
  readonly delayUs: number;
  readonly body: string;
}

/**
 * One simulated member of a population. The k-th body of a publication depends on (seed, population, publication, member,
 * k, due time) alone: pass due times, in order, and the same run gives the same bytes on any number of threads. Reactions
 * draw from random numbers of their own and never shift scheduled traffic.
 */
export interface Actor {
  /** 0-based, over the whole population. */
  readonly index: number;
  /** The next body of a publication of this population: the text of one JSON object. */
  compose(publication: Publication, atUs: number): string;
  /** Has the watched field (onChange) moved far enough since the last body? If so, compose and publish. False without onChange. */
  look(publication: Publication, atUs: number): boolean;
  /** What the member does about a message; undefined: nothing this time (probability). */
  react(reaction: Reaction, atUs: number, incoming?: Incoming): Answer | undefined;
  /** Vehicles: is it in a tunnel now? False for all others. Ask in order of time. */
  isInTunnel(atUs: number): boolean;
}

/** What actors share. `city` is drawn from the seed when a vehicle needs one and none is given. */
export interface ActorContext {
  readonly seed: number;
  readonly city?: City;
}
