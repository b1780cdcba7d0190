import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { labServices } from '../../../cli/labServices.ts';
import { runCli } from '../../../cli/program.ts';
import { fakeHost } from '../../unit/cli/fakeHost.ts';

const services = labServices(new URL('../../../dist/workers/', import.meta.url));
const shipped = fileURLToPath(new URL('../../../scenarios', import.meta.url));

async function cli(...argv: string[]): Promise<{ exit: number; out: string; err: string }> {
  const host = fakeHost(argv, { services, shipped });
  try {
    return { exit: await runCli(host), out: host.out(), err: host.err() };
  } finally {
    await host.remove();
  }
}

test('every shipped scenario is listed, valid, and can be explained by its bare name', async () => {
  const listed = await cli('list', '--json');
  const entries = JSON.parse(listed.out) as { file: string; problem?: string; clients: number }[];
  expect(entries.length).toBeGreaterThanOrEqual(3);
  for (const entry of entries) {
    expect(entry.problem).toBeUndefined();
    const name = entry.file.replace(/^.*[\\/]/, '').replace(/\.yaml$/, '');
    expect((await cli('list')).out).toContain(name);
    expect(await cli('validate', name)).toMatchObject({ exit: 0, err: '' });
    const explained = await cli('explain', name);
    expect(explained.exit, explained.err).toBe(0);
    expect(explained.out.length).toBeGreaterThan(200);
    expect((await cli('explain', name, '--json')).out.trimStart().startsWith('{')).toBe(true);
  }
});

test('a wrong file: every problem with its line and the nearest known word, exit code 2', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-cli-'));
  try {
    const file = join(folder, 'bad.yaml');
    await writeFile(file, 'causeway: 1\nname: x\npopulatons: {}\n');
    const { exit, err } = await cli('validate', file);
    expect(exit).toBe(2);
    expect(err).toContain(`${file}:3:1  `);
    expect(err).toContain('did you mean populations?');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.each(['--set', '--scale'])('%s changes what is explained', async (option) => {
  const clients = async (...argv: string[]) =>
    (JSON.parse((await cli('validate', 'iov-fleet', '--json', ...argv)).out) as { clients: number }).clients;
  const before = await clients();
  const after = await clients(option, option === '--set' ? 'populations.fleet.count=500' : '0.5');
  expect(after).toBeLessThan(before);
});
