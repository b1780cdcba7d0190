import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keysOf, scenarioJsonSchema, schemaAt } from '../../../core/scenario/jsonSchema.ts';

const published = new URL('../../../docs/scenario.schema.json', import.meta.url);

test('the published JSON Schema is that of the code (else: npm run build && node scripts/scenarioSchema.mjs)', () => {
  expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
});

test('it tells an editor the keys, units and words of every level', () => {
  const schema = scenarioJsonSchema();
  expect(keysOf(schemaAt(schema, ['populations', 'any', 'publish', 'some', 'schedule']))).toContain('burst');
  expect(keysOf(schemaAt(schema, ['populations', 'any', 'publish', 'some', 'body', 'field']))).toContain('randomWalk');
  expect(schemaAt(schema, ['populations', 'any', 'actor'])?.enum).toEqual(['sensor', 'vehicle', 'chat-user']);
  expect(schemaAt(schema, ['duration'])).toMatchObject({ type: 'string', title: 'duration' });
  expect(schemaAt(schema, ['no', 'such', 'place'])).toBeUndefined();
});
