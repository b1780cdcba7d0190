/** A scenario's text read as YAML: its data, and the way between a place in the data and an offset in the text. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Range } from 'yaml';
import { parseScenarioText, TextBeyondBounds } from '../../../core/protocol/scenarioText.ts';

/** Keys and indexes from the top. */
export type Place = readonly (string | number)[];

export interface ReadText {
  readonly ok: true;
  readonly document: Document;
  readonly data: Readonly<Record<string, unknown>>;
}
export interface BrokenText {
  readonly ok: false;
  readonly message: string;
  readonly offset: number;
}

/** Bounds on what the data may hold once aliases are written out. */
const MAX_NODES = 500_000;
const MAX_DEPTH = 64;

/** A copy in which nothing is shared: what an anchor says in two places is two values, and a change of one shows. */
function unshared(value: unknown, depth: number, budget: { nodes: number }): unknown {
  budget.nodes -= 1;
  if (budget.nodes < 0 || depth > MAX_DEPTH) throw new Error('aliases make the text too large');
  if (Array.isArray(value)) return value.map((item) => unshared(item, depth + 1, budget));
  if (typeof value !== 'object' || value === null) return value;
  // fromEntries defines keys: assigning `__proto__` would set the prototype.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unshared(item, depth + 1, budget)]));
}

/** Reads the text; never throws, whatever the text is. An empty text is an empty map. */
export function readText(text: string): ReadText | BrokenText {
  try {
    const document = parseScenarioText(text);
    const problem = document.errors[0];
    if (problem !== undefined) return { ok: false, message: problem.message.split('\n')[0] ?? '', offset: problem.pos[0] };
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
      return { ok: true, document, data: {} };
    if (!isMap(document.contents)) return { ok: false, message: 'a scenario is a map of keys and values', offset: 0 };
    return {
      ok: true,
      document,
      data: unshared(document.toJS({ maxAliasCount: 100 }), 0, { nodes: MAX_NODES }) as Record<string, unknown>,
    };
  } catch (error) {
    // Too large or too deep, or its aliases stand for gigabytes.
    const offset = error instanceof TextBeyondBounds ? error.offset : 0;
    return { ok: false, message: error instanceof Error ? error.message : String(error), offset };
  }
}

export const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : '');
export const rangeOf = (node: unknown): Range | undefined => (node as Node | null | undefined)?.range ?? undefined;

/** The value at a place in plain data. */
export function valueAt(data: unknown, place: Place): unknown {
  let value = data;
  for (const part of place) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** Where the value at `place` (or its nearest ancestor that is written) stands. */
export function rangeAt(document: Document, place: Place): { readonly from: number; readonly to: number } {
  let node: unknown = document.contents;
  let found = { from: 0, to: 0 };
  for (const part of place) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find((item) => keyOf(item) === String(part));
      if (pair === undefined) break;
      const key = rangeOf(pair.key);
      node = pair.value;
      found = { from: key?.[0] ?? found.from, to: rangeOf(node)?.[1] ?? key?.[1] ?? found.to };
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      const range = rangeOf(node);
      if (range === undefined) break;
      found = { from: range[0], to: range[1] };
    } else break;
  }
  return found;
}

/** The deepest place whose key or value stands at the offset. */
export function placeAt(document: Document, offset: number): Place {
  const place: (string | number)[] = [];
  let node: unknown = document.contents;
  for (;;) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => {
        const key = rangeOf(item.key);
        const end = Math.max(rangeOf(item.value)?.[1] ?? 0, key?.[1] ?? 0);
        return key !== undefined && offset >= key[0] && offset <= end;
      });
      if (pair === undefined) return place;
      place.push(keyOf(pair));
      next = pair.value;
    } else if (isSeq(node)) {
      const index = node.items.findIndex((item) => {
        const range = rangeOf(item);
        return range !== undefined && offset >= range[0] && offset <= range[1];
      });
      if (index < 0) return place;
      place.push(index);
      next = node.items[index];
    } else return place;
    if (next === null || next === undefined || isAlias(next)) return place;
    node = next;
  }
}
