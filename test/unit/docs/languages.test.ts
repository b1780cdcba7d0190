/** docs/clients.md shows what `npm run test:interop` has recorded. */
import { expect, test } from 'vitest';
import { textOf } from './documents.ts';

interface Tried {
  readonly language: string;
  readonly client: string;
  readonly library: string;
  readonly runtime: string;
  readonly transport: string;
}

test('the table of languages is that of languages.json', () => {
  const { clients } = JSON.parse(textOf('docs/languages.json')) as { clients: Tried[] };
  const rows = clients.map((c) => `| ${c.language} | ${c.client} ${c.library} | ${c.runtime} | ${c.transport} |`);
  const table = /^\| Language \|.*\n\|[ |-]+\n((?:\|.*\n)+)/m.exec(textOf('docs/clients.md'))?.[1];
  expect(table?.trimEnd().split('\n')).toEqual(rows);
});
