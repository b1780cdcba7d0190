import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CausewayError } from '../../../core/protocol/errors.ts';
import { loadScenario, type ScenarioFs } from '../../../core/scenario/loader.ts';
import { changed, load, positionOf, problemsOf, SAMPLE } from './sample.ts';

async function failure(promise: Promise<unknown>): Promise<CausewayError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CausewayError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('files that cannot be read', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scenario-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const withContent = async (content: string | Uint8Array): Promise<string> => {
    const path = join(folder, 's.yaml');
    await writeFile(path, content);
    return path;
  };

  test('a good file is loaded, with the hash of its bytes', async () => {
    const path = await withContent(`\uFEFF${SAMPLE}`);
    const loaded = await loadScenario(path);
    expect(loaded.path).toBe(path);
    expect(loaded.scenario.name).toBe('Sample');
    expect(loaded.sha256).not.toBe(load(SAMPLE).sha256);
  });

  test('not there', async () => {
    const error = await failure(loadScenario(join(folder, 'none.yaml')));
    expect(error.code).toBe('input.unreadable');
    expect(error.message).toMatch(/no such file/);
  });

  test('a folder', async () => {
    const error = await failure(loadScenario(folder));
    expect(error.code).toBe('input.unreadable');
    expect(error.message).toMatch(/folder/);
  });

  test('binary', async () => {
    for (const bytes of [Uint8Array.of(0xff, 0xfe, 0x00, 0x01), Uint8Array.of(0x61, 0x00, 0x62)]) {
      const error = await failure(loadScenario(await withContent(bytes)));
      expect(error.code).toBe('input.unreadable');
      expect(error.message).toMatch(/not a text file/);
    }
  });

  test('empty, and nothing but comments', async () => {
    for (const content of ['', '# later\n', '---\n']) {
      const error = await failure(loadScenario(await withContent(content)));
      expect(error.code).toBe('input.invalid');
      expect(error.problems).toHaveLength(1);
      expect(error.problems[0]).toMatchObject({ line: 1, column: 1 });
    }
  });

  test('too large: refused before it is read', async () => {
    let read = false;
    const fs: ScenarioFs = {
      stat: async () => ({ size: 10_000_000, isFile: () => true, isDirectory: () => false }),
      readFile: async () => {
        read = true;
        return new Uint8Array();
      },
    };
    const error = await failure(loadScenario('big.yaml', { fs }));
    expect(error.code).toBe('input.unreadable');
    expect(error.message).toMatch(/10000000 bytes.*1048576/);
    expect(read).toBe(false);
  });

  test('a device or a pipe, and a file that grew', async () => {
    const pipe: ScenarioFs = {
      stat: async () => ({ size: 0, isFile: () => false, isDirectory: () => false }),
      readFile: async () => new Uint8Array(),
    };
    expect((await failure(loadScenario('pipe', { fs: pipe }))).message).toMatch(/not a regular file/);
    const grown: ScenarioFs = {
      stat: async () => ({ size: 10, isFile: () => true, isDirectory: () => false }),
      readFile: async () => new Uint8Array(1_048_577).fill(0x20),
    };
    expect((await failure(loadScenario('grown', { fs: grown }))).code).toBe('input.unreadable');
  });

  test('any other reason is told', async () => {
    const fs: ScenarioFs = {
      stat: () => Promise.reject(Object.assign(new Error('EACCES: whatever'), { code: 'EACCES' })),
      readFile: async () => new Uint8Array(),
    };
    expect((await failure(loadScenario('secret.yaml', { fs }))).details).toMatchObject({ reason: 'permission denied' });
  });
});

