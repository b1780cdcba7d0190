import { afterEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../cli/program.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';
import { type FakeHost, fakeHost, sampleLoaded } from './fakeHost.ts';

const hosts: FakeHost[] = [];
const host = (...parameters: Parameters<typeof fakeHost>): FakeHost => {
  const made = fakeHost(...parameters);
  hosts.push(made);
  return made;
};
afterEach(async () => {
  for (const made of hosts.splice(0)) await made.remove();
});

describe('help and version', () => {
  test('--version prints the version alone', async () => {
    const h = host(['--version']);
    expect(await runCli(h)).toBe(0);
    expect(h.out()).toBe('1.2.3\n');
  });

  test('--help names every command and every exit code', async () => {
    const h = host(['--help']);
    expect(await runCli(h)).toBe(0);
    for (const word of ['list', 'explain', 'validate', 'run', 'gateway', 'mq', '98', '99', '130'])
      expect(h.out()).toContain(word);
    expect(h.err()).toBe('');
  });

  test.each([
    [['--help']],
    [['run', '--help']],
    [['explain', '--help']],
    [['validate', '--help']],
    [['list', '--help']],
    [['gateway', '--help']],
    [['mq', '--help']],
    [['mq', 'tail', '--help']],
    [['mq', 'send', '--help']],
    [['help', 'run']],
  ])('%j shows examples, in 80 columns', async (argv) => {
    const h = host(argv);
    expect(await runCli(h)).toBe(0);
    expect(h.out()).toMatch(/(Examples|Start here):\n {2}\S/);
    for (const line of h.out().split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(h.err()).toBe('');
  });

  test.each([[[]], [['mq']]])('%j without a command shows the help on stderr and is an error', async (argv) => {
    const h = host(argv);
    expect(await runCli(h)).toBe(2);
    expect(h.err()).toContain('Usage: causeway');
    expect(h.out()).toBe('');
  });
});

describe('wrong arguments', () => {
  test.each([
    [['rnu', 'x.yaml'], /unknown command 'rnu'[\s\S]*did you mean run\?/],
    [['run', 'x.yaml', '--duraton', '5s'], /unknown option '--duraton'[\s\S]*did you mean --duration\?/],
    [['run'], /missing required argument 'file'/],
    [['run', 'a', 'b'], /too many arguments/],
    [['run', 'x', '--duration', '5'], /expected a duration such as/],
    [['run', 'x', '--scale', '-1'], /expected a number above 0/],
    [['run', 'x', '--scale', ''], /expected a number above 0/],
    [['run', 'x', '--seed', '1.5'], /whole number from 0/],
    [['run', 'x', '--threads', '0'], /whole number from 1/],
    [['run', 'x', '--set', 'novalue'], /expected path=value/],
    [['gateway', '--port', '70000'], /whole number from 0 to 65535/],
    [['gateway', '--profile', 'loose'], /strict, lenient/],
    [['gateway', '--topic', 'a/b'], /parent topic/],
    [['gateway', '--topic', '$SYS'], /parent topic/],
    [['gateway', '--topic', 'a:sideways'], /name:up/],
    [['gateway', '--topic', 'a', '--topic', 'a:up'], /each topic once/],
    [['mq', 'tial', 't'], /unknown command 'tial'[\s\S]*did you mean tail\?/],
    [['mq', 'xyz'], /unknown command 'xyz'\nhint: see causeway mq --help\n/],
    [['xyz'], /unknown command 'xyz'\nhint: see causeway --help\n/],
    [['mq', 'tail', 't', '--mq', 'nowhere'], /expected host:port/],
    [['mq', 'send', 't', '--property', 'x'], /expected key=value/],
  ])('%j ends with 2 and says what would be right', async (argv, message) => {
    const h = host(argv as string[]);
    expect(await runCli(h)).toBe(2);
    expect(h.err()).toMatch(message as RegExp);
    expect(h.err()).toMatch(/^error: /);
    expect(h.err()).toContain('hint: ');
    expect(h.err()).not.toContain('    at ');
    expect(h.out()).toBe('');
  });

  test('with --json the error is JSON on stdout as well', async () => {
    const h = host(['run', '--json', '--nonsense']);
    expect(await runCli(h)).toBe(2);
    expect(JSON.parse(h.out()).error).toMatchObject({ code: 'input.argument', exit: 2, problems: [] });
  });
});

describe('errors', () => {
  const problems = [
    { path: 'bad.yaml', line: 3, column: 5, message: 'unknown key: populatons', suggestion: 'populations' },
    { path: 'bad.yaml', line: 9, column: 12, message: 'qos must be 0, 1 or 2, not 3' },
  ];
  const bad = {
    loadScenario: async () => Promise.reject(new CausewayError('input.invalid', { path: 'bad.yaml', count: 2 }, { problems })),
  };

  test.each(['validate', 'explain', 'run'])(
    '%s lists every problem of a file with its place and ends with 2',
    async (command) => {
      const h = host([command, 'bad.yaml'], { services: bad });
      expect(await runCli(h)).toBe(2);
      expect(h.err()).toContain('  bad.yaml:3:5  unknown key: populatons (did you mean populations?)\n');
      expect(h.err()).toContain('  bad.yaml:9:12  qos must be 0, 1 or 2, not 3\n');
    },
  );

  test('the problems are in the JSON error', async () => {
    const h = host(['validate', 'bad.yaml', '--json'], { services: bad });
    expect(await runCli(h)).toBe(2);
    expect(JSON.parse(h.out()).error).toMatchObject({ code: 'input.invalid', problems });
  });

  test('a stack trace is shown only with CAUSEWAY_DEBUG=1', async () => {
    const services = { loadScenario: async () => Promise.reject(new TypeError('x is not a function')) };
    const quiet = host(['validate', 'a.yaml'], { services });
    expect(await runCli(quiet)).toBe(3);
    expect(quiet.err()).toContain('x is not a function');
    expect(quiet.err()).not.toContain('    at ');
    const loud = host(['validate', 'a.yaml'], { services, env: { CAUSEWAY_DEBUG: '1' } });
    expect(await runCli(loud)).toBe(3);
    expect(loud.err()).toContain('    at ');
  });

  test('escape sequences in a message never reach the terminal', async () => {
    const services = {
      loadScenario: async () => Promise.reject(new CausewayError('input.unreadable', { path: 'a\x1b[2J', reason: '\x07bell' })),
    };
    const h = host(['validate', 'a'], { services });
    await runCli(h);
    expect(h.err()).toContain('a\\x1b[2J');
    expect(h.err()).toContain('\\x07bell');
    expect(h.err()).not.toContain('\x1b');
  });
});

describe('validate, explain and their options', () => {
  test('options reach the loader', async () => {
    let seen: unknown;
    const services = {
      loadScenario: async (path: string, options: unknown) => {
        seen = { path, options };
        return sampleLoaded();
      },
    };
    const h = host(
      ['validate', 's.yaml', '--duration', '10s', '--scale', '0.5', '--seed', '7', '--set', 'a.b=1', '--set', 'c=x=y'],
      {
        services,
      },
    );
    expect(await runCli(h)).toBe(0);
    expect(seen).toEqual({
      path: h.path('s.yaml'),
      options: {
        durationMs: 10_000,
        scale: 0.5,
        seed: 7,
        overrides: [
          { path: 'a.b', value: '1' },
          { path: 'c', value: 'x=y' },
        ],
      },
    });
    expect(h.out()).toContain('is valid');
  });

  test('warnings go to stderr, the answer to stdout', async () => {
    const warnings = [{ path: 's.yaml', line: 2, column: 1, message: 'leaves this machine' }];
    const h = host(['validate', 's.yaml', '--json'], { services: { loadScenario: async () => sampleLoaded({ warnings }) } });
    expect(await runCli(h)).toBe(0);
    expect(h.err()).toContain('s.yaml:2:1  leaves this machine');
    expect(JSON.parse(h.out())).toMatchObject({ valid: true, clients: 20, warnings });
  });

  test('explain prints the text, or the data with --json', async () => {
    const services = {
      loadScenario: async () => sampleLoaded(),
      explain: async () => ({ data: { clients: 20 }, text: '20 clients' }),
    };
    const text = host(['explain', 's.yaml'], { services });
    expect(await runCli(text)).toBe(0);
    expect(text.out()).toBe('20 clients\n');
    const json = host(['explain', 's.yaml', '--json'], { services });
    expect(await runCli(json)).toBe(0);
    expect(JSON.parse(json.out())).toEqual({ clients: 20 });
  });
});
