/** `causeway run` as its users start it: a process of its own, with signals, exit codes and pipes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultSchema } from '../../../core/protocol/result.ts';
import { readResult } from '../../../core/report/runFolder.ts';
import { waitFor } from '../../helpers/waitFor.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-cli-'));
});
const children: ChildProcess[] = [];
afterAll(async () => {
  // Of a test that failed half-way.
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const SCENARIO = `causeway: 1
name: Command line
duration: 60s
gateway: { topics: { up: { direction: up } } }
populations:
  devices: { actor: sensor, count: 3, publish: { value: { topic: "up/{id}", schedule: { rate: 50/s } } } }
services: { back: { consume: { topics: [up], group: G } } }
`;

interface Cli {
  readonly child: ChildProcess;
  out: string;
  err: string;
  readonly exit: Promise<number | null>;
}

function start(argv: readonly string[], stdout: 'pipe' | number = 'pipe'): Cli {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: ['pipe', stdout, 'pipe'],
  });
  children.push(child);
  const cli: Cli = { child, out: '', err: '', exit: new Promise((resolve) => child.once('close', (code) => resolve(code))) };
  child.stdout?.on('data', (chunk) => {
    cli.out += String(chunk);
  });
  child.stderr!.on('data', (chunk) => {
    cli.err += String(chunk);
  });
  return cli;
}

async function file(name: string, changes: (text: string) => string = (text) => text): Promise<string> {
  await writeFile(join(folder, name), changes(SCENARIO));
  return name;
}

const short = (text: string): string => text.replace('60s', '300ms');
/** Traffic has reached its receivers, as the frames in the run's folder tell. */
const running = (out: string): Promise<void> =>
  waitFor('traffic', async () => /"up":[1-9]/.test(await readFile(join(folder, out, 'frames.jsonl'), 'utf8').catch(() => '')));

describe.concurrent('causeway run', () => {
  it('exit 0 and the result alone on stdout with --json; the folder holds the same', async () => {
    const cli = start(['run', await file('pass.yaml', short), '--json', '--out', 'pass']);
    expect(await cli.exit, cli.err).toBe(0);
    const result = resultSchema.parse(JSON.parse(cli.out));
    expect(result).toMatchObject({ verdict: 'pass', interrupted: false, ledger: { up: { delivered: 15 } } });
    expect(await readResult(join(folder, 'pass', 'result.json'))).toEqual(result);
    const frames = (await readFile(join(folder, 'pass', 'frames.jsonl'), 'utf8')).trim().split('\n');
    expect(JSON.parse(frames.at(-1)!)).toMatchObject({ state: 'done' });
  });

  it('exit 99 when a threshold fails, and it says which', async () => {
    const cli = start(['run', await file('fail.yaml', (text) => `${short(text)}thresholds: ["ledger.up.delivered > 1000"]\n`)]);
    expect(await cli.exit).toBe(99);
    expect(cli.out).toContain('ledger.up.delivered > 1000');
  });

  it('the exit code tells the verdict also when nobody reads what is printed any more', async () => {
    const text = await file('unread.yaml', (yaml) => `${short(yaml)}thresholds: ["ledger.up.delivered > 1000"]\n`);
    const cli = start(['run', text]);
    await waitFor('its first words', () => cli.err !== '');
    cli.child.stderr!.destroy();
    cli.child.stdout!.destroy();
    expect(await cli.exit).toBe(99);
  });

  it('exit 98 when the generator was the limit', async () => {
    const flood = (text: string): string => text.replace('60s', '1s').replace('50/s', '900000/s');
    const cli = start(['run', await file('flood.yaml', flood), '--json', '--quiet']);
    expect(await cli.exit).toBe(98);
    const { verdict, reasons } = resultSchema.parse(JSON.parse(cli.out));
    expect(verdict).toBe('invalid');
    expect(new Set(reasons.map((reason) => reason.code))).toEqual(new Set(['generator-saturated']));
    expect(reasons.map((reason) => reason.text).join()).toMatch(/only [\d.]+ % of the offered messages/);
  });

  it('exit 2 for a scenario that is wrong, with --json as JSON', async () => {
    const cli = start(['run', await file('wrong.yaml', (text) => text.replace('actor: sensor', 'actor: senser')), '--json']);
    expect(await cli.exit).toBe(2);
    expect(JSON.parse(cli.out)).toMatchObject({ error: { code: 'input.invalid', problems: [{ line: 6 }] } });
    expect(await start(['run', 'nowhere.yaml']).exit).toBe(2);
  });

  it('exit 3 when the port is taken, and it names the port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const cli = start(['run', await file('taken.yaml', (text) => text.replace('{ topics', `{ port: ${port}, topics`))]);
    expect(await cli.exit).toBe(3);
    expect(cli.err).toContain(String(port));
    expect(cli.out).toBe('');
    await new Promise((resolve) => server.close(resolve));
  });

  it.skipIf(process.platform !== 'linux')('exit 3 and a sentence when stdout is a file on a full disk', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      const cli = start(['explain', await file('full.yaml')], full);
      expect(await cli.exit).toBe(3);
      expect(cli.err).toMatch(/^error: cannot write the answer to stdout: .*no space.*\n$/);
    } finally {
      closeSync(full);
    }
  });

  it('exit 3 when the folder cannot be written, before anything is started', async () => {
    await writeFile(join(folder, 'in-the-way'), '');
    const cli = start(['run', await file('unwritable.yaml'), '--out', 'in-the-way/result', '--verbose']);
    expect(await cli.exit).toBe(3);
    expect(cli.err).toContain('in-the-way');
    expect(cli.err).not.toContain('gateway on');
  });

  it('Ctrl-C once: drains, writes the result as interrupted, and exits by the verdict', async () => {
    const cli = start(['run', await file('once.yaml'), '--out', 'once']);
    await running('once');
    cli.child.kill('SIGINT');
    expect(await cli.exit, cli.err).toBe(0);
    const result = await readResult(join(folder, 'once', 'result.json'));
    expect(result).toMatchObject({ verdict: 'pass', interrupted: true });
    expect(result.trafficMs).toBeLessThan(60_000);
  });

  it('Ctrl-C twice: exit 130 at once, without a result', async () => {
    const cli = start(['run', await file('twice.yaml'), '--out', 'twice']);
    await running('twice');
    cli.child.kill('SIGINT');
    await waitFor('the first one to be heard', () => cli.err.includes('Ctrl-C again'));
    cli.child.kill('SIGINT');
    expect(await cli.exit, cli.err).toBe(130);
    await expect(readResult(join(folder, 'twice', 'result.json'))).rejects.toMatchObject({ code: 'input.unreadable' });
  });

  it('Ctrl-C while clients connect: ends with a result in which nothing was measured', async () => {
    const slow = (text: string): string => text.replace('count: 3,', 'count: 3, connect: { over: 60s },');
    const cli = start(['run', await file('early.yaml', slow), '--json']);
    await waitFor('its connecting', () => cli.err.includes('connecting'));
    cli.child.kill('SIGINT');
    const exit = await cli.exit;
    const result = resultSchema.parse(JSON.parse(cli.out));
    expect(result).toMatchObject({ interrupted: true, trafficMs: 0 });
    expect(result.reasons.map((reason) => reason.code)).toContain('nothing-measured');
    expect({ fail: 99, invalid: 98, pass: 'never' }[result.verdict]).toBe(exit);
  });
});
