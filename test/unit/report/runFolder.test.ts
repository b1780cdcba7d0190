import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resultJsonSchema, resultJsonSchemaText } from '../../../core/report/jsonSchema.ts';
import { createRunFolder, readResult, writeAtomic } from '../../../core/report/runFolder.ts';
import { sampleFrame, sampleResult } from './sampleResult.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'causeway-folder-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

describe('run folder', () => {
  test('holds what was written, and nothing temporary', async () => {
    const folder = await createRunFolder(join(base, 'a/b'), { scenario: 'name: x\n' });
    folder.frame(sampleFrame());
    folder.event({ atMs: 1, level: 'info', text: 'line one\nline two' });
    await folder.finish(sampleResult());
    expect((await readdir(folder.path)).sort()).toEqual([
      'events.log',
      'frames.jsonl',
      'result.json',
      'result.schema.json',
      'scenario.yaml',
    ]);
    expect(await readResult(join(folder.path, 'result.json'))).toEqual(sampleResult());
    expect((await readFile(join(folder.path, 'events.log'), 'utf8')).split('\n')).toHaveLength(2);
  });

  test('secrets never reach events.log', async () => {
    const folder = await createRunFolder(base);
    folder.event({
      atMs: 0,
      level: 'info',
      text: 'x',
      data: { deep: { password: 'p1', sessionToken: 'p2', secretKey: 'p3' }, port: 1 },
    });
    await folder.close();
    const text = await readFile(join(base, 'events.log'), 'utf8');
    expect(text).not.toMatch(/p[123]/);
    expect(JSON.parse(text).data.port).toBe(1);
  });

  test('an older result is refused, and with force it is gone before the new run ends', async () => {
    await (await createRunFolder(base)).finish(sampleResult());
    await expect(createRunFolder(base)).rejects.toMatchObject({ code: 'folder.occupied', exit: 2 });
    expect(await readResult(join(base, 'result.json'))).toEqual(sampleResult());
    const again = await createRunFolder(base, { force: true });
    await expect(readResult(join(base, 'result.json'))).rejects.toMatchObject({ code: 'input.unreadable' });
    await again.finish(sampleResult({ runId: 'r-2' }));
    expect((await readResult(join(base, 'result.json'))).runId).toBe('r-2');
  });

  test('a folder with other files, but no result, is used as it is', async () => {
    await writeFile(join(base, 'notes.txt'), 'mine');
    const folder = await createRunFolder(base);
    await folder.finish(sampleResult());
    expect(await readFile(join(base, 'notes.txt'), 'utf8')).toBe('mine');
  });

  test.skipIf(process.platform !== 'linux')('a place where nothing can be made is folder.unwritable, at once', async () => {
    await expect(createRunFolder('/proc/causeway/run')).rejects.toMatchObject({ code: 'folder.unwritable' });
  });

  test('a file in the way is folder.unwritable and names the path', async () => {
    await writeFile(join(base, 'f'), '');
    await expect(createRunFolder(join(base, 'f'))).rejects.toMatchObject({
      code: 'folder.unwritable',
      details: { path: join(base, 'f') },
    });
    await mkdir(join(base, 'd/frames.jsonl'), { recursive: true });
    await expect(createRunFolder(join(base, 'd'))).rejects.toMatchObject({ code: 'folder.unwritable' });
  });

  // Permissions do not bind the superuser.
  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a folder without permission is folder.unwritable',
    async () => {
      await mkdir(join(base, 'ro'));
      await chmod(join(base, 'ro'), 0o555);
      await expect(createRunFolder(join(base, 'ro'))).rejects.toMatchObject({ code: 'folder.unwritable' });
    },
  );

  test('a result that breaks its schema is not written', async () => {
    const folder = await createRunFolder(base);
    const broken = { ...sampleResult(), runId: 7 as unknown as string };
    await expect(folder.finish(broken)).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('runId') });
    expect(await readdir(base)).not.toContain('result.json');
  });

  test('close may be called again, also after finish; later lines are dropped', async () => {
    const folder = await createRunFolder(base);
    await folder.finish(sampleResult());
    folder.frame(sampleFrame());
    await folder.close();
    await folder.close();
    expect(await readFile(join(base, 'frames.jsonl'), 'utf8')).toBe('');
  });

  test('an atomic write that fails leaves the old file and no temporary one', async () => {
    await mkdir(join(base, 'target'));
    await writeFile(join(base, 'target/keep'), 'old');
    await expect(writeAtomic(join(base, 'target'), 'new')).rejects.toThrow();
    expect(await readdir(base)).toEqual(['target']);
  });

  test.each([
    ['not JSON', '{'],
    ['another version', JSON.stringify({ ...sampleResult(), schema: 99 })],
    ['something else', '{"a":1}'],
  ])('reading %s is an error of the input', async (_, text) => {
    await writeFile(join(base, 'r.json'), text);
    await expect(readResult(join(base, 'r.json'))).rejects.toMatchObject({ code: 'input.unreadable' });
  });
});

describe('published schema', () => {
  test('docs/result.schema.json is current (after a change: npx vitest run test/unit/report -u)', async () => {
    await expect(resultJsonSchemaText()).toMatchFileSnapshot('../../../docs/result.schema.json');
  });

  test('describes every field of a result', () => {
    const schema = resultJsonSchema() as { properties: Record<string, unknown>; required: string[] };
    expect(Object.keys(schema.properties).sort()).toEqual(Object.keys(sampleResult()).sort());
    expect(schema.required).toContain('verdict');
  });
});
