/**
 * Changes one value in a scenario's text and leaves every other byte as it is: comments, order, alignment, quotes. Each
 * change is a splice at the place where the value stands. It counts only where reading the new text gives exactly the
 * data that was meant; else the YAML library writes the document anew (comments stay, spacing may not).
 */
import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { keyOf, type Place, rangeOf, readText } from './yamlDocument.ts';
import { afterColon, inlineText, itemText, pairText, scalarText } from './yamlWrite.ts';

export type Edit =
  /** Sets the value; `undefined` removes it. Maps on the way are made where they are missing. */
  | { readonly place: Place; readonly value: unknown }
  /** Another key for the same value. */
  | { readonly place: Place; readonly rename: string };

/** Where a new key goes among its neighbours: the keys in the order in which people write them. */
export type KeyOrder = (place: Place) => readonly string[];

/** Optional maps and lists that say nothing once they are empty: they go with their last entry. */
const PRUNED: ReadonlySet<string | number> = new Set(
  'client mq connect limits publish subscribe react commands phases faults thresholds services populations'.split(' '),
);

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** The text after the edits; undefined where one cannot be made (the value is an alias of something written elsewhere). */
export function editText(text: string, edits: readonly Edit[], order: KeyOrder = () => []): string | undefined {
  let result = text;
  for (const edit of edits) {
    const next = editOnce(result, edit, order);
    if (next === undefined) return undefined;
    result = next;
  }
  return result;
}

function editOnce(text: string, edit: Edit, order: KeyOrder): string | undefined {
  const read = readText(text);
  if (!read.ok) return undefined;
  const pruned = 'value' in edit && edit.value === undefined ? { ...edit, place: prune(read.data, edit.place) } : edit;
  const wanted = structuredClone(read.data) as Record<string, unknown>;
  applyTo(wanted, pruned);
  if (same(read.data, wanted)) return text;
  const means = (candidate: string): boolean => {
    const again = readText(candidate);
    return again.ok && same(again.data, wanted);
  };
  const splice = spliceFor(text, read.document, pruned, order);
  if (splice !== undefined) {
    const candidate = text.slice(0, splice.from) + splice.insert + text.slice(splice.to);
    if (means(candidate)) return candidate;
  }
  const candidate = rewritten(read.document, pruned);
  return candidate !== undefined && means(candidate) ? candidate : undefined;
}

/** The outermost container that would be left empty without the value at `place`. */
function prune(data: unknown, place: Place): Place {
  let result = place;
  while (result.length > 1) {
    const parent = result.slice(0, -1);
    let value: unknown = data;
    for (const part of parent) value = (value as Record<string | number, unknown> | null | undefined)?.[part];
    const last = parent[parent.length - 1]!;
    if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1 || !PRUNED.has(last)) break;
    result = parent;
  }
  return result;
}

/** `value` below the keys that do not exist yet. */
const nest = (rest: Place, value: unknown): unknown =>
  rest.reduceRight((inner: unknown, part) => (typeof part === 'number' ? [inner] : { [part]: inner }), value);

function applyTo(data: Record<string, unknown>, edit: Edit): void {
  const { place } = edit;
  let parent: unknown = data;
  for (const [index, part] of place.slice(0, -1).entries()) {
    const holder = parent as Record<string | number, unknown>;
    const next = Object.hasOwn(holder, part) ? holder[part] : undefined;
    if (typeof next !== 'object' || next === null) {
      if (!('value' in edit) || edit.value === undefined) return;
      holder[part] = nest(place.slice(index + 1), edit.value);
      return;
    }
    parent = next;
  }
  const last = place[place.length - 1];
  if (last === undefined) return;
  const holder = parent as Record<string | number, unknown>;
  if ('rename' in edit) {
    if (edit.rename === last || !Object.hasOwn(holder, last) || Object.hasOwn(holder, edit.rename)) return;
    holder[edit.rename] = holder[last];
    delete holder[last];
  } else if (edit.value !== undefined) holder[last] = edit.value;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

function rewritten(document: Document, edit: Edit): string | undefined {
  try {
    if ('rename' in edit) {
      const parent = document.getIn(edit.place.slice(0, -1));
      if (!isMap(parent)) return undefined;
      const pair = parent.items.find((item) => keyOf(item) === String(edit.place.at(-1)));
      if (pair === undefined) return undefined;
      pair.key = document.createNode(edit.rename);
    } else if (edit.value === undefined) document.deleteIn(edit.place);
    else document.setIn(edit.place, document.createNode(edit.value));
    return document.toString({ lineWidth: 0 });
  } catch {
    return undefined;
  }
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}
const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset);
const isBlank = (text: string): boolean => text.trim() === '';

