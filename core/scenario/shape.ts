/** Keys, types and units of a scenario file: the schema's issues as findings, and a repaired copy for the further checks. */
import type { z } from 'zod';
import { type JsonSchemaNode, keysOf, sampleOf, scenarioJsonSchema, schemaAt } from './jsonSchema.ts';
import { nearest, suggest } from './nearest.ts';
import { type Finding, formatPlace, type Hint, isCovered, type Place, show } from './problems.ts';
import { type ScenarioFile, scenarioSchema } from './schema.ts';

export interface Shape {
  /** Undefined: too far from a scenario for any further check. */
  readonly file: ScenarioFile | undefined;
  readonly findings: readonly Finding[];
  /** Places whose value was replaced or taken away; what the checks say of these is no news. */
  readonly repaired: readonly Place[];
}

type Issue = z.core.$ZodIssue;
const MAX_FINDINGS = 200;

let schema: JsonSchemaNode | undefined;

function valueAt(data: unknown, place: Place): unknown {
  let value = data;
  for (const part of place) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[String(part)];
  }
  return value;
}

/** The issues of the branch that was meant: the one that accepts this kind of value at all. */
function branchOf(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  return issue.errors.find(
    (branch) =>
      branch.length > 0 && branch.every((i) => i.path.length > 0 || (i.code !== 'invalid_type' && i.code !== 'invalid_union')),
  );
}

/** "30" where "30s" was meant. */
function unitHint(value: unknown, title: string | undefined): Hint | undefined {
  if (!/^\d+(\.\d+)?$/.test(String(value))) return undefined;
  if (title === 'duration') return { instead: `${value}s` };
  return title === 'rate' ? { instead: `${value}/s` } : undefined;
}

const ARTICLES: Readonly<Record<string, string>> = {
  object: 'a map of keys',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
};

function expectation(node: JsonSchemaNode | undefined, issue: Issue): string {
  if (node?.description !== undefined && node.type !== 'object') return node.description;
  if (node?.anyOf !== undefined) return 'a plain value or one generator such as { uniform: { min: 0, max: 1 } }';
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
    const side =
      issue.code === 'too_small'
        ? issue.inclusive === false
          ? 'more than'
          : 'at least'
        : issue.inclusive === false
          ? 'less than'
          : 'at most';
    return issue.origin === 'array'
      ? `a list of ${side} ${bound}`
      : issue.origin === 'string'
        ? `a text of ${side} ${bound} characters`
        : `a number of ${side} ${bound}`;
  }
  return ARTICLES[node?.type ?? ''] ?? 'valid here';
}

class Repair {
  readonly findings: Finding[] = [];
  readonly repaired: Place[] = [];
  readonly #data: unknown;
  readonly #root: JsonSchemaNode;

  constructor(data: unknown, root: JsonSchemaNode) {
    this.#data = data;
    this.#root = root;
  }

  /** Notes the issue (unless its place is repaired already) and makes its place valid. */
  take(issue: Issue, base: Place): void {
    const place = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
    if (issue.code === 'invalid_union') {
      const branch = branchOf(issue);
      if (branch !== undefined) {
        for (const inner of branch) this.take(inner, place);
        return;
      }
    }
    if (issue.code === 'unrecognized_keys') this.#unknownKeys(place, issue.keys);
    else this.#badValue(place, issue);
  }

  #note(place: Place, at: Finding['at'], message: string, hint?: Hint): void {
    if (this.findings.length < MAX_FINDINGS && !isCovered(place, this.repaired)) this.findings.push({ place, at, message, hint });
  }

  #unknownKeys(place: Place, keys: readonly string[]): void {
    const node = schemaAt(this.#root, place);
    const known = keysOf(node);
    const holder = valueAt(this.#data, place) as Record<string, unknown>;
    const what =
      node?.title === 'generator' || (node?.anyOf?.some((option) => option.title === 'generator') ?? false) ? 'generator' : 'key';
    for (const key of keys) {
      if (this.findings.length < MAX_FINDINGS) {
        const meant = nearest(key, known);
        const where = formatPlace(place);
        this.#note([...place, key], 'key', `${where}: unknown ${what} ${show(key)}`, suggest(key, known));
        // Taken for the key that was meant: that one is not missing, and what it holds is looked at in its turn.
        if (meant !== undefined && !Object.hasOwn(holder, meant)) {
          this.repaired.push([...place, meant]);
          holder[meant] = holder[key];
        }
      }
      this.repaired.push([...place, key]);
      delete holder[key];
    }
    if (what === 'generator' && Object.keys(holder).length === 0) {
      this.repaired.push(place);
      holder.constant = 0;
    }
  }

  #badValue(place: Place, issue: Issue): void {
    const node = schemaAt(this.#root, place);
    const value = valueAt(this.#data, place);
    if (value === undefined && place.length > 0) {
      const key = String(place[place.length - 1]);
      const parent = place.slice(0, -1);
      const help = node?.description === undefined ? undefined : `give ${node.description}`;
      if (!isCovered(place, this.repaired) && this.findings.length < MAX_FINDINGS) {
        this.findings.push({
          place: parent,
          at: 'key',
          message: `${formatPlace(parent)}: "${key}" is missing`,
          hint: help,
        });
      }
    } else {
      const expected = issue.code === 'custom' ? issue.message : expectation(node, issue);
      const words = issue.code === 'invalid_value' ? issue.values.map(String) : [];
      const near = typeof value === 'string' ? nearest(value, words) : undefined;
      const hint = near === undefined ? unitHint(value, node?.title) : { instead: near };
      this.#note(place, 'value', `${formatPlace(place)}: ${show(value)} is not ${expected}`, hint);
    }
    this.#replace(place, node);
  }

  #replace(place: Place, node: JsonSchemaNode | undefined): void {
    const holder = valueAt(this.#data, place.slice(0, -1));
    this.repaired.push(place);
    if (typeof holder !== 'object' || holder === null || place.length === 0) return;
    (holder as Record<string, unknown>)[String(place[place.length - 1])] = sampleOf(node);
  }
}

/**
 * Checks keys, types and units of `data` (changed in place where it is repaired). All problems are found in one go:
 * what is wrong is replaced by something valid of its kind, and the rest is looked at as if nothing had been wrong.
 */
export function checkShape(data: unknown): Shape {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    const message = `the file must hold a map of keys, it holds ${Array.isArray(data) ? 'a list' : show(data)}`;
    return {
      file: undefined,
      findings: [{ place: [], at: 'value', message, hint: 'start with "causeway: 1"' }],
      repaired: [[]],
    };
  }
  schema ??= scenarioJsonSchema();
  const repair = new Repair(data, schema);
  // Each round can uncover what the former hid (a key below a bad one); in practice one or two are enough.
  for (let round = 0; round < 5; round += 1) {
    const result = scenarioSchema.safeParse(data);
    if (result.success) return { file: result.data, findings: repair.findings, repaired: repair.repaired };
    // Unknown keys first: a missing key that one of them was meant to be is then known.
    const issues = [...result.error.issues].sort(
      (a, b) => Number(b.code === 'unrecognized_keys') - Number(a.code === 'unrecognized_keys'),
    );
    for (const issue of issues) repair.take(issue, []);
  }
  return { file: undefined, findings: repair.findings, repaired: repair.repaired };
}
