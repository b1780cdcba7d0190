/** `--set path=value`: changes to the data of a scenario file before it is checked. */
import { suggest } from './nearest.ts';
import { type Hint, isWithin, type Place, show } from './problems.ts';
import { parseYamlValue } from './yamlText.ts';

/** One `--set path=value`. */
export interface Override {
  readonly path: string;
  readonly value: string;
}

export interface AppliedOverride {
  readonly text: string;
  /** What stands in the data because of this override: problems there are the override's, not the file's. */
  readonly owns: Place;
  /** Column (1-based) in `text` at which each part of the path begins. */
  readonly columns: readonly number[];
  readonly place: Place;
}

export interface OverrideProblem {
  readonly text: string;
  readonly column: number;
  readonly message: string;
  readonly hint?: Hint | undefined;
}

/** Maps whose keys are names that the file itself gives: nothing is added there by a typing mistake. */
const NAMED: readonly (readonly string[])[] = [
  ['populations'],
  ['services'],
  ['gateway', 'topics'],
  ['populations', '*', 'publish'],
  ['populations', '*', 'react'],
  ['services', '*', 'commands'],
];

const isNamedMap = (place: Place): boolean =>
  NAMED.some((pattern) => pattern.length === place.length && pattern.every((part, i) => part === '*' || part === place[i]));

interface Part {
  readonly name: string;
  readonly column: number;
}

/** `a.b[0].c` or `a.b.0.c` into its parts; undefined when a part is empty. */
function splitPath(path: string): Part[] | undefined {
  const parts: Part[] = [];
  let column = 1;
  for (const step of path.split('.')) {
    const match = /^([^[\]]+)((?:\[\d+\])*)$/.exec(step);
    if (match === null) return undefined;
    parts.push({ name: match[1]!, column });
    let inner = column + match[1]!.length;
    for (const index of match[2]!.matchAll(/\[(\d+)\]/g)) {
      parts.push({ name: index[1]!, column: inner + 1 });
      inner += index[0].length;
    }
    column += step.length + 1;
  }
  return parts;
}

type Container = Record<string, unknown> | unknown[];
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

function has(container: Container, name: string): boolean {
  return Array.isArray(container) ? /^\d+$/.test(name) && Number(name) < container.length : Object.hasOwn(container, name);
}

/**
 * Applies one override to `data` in place. New keys are made where the file leaves a default (the schema refuses unknown
 * ones afterwards), but a name that the file does not give (a population, say) is a problem.
 */
export function applyOverride(data: unknown, override: Override): AppliedOverride | OverrideProblem {
  const text = `${override.path}=${override.value}`;
  const parts = splitPath(override.path);
  if (parts === undefined) {
    return {
      text,
      column: 1,
      message: `"${override.path}" is not a path`,
      hint: 'write it like populations.sensors.count=100',
    };
  }
  const parsed = parseYamlValue(override.value);
  if (parsed === undefined) {
    return {
      text,
      column: override.path.length + 2,
      message: `"${override.value}" is not a YAML value`,
      hint: 'put it in quotes',
    };
  }
  const place: (string | number)[] = [];
  let container = data;
  let firstNew = -1;
  for (const [depth, { name, column }] of parts.entries()) {
    const last = depth === parts.length - 1;
    if (!isContainer(container)) {
      return { text, column, message: `unknown path ${override.path}: there is nothing below ${place.join('.')}` };
    }
    const exists = has(container, name);
    if (!exists) {
      const unknown = (known: string[]): OverrideProblem => ({
        text,
        column,
        message: `unknown path ${override.path}: there is no ${show(name)} in ${place.join('.') || 'the file'}`,
        hint: suggest(name, known),
      });
      if (Array.isArray(container)) return unknown(container.map((_, i) => String(i)));
      if (name === '__proto__' || (isNamedMap(place) && firstNew < 0)) return unknown(Object.keys(container));
      if (firstNew < 0) firstNew = depth;
    }
    place.push(Array.isArray(container) ? Number(name) : name);
    const record = container as Record<string, unknown>;
    if (last) record[name] = parsed.value;
    else {
      if (!exists) record[name] = {};
      container = record[name];
    }
  }
  return { text, place, owns: firstNew < 0 ? place : place.slice(0, firstNew + 1), columns: parts.map((part) => part.column) };
}

/** The override (the last one wins) that a problem at `place` belongs to, and the column of the part meant. */
export function ownerOf(place: Place, applied: readonly AppliedOverride[]): { text: string; column: number } | undefined {
  for (let i = applied.length - 1; i >= 0; i -= 1) {
    const override = applied[i]!;
    if (!isWithin(place, override.owns)) continue;
    const at = Math.min(place.length, override.place.length) - 1;
    return { text: override.text, column: override.columns[at] ?? 1 };
  }
  return undefined;
}