/** Behind the last character of what stands there, without comments and blank lines that follow. */
function endOf(text: string, node: unknown, otherwise: number): number {
  let end = otherwise;
  if (isCollection(node) && node.flow !== true) {
    for (const item of node.items as unknown[]) {
      const pair = item as Pair;
      if (isMap(node)) end = Math.max(end, endOf(text, pair.value, rangeOf(pair.key)?.[1] ?? end));
      else end = Math.max(end, endOf(text, item, end));
    }
    return end;
  }
  const range = rangeOf(node);
  if (range === undefined) return end;
  end = Math.max(end, range[1]);
  // A block of text ends with its line end.
  while (end > range[0] && text[end - 1] === '\n') end -= 1;
  return end;
}

const pairEnd = (text: string, pair: Pair): number => endOf(text, pair.value, rangeOf(pair.key)?.[1] ?? 0);

function spliceFor(text: string, document: Document, edit: Edit, order: KeyOrder): Splice | undefined {
  const { place } = edit;
  let node: unknown = document.contents;
  let owner: { readonly parent: YAMLMap | YAMLSeq; readonly index: number } | undefined;
  let flow = false;
  for (const [depth, part] of place.entries()) {
    if (isAlias(node)) return undefined;
    const rest = place.slice(depth + 1);
    if (isMap(node)) {
      flow ||= node.flow === true;
      const index = node.items.findIndex((item) => keyOf(item) === String(part));
      if (index < 0) {
        if (!('value' in edit) || edit.value === undefined) return undefined;
        if (node.items.length === 0 && owner !== undefined)
          return replace(text, owner, nest(place.slice(depth), edit.value), flow);
        return insertPair(text, node, String(part), nest(rest, edit.value), flow, order(place.slice(0, depth)));
      }
      owner = { parent: node, index };
      node = node.items[index]!.value;
    } else if (isSeq(node)) {
      flow ||= node.flow === true;
      const index = Number(part);
      if (index >= node.items.length) {
        if (!('value' in edit) || edit.value === undefined) return undefined;
        if (node.items.length === 0 && owner !== undefined) return replace(text, owner, [nest(rest, edit.value)], flow);
        return appendItem(text, node, nest(rest, edit.value), flow);
      }
      owner = { parent: node, index };
      node = node.items[index];
    } else {
      if (!('value' in edit) || edit.value === undefined) return undefined;
      if (owner === undefined) return { from: text.length, to: text.length, insert: atEnd(text, nest(place, edit.value)) };
      return replace(text, owner, nest(place.slice(depth), edit.value), flow);
    }
  }
  if (owner === undefined || isAlias(node)) return undefined;
  if ('rename' in edit) {
    const key = (owner.parent.items[owner.index] as Pair).key;
    const range = rangeOf(key);
    if (range === undefined) return undefined;
    return { from: range[0], to: range[1], insert: scalarText(edit.rename, isScalar(key) ? key : undefined) };
  }
  return edit.value === undefined ? remove(text, owner, flow) : replace(text, owner, edit.value, flow);
}

const atEnd = (text: string, value: unknown): string =>
  `${text === '' || text.endsWith('\n') ? '' : '\n'}${Object.entries(value as object)
    .map(([key, item]) => pairText(key, item, ''))
    .join('\n')}\n`;

type Owner = { readonly parent: YAMLMap | YAMLSeq; readonly index: number };

function replace(text: string, owner: Owner, value: unknown, flow: boolean): Splice | undefined {
  const item: unknown = owner.parent.items[owner.index];
  const isPair = isMap(owner.parent);
  const node = isPair ? (item as Pair).value : item;
  const range = rangeOf(node);
  const scalar = typeof value !== 'object' || value === null;
  if (scalar && isScalar(node) && range !== undefined && range[1] > range[0] && !String(node.type).startsWith('BLOCK')) {
    return { from: range[0], to: range[1], insert: scalarText(value, node) };
  }
  if (isCollection(node) && node.flow === true && range !== undefined) {
    return { from: range[0], to: range[1], insert: inlineText(value) };
  }
  if (!isPair) {
    if (range === undefined) return undefined;
    return { from: range[0], to: Math.max(range[0], endOf(text, node, range[0])), insert: inlineText(value) };
  }
  const key = rangeOf((item as Pair).key);
  if (key === undefined) return undefined;
  const colon = text.indexOf(':', key[1]) + 1;
  if (colon === 0) return undefined;
  const pad = ' '.repeat(columnOf(text, key[0]));
  return {
    from: colon,
    to: Math.max(colon, pairEnd(text, item as Pair)),
    insert: flow ? ` ${inlineText(value)}` : afterColon(value, pad),
  };
}

