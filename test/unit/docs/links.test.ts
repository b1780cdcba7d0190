import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../../cli/program.ts';
import { loadScenario } from '../../../core/scenario/loader.ts';
import { fakeHost, sampleLoaded } from '../cli/fakeHost.ts';
import { anchorsOf, commandsOf, commandsOfLine, documents, linksOf, ROOT, type ShownCommand, textOf } from './documents.ts';

const SHIPPED = join(ROOT, 'scenarios');

/** Runs a command line up to the point where it would open something; its exit code and what it said. */
async function tryCommand({ argv, env }: ShownCommand): Promise<{ exit: number; err: string }> {
  const reached = (): Promise<never> => Promise.reject(new Error('the command line was understood'));
  const host = fakeHost(argv, {
    env: { ...env },
    shipped: SHIPPED,
    stdin: 'body',
    services: {
      // Options that change a shipped scenario must fit it; files of the reader's own are not there.
      loadScenario: (path, options) => (existsSync(path) ? loadScenario(path, options) : Promise.resolve(sampleLoaded())),
      explain: async () => ({ data: {}, text: '' }),
      startRun: reached,
      startLab: reached,
      checkPlan: reached,
      check: reached,
      serve: reached,
      connectMq: reached,
    },
  });
  try {
    return { exit: await runCli(host), err: host.err() };
  } finally {
    await host.remove();
  }
}

test('the documents are found, and the commands in them', () => {
  expect(documents()).toEqual(
    expect.arrayContaining(['README.md', join('docs', 'cli.md'), join('docs', 'decisions', 'gateway.md')]),
  );
  expect(commandsOf(textOf('README.md')).length).toBeGreaterThan(3);
  expect(commandsOfLine('A=b npx causeway run x --set "a=[1, 2]" | jq . && causeway list # all', true)).toEqual([
    { argv: ['run', 'x', '--set', 'a=[1, 2]'], env: { A: 'b' }, whole: true },
    { argv: ['list'], env: {}, whole: true },
  ]);
});

test.each(['run x --nosuch', 'rnu x', 'run iov-fleet --set populations.nosuch.count=1', 'gateway --profile loose'])(
  'a wrong command line is noticed: %s',
  async (line) => {
    const [command] = commandsOfLine(`causeway ${line}`, true);
    expect((await tryCommand(command!)).exit).toBe(2);
  },
);

describe.each(documents())('%s', (file) => {
  const text = textOf(file);

  test('relative links lead somewhere', () => {
    const dead = linksOf(text).filter((link) => {
      if (/^(https?|mailto):/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : normalize(join(dirname(file), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  test('no path of somebody’s machine', () => {
    expect(text).not.toMatch(/(^|[\s`"'(=:])(\/(home|root|work|Users|tmp|mnt)\/|[A-Z]:\\)/m);
  });

  test('npm commands exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    for (const [, name] of text.matchAll(/\bnpm run (?:-s )?([\w:]+)/g)) expect(Object.keys(scripts)).toContain(name);
  });

  test('command lines of the program are understood', async () => {
    for (const command of commandsOf(text)) {
      const { exit, err } = await tryCommand(command);
      const said = `causeway ${command.argv.join(' ')}\n${err}`;
      // A file of the reader's own is not there: to have looked for it is to have understood the line.
      const ownFile =
        ['--credentials', '--mq-tls'].some((option) => command.argv.includes(option)) && err.includes('no such file');
      if (command.whole && !ownFile) expect(exit, said).not.toBe(2);
      else expect(said).not.toMatch(/unknown (command|option)/);
    }
  });
});
