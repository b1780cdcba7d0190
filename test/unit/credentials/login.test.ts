import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { covers } from '../../../core/credentials/coverage.ts';
import { parseTokenPassword, parseUserName } from '../../../core/credentials/login.ts';
import { signClientId } from '../../../core/credentials/signature.ts';
import { INVALID } from '../../../core/credentials/types.ts';
import { topicMatches } from '../../../core/run/topicMatch.ts';
import { SECRET, service } from './service.ts';

test('a signature is base64 of HMAC-SHA1 of the client ID (vector computed with openssl)', () => {
  // printf %s 'GID_test@@@0001' | openssl dgst -sha1 -hmac SecretKeyForTesting -binary | base64
  expect(signClientId('SecretKeyForTesting', 'GID_test@@@0001')).toBe('nw9Xz5bFZWGyGPaPiygi/70ujlI=');
});

describe('case 41: signature mode', () => {
  test('the right signature is granted everything of the instance', () => {
    const { grant } = service().signatureLogin('G@@@d');
    expect(grant?.refuses('W', 'any/topic', 0)).toBeUndefined();
    expect(grant?.refuses('R', '#', 0)).toBeUndefined();
  });
  test('a wrong secret, and the signature of another client: code 8', () => {
    const s = service();
    expect(s.signatureLogin('G@@@d', 'G@@@d', `${SECRET}x`).invalid?.code).toBe(INVALID.signature);
    expect(s.signatureLogin('G@@@d', 'G@@@e').invalid?.code).toBe(INVALID.signature);
    expect(s.login('Signature|AK|one', undefined).invalid?.code).toBe(INVALID.signature);
  });
  test('an unknown account, and an instance that is not its own: code -1', () => {
    const s = service();
    const right = signClientId(SECRET, 'G@@@d');
    expect(s.login('Signature|NOBODY|one', right).invalid?.code).toBe(INVALID.account);
    expect(s.login('Signature|AK|three', right).invalid?.code).toBe(INVALID.account);
  });
  test('a gateway of one instance refuses the others', () => {
    const s = service({ instance: 'two' });
    expect(s.signatureLogin('G@@@d').invalid?.code).toBe(INVALID.account);
  });
});

