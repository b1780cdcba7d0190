/** Which part of a scenario the cursor stands in, also where the text cannot be read as YAML yet, and what the JSON Schema knows of it. */
import type { Place } from './yamlDocument.ts';

/** The parts of JSON Schema that occur in the schema of scenarios. */
export interface SchemaNode {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

const optionsOf = (node: SchemaNode): readonly SchemaNode[] => node.anyOf ?? [node];

/** The schema of what stands at `place`; undefined where nothing is known of it. */
export function schemaAt(root: SchemaNode | undefined, place: Place): SchemaNode | undefined {
  let node = root;
  for (const part of place) {
    if (node === undefined) return undefined;
    let next: SchemaNode | undefined;
    for (const option of optionsOf(node)) {
      const name = String(part);
      if (option.properties !== undefined && Object.hasOwn(option.properties, name)) next = option.properties[name];
      else if (typeof option.additionalProperties === 'object') next = option.additionalProperties;
      else if (typeof part === 'number') next = option.items;
      if (next !== undefined) break;
    }
    node = next;
  }
  return node;
}

export function keysAt(root: SchemaNode | undefined, place: Place): readonly string[] {
  const node = schemaAt(root, place);
  return node === undefined ? [] : optionsOf(node).flatMap((option) => Object.keys(option.properties ?? {}));
}

/** The values that can be listed: words, numbers and flags. */
export function valuesAt(root: SchemaNode | undefined, place: Place): readonly string[] {
  const node = schemaAt(root, place);
  if (node === undefined) return [];
  return optionsOf(node).flatMap((option) => {
    if (option.enum !== undefined) return option.enum.map(String);
    if (option.const !== undefined) return [String(option.const)];
    return option.type === 'boolean' ? ['true', 'false'] : [];
  });
}

/** A kind in words: one of strict, lenient; a duration such as 30s. */
export function describe(node: SchemaNode | undefined): string {
  if (node === undefined) return '';
  return node.description ?? node.anyOf?.find((option) => option.description !== undefined)?.description ?? '';
}

/** Scenario maps with names that people choose: `*` stands for these, `#` for the items of lists. */
const NAMED: ReadonlySet<string> = new Set(['topics', 'populations', 'services', 'publish', 'react', 'commands', 'body']);

/** The place as a pattern, by which help texts go: `populations.*.publish.*.qos`, `thresholds.#`. */
export function patternOf(place: Place): string {
  const pattern: string[] = [];
  for (const part of place) pattern.push(typeof part === 'number' ? '#' : NAMED.has(pattern.at(-1) ?? '') ? '*' : part);
  return pattern.join('.');
}

export interface CursorPlace {
  /** A key is being written in the map at `place`, or the value at `place`. */
  readonly mode: 'key' | 'value';
  readonly place: Place;
  /** What stands there already, from `from` to the cursor. */
  readonly word: string;
  readonly from: number;
}

const KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s#{}[\],:'"&*!|>%@`-][^:#]*?))\s*:(?=\s|$)/;
const keyIn = (text: string): string | undefined => {
  const match = KEY.exec(text);
  return match === null ? undefined : (match[1] ?? match[2] ?? match[3]);
};

/** The keys of the enclosing blocks, by indentation. Items of lists count as index 0. */
function blockPlace(lines: readonly string[], last: number, indent: number): (string | number)[] {
  const place: (string | number)[] = [];
  let limit = indent;
  for (let index = last; index >= 0 && limit > 0; index -= 1) {
    const line = lines[index] ?? '';
    let content = line.trimStart();
    let column = line.length - content.length;
    if (content === '' || content.startsWith('#') || column >= limit) {
      // The dash of an item whose keys stand at this indentation.
      if (!(content.startsWith('- ') && column < limit)) continue;
    }
    if (content.startsWith('- ') && column < limit) {
      const inner = content.slice(1).trimStart();
      const innerColumn = column + content.length - inner.length;
      if (innerColumn < limit) {
        const key = keyIn(inner);
        if (key !== undefined) place.unshift(key);
      }
      place.unshift(0);
      limit = column;
      // The list may stand at the indentation of its key.
      for (let above = index - 1; above >= 0; above -= 1) {
        const text = lines[above] ?? '';
        const trimmed = text.trimStart();
        if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith('-')) continue;
        const at = text.length - trimmed.length;
        if (at > column) continue;
        const key = keyIn(trimmed);
        if (key !== undefined) place.unshift(key);
        limit = at;
        index = above;
        break;
      }
      continue;
    }
    content = line.trimStart();
    column = line.length - content.length;
    const key = keyIn(content);
    if (key === undefined) continue;
    place.unshift(key);
    limit = column;
  }
  return place;
}

/** Where the cursor is; undefined in comments. */
export function cursorPlace(text: string, offset: number): CursorPlace | undefined {
  const lines = text.slice(0, offset).split('\n');
  const line = lines.pop() ?? '';
  let content = line.trimStart();
  let column = line.length - content.length;
  const dash = /^-(\s+|$)/.exec(content);
  const isItem = dash !== null;
  if (dash !== null) {
    content = content.slice(dash[0].length);
    column += dash[0].length;
  }
  const place = blockPlace(
    isItem ? [...lines, `${' '.repeat(column - (dash?.[0].length ?? 0))}- `] : lines,
    lines.length - (isItem ? 0 : 1),
    column,
  );

  /** Open braces and brackets of this line; `key` of the pair that the cursor is in. */
  const open: ({ kind: '{'; key?: string } | { kind: '['; index: number })[] = [];
  let blockKey: string | undefined;
  let start = 0;
  let quote = '';
  for (let at = 0; at < content.length; at += 1) {
    const character = content[at]!;
    if (quote !== '') {
      if (character === quote) quote = '';
      continue;
    }
    const inner = open.at(-1);
    if (character === '#' && (at === 0 || /\s/.test(content[at - 1]!))) return undefined;
    if ((character === '"' || character === "'") && content.slice(start, at).trim() === '') quote = character;
    else if (character === '{' && content.slice(start, at).trim() === '') {
      open.push({ kind: '{' });
      start = at + 1;
    } else if (character === '[' && content.slice(start, at).trim() === '') {
      open.push({ kind: '[', index: 0 });
      start = at + 1;
    } else if ((character === '}' || character === ']') && inner !== undefined) {
      open.pop();
      start = at + 1;
    } else if (character === ',' && inner !== undefined) {
      if (inner.kind === '[') inner.index += 1;
      else delete inner.key;
      start = at + 1;
    } else if (character === ':' && (at + 1 === content.length || /\s/.test(content[at + 1]!))) {
      const key = content
        .slice(start, at)
        .trim()
        .replace(/^["']|["']$/g, '');
      if (inner === undefined) blockKey ??= key;
      else if (inner.kind === '{') inner.key = key;
      start = at + 1;
    }
  }
  if (blockKey !== undefined) place.push(blockKey);
  for (const level of open) {
    if (level.kind === '[') place.push(level.index);
    else if (level.key !== undefined) place.push(level.key);
  }
  const inner = open.at(-1);
  const mode =
    inner === undefined
      ? blockKey === undefined
        ? 'key'
        : 'value'
      : inner.kind === '[' || inner.key !== undefined
        ? 'value'
        : 'key';
  const raw = content.slice(start);
  const word = raw.trimStart();
  return { mode, place, word, from: offset - word.length };
}
