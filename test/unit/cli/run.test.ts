import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../cli/program.ts';
import type { RunOptions } from '../../../cli/services.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';
import type { RunResult } from '../../../core/protocol/result.ts';
import type { Run } from '../../../core/run/runner.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { sampleFrame, sampleResult } from '../report/sampleResult.ts';
import { type FakeHost, fakeHost, sampleLoaded } from './fakeHost.ts';

const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const made of hosts.splice(0)) await made.remove();
});

interface FakeRun {
  readonly host: FakeHost;
  readonly calls: string[];
  readonly options: () => RunOptions;
  finish(result: RunResult): void;
  fail(error: Error): void;
}

function withRun(argv: readonly string[], parameters: Parameters<typeof fakeHost>[1] & { scenarioHost?: string } = {}): FakeRun {
  let seen: RunOptions | undefined;
  const calls: string[] = [];
  let finish!: (result: RunResult) => void;
  let fail!: (error: Error) => void;
  const done = new Promise<RunResult>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  // The test may fail the run before anybody awaits it.
  done.catch(() => undefined);
  const gateway = { profile: 'strict', host: parameters.scenarioHost ?? '127.0.0.1', port: 0, topics: [], limits: {} } as const;
  const host = fakeHost(argv, {
    ...parameters,
    services: {
      loadScenario: async (path) => sampleLoaded({ path }, { gateway }),
      startRun: async (options): Promise<Run> => {
        seen = options;
        calls.push('start');
        return {
          done,
          stop: () => void calls.push('stop'),
          pause: () => false,
          resume: () => false,
          inject: () => false,
          fleet: undefined,
          command: () => undefined,
          abort: async () => void calls.push('abort'),
        };
      },
    },
  });
  hosts.push(host);
  return { host, calls, options: () => seen!, finish, fail };
}

describe('exit code and output of a run', () => {
  test.each([
    ['pass', 0],
    ['fail', 99],
    ['invalid', 98],
  ] as const)('verdict %s ends with %i', async (verdict, exit) => {
    const run = withRun(['run', 's.yaml']);
    run.finish(sampleResult({ verdict }));
    expect(await runCli(run.host)).toBe(exit);
    expect(run.host.out()).toContain(verdict.toUpperCase());
    expect(run.host.signalled()).toBe(0);
  });

  test('an infrastructure error ends with 3 and its hint', async () => {
    const run = withRun(['run', 's.yaml', '--json']);
    run.fail(new CausewayError('port.taken', { port: 1883, host: '127.0.0.1', option: 'gateway.port' }));
    expect(await runCli(run.host)).toBe(3);
    expect(run.host.err()).toContain('port 1883 on 127.0.0.1 is already in use');
    expect(JSON.parse(run.host.out()).error.code).toBe('port.taken');
  });

  test('--json prints the result and nothing else on stdout', async () => {
    const run = withRun(['run', 's.yaml', '--json']);
    const result = sampleResult();
    run.finish(result);
    await runCli(run.host);
    expect(JSON.parse(run.host.out())).toEqual(result);
  });

  test('--threads reaches the runner', async () => {
    const run = withRun(['run', 's.yaml', '--threads', '3']);
    run.finish(sampleResult());
    await runCli(run.host);
    expect(run.options().threads).toBe(3);
  });

  test('a gateway that other machines can reach must be confirmed', async () => {
    const refused = withRun(['run', 's.yaml'], { scenarioHost: '0.0.0.0' });
    expect(await runCli(refused.host)).toBe(2);
    expect(refused.calls).toEqual([]);
    const confirmed = withRun(['run', 's.yaml', '--allow-network'], { scenarioHost: '0.0.0.0' });
    confirmed.finish(sampleResult());
    expect(await runCli(confirmed.host)).toBe(0);
  });

  test('a shipped scenario is found by its bare name, an own file of that name comes first', async () => {
    const run = withRun(['run', 'fleet']);
    await mkdir(run.host.shippedScenarios);
    await writeFile(join(run.host.shippedScenarios, 'fleet.yaml'), 'causeway: 1\n');
    run.finish(sampleResult());
    await runCli(run.host);
    expect(run.options().loaded.path).toBe(join(run.host.shippedScenarios, 'fleet.yaml'));
    const own = withRun(['run', 'fleet']);
    await writeFile(own.host.path('fleet'), 'causeway: 1\n');
    own.finish(sampleResult());
    await runCli(own.host);
    expect(own.options().loaded.path).toBe(own.host.path('fleet'));
  });
});

