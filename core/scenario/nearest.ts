/** "Did you mean ...?": the nearest known word by edit distance. */
import { type Hint, show } from './problems.ts';

/** Edits (insert, delete, replace, swap of neighbours) between two words, ignoring case. */
export function editDistance(left: string, right: string): number {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** The known word nearest to `word`, or undefined when none is near enough to be meant. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  // A name of a megabyte must not cost a megabyte times the vocabulary.
  if (word.length > 100) return undefined;
  let best: string | undefined;
  // A third of the word may be wrong, and two letters of any: `qso` is qos, but `x` is nothing in particular.
  let limit = word.length < 2 ? 0 : word.length < 3 ? 1 : Math.max(2, Math.floor(word.length / 3));
  for (const candidate of known) {
    if (candidate.length > 100) continue;
    const distance = editDistance(word, candidate);
    if (distance < limit || (distance === limit && best === undefined)) {
      best = candidate;
      limit = distance;
    }
  }
  return best;
}

/** The nearest word, or the list of all known ones, as the hint of a finding. */
export function suggest(word: string, known: readonly string[]): Hint | undefined {
  const near = nearest(word, known);
  if (near !== undefined) return { instead: near };
  if (known.length === 0) return undefined;
  return `known: ${known.slice(0, 20).map(show).join(', ')}${known.length > 20 ? ', …' : ''}`;
}
