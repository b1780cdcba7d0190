/** Number 41, beyond CONNECT: what a token allows, how it ends and is renewed, and the MQ side. */
import type { MqCredentials } from '../../credentials/mqGuard.ts';
import { TOKEN_TOPIC, type TokenType, wallClockMs } from '../../credentials/types.ts';
import { CausewayError } from '../../protocol/errors.ts';
import type { Device } from '../device.ts';
import type { Stage } from '../stage.ts';
import type { CheckCase } from '../types.ts';
import { issue, LIFE_MS, service, withTokens } from './credentials.ts';

/** For cases that wait for the end of a token: long enough to connect on a busy machine. */
const SHORT_LIFE_MS = 1_500;

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
  const { connectMq } = service(s);
  if (connectMq === undefined) return s.notApplicable('the MQ has users of its own, which the lab does not issue');
  s.log.did(`a service connects to MQ with ${what}`);
  try {
    const engine = await connectMq(credentials);
    await engine.close();
    return 'in';
  } catch (error) {
    return error instanceof CausewayError ? error.code : String(error);
  }
}

export const RIGHT_CASES: readonly CheckCase[] = [
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
