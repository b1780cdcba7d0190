/** Number 41: credentials at the gateway and at MQ. */
import { userName } from '../../credentials/login.ts';
import type { MqCredentials } from '../../credentials/mqGuard.ts';
import { signClientId } from '../../credentials/signature.ts';
import { TOKEN_TOPIC, type TokenType, wallClockMs } from '../../credentials/types.ts';
import { CausewayError } from '../../protocol/errors.ts';
import type { Device } from '../device.ts';
import type { CheckedCredentials, Login } from '../labUnderTest.ts';
import type { Stage } from '../stage.ts';
import type { CheckCase } from '../types.ts';

/** CONNACK: 4 where account, signature or token are not real, 5 where they are but not good for this. */
const NOT_REAL = 4;
const NOT_GOOD = 5;
/** Long enough for a case, short enough for one that waits for its end. */
const LIFE_MS = 60_000;
const SHORT_LIFE_MS = 1_500;

interface Issued {
  readonly id: string;
  readonly token: string;
  readonly expiresAtMs: number;
}

function service(s: Stage): CheckedCredentials {
  return s.lab.credentials ?? s.notApplicable('this lab has no credential service');
}

function issue(s: Stage, actions: TokenType, options: { readonly resource?: string; readonly ttlMs?: number } = {}): Issued {
  const { issuer, account, instance } = service(s);
  const { resource = s.topic('/#'), ttlMs = LIFE_MS } = options;
  const request = { account: account.accessKeyId, instance, actions, resources: [resource], ttlMs };
  const { token, record } = issuer.issue(request);
  s.log.did(`the service issues a token ${actions} for ${JSON.stringify(resource)}, good for ${ttlMs} ms`);
  return { id: record.id, token, expiresAtMs: record.expiresAtMs };
}

const withTokens = (s: Stage, password: string): Login => {
  const { account, instance } = service(s);
  return { username: userName('token', account.accessKeyId, instance), password };
};

const signed = (s: Stage, secret: string, clientId: string, accessKeyId = service(s).account.accessKeyId): Login => ({
  username: userName('signature', accessKeyId, service(s).instance),
  password: signClientId(secret, clientId),
});

async function expired(s: Stage, actions: TokenType): Promise<Issued> {
  const issued = issue(s, actions, { ttlMs: 1 });
  await s.until('the end of the token', () => wallClockMs() >= issued.expiresAtMs);
  return issued;
}

function revoked(s: Stage, actions: TokenType): Issued {
  const issued = issue(s, actions);
  service(s).issuer.revoke(issued.id);
  s.log.did('the service revokes it');
  return issued;
}

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

/** The gateway tells the device why, and closes the connection. */
async function shut(s: Stage, device: Device, code: number, type: TokenType, because: string): Promise<void> {
  await s.until('the end of the connection', () => !device.connected);
  const notices = device.arrivals.filter((arrival) => arrival.topic === TOKEN_TOPIC.invalid);
  s.equal('notices of invalidity', 1, notices.length, because);
  s.equal('what it says', JSON.stringify({ code, type }), notices[0]?.payload.toString() ?? 'nothing', because);
}

const RIGHTS = 'case 41: checked on PUBLISH and SUBSCRIBE as on CONNECT, with code and reason';

