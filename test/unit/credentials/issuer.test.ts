import { describe, expect, test } from 'vitest';
import { CredentialBook } from '../../../core/credentials/book.ts';
import { Issuer } from '../../../core/credentials/issuer.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';
import { SECRET, service } from './service.ts';

function errorOf(work: () => unknown): CausewayError {
  try {
    work();
  } catch (error) {
    if (error instanceof CausewayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('accounts', () => {
  test('are listed without their secrets', () => {
    const { issuer } = service();
    expect(issuer.accounts().map((account) => account.accessKeyId)).toEqual(['AK', 'OTHER']);
    expect(JSON.stringify(issuer.accounts())).not.toContain(SECRET);
  });
  test.each([
    [{ accessKeyId: 'AK', instances: ['one'] }, 'AK'],
    [{ accessKeyId: 'A|B', instances: ['one'] }, 'A|B'],
    [{ accessKeyId: 'x'.repeat(65), instances: ['one'] }, 'x'],
    [{ instances: [] }, 'none'],
    [{ instances: ['a b'] }, 'a b'],
  ])('%j is refused, and the error names the value', (request, value) => {
    const error = errorOf(() => service().issuer.addAccount(request));
    expect(error.code).toBe('input.argument');
    expect(error.message).toContain(value);
  });
  test('a secret that is too short is refused without being repeated', () => {
    const error = errorOf(() => service().issuer.addAccount({ secretKey: 'tooshort', instances: ['one'] }));
    expect(error.code).toBe('input.argument');
    expect(error.message + JSON.stringify(error.details)).not.toContain('tooshort');
  });
  test('made-up IDs and secrets differ', () => {
    const { issuer } = service();
    const [a, b] = [issuer.addAccount({ instances: ['one'] }), issuer.addAccount({ instances: ['one'] })];
    expect(a.accessKeyId).not.toBe(b.accessKeyId);
    expect(a.secretKey).not.toBe(b.secretKey);
  });
});

describe('tokens', () => {
  test('100 resources are accepted, 101 refused', () => {
    const s = service();
    const filters = Array.from({ length: 101 }, (_, i) => `p/${i}/#`);
    expect(s.tokenLogin(`RW|${s.token({ resources: filters.slice(0, 100) })}`).grant).toBeDefined();
    const error = errorOf(() => s.token({ resources: filters }));
    expect(error.code).toBe('input.argument');
    expect(error.message).toContain('101');
  });
  test('two tokens of 100 long resources fit in one password', () => {
    const s = service();
    const resources = Array.from({ length: 100 }, (_, i) => `p/${'x'.repeat(160)}/${i}`);
    const password = `R|${s.token({ actions: 'R', resources })}|W|${s.token({ actions: 'W', resources })}`;
    expect(Buffer.byteLength(password)).toBeLessThan(65_535);
    expect(s.tokenLogin(password).grant?.type).toBe('RW');
  });
  test.each(['', 'a+', '#/a', 'a#', '$SYS/#', 'a\0b', 'x'.repeat(257)])('resource %j is refused', (resource) => {
    expect(errorOf(() => service().token({ resources: [resource] })).code).toBe('input.argument');
  });
  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 400 * 24 * 3_600_000])(
    'a time to live of %d ms is refused',
    (ttlMs) => {
      expect(errorOf(() => service().token({ ttlMs })).code).toBe('input.argument');
    },
  );
  test('an account with several instances needs one named, and only its own', () => {
    const { issuer } = service();
    const request = { account: 'AK', actions: 'R', resources: ['p'], ttlMs: 1000 } as const;
    expect(errorOf(() => issuer.issue(request)).code).toBe('input.argument');
    expect(errorOf(() => issuer.issue({ ...request, instance: 'three' })).code).toBe('input.argument');
    expect(issuer.issue({ ...request, account: 'OTHER' }).record.instance).toBe('one');
    expect(errorOf(() => issuer.issue({ ...request, account: 'NOBODY' })).code).toBe('credentials.unknown');
  });
  test('revoking twice is revoking once; an unknown token is an error', () => {
    const { issuer, issue } = service();
    const { record } = issue();
    issuer.revoke(record.id);
    issuer.revoke(record.id);
    expect(issuer.revoked).toBe(1);
    expect(errorOf(() => issuer.revoke('none')).code).toBe('credentials.unknown');
  });
  test('a long run of short tokens does not fill the memory', () => {
    let nowMs = 0;
    const book = new CredentialBook();
    const issuer = new Issuer(book, () => nowMs);
    issuer.addAccount({ accessKeyId: 'AK', secretKey: SECRET, instances: ['one'] });
    for (let i = 0; i < 30_000; i += 1) {
      nowMs += 1000;
      issuer.issue({ account: 'AK', actions: 'R', resources: ['p'], ttlMs: 1000 });
    }
    expect(issuer.issued).toBe(30_000);
    expect(book.tokens.size).toBeLessThan(15_000);
  });
});