describe('texts that are no YAML', () => {
  const at = (text: string) => {
    const problem = problemsOf(text)[0]!;
    return { line: problem.line, column: problem.column, message: problem.message };
  };

  test('a tab as indentation', () => {
    const text = changed('  profile: strict', '\tprofile: strict');
    expect(at(text)).toMatchObject({ line: 5, message: expect.stringMatching(/tab/) });
  });

  test('a bracket that is not closed', () => {
    expect(at(changed('topics: [up]', 'topics: [up')).message).toMatch(/not valid YAML/);
  });

  test('a key that stands twice points at the second', () => {
    const text = changed('name: Sample', 'name: Sample\nname: Another');
    expect(at(text)).toMatchObject({
      ...positionOf(text, 'name: Another'),
      message: expect.stringMatching(/duplicate key "name".*line 2/),
    });
  });

  test('two documents, a custom tag, an unknown alias', () => {
    expect(at(`${SAMPLE}---\na: 1\n`).message).toMatch(/more than one document/);
    expect(at(changed('name: Sample', 'name: !!js/function "x"')).message).toMatch(/tag/i);
    expect(at(changed('name: Sample', 'name: *unknown')).message).toMatch(/alias/i);
  });

  test('a list, a word, a number', () => {
    for (const text of ['- a\n- b\n', 'hello\n', '42\n'])
      expect(at(text)).toMatchObject({ line: 1, column: 1, message: expect.stringMatching(/map of keys/) });
  });

  test('an alias bomb is a problem, not a crash', () => {
    const rows = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i += 1) {
      const [name, before] = ['abcdefghi'[i], 'abcdefghi'[i - 1]];
      rows.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
    }
    expect(at(`${rows.join('\n')}\n`).message).toMatch(/aliases/);
  });

  test('an alias to itself is a problem, not an endless loop', () => {
    expect(problemsOf('causeway: 1\nname: x\ngateway: &g\n  topics: *g\n').length).toBeGreaterThan(0);
  });

  test('deep nesting is a problem, not a crash', () => {
    for (const text of ['['.repeat(50_000), `a: ${'['.repeat(200)}${']'.repeat(200)}`, `${'{a: '.repeat(20_000)}`]) {
      expect(problemsOf(text).length).toBeGreaterThan(0);
      expect(
        problemsOf(text)
          .map((p) => p.message)
          .join(),
      ).not.toContain('call stack');
    }
    expect(problemsOf(`a: ${'['.repeat(100_000)}${']'.repeat(100_000)}`)[0]?.message).toMatch(/nested too deeply/);
  });

  test('what would keep or kill the parser is refused before it is parsed', () => {
    const size = 900_000;
    const filled = (part: string): string => part.repeat(size / part.length);
    for (const text of [filled('['), filled('[\n'), filled('{a: '), filled('- '), filled('? '), filled('[{\n')])
      expect(at(text)).toMatchObject({ line: expect.any(Number), message: expect.stringMatching(/nested too deeply/) });
    for (const text of [filled('- 1\n'), filled('?\n'), filled('&a '), `a: [${filled('1,')}]`])
      expect(at(text).message).toMatch(/more than \d+ words/);
    expect(at(filled(']')).message).toMatch(/not valid YAML/);
    // Where the bound was crossed.
    expect(at(`${SAMPLE}\ndeep: ${'['.repeat(100)}`).line).toBe(SAMPLE.split('\n').length + 1);
    // Text is text, whatever it consists of.
    const quoted = SAMPLE.replace('name: Sample', `name: Sample\ndescription: ${JSON.stringify('['.repeat(900))}`);
    expect(load(quoted).scenario.description).toBe('['.repeat(900));
  });

  test('a key that would reach the prototype is refused', () => {
    expect(problemsOf(`${SAMPLE}__proto__: { polluted: true }\n`)[0]?.message).toMatch(/__proto__/);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('aliases are allowed, and positions go through them', () => {
    const text = SAMPLE.replace('schedule: { every: 1s, jitter: 10% }', 'schedule: &often { every: 1s, jitter: 10% }').replace(
      'schedule: { every: 2s }',
      'schedule: *often',
    );
    const command = load(text).scenario.services[0]?.commands.find((c) => c.name === 'district');
    expect(command?.schedule).toEqual({ kind: 'periodic', everyMs: 1000, jitter: 0.1 });
  });
});