describe('case 41: token mode', () => {
  test('R, W, RW, and R with W in either order', () => {
    const s = service();
    const [r, w, rw] = [s.token({ actions: 'R' }), s.token({ actions: 'W' }), s.token()];
    for (const [password, type] of [
      [`R|${r}`, 'R'],
      [`W|${w}`, 'W'],
      [`RW|${rw}`, 'RW'],
      [`R|${rw}`, 'R'],
      [`R|${r}|W|${w}`, 'RW'],
      [`W|${w}|R|${r}`, 'RW'],
    ] as const) {
      expect(s.tokenLogin(password).grant?.type).toBe(type);
    }
  });

  test('a token that does not allow what it is offered for: code 5', () => {
    const s = service();
    const r = s.token({ actions: 'R' });
    expect(s.tokenLogin(`W|${r}`).invalid).toEqual({ code: INVALID.permission, type: 'W' });
    expect(s.tokenLogin(`RW|${r}`).invalid).toEqual({ code: INVALID.permission, type: 'RW' });
  });

  test('an R token may not publish and a W token not subscribe (5); outside the resources: 4', () => {
    const s = service();
    const r = s.tokenLogin(`R|${s.token({ actions: 'R' })}`).grant!;
    const w = s.tokenLogin(`W|${s.token({ actions: 'W' })}`).grant!;
    expect(r.refuses('W', 'p/a', s.time.ms)).toBe(INVALID.permission);
    expect(w.refuses('R', 'p/a', s.time.ms)).toBe(INVALID.permission);
    expect(r.refuses('R', 'p/+', s.time.ms)).toBeUndefined();
    expect(r.refuses('R', '#', s.time.ms)).toBe(INVALID.resource);
    expect(w.refuses('W', 'p/a', s.time.ms)).toBeUndefined();
    expect(w.refuses('W', 'q/a', s.time.ms)).toBe(INVALID.resource);
    expect(w.refuses('W', 'p/a', s.time.ms)).toBeUndefined();
  });

  test('expired: code 2, also for a topic that was fine a moment ago', () => {
    const s = service();
    const password = `RW|${s.token()}`;
    const grant = s.tokenLogin(password).grant!;
    expect(grant.refuses('W', 'p/a', s.time.ms)).toBeUndefined();
    s.time.ms += 9_999;
    expect(grant.refuses('W', 'p/a', s.time.ms)).toBeUndefined();
    s.time.ms += 1;
    expect(grant.refuses('W', 'p/a', s.time.ms)).toBe(INVALID.expired);
    expect(s.tokenLogin(password).invalid?.code).toBe(INVALID.expired);
  });

  test("a token from the future, by more than the clocks' skew: code 2", () => {
    const s = service({ skewMs: 1000 });
    s.time.ms += 60_000;
    const password = `RW|${s.token({ ttlMs: 600_000 })}`;
    s.time.ms -= 1000;
    expect(s.tokenLogin(password).grant).toBeDefined();
    s.time.ms -= 1;
    expect(s.tokenLogin(password).invalid?.code).toBe(INVALID.expired);
  });

  test('revoked: code 3, and a grant that was good says so too', () => {
    const s = service();
    const { token, record } = s.issue();
    const grant = s.tokenLogin(`RW|${token}`).grant!;
    expect(s.verifier.standing(grant, s.time.ms)).toBeUndefined();
    s.issuer.revoke(record.id);
    expect(s.verifier.standing(grant, s.time.ms)).toEqual({ code: INVALID.revoked, type: 'RW' });
    expect(s.tokenLogin(`RW|${token}`).invalid?.code).toBe(INVALID.revoked);
  });

  test('one bad token of two spoils both', () => {
    const s = service();
    const good = s.token({ actions: 'R' });
    const bad = s.issue({ actions: 'W' });
    s.issuer.revoke(bad.record.id);
    expect(s.tokenLogin(`R|${good}|W|${bad.token}`).invalid).toEqual({ code: INVALID.revoked, type: 'W' });
    expect(s.tokenLogin(`W|${bad.token}|R|${good}`).invalid).toEqual({ code: INVALID.revoked, type: 'W' });
    expect(s.tokenLogin(`R|${good}|W|forged`).invalid).toEqual({ code: INVALID.forged, type: 'W' });
  });

  test('a token of another account: 1, of another instance: 4, for the MQ port: 1', () => {
    const s = service();
    expect(s.tokenLogin(`RW|${s.token()}`, 'OTHER').invalid?.code).toBe(INVALID.forged);
    expect(s.tokenLogin(`RW|${s.token({ instance: 'two' })}`).invalid?.code).toBe(INVALID.resource);
    const { sessionToken } = s.issuer.temporary({ account: 'AK', instance: 'one', ttlMs: 1000 });
    expect(s.tokenLogin(`RW|${sessionToken}`).invalid?.code).toBe(INVALID.forged);
  });

  test('a token of another service, and every change of a single character: code 1', () => {
    const s = service();
    expect(s.tokenLogin(`RW|${service().token()}`).invalid?.code).toBe(INVALID.forged);
    const token = s.token();
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'b', '0', '-', '.', '=', ' ', 'é'), (at, letter) => {
        fc.pre(token[at] !== letter);
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        expect(s.tokenLogin(`RW|${changed}`).invalid?.code).toBe(INVALID.forged);
      }),
    );
  });

  test('an account that is gone takes its tokens with it: code -1', () => {
    const s = service();
    const grant = s.tokenLogin(`RW|${s.token()}`).grant!;
    s.issuer.removeAccount('AK');
    expect(s.verifier.standing(grant, s.time.ms)?.code).toBe(INVALID.account);
  });
});

describe('renewal', () => {
  const upload = (token: unknown, type: unknown): Buffer => Buffer.from(JSON.stringify({ token, type }));

  test('a new token takes the place of the one of its type, and its scope holds at once', () => {
    const s = service();
    const grant = s.tokenLogin(`R|${s.token({ actions: 'R' })}|W|${s.token({ actions: 'W' })}`).grant!;
    expect(grant.refuses('W', 'p/a', s.time.ms)).toBeUndefined();
    s.time.ms += 9000;
    const next = s.token({ actions: 'W', resources: ['q/#'] });
    expect(s.verifier.upload(grant, upload(next, 'W'))).toBeUndefined();
    s.time.ms += 5000;
    expect(grant.refuses('W', 'q/a', s.time.ms)).toBeUndefined();
    expect(grant.refuses('W', 'p/a', s.time.ms)).toBe(INVALID.resource);
    expect(grant.refuses('R', 'p/a', s.time.ms)).toBe(INVALID.expired);
  });

  test('what is no upload, or no token: code 1; a wrong type: 5', () => {
    const s = service();
    const grant = s.tokenLogin(`RW|${s.token()}`).grant!;
    for (const bad of ['', 'null', '7', '{', '[]', '{"token":1,"type":"R"}', '{"token":"x"}', '{"type":"RW"}']) {
      expect(s.verifier.upload(grant, Buffer.from(bad))?.code).toBe(INVALID.forged);
    }
    expect(s.verifier.upload(grant, upload(s.token({ actions: 'R' }), 'W'))).toEqual({ code: INVALID.permission, type: 'W' });
    expect(s.verifier.upload(grant, upload(s.token(), 'X'))?.code).toBe(INVALID.forged);
  });
});

