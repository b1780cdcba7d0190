/** The JSON Schema of scenario files: for editors (docs/scenario.schema.json), and for the loader's own messages. */
import { z } from 'zod';
import { scenarioSchema } from './schema.ts';

/** The parts of JSON Schema that occur in ours. */
export interface JsonSchemaNode {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchemaNode;
  readonly items?: JsonSchemaNode;
  readonly anyOf?: readonly JsonSchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minItems?: number;
}

/** The JSON Schema (draft 2020-12) of what may stand in a scenario file. */
export function scenarioJsonSchema(): JsonSchemaNode & Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-2020-12' });
  return {
    ...(schema as JsonSchemaNode),
    title: 'Causeway scenario',
    description: 'What a run of the lab does; see docs/scenarios.md',
  };
}

/** The schema of what stands at `place`; undefined where nothing is known of it. */
export function schemaAt(root: JsonSchemaNode, place: readonly PropertyKey[]): JsonSchemaNode | undefined {
  let node: JsonSchemaNode | undefined = root;
  for (const part of place) {
    const options: readonly JsonSchemaNode[] = node.anyOf ?? [node];
    let next: JsonSchemaNode | undefined;
    for (const option of options) {
      const name = String(part);
      if (option.properties !== undefined && Object.hasOwn(option.properties, name)) next = option.properties[name];
      else if (typeof option.additionalProperties === 'object') next = option.additionalProperties;
      else if (option.items !== undefined) next = option.items;
      if (next !== undefined) break;
    }
    if (next === undefined) return undefined;
    node = next;
  }
  return node;
}

/** The keys known at this node. */
export function keysOf(node: JsonSchemaNode | undefined): readonly string[] {
  if (node === undefined) return [];
  return (node.anyOf ?? [node]).flatMap((option) => Object.keys(option.properties ?? {}));
}

/** A valid value for the node: it takes the place of a bad one, so that the checks can go on and find the other problems. */
export function sampleOf(node: JsonSchemaNode | undefined): unknown {
  if (node === undefined) return null;
  if (node.examples !== undefined && node.examples.length > 0) return node.examples[0];
  if (node.const !== undefined) return node.const;
  if (node.enum !== undefined) return node.enum[0];
  if (node.anyOf !== undefined) return sampleOf(node.anyOf[0]);
  if (node.type === 'array') return (node.minItems ?? 0) > 0 ? [sampleOf(node.items)] : [];
  if (node.type === 'object') {
    return Object.fromEntries((node.required ?? []).map((key) => [key, sampleOf(node.properties?.[key])]));
  }
  if (node.type === 'string') return 'x';
  if (node.type === 'number' || node.type === 'integer') return 1;
  return node.type === 'boolean' ? false : null;
}
