/** The published JSON Schema of result.json, made from the one zod schema so that the two cannot differ. */
import { z } from 'zod';
import { RESULT_SCHEMA, resultSchema } from '../protocol/result.ts';

const LINE_WIDTH = 130;

/** The schema as a plain object (draft 2020-12). */
export function resultJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(resultSchema) as Record<string, unknown>;
  return {
    $schema,
    title: `Result of a Causeway run, version ${RESULT_SCHEMA}`,
    description: 'Written as result.json to the folder of a run. Times are microseconds unless a name says otherwise.',
    ...rest,
  };
}

/** The text of result.schema.json: in the run folder and in docs/. */
export function resultJsonSchemaText(): string {
  const text = JSON.stringify(resultJsonSchema(), null, 2);
  // Lists that fit on one line stand on one, as the project's formatter has it: the file is also kept in docs/.
  const compact = text.replace(/\[\s+("[^"[\]]*"(?:,\s+"[^"[\]]*")*)\s+\]/g, (list, inner: string, at: number) => {
    const line = `[${inner.replace(/,\s+/g, ', ')}]`;
    return at - text.lastIndexOf('\n', at) + line.length <= LINE_WIDTH ? line : list;
  });
  return `${compact}\n`;
}
