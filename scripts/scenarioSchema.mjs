// Writes docs/scenario.schema.json, the JSON Schema of scenario files for editors. Needs a build (npm run build); npm run format afterwards.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { scenarioJsonSchema } from '../dist/core/scenario/jsonSchema.js';

const target = fileURLToPath(new URL('../docs/scenario.schema.json', import.meta.url));
writeFileSync(target, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