function insertPair(
  text: string,
  map: YAMLMap,
  key: string,
  value: unknown,
  flow: boolean,
  order: readonly string[],
): Splice | undefined {
  const rank = order.indexOf(key);
  // Behind the last of those that people write before it.
  let after = map.items.length - 1;
  if (rank >= 0) {
    while (after >= 0) {
      const other = order.indexOf(keyOf(map.items[after]!));
      if (other >= 0 && other < rank) break;
      after -= 1;
    }
  }
  const first = rangeOf(map.items[0]?.key);
  if (first === undefined) return undefined;
  if (flow) {
    const pair = `${scalarText(key)}: ${inlineText(value)}`;
    if (after < 0) return { from: first[0], to: first[0], insert: `${pair}, ` };
    const end = pairEnd(text, map.items[after]!);
    return { from: end, to: end, insert: `, ${pair}` };
  }
  const pad = ' '.repeat(columnOf(text, first[0]));
  if (after < 0) {
    return { from: first[0], to: first[0], insert: `${pairText(key, value, pad).trimStart()}\n${pad}` };
  }
  const end = lineEnd(text, pairEnd(text, map.items[after]!));
  return { from: end, to: end, insert: `\n${pairText(key, value, pad)}` };
}

function appendItem(text: string, list: YAMLSeq, value: unknown, flow: boolean): Splice | undefined {
  const first = rangeOf(list.items[0]);
  if (first === undefined) return undefined;
  const end = endOf(text, list.items.at(-1), first[1]);
  if (flow) return { from: end, to: end, insert: `, ${inlineText(value)}` };
  const at = lineEnd(text, end);
  const dash = text.lastIndexOf('-', first[0]);
  return { from: at, to: at, insert: `\n${itemText(value, ' '.repeat(columnOf(text, dash)))}` };
}

function remove(text: string, owner: Owner, flow: boolean): Splice | undefined {
  const { parent, index } = owner;
  const startOf = (at: number): number | undefined => {
    const item: unknown = parent.items[at];
    return rangeOf(isMap(parent) ? (item as Pair).key : item)?.[0];
  };
  const endAt = (at: number): number => {
    const item: unknown = parent.items[at];
    return isMap(parent) ? pairEnd(text, item as Pair) : endOf(text, item, rangeOf(item)?.[0] ?? 0);
  };
  const start = startOf(index);
  if (start === undefined) return undefined;
  if (flow) {
    const range = rangeOf(parent);
    if (parent.items.length === 1 && range !== undefined)
      return { from: range[0], to: range[1], insert: isMap(parent) ? '{}' : '[]' };
    const next = index + 1 < parent.items.length ? startOf(index + 1) : undefined;
    if (next !== undefined) return { from: start, to: next, insert: '' };
    return { from: endAt(index - 1), to: endAt(index), insert: '' };
  }
  const lead = text.slice(lineStart(text, start), start);
  const end = lineEnd(text, endAt(index));
  if (parent.items.length === 1) {
    // The last one: its owner is left with an empty map or list.
    const from = isMap(parent) ? start : text.lastIndexOf('-', start);
    return { from, to: endAt(index), insert: isMap(parent) ? '{}' : '[]' };
  }
  if (isMap(parent) && !isBlank(lead)) {
    // The first key behind the dash of a list.
    const next = startOf(index + 1);
    return next === undefined ? undefined : { from: start, to: next, insert: '' };
  }
  let from = lineStart(text, start);
  const item: unknown = parent.items[index];
  if (isCollection(isMap(parent) ? (item as Pair).value : item))
    from = withComments(text, from, lead.length - lead.trimStart().length);
  return end < text.length ? { from, to: end + 1, insert: '' } : { from: Math.max(0, from - 1), to: end, insert: '' };
}

/** The comment lines right above an entry, indented as it is, speak of it. */
function withComments(text: string, from: number, indent: number): number {
  let start = from;
  while (start > 0) {
    const above = lineStart(text, start - 1);
    const line = text.slice(above, start - 1);
    if (!line.trimStart().startsWith('#') || line.length - line.trimStart().length !== indent) break;
    start = above;
  }
  return start;
}
