import { describe, expect, test } from 'vitest';
import { explainScenario, formatExplanation } from '../../../core/scenario/explain.ts';
import { tokenResources } from '../../../core/scenario/tokenResources.ts';
import { changed, load, problemsOf } from './sample.ts';

const CLIENT = '    client: { cleanSession: false }\n';
const withCredentials = (yaml: string): string => changed(CLIENT, `${CLIENT}    credentials: ${yaml}\n`);
const credentialsOf = (yaml: string, options = {}) =>
  load(withCredentials(yaml), options).scenario.populations.find((p) => p.name === 'cars')?.credentials;

describe('credentials of a population', () => {
  test('signature, token, and none', () => {
    expect(credentialsOf('signature')).toEqual({ kind: 'signature' });
    expect(credentialsOf('{ token: { ttl: 10s, renew: 5s before expiry, revoke: { members: 3, at: 2s } } }')).toEqual({
      kind: 'token',
      ttlMs: 10_000,
      renewMs: 5000,
      revoke: { members: 3, atMs: 2000 },
    });
    expect(credentialsOf('{ token: { ttl: 8s } }')).toMatchObject({ renewMs: 4000, revoke: undefined });
    expect(credentialsOf('{ token: { ttl: 1m, renew: 1500ms } }')).toMatchObject({ ttlMs: 60_000, renewMs: 1500 });
    expect(load(changed('x', 'x')).scenario.populations.every((p) => p.credentials === undefined)).toBe(true);
  });

  test('the number of revoked members is scaled with the population, and never above it', () => {
    const yaml = '{ token: { ttl: 10s, revoke: { members: 10, at: 2s } } }';
    expect(credentialsOf(yaml, { scale: 0.5 })).toMatchObject({ revoke: { members: 5 } });
    expect(credentialsOf(yaml, { scale: 0.01 })).toMatchObject({ revoke: { members: 1 } });
    expect(credentialsOf(yaml, { scale: 3 })).toMatchObject({ revoke: { members: 30 } });
  });

  test.each([
    ['token', 'signature, or a token such as'],
    ['{ token: { ttl: 10s, renew: 10s } }', 'shorter than the life of a token'],
    ['{ token: { ttl: 100ms } }', 'at least a second'],
    ['{ token: { renew: 5s } }', 'ttl'],
    ['{ token: { ttl: 10s, renew: soon } }', '5s before expiry'],
    ['{ token: { ttl: 10s, renew: 5s after expiry } }', '5s before expiry'],
    ['{ token: { ttl: 10s, life: 5s } }', 'life'],
    ['{ token: { ttl: 10s, revoke: { members: 21, at: 1s } } }', 'the population has 20'],
  ])('%s is refused', (yaml, named) => {
    const [problem] = problemsOf(withCredentials(yaml));
    expect(problem?.message).toContain(named);
  });

  test('user name or password do not go with them', () => {
    const client = CLIENT.replace('false', 'false, username: me');
    const text = changed(CLIENT, `${client}    credentials: signature\n`);
    expect(problemsOf(text).map((p) => p.message)).toEqual([expect.stringContaining('client.username')]);
  });

  test('a revocation after the end is worth a warning, but not when the run was cut from outside', () => {
    const text = withCredentials('{ token: { ttl: 10s, revoke: { members: 1, at: 10s } } }');
    expect(load(text).warnings.map((w) => w.message)).toEqual([expect.stringContaining('revoke.at')]);
    expect(load(text, { durationMs: 5000 }).warnings).toEqual([]);
  });

  test('are explained', () => {
    const text = formatExplanation(
      explainScenario(load(withCredentials('{ token: { ttl: 10s, revoke: { members: 3, at: 2s } } }'))),
    ).replace(/\s+/g, ' ');
    expect(text).toContain('tokens of 10s, renewed 5s before they expire; 3 of them are revoked after 2s');
  });
});

test("a token names its member's own topics and filters, each once", () => {
  const cars = load(changed('x', 'x')).scenario.populations.find((p) => p.name === 'cars')!;
  expect(tokenResources(cars, 5)).toEqual(['up/1/05', 'up/1/05/ack', 'down/1', 'down/all']);
  expect(tokenResources({ ...cars, publish: [], react: [], subscribe: [] }, 5)).toEqual(['cars']);
});
