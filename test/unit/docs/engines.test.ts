/** The table of docs/engines.md against what the window and the command line say of the engines. */
import { expect, test } from 'vitest';
import { ENGINE_NAMES, ENGINES } from '../../../core/mq/engines.ts';
import { textOf } from './documents.ts';

const names = Object.keys(ENGINES.embedded.abilities) as (keyof typeof ENGINES.embedded.abilities)[];

test.each(names)('%s', (name) => {
  const row = textOf('docs/engines.md')
    .split('\n')
    .find((line) => line.startsWith(`| \`${name}\` |`));
  const cells = row!.split('|').slice(2, -1);
  expect(cells).toHaveLength(ENGINE_NAMES.length);
  for (const [i, engine] of ENGINE_NAMES.entries()) {
    const said = cells[i]!.replaceAll('*', '').trim();
    expect(said.startsWith(ENGINES[engine].abilities[name]), `${engine}: ${said}`).toBe(true);
  }
});

test.each(ENGINE_NAMES)('%s: who does something agrees with whether it can be done', (engine) => {
  const { abilities, capabilities } = ENGINES[engine];
  for (const name of names) {
    // With files only: the engine itself says which it is.
    if (abilities[name] !== 'with files') expect({ [name]: capabilities[name] }).toEqual({ [name]: abilities[name] !== 'no' });
  }
});
