/** Number 41, on CONNECT: who is let in, and with which code the others are not. */
import type { Login } from '../labUnderTest.ts';
import type { Stage } from '../stage.ts';
import type { CheckCase } from '../types.ts';
import { expired, issue, revoked, service, signed, withTokens } from './credentials.ts';

/** CONNACK: 4 where account, signature or token are not real, 5 where they are but not good for this. */
const NOT_REAL = 4;
const NOT_GOOD = 5;
interface Attempt {
  readonly name: string;
  readonly title: string;
  readonly why: string;
  /** CONNACK return code, and the finer code of the credential service. */
  readonly connack: number;
  readonly code: number;
  readonly login: (s: Stage, clientId: string) => Login | Promise<Login>;
}

const ATTEMPTS: readonly Attempt[] = [
  {
    name: 'wrong-secret',
    title: 'a signature by another secret',
    why: 'case 41: who does not hold the secret is not the account',
    connack: NOT_REAL,
    code: 8,
    login: (s, clientId) => signed(s, 'x'.repeat(32), clientId),
  },
  {
    name: 'other-client',
    title: 'the signature of another client',
    why: 'case 41: a signature is of one client ID, so that one stolen from a device opens nothing for another',
    connack: NOT_REAL,
    code: 8,
    login: (s) => signed(s, service(s).account.secretKey, s.clientId('somebody-else')),
  },
  {
    name: 'unknown-account',
    title: 'an account nobody knows',
    why: 'case 41: and the answer is the same as for a wrong secret, so that accounts cannot be guessed',
    connack: NOT_REAL,
    code: -1,
    login: (s, clientId) => signed(s, service(s).account.secretKey, clientId, 'nobody'),
  },
  {
    name: 'anonymous',
    title: 'neither user name nor password',
    why: 'case 41: where credentials are asked for, nobody comes in without',
    connack: NOT_REAL,
    code: -1,
    login: () => ({}),
  },
  {
    name: 'forged',
    title: 'a token the service has not issued',
    why: 'case 41: a token carries a proof of where it comes from',
    connack: NOT_REAL,
    code: 1,
    login: (s) => {
      const { token } = issue(s, 'RW');
      const at = Math.floor(token.length / 2);
      const other = token[at] === 'A' ? 'B' : 'A';
      return withTokens(s, `RW|${token.slice(0, at)}${other}${token.slice(at + 1)}`);
    },
  },
  {
    name: 'expired',
    title: 'a token whose time is over',
    why: 'case 41: a stolen token is worth little because it ends',
    connack: NOT_GOOD,
    code: 2,
    login: async (s) => withTokens(s, `RW|${(await expired(s, 'RW')).token}`),
  },
  {
    name: 'revoked',
    title: 'a token that was revoked',
    why: 'case 41: a token known to be stolen must end at once',
    connack: NOT_GOOD,
    code: 3,
    login: (s) => withTokens(s, `RW|${revoked(s, 'RW').token}`),
  },
  {
    name: 'wrong-type',
    title: 'a token R offered as RW',
    why: 'case 41: a token allows what it was issued for, whatever is written in front of it',
    connack: NOT_GOOD,
    code: 5,
    login: (s) => withTokens(s, `RW|${issue(s, 'R').token}`),
  },
  {
    name: 'one-bad-of-two',
    title: 'a good R and a revoked W',
    why: 'case 41: all tokens offered must be valid; half an entrance would hide the mistake',
    connack: NOT_GOOD,
    code: 3,
    login: (s) => withTokens(s, `R|${issue(s, 'R').token}|W|${revoked(s, 'W').token}`),
  },
  {
    name: 'one-bad-of-two-reversed',
    title: 'a revoked W and a good R, in the other order',
    why: 'case 41: the order of the two means nothing',
    connack: NOT_GOOD,
    code: 3,
    login: (s) => withTokens(s, `W|${revoked(s, 'W').token}|R|${issue(s, 'R').token}`),
  },
];

function attemptCase(attempt: Attempt): CheckCase {
  const { name, title, why, connack, code } = attempt;
  return {
    id: `41.${name}`,
    number: 41,
    title: `${title}: refused with return code ${connack}, counted as code ${code}`,
    why,
    covers: ['access:up', 'access:down'],
    alone: true,
    run: async (s) => {
      const login = await attempt.login(s, s.clientId('A'));
      const before = s.counters();
      s.equal('return code of CONNACK', connack, await s.refusal('A', { login }), why);
      const read = (c: typeof before): number => c.gateway.credentials?.refusedByCode[code] ?? 0;
      await s.counts(`connections refused with code ${code}`, read, before, 1, why);
    },
  };
}

export const ACCESS_CASES: readonly CheckCase[] = [
  {
    id: '41.signature',
    number: 41,
    title: 'the right signature lets a device in',
    why: 'case 41: the refusals prove nothing if nobody can come in',
    covers: ['access:up', 'access:down'],
    run: async (s) => {
      const login = signed(s, service(s).account.secretKey, s.clientId('A'));
      s.equal('return code of CONNACK', 0, await s.refusal('A', { login }), 'case 41: accepted');
    },
  },
  {
    id: '41.tokens',
    number: 41,
    title: 'RW, or R and W in either order, let a device in, publish and subscribe',
    why: 'case 41: the three forms of a token password',
    covers: ['access:up', 'access:down'],
    run: async (s) => {
      const passwords = {
        both: `RW|${issue(s, 'RW').token}`,
        'R-W': `R|${issue(s, 'R').token}|W|${issue(s, 'W').token}`,
        'W-R': `W|${issue(s, 'W').token}|R|${issue(s, 'R').token}`,
      };
      for (const [name, password] of Object.entries(passwords)) {
        const device = await s.device(name, { login: withTokens(s, password), subscribe: { [s.topic(`/${name}`)]: 1 } });
        await s.publish(device, s.topic(`/${name}`), s.body(name), { qos: 1 });
        await s.arrives(device, [{ topic: s.topic(`/${name}`), qos: 1, body: s.body(name) }], 'case 41: it may do both');
      }
    },
  },
  ...ATTEMPTS.map(attemptCase),
];
