import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changeCredentialFile, followCredentialFile, readCredentialFile } from '../../../core/credentials/file.ts';
import { Issuer } from '../../../core/credentials/issuer.ts';
import type { CausewayError } from '../../../core/protocol/errors.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { SECRET } from './service.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-credentials-'));
  path = join(folder, 'store.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const options = { create: true, nowMs: 0 };
const add = (accessKeyId: string) =>
  changeCredentialFile(path, options, (book) =>
    new Issuer(book).addAccount({ accessKeyId, secretKey: SECRET, instances: ['one'] }),
  );

describe('a credentials file', () => {
  test('is made with mode 0600, and keeps what is put in', async () => {
    await add('AK');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readCredentialFile(path)).accounts).toMatchObject([{ accessKeyId: 'AK', secretKey: SECRET }]);
  });

  test('changes made at the same time are all kept', async () => {
    await Promise.all(['A1', 'A2', 'A3', 'A4', 'A5'].map(add));
    expect((await readCredentialFile(path)).accounts.map((a) => a.accessKeyId).sort()).toEqual(['A1', 'A2', 'A3', 'A4', 'A5']);
  });

  test('is as it was when a change fails', async () => {
    await add('AK');
    const before = await readFile(path, 'utf8');
    await expect(add('AK')).rejects.toMatchObject({ code: 'input.argument' });
    expect(await readFile(path, 'utf8')).toBe(before);
    await add('AL');
  });

  test('others may not read it', async () => {
    await add('AK');
    await chmod(path, 0o644);
    await expect(readCredentialFile(path)).rejects.toMatchObject({ code: 'credentials.exposed' });
  });

  test('an absent one is an error where none is made', async () => {
    await expect(changeCredentialFile(path, { ...options, create: false }, () => 1)).rejects.toMatchObject({
      code: 'credentials.damaged',
      details: { path, reason: 'there is no such file' },
    });
  });

  test.each([
    ['no JSON', '{"signingKey":"SENSITIVE'],
    ['another shape', '{"causewayCredentials":1,"signingKey":"SENSITIVE","accounts":[],"tokens":[]}'],
    ['an unknown key', `{"causewayCredentials":1,"signingKey":"${'k'.repeat(40)}","accounts":[],"tokens":[],"SENSITIVE":1}`],
  ])('%s is refused, and nothing of the content is repeated', async (_, content) => {
    await writeFile(path, content, { mode: 0o600 });
    const error = (await readCredentialFile(path).catch((e: unknown) => e)) as CausewayError;
    expect(error.code).toBe('credentials.damaged');
    expect(error.message).not.toContain('SENSITIVE');
  });
});

describe('following a file', () => {
  test('a revocation in the file is one in the book, and listeners are told', async () => {
    await add('AK');
    const request = { account: 'AK', actions: 'RW', resources: ['p/#'], ttlMs: 60_000 } as const;
    const { record } = await changeCredentialFile(path, options, (book) => new Issuer(book).issue(request));
    const file = await followCredentialFile(path, { everyMs: 5 });
    try {
      let told = 0;
      file.book.onChange(() => {
        told += 1;
      });
      await changeCredentialFile(path, options, (book) => new Issuer(book).revoke(record.id));
      await waitFor('the change', () => told > 0);
      expect(file.book.tokens.get(record.id)?.revokedAtMs).toBeTypeOf('number');
    } finally {
      await file.close();
    }
  });

  test('a change that cannot be read is told, and the former content stays in force', async () => {
    await add('AK');
    const problems: CausewayError[] = [];
    const file = await followCredentialFile(path, { everyMs: 5, onProblem: (error) => problems.push(error) });
    try {
      await writeFile(path, 'damaged');
      await waitFor('the problem', () => problems.length > 0);
      expect(problems[0]?.code).toBe('credentials.damaged');
      expect(file.book.accounts.has('AK')).toBe(true);
    } finally {
      await file.close();
      await file.close();
    }
  });
});