/** MQ's answer to credentials: `in`, or the code of the error. */
async function atMq(s: Stage, what: string, credentials: MqCredentials): Promise<string> {
  s.log.did(`a service connects to MQ with ${what}`);
  try {
    const engine = await service(s).connectMq(credentials);
    await engine.close();
    return 'in';
  } catch (error) {
    return error instanceof CausewayError ? error.code : String(error);
  }
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
  {
    id: '41.read-publishes',
    number: 41,
    title: 'a token R that publishes: code 5, closed, and nothing in MQ',
    why: RIGHTS,
    covers: ['access:up'],
    run: async (s) => {
      const device = await s.device('A', { login: withTokens(s, `R|${issue(s, 'R').token}`) });
      await s.publish(device, s.topic('/a'), s.body('not allowed'), { qos: 0 });
      await shut(s, device, 5, 'W', RIGHTS);
      await s.stores([], 'case 41: nothing of it comes into MQ', await s.device('witness'));
    },
  },
  {
    id: '41.write-subscribes',
    number: 41,
    title: 'a token W that subscribes: code 5, closed, and nothing is delivered',
    why: RIGHTS,
    covers: ['access:down'],
    run: async (s) => {
      const device = await s.device('A', { login: withTokens(s, `W|${issue(s, 'W').token}`), fence: false });
      // It may be answered with 128 or not at all: the connection ends either way.
      device.subscribe(s.topic('/a'), 1).catch(() => undefined);
      await shut(s, device, 5, 'R', RIGHTS);
      await s.send({ mqttSecondTopic: '/a' }, s.body('not for A'));
      await s.fence(await s.device('witness'));
      const messages = device.arrivals.filter((arrival) => !arrival.topic.startsWith('$SYS/'));
      s.equal('messages delivered', 0, messages.length, RIGHTS);
    },
  },
  {
    id: '41.resource',
    number: 41,
    title: 'a token for p/a/# publishing on p/b: code 4, closed, and nothing in MQ; on p/a/x it may',
    why: 'case 41: a device of one house has no business in another',
    covers: ['access:up'],
    run: async (s) => {
      const login = withTokens(s, `RW|${issue(s, 'RW', { resource: s.topic('/a/#') }).token}`);
      const device = await s.device('A', { login, fence: false });
      await s.publish(device, s.topic('/a/x'), s.body('its own'), { qos: 1 });
      await s.publish(device, s.topic('/b'), s.body('another’s'), { qos: 0 });
      await shut(s, device, 4, 'W', RIGHTS);
      const witness = await s.device('witness');
      await s.stores([s.asStored(device, '/a/x', 1, s.body('its own'))], RIGHTS, witness);
    },
  },
  {
    id: '41.ends',
    number: 41,
    title: 'a token that ends while its device is connected: notice before, code 2 and closed at the end',
    why: 'case 41: the notice gives the device time to renew',
    covers: ['access:up', 'access:down'],
    run: async (s) => {
      const issued = issue(s, 'RW', { ttlMs: SHORT_LIFE_MS });
      const device = await s.device('A', { login: withTokens(s, `RW|${issued.token}`) });
      await shut(s, device, 2, 'RW', 'case 41: expired');
      const notice = device.arrivals.find((arrival) => arrival.topic === TOKEN_TOPIC.expire);
      const expected = JSON.stringify({ expireTime: issued.expiresAtMs, type: 'RW' });
      s.equal('notice of expiry', expected, notice?.payload.toString() ?? 'nothing', 'case 41: told before its end');
      s.equal('not before its time', true, wallClockMs() >= issued.expiresAtMs, 'case 41: it was good until then');
    },
  },
  {
    id: '41.renewed',
    number: 41,
    title: 'a device that uploads a new token in time stays connected beyond the end of the old one',
    why: 'case 41: renewal must not cost the connection',
    covers: ['access:up', 'access:down'],
    run: async (s) => {
      const old = issue(s, 'RW', { ttlMs: SHORT_LIFE_MS });
      const device = await s.device('A', { login: withTokens(s, `RW|${old.token}`), subscribe: { [s.topic('/a')]: 1 } });
      const upload = Buffer.from(JSON.stringify({ token: issue(s, 'RW').token, type: 'RW' }));
      s.log.did(`device A uploads it on ${TOKEN_TOPIC.upload}`);
      await s.within(device.publish(TOKEN_TOPIC.upload, upload, { qos: 1 }), 'the acknowledgement of the upload');
      await s.until('the end of the old token', () => wallClockMs() > old.expiresAtMs);
      // Over the end, and over the next look at expiries, which is at work while this goes to and fro.
      await s.until('a time beyond it', () => wallClockMs() > old.expiresAtMs + 250);
      s.equal('connected', true, device.connected, 'case 41: renewed');
      await s.publish(device, s.topic('/a'), s.body('beyond'), { qos: 1 });
      await s.arrives(device, [{ topic: s.topic('/a'), qos: 1, body: s.body('beyond') }], 'case 41: renewed, and working');
      await s.stores([s.asStored(device, '/a', 1, s.body('beyond'))], 'case 41: the token itself never comes into MQ', device);
    },
  },
  {
    id: '41.revoked-online',
    number: 41,
    title: 'a token revoked while its device is connected: code 3 and closed at once',
    why: 'case 41: a token known to be stolen must end at once',
    covers: ['access:up', 'access:down'],
    run: async (s) => {
      const issued = issue(s, 'RW');
      const device = await s.device('A', { login: withTokens(s, `RW|${issued.token}`) });
      service(s).issuer.revoke(issued.id);
      s.log.did('the service revokes it');
      await shut(s, device, 3, 'RW', 'case 41: revoked');
    },
  },
  {
    id: '41.mq',
    number: 41,
    title: 'at MQ: the permanent key pair and a temporary one come in; wrong, revoked and expired ones do not',
    why: 'case 41: services have credentials as devices have; temporary ones go with a session token',
    covers: ['access:up', 'access:down'],
    run: async (s) => {
      const { issuer, account, instance } = service(s);
      const because = 'case 41: the MQ side';
      const pair = { accessKeyId: account.accessKeyId, secretKey: account.secretKey };
      const request = { account: account.accessKeyId, instance };
      const temporary = issuer.temporary({ ...request, ttlMs: LIFE_MS });
      const short = issuer.temporary({ ...request, ttlMs: 1 });
      const withdrawn = issuer.temporary({ ...request, ttlMs: LIFE_MS });
      issuer.revoke(withdrawn.id);
      await s.until('the end of the short one', () => wallClockMs() >= short.expiresAtMs);
      const attempts: readonly (readonly [what: string, credentials: MqCredentials, expected: string])[] = [
        ['the permanent key pair', pair, 'in'],
        ['a temporary key pair and its session token', temporary, 'in'],
        ['a wrong secret', { ...pair, secretKey: 'x'.repeat(32) }, 'mq.refused'],
        ['an unknown account', { ...pair, accessKeyId: 'nobody' }, 'mq.refused'],
        ['a temporary key pair without its session token', { ...temporary, sessionToken: '' }, 'mq.refused'],
        ['the session token of another', { ...temporary, sessionToken: withdrawn.sessionToken }, 'mq.refused'],
        ['revoked temporary credentials', withdrawn, 'mq.refused'],
        ['expired temporary credentials', short, 'mq.refused'],
      ];
      for (const [what, credentials, expected] of attempts) s.equal(what, expected, await atMq(s, what, credentials), because);
    },
  },
];
