/** YAML with positions: from text to plain data, and from a place in the data back to line and column. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml';
import { parseScenarioText, TextBeyondBounds } from '../protocol/scenarioText.ts';
import { type Finding, type Place, show } from './problems.ts';

/** Bounds on what the data may hold once aliases are written out: a few lines of aliases can stand for gigabytes. */
const MAX_ALIASES = 100;
const MAX_NODES = 500_000;
const MAX_DEPTH = 64;

/** 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface TextProblem extends Position {
  readonly message: string;
}

export interface YamlText {
  /** Plain data without shared parts; undefined when the text could not be read. */
  readonly data: unknown;
  readonly problems: readonly TextProblem[];
  /** Where the key or the value at `place` stands; the nearest enclosing thing when it does not stand there itself. */
  locate(place: Place, at: Finding['at']): Position;
}

const TOO_BIG = 'aliases make the file too large';

class TooBig extends Error {}

/** A copy in which nothing is shared, so that a change in one place is a change in one place. */
function unshared(value: unknown, depth: number, budget: { nodes: number }): unknown {
  budget.nodes -= 1;
  if (budget.nodes < 0 || depth > MAX_DEPTH) throw new TooBig();
  if (Array.isArray(value)) return value.map((item) => unshared(item, depth + 1, budget));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    // defineProperty: assigning the key `__proto__` would set the prototype instead of a key that can be refused.
    Object.defineProperty(copy, key, {
      value: unshared(item, depth + 1, budget),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

const keyText = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : '');

function positionOf(counter: LineCounter, offset: number): Position {
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function keyProblems(document: Document, counter: LineCounter): TextProblem[] {
  const problems: TextProblem[] = [];
  visit(document, {
    Map(_, map) {
      // The library's own check compares each key with each other: a file of 100,000 keys would take minutes.
      const first = new Map<string, number>();
      for (const pair of map.items) {
        const range = (pair.key as Node | null)?.range;
        const offset = range?.[0] ?? map.range?.[0] ?? 0;
        const position = positionOf(counter, offset);
        if (!isScalar(pair.key)) {
          problems.push({ ...position, message: 'a key must be a plain word' });
          continue;
        }
        const key = keyText(pair);
        const before = first.get(key);
        if (before !== undefined) {
          problems.push({
            ...position,
            message: `duplicate key ${show(key)}: it stands already on line ${positionOf(counter, before).line}`,
          });
        } else first.set(key, offset);
        if (key === '__proto__') problems.push({ ...position, message: 'the key "__proto__" is not allowed' });
      }
    },
  });
  return problems;
}

/** The library looks through the whole document for each: 50,000 of them would take hours. */
function aliasesOf(document: Document): number {
  let aliases = 0;
  visit(document, {
    Alias() {
      aliases += 1;
    },
  });
  return aliases;
}

function locator(document: Document, counter: LineCounter): YamlText['locate'] {
  return (place, at) => {
    let node: unknown = document.contents;
    let key: Node | undefined;
    for (const part of place) {
      if (isAlias(node)) node = node.resolve(document);
      let next: unknown;
      if (isMap(node)) {
        const pair: Pair | undefined = node.items.find((item) => keyText(item) === String(part));
        if (pair === undefined) break;
        key = pair.key as Node;
        next = pair.value;
      } else if (isSeq(node)) {
        next = node.items[Number(part)];
        if (next === undefined) break;
        key = next as Node;
      } else break;
      node = next;
    }
    const value = node as Node | null | undefined;
    // A value left out (`count:`) has an empty range behind the colon: the key says more.
    const empty = value?.range === undefined || value.range === null || value.range[0] === value.range[1];
    const chosen = (at === 'key' || empty) && key !== undefined ? key : value;
    return positionOf(counter, chosen?.range?.[0] ?? 0);
  };
}

/** Parses the text; never throws, whatever the text is. */
export function parseYaml(text: string): YamlText {
  const counter = new LineCounter();
  const start = { line: 1, column: 1 };
  const failed = (problems: TextProblem[]): YamlText => ({ data: undefined, problems, locate: () => start });
  let document: Document;
  try {
    document = parseScenarioText(text, counter);
  } catch (error) {
    const position = error instanceof TextBeyondBounds ? positionOf(counter, error.offset) : start;
    return failed([{ ...position, message: `this cannot be read as YAML: ${(error as Error).message}` }]);
  }
  const problems: TextProblem[] = [...document.errors, ...document.warnings].slice(0, 50).map((error) => {
    const position = positionOf(counter, error.pos[0]);
    if (error.code === 'TAB_AS_INDENT') {
      return {
        ...position,
        message: 'a tab is used for indentation; YAML allows only spaces there',
      };
    }
    if (error.code === 'MULTIPLE_DOCS') return { ...position, message: 'the file holds more than one document (---)' };
    return { ...position, message: `not valid YAML: ${error.message.split('\n')[0]}` };
  });
  if (problems.length > 0) return failed(problems);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return failed([{ ...start, message: 'the file is empty; start with "causeway: 1"' }]);
  try {
    problems.push(...keyProblems(document, counter).slice(0, 50));
    if (aliasesOf(document) > MAX_ALIASES) throw new TooBig();
    const data = unshared(document.toJS({ maxAliasCount: MAX_ALIASES }), 0, { nodes: MAX_NODES });
    return { data, problems, locate: locator(document, counter) };
  } catch (error) {
    let position = start;
    visit(document, {
      Alias(_, alias) {
        position = positionOf(counter, alias.range?.[0] ?? 0);
        return visit.BREAK;
      },
    });
    const known = error instanceof TooBig || error instanceof ReferenceError;
    const reason = known ? TOO_BIG : error instanceof RangeError ? 'it is nested too deeply' : String((error as Error).message);
    return failed([...problems, { ...position, message: `this cannot be used: ${reason}` }]);
  }
}

/** Reads the value of `--set path=value` as YAML: `5`, `30s`, `true`, `[a, b]`. Undefined: not readable. */
export function parseYamlValue(text: string): { readonly value: unknown } | undefined {
  try {
    const document = parseDocument(text, { prettyErrors: false });
    if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
    return { value: unshared(document.toJS({ maxAliasCount: MAX_ALIASES }), 0, { nodes: 10_000 }) };
  } catch {
    return undefined;
  }
}
