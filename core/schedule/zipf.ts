import { unit } from './counterRandom.ts';

/**
 * A Zipf distribution over the members of a population: the member of rank r has a share proportional to 1 / r^exponent.
 * Which member has which rank is a permutation drawn from the key, so that the loudest is not always member 0.
 */
export class Zipf {
  readonly #cumulative: Float64Array;
  readonly #memberOfRank: Uint32Array;

  constructor(count: number, exponent: number, key: number) {
    const cumulative = new Float64Array(count);
    let sum = 0;
    for (let rank = 0; rank < count; rank += 1) {
      sum += (rank + 1) ** -exponent;
      cumulative[rank] = sum;
    }
    for (let rank = 0; rank < count; rank += 1) cumulative[rank]! /= sum;
    const members = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i -= 1) {
      const j = Math.floor(unit(key, i, 0) * (i + 1));
      const swapped = members[i]!;
      members[i] = members[j]!;
      members[j] = swapped;
    }
    this.#cumulative = cumulative;
    this.#memberOfRank = members;
  }

  /** The member on which a number drawn uniformly from [0, 1) falls. */
  member(drawn: number): number {
    const cumulative = this.#cumulative;
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (drawn < cumulative[middle]!) high = middle;
      else low = middle + 1;
    }
    return this.#memberOfRank[low]!;
  }

  /** Share of all messages that `rank` (0-based) gets. */
  share(rank: number): number {
    return this.#cumulative[rank]! - (rank === 0 ? 0 : this.#cumulative[rank - 1]!);
  }

  /** The member of a rank (0-based). */
  memberOfRank(rank: number): number {
    return this.#memberOfRank[rank]!;
  }
}
