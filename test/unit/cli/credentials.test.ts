import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../cli/program.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';
import { type FakeHost, fakeHost } from './fakeHost.ts';

let files: FakeHost;
beforeEach(() => {
  files = fakeHost([]);
});
afterEach(() => files.remove());

/** One call of the program, on the same folder as the calls before. */
async function causeway(argv: readonly string[], env: Record<string, string> = {}) {
  const host = fakeHost([...argv, '--credentials', 'store.json'], { env });
  try {
    const code = await runCli({ ...host, path: (file) => join(files.folder, file) });
    return { code, out: host.out(), err: host.err() };
  } finally {
    await host.remove();
  }
}
const store = () => readFile(join(files.folder, 'store.json'), 'utf8');

describe('causeway account', () => {
  test('add makes the file, and shows a made-up secret once', async () => {
    const { code, out } = await causeway(['account', 'add', '--instance', 'one', '--instance', 'two', '--json']);
    expect(code).toBe(0);
    const made = JSON.parse(out) as { accessKeyId: string; secretKey: string; instances: string[] };
    expect(made.instances).toEqual(['one', 'two']);
    expect(await store()).toContain(made.secretKey);
    expect((await stat(join(files.folder, 'store.json'))).mode & 0o777).toBe(0o600);
    const list = await causeway(['account', 'list', '--json']);
    expect(JSON.parse(list.out)).toMatchObject([{ accessKeyId: made.accessKeyId, instances: ['one', 'two'] }]);
    expect(list.out).not.toContain(made.secretKey);
  });

  test('a secret from the environment is taken and not repeated', async () => {
    const secret = 'given-by-the-environment';
    const { out, err } = await causeway(['account', 'add', '--id', 'fleet'], { CAUSEWAY_SECRET_KEY: secret });
    expect(out).toContain('fleet');
    expect(out + err).not.toContain(secret);
    expect(await store()).toContain(secret);
  });

  test('remove takes it away; a second time is an error', async () => {
    await causeway(['account', 'add', '--id', 'fleet']);
    expect((await causeway(['account', 'remove', 'fleet'])).code).toBe(0);
    expect((await causeway(['account', 'list'])).out).toBe('no accounts\n');
    const again = await causeway(['account', 'remove', 'fleet', '--json']);
    expect(again.code).toBe(2);
    expect(JSON.parse(again.out)).toMatchObject({ error: { code: 'credentials.unknown' } });
  });

  test('without a file there is nothing to list', async () => {
    const { code, err } = await causeway(['account', 'list']);
    expect(code).toBe(2);
    expect(err).toContain('there is no such file');
  });
});

describe('causeway token', () => {
  beforeEach(async () => {
    await causeway(['account', 'add', '--id', 'fleet']);
  });
  const issue = (...more: string[]) => causeway(['token', 'issue', '--account', 'fleet', ...more]);

  test('issue prints the token alone on stdout; list and revoke go by its ID', async () => {
    const { out, err } = await issue('--resource', 'demo/#', '--actions', 'W', '--ttl', '10m');
    expect(out).toMatch(/^[\w-]+\.[\w-]+\n$/);
    expect(err).not.toContain(out.trim());
    const listed = await causeway(['token', 'list', '--json']);
    const [token] = JSON.parse(listed.out) as { id: string; actions: string; expiresAtMs: number; issuedAtMs: number }[];
    expect(token).toMatchObject({ actions: 'W', account: 'fleet', instance: 'default', resources: ['demo/#'] });
    expect(token!.expiresAtMs - token!.issuedAtMs).toBe(600_000);
    expect(listed.out).not.toContain(out.trim());
    expect(await store()).not.toContain(out.trim());
    expect((await causeway(['token', 'revoke', token!.id])).code).toBe(0);
    expect((await causeway(['token', 'list'])).out).toMatch(new RegExp(`${token!.id} +revoked`));
  });

  test.each([
    [[], '--resource'],
    [['--resource', 'a/#/b'], 'a/#/b'],
    [['--resource', 'a', '--ttl', '10'], '10'],
    [['--resource', 'a', '--actions', 'X'], 'X'],
    [['--resource', 'a', '--mq'], '--mq'],
    [['--resource', 'a', '--instance', 'other'], 'other'],
  ])('%j is bad input, and the error names it', async (more, named) => {
    const { code, err } = await issue(...more);
    expect(code).toBe(2);
    expect(err).toContain(named);
  });

  test('temporary credentials for the MQ port come as variables', async () => {
    const { out } = await issue('--mq');
    expect(out).toMatch(/^CAUSEWAY_ACCESS_KEY_ID=STS\.\w+\nCAUSEWAY_SECRET_KEY=\S+\nCAUSEWAY_SESSION_TOKEN=\S+\n$/);
  });

  test('a token that is not there cannot be revoked', async () => {
    expect((await causeway(['token', 'revoke', 'none'])).code).toBe(2);
  });
});

describe('causeway mq with credentials', () => {
  const connectMq = async (connection: object): Promise<never> => {
    throw new CausewayError('connect.failed', { address: JSON.stringify(connection), reason: 'test' });
  };
  const mq = async (env: Record<string, string>) => {
    const host = fakeHost(['mq', 'topics', '--json'], { env, services: { connectMq } });
    const code = await runCli(host);
    await host.remove();
    return { code, error: (JSON.parse(host.out()) as { error: { code: string; message: string } }).error };
  };

  test('keys and session token come from the environment', async () => {
    const env = { CAUSEWAY_ACCESS_KEY_ID: 'A', CAUSEWAY_SECRET_KEY: 'S', CAUSEWAY_SESSION_TOKEN: 'T' };
    expect((await mq(env)).error.message).toContain('{"accessKeyId":"A","secretKey":"S","sessionToken":"T"}');
    expect((await mq({})).error.message).not.toContain('credentials');
  });
  test('half a pair is bad input', async () => {
    expect(await mq({ CAUSEWAY_ACCESS_KEY_ID: 'A' })).toMatchObject({ code: 2, error: { code: 'input.argument' } });
  });
});