describe('what goes wrong around a run', () => {
  test('a name that is nearly that of a shipped scenario: it says which', async () => {
    const host = fakeHost(['run', 'flet'], {
      services: {
        loadScenario: async (path) => {
          throw new CausewayError('input.unreadable', { path, reason: 'there is no such file' });
        },
      },
    });
    hosts.push(host);
    await mkdir(host.shippedScenarios);
    await writeFile(join(host.shippedScenarios, 'fleet.yaml'), '');
    expect(await runCli(host)).toBe(2);
    expect(host.err()).toContain('did you mean fleet?');
  });

  test.each([[[]], [['--json']]])('a result that cannot be kept is shown all the same, then the error (%j)', async (json) => {
    const run = withRun(['run', 's.yaml', '--out', 'kept', ...json]);
    const exit = runCli(run.host);
    await waitFor('the run', () => run.calls.includes('start'));
    // A folder in the place of the file, since a test cannot fill the disk.
    await mkdir(join(run.host.path('kept'), 'result.json'));
    run.finish(sampleResult());
    expect(await exit).toBe(3);
    expect(run.host.err()).toMatch(/error: cannot write to/);
    if (json.length === 0) expect(run.host.out()).toContain('PASS');
    else expect(JSON.parse(run.host.out())).toEqual(sampleResult());
  });
});

describe('progress', () => {
  test('off a terminal: one plain line per state, without control characters', async () => {
    const run = withRun(['run', 's.yaml']);
    const exit = runCli(run.host);
    await waitFor('the run', () => run.calls.includes('start'));
    for (let i = 1; i <= 40; i += 1) run.options().onFrame(sampleFrame({ atMs: i * 250 }));
    run.finish(sampleResult());
    expect(await exit).toBe(0);
    const lines = run.host
      .err()
      .split('\n')
      .filter((line) => line.includes(' of 30.0 s'));
    expect(lines).toHaveLength(1);
    expect(run.host.err()).not.toContain('\x1b');
    expect(run.host.err()).not.toContain('\r');
  });

  test('on a terminal: one line, rewritten in place, with rates, p99 and faults, within the width', async () => {
    const run = withRun(['run', 's.yaml', '--no-color'], { tty: true, columns: 100 });
    const exit = runCli(run.host);
    await waitFor('the run', () => run.calls.includes('start'));
    for (let i = 1; i <= 8; i += 1) run.options().onFrame(sampleFrame({ atMs: i * 250, mappingFailed: i === 8 ? 2 : 0 }));
    const shown = run.host.err().split('\r\x1b[2K').at(-1)!;
    expect(shown).toContain('up 1,000/s');
    expect(shown).toContain('down 200/s');
    expect(shown).toContain('p99 4.00 ms');
    expect(shown).toContain('FAIL so far');
    expect(shown.length).toBeLessThan(100);
    expect(run.host.err()).not.toContain('\n');
    run.finish(sampleResult());
    await exit;
    expect(run.host.err().split('\r\x1b[2K').at(-1)).toMatch(/^nothing was kept.*\n$/);
  });

  test('--quiet leaves only errors', async () => {
    const run = withRun(['run', 's.yaml', '--quiet']);
    const exit = runCli(run.host);
    await waitFor('the run', () => run.calls.includes('start'));
    run.options().onFrame(sampleFrame());
    run.options().onEvent({ atMs: 0, level: 'warn', text: 'a warning' });
    run.options().onEvent({ atMs: 0, level: 'error', text: 'an error' });
    run.finish(sampleResult());
    await exit;
    expect(run.host.err()).toBe('error: an error (at 0.0 s)\n');
  });

  test('events: hostile text is escaped, info only with --verbose, a flood of warnings is counted', async () => {
    const run = withRun(['run', 's.yaml', '--verbose']);
    const exit = runCli(run.host);
    await waitFor('the run', () => run.calls.includes('start'));
    run.options().onEvent({ atMs: 1500, level: 'info', text: 'gateway on 127.0.0.1:4711' });
    for (let i = 0; i < 50; i += 1) run.options().onEvent({ atMs: 0, level: 'warn', text: `refused \x1b]0;owned\x07 ${i}` });
    run.finish(sampleResult());
    await exit;
    expect(run.host.err()).toContain('info: gateway on 127.0.0.1:4711 (at 1.5 s)');
    expect(run.host.err()).toContain('refused \\x1b]0;owned\\x07 0');
    expect(run.host.err()).toContain('30 more warnings');
    expect(run.host.err()).not.toContain('\x1b');
  });
});