describe('hostile input', () => {
  const odd = ['', '|', '||', '|||', 'Token', 'Token|', 'Token||', 'Token|AK', 'Token|AK|', 'Token||one', '|AK|one'];
  test.each([...odd, 'Token|AK|one|', '|Token|AK|one', 'token|AK|one', 'Token|A K|one', 'Token|AK|one|x', '__proto__|AK|one'])(
    'user name %j is none of ours: code -1',
    (username) => {
      expect(service().login(username, 'RW|x').invalid?.code).toBe(INVALID.account);
    },
  );
  test.each(['', '|', 'RW', 'RW|', '|x', 'R|a|R|b', 'RW|a|R|b', 'R|a|W|', 'R|a|W', 'R|a|W|b|', 'r|a', 'X|a', 'R|a|W|b|R|c'])(
    'password %j is none of ours',
    (password) => {
      expect(parseTokenPassword(password)).toBeUndefined();
      expect(service().tokenLogin(password).invalid?.code).toBe(INVALID.forged);
    },
  );

  test('any user name and password is judged, and none is let in', () => {
    const s = service();
    const pieces = fc.array(fc.oneof(fc.constantFrom('|', 'R', 'W', 'RW', 'Token', 'Signature', 'AK', 'one', '.'), fc.string()));
    const text = pieces.map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.uint8Array({ maxLength: 300 }), text, (username, bytes, password) => {
        expect(s.verifier.login('c', username, Buffer.from(bytes)).grant).toBeUndefined();
        expect(s.verifier.login('c', username, Buffer.from(password)).grant).toBeUndefined();
        expect(s.verifier.login('c', 'Token|AK|one', Buffer.from(password)).grant).toBeUndefined();
        const parsed = parseUserName(username);
        if (parsed !== undefined) {
          expect(username.split('|').slice(1)).toEqual([parsed.accessKeyId, parsed.instance]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a client ID of 64 KB and tokens of 64 KB are judged like any other', () => {
    const s = service();
    const long = 'x'.repeat(65_535);
    expect(s.signatureLogin(long).grant).toBeDefined();
    expect(s.signatureLogin(long, `${long}y`).invalid?.code).toBe(INVALID.signature);
    expect(s.tokenLogin(`RW|${long}`).invalid?.code).toBe(INVALID.forged);
  });
});

describe('what a resource covers', () => {
  test.each([
    ['p/#', 'p', true],
    ['p/#', 'p/a/b', true],
    ['p/#', 'p/#', true],
    ['p/+', 'p/+', true],
    ['p/+', 'p/a', true],
    ['p/+', 'p/#', false],
    ['p/+', 'p/a/b', false],
    ['p/+', 'p', false],
    ['p/a', 'p/+', false],
    ['p/a', 'p/a/#', false],
    ['+/a', '+/a', true],
    ['+/a', '#', false],
    ['#', '#', true],
    ['#', '$SYS/a', false],
    ['+/a', '$SYS/a', false],
    ['p/', 'p', false],
    ['p//a', 'p/a', false],
  ])('%s covers %s: %s', (resource, wanted, expected) => {
    expect(covers(resource, wanted)).toBe(expected);
  });

  test('a covered filter matches nothing that the resource does not match', () => {
    const level = fc.constantFrom('a', 'b', '+', '');
    const filter = fc
      .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([levels, open]) => [...levels, ...(open ? ['#'] : [])].join('/'));
    const topic = fc.array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
    fc.assert(
      fc.property(filter, filter, topic, (resource, wanted, name) => {
        if (covers(resource, wanted) && topicMatches(wanted, name)) expect(topicMatches(resource, name)).toBe(true);
        expect(covers(resource, name)).toBe(topicMatches(resource, name));
      }),
      { numRuns: 2000 },
    );
  });
});