describe('Ctrl-C', () => {
  test('once: drains, and the result is still written and judged', async () => {
    const run = withRun(['run', 's.yaml', '--out', 'r']);
    const exit = runCli(run.host);
    await waitFor('the run', () => run.calls.includes('start'));
    run.host.signal();
    await waitFor('the stop', () => run.calls.includes('stop'));
    run.finish(sampleResult({ interrupted: true, trafficMs: 7000 }));
    expect(await exit).toBe(0);
    expect(run.calls).toEqual(['start', 'stop']);
    expect(run.host.out()).toContain('interrupted');
    expect(existsSync(run.host.path('r/result.json'))).toBe(true);
  });

  test('twice: ends at once with 130 and without a result', async () => {
    const run = withRun(['run', 's.yaml', '--out', 'r']);
    const exit = runCli(run.host);
    await waitFor('the run', () => run.calls.includes('start'));
    run.host.signal();
    run.host.signal();
    expect(await exit).toBe(130);
    expect(run.calls.at(-1)).toBe('abort');
    expect(run.host.out()).toBe('');
    expect(existsSync(run.host.path('r/result.json'))).toBe(false);
    expect(run.host.signalled()).toBe(0);
  });
});

describe('run folder', () => {
  test('keeps scenario, frames, events and result', async () => {
    const run = withRun(['run', 's.yaml', '--out', 'runs/one']);
    await writeFile(run.host.path('s.yaml'), '# my comment\ncauseway: 1\n');
    const exit = runCli(run.host);
    await waitFor('the run', () => run.calls.includes('start'));
    run.options().onFrame(sampleFrame({ atMs: 250 }));
    run.options().onFrame(sampleFrame({ atMs: 500 }));
    run.options().onEvent({ atMs: 3, level: 'info', text: 'phase', data: { password: 'hunter2' } });
    run.finish(sampleResult());
    expect(await exit).toBe(0);
    const read = (name: string) => readFile(run.host.path(`runs/one/${name}`), 'utf8');
    expect(await read('scenario.yaml')).toBe('# my comment\ncauseway: 1\n');
    expect(
      (await read('frames.jsonl'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).atMs),
    ).toEqual([250, 500]);
    expect(JSON.parse(await read('events.log'))).toMatchObject({ text: 'phase' });
    expect(await read('events.log')).not.toContain('hunter2');
    expect(JSON.parse(await read('result.json'))).toEqual(sampleResult());
    expect(run.host.out()).toContain('runs/one');
  });

  test('an older result is not overwritten without --force, and nothing is started', async () => {
    const first = withRun(['run', 's.yaml', '--out', 'r']);
    await mkdir(first.host.path('r'));
    await writeFile(first.host.path('r/result.json'), '{}');
    expect(await runCli(first.host)).toBe(2);
    expect(first.calls).toEqual([]);
    expect(first.host.err()).toContain('--force');
    const forced = withRun(['run', 's.yaml', '--out', first.host.path('r'), '--force']);
    forced.finish(sampleResult());
    expect(await runCli(forced.host)).toBe(0);
  });

  test('an unwritable folder is known before the run', async () => {
    const run = withRun(['run', 's.yaml', '--out', 'file/below']);
    await writeFile(run.host.path('file'), '');
    expect(await runCli(run.host)).toBe(3);
    expect(run.calls).toEqual([]);
    expect(run.host.err()).toContain('cannot write to');
  });

  test('a run that fails leaves its error in events.log', async () => {
    const run = withRun(['run', 's.yaml', '--out', 'r']);
    run.fail(new Error('thread died'));
    expect(await runCli(run.host)).toBe(3);
    expect(await readFile(run.host.path('r/events.log'), 'utf8')).toContain('thread died');
  });
});
