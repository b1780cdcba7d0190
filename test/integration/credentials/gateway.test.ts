/** Case 41 and the life of tokens, with real clients at the gateway. */
import { afterEach, describe, expect, test } from 'vitest';
import { userName } from '../../../core/credentials/login.ts';
import { signClientId } from '../../../core/credentials/signature.ts';
import type { GatewayOptions } from '../../../core/gateway/types.ts';
import { type GatewayRig, gatewayRig } from '../../helpers/gatewayRig.ts';
import type { TestClient } from '../../helpers/mqttClient.ts';
import { connectPacket, rawMqtt } from '../../helpers/rawMqtt.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { SECRET, service } from '../../unit/credentials/service.ts';

let rig: GatewayRig;
afterEach(() => rig.close());

type Service = ReturnType<typeof service>;

async function start(s: Service = service(), noticeMs?: number, options: Partial<GatewayOptions> = {}): Promise<Service> {
  const credentials = { verifier: s.verifier, ...(noticeMs === undefined ? {} : { noticeMs }), ...options.credentials };
  rig = await gatewayRig({ ...options, credentials });
  return s;
}

const tokens = (password: string) => ({ username: userName('token', 'AK', 'one'), password });
const signature = (clientId: string) => ({
  username: userName('signature', 'AK', 'one'),
  password: signClientId(SECRET, clientId),
});
const invalidNotices = (client: TestClient): unknown[] =>
  client.messages.filter((m) => m.topic === '$SYS/tokenInvalidNotice').map((m) => JSON.parse(m.payload.toString()));
const refused = (code: number) => expect.objectContaining({ code });

async function shutWith(client: TestClient, code: number, type: string): Promise<void> {
  await waitFor('the connection is closed', () => !client.client.connected);
  expect(invalidNotices(client)).toEqual([{ code, type }]);
}

describe('CONNECT', () => {
  test('a signature lets a client publish and subscribe', async () => {
    await start();
    const client = await rig.connect('G@@@a', signature('G@@@a'));
    await client.client.subscribeAsync('p/#', { qos: 1 });
    await client.client.publishAsync('p/a', 'hello', { qos: 1 });
    await waitFor('the message', () => client.messages.length === 1);
  });

  test("another client's signature, an unknown account and a forged token are refused with 4, and counted by code", async () => {
    await start();
    await expect(rig.connect('G@@@b', signature('G@@@a'))).rejects.toEqual(refused(4));
    await expect(rig.connect('G@@@b', { username: 'Signature|NO|one', password: 'x' })).rejects.toEqual(refused(4));
    await expect(rig.connect('G@@@b', tokens('RW|forged'))).rejects.toEqual(refused(4));
    await expect(rig.connect('G@@@b')).rejects.toEqual(refused(4));
    expect(rig.gateway.stats().credentials?.refusedByCode).toEqual({ 8: 1, '-1': 2, 1: 1 });
  });

  test('expired and revoked tokens, and one bad of two, are refused with 5', async () => {
    const s = await start();
    const { token, record } = s.issue();
    s.issuer.revoke(record.id);
    await expect(rig.connect('G@@@a', tokens(`RW|${token}`))).rejects.toEqual(refused(5));
    const read = s.token({ actions: 'R' });
    await expect(rig.connect('G@@@a', tokens(`R|${read}|W|${read}`))).rejects.toEqual(refused(5));
    s.time.ms += 20_000;
    await expect(rig.connect('G@@@a', tokens(`R|${read}`))).rejects.toEqual(refused(5));
    expect(rig.gateway.stats().credentials?.refusedByCode).toEqual({ 3: 1, 5: 1, 2: 1 });
  });

  test('secrets never come into events, however the user name is wrong', async () => {
    const s = await start();
    const token = s.token();
    const attempts = [`Token|${token}|one`, `Token|AK|one|${token}`, token, `|${token}`, `Signature|${SECRET}`];
    for (const username of attempts) {
      await expect(rig.connect('G@@@a', { username, password: token })).rejects.toEqual(refused(4));
    }
    const told = JSON.stringify([rig.events, rig.gateway.stats()]);
    expect(told).not.toContain(token.slice(0, 20));
    expect(told).not.toContain(SECRET);
  });

  test('a client ID of 64 KB is refused before its signature is looked at', async () => {
    await start();
    const clientId = 'x'.repeat(65_535);
    const raw = await rawMqtt(rig.port);
    const { username, password } = signature(clientId);
    raw.send(connectPacket(clientId, { username, password: Buffer.from(password) }));
    expect(await raw.next('connack')).toMatchObject({ returnCode: 2 });
    raw.destroy();
  });

  test('plain users stay possible beside accounts, and optional credentials let others in', async () => {
    await start(service(), undefined, { users: { plain: 'password' } });
    await rig.connect('G@@@a', { username: 'plain', password: 'password' });
    await expect(rig.connect('G@@@b', { username: 'plain', password: 'wrong' })).rejects.toEqual(refused(4));
    await rig.connect('G@@@c', signature('G@@@c'));
    await rig.close();
    const s = service();
    await start(s, undefined, { credentials: { verifier: s.verifier, optional: true } });
    await rig.connect('G@@@a');
    await expect(rig.connect('G@@@b', tokens('RW|forged'))).rejects.toEqual(refused(4));
  });

  test('a token that may not read does not resume a session that has subscribed', async () => {
    const s = await start();
    const first = await rig.connect('G@@@a', { clean: false, ...tokens(`RW|${s.token()}`) });
    await first.client.subscribeAsync('p/#', { qos: 1 });
    await first.close();
    await expect(rig.connect('G@@@a', { clean: false, ...tokens(`W|${s.token()}`) })).rejects.toEqual(refused(5));
    await rig.connect('G@@@a', { clean: false, ...tokens(`RW|${s.token()}`) });
  });
});

describe('PUBLISH and SUBSCRIBE', () => {
  test('a read token that publishes: no acknowledgement, code 5, closed; nothing reaches the uplink', async () => {
    const s = await start();
    const client = await rig.connect('G@@@a', tokens(`R|${s.token({ actions: 'R' })}`));
    let acknowledged = false;
    client.client.publish('p/a', 'x', { qos: 1 }, (error) => {
      acknowledged = error === undefined;
    });
    await shutWith(client, 5, 'W');
    expect(acknowledged).toBe(false);
    expect(rig.up).toEqual([]);
    expect(rig.gateway.stats().refused['credentials-permission']).toBe(1);
  });

  test('what is sent behind the offending packet in the same chunk is not taken either', async () => {
    const s = await start();
    const raw = await rawMqtt(rig.port);
    const publish = (topic: string, messageId: number) =>
      ({ cmd: 'publish', topic, payload: 'x', qos: 1, messageId, dup: false, retain: false }) as const;
    const { username, password } = tokens(`W|${s.token({ actions: 'W' })}`);
    raw.send(connectPacket('G@@@a', { username, password: Buffer.from(password) }));
    await raw.next('connack');
    raw.send(publish('p/1', 1), publish('q/2', 2), publish('p/3', 3));
    await waitFor('the end', () => raw.closed);
    expect(rig.up.map((m) => m.topic)).toEqual(['p/1']);
    expect(rig.gateway.stats().credentials?.closedByCode).toEqual({ 4: 1 });
  });

  test('a write token that subscribes: 128, code 5, closed', async () => {
    const s = await start();
    const client = await rig.connect('G@@@a', tokens(`W|${s.token({ actions: 'W' })}`));
    await client.client.subscribeAsync('p/#', { qos: 1 }).catch(() => undefined);
    await shutWith(client, 5, 'R');
    expect(rig.gateway.session('G@@@a')).toBeUndefined();
  });

  test('a filter wider than the resources: code 4, and the good filters of the same packet do not outlive it', async () => {
    const s = await start();
    const client = await rig.connect('G@@@a', tokens(`RW|${s.token({ resources: ['p/+'] })}`));
    await client.client.subscribeAsync(['p/a', 'p/#'], { qos: 1 }).catch(() => undefined);
    await shutWith(client, 4, 'R');
  });

  test('topics under $SYS are refused as ever, and do not close the client', async () => {
    const s = await start();
    const client = await rig.connect('G@@@a', signature('G@@@a'));
    await client.client.publishAsync('$SYS/uploadToken', JSON.stringify({ token: s.token(), type: 'RW' }), { qos: 1 });
    expect(client.client.connected).toBe(true);
    expect(rig.gateway.stats().refused['topic-reserved']).toBe(1);
  });
});

describe('the life of a token', () => {
  const upload = (client: TestClient, token: string, type = 'RW') =>
    client.client.publishAsync('$SYS/uploadToken', JSON.stringify({ token, type }), { qos: 1 });

  test('its holder is told before it ends, renews it on the same connection, and is not closed', async () => {
    const s = await start(service(), 4000);
    const client = await rig.connect('G@@@a', tokens(`RW|${s.token()}`));
    const expires = s.time.ms + 10_000;
    s.time.ms += 6000;
    await waitFor('the notice', () => client.messages.length === 1);
    expect(client.messages[0]?.topic).toBe('$SYS/tokenExpireNotice');
    expect(JSON.parse(client.messages[0]!.payload.toString())).toEqual({ expireTime: expires, type: 'RW' });
    await upload(client, s.token());
    s.time.ms += 8000;
    await client.client.publishAsync('p/a', 'x', { qos: 1 });
    expect(rig.up).toHaveLength(1);
    await waitFor('the notice of the second', () => client.messages.length === 2);
    expect(rig.gateway.stats().credentials).toMatchObject({ renewed: 1, notices: 2, closedByCode: {} });
  });

  test('without renewal it ends: code 2 and closed', async () => {
    const s = await start();
    const client = await rig.connect('G@@@a', tokens(`R|${s.token({ ttlMs: 60_000 })}|W|${s.token({ ttlMs: 5000 })}`));
    s.time.ms += 5000;
    await waitFor('the end', () => !client.client.connected);
    expect(invalidNotices(client)).toEqual([{ code: 2, type: 'W' }]);
  });

  test('a renewal is acknowledged behind what was published before it', async () => {
    const s = await start();
    const client = await rig.connect('G@@@a', tokens(`RW|${s.token()}`));
    let store: () => void = () => undefined;
    rig.answer = () =>
      new Promise((resolve) => {
        store = resolve;
      });
    const order: string[] = [];
    const published = client.client.publishAsync('p/a', 'x', { qos: 1 }).then(() => order.push('message'));
    await waitFor('the message at the uplink', () => rig.up.length === 1);
    const renewed = upload(client, s.token()).then(() => order.push('token'));
    await waitFor('the renewal', () => rig.gateway.stats().credentials?.renewed === 1);
    store();
    await Promise.all([published, renewed]);
    expect(order).toEqual(['message', 'token']);
  });

  test.each([
    ['forged', 1],
    ['expired', 2],
    ['revoked', 3],
    ['of another instance', 4],
    ['of the wrong type', 5],
  ] as const)('uploading a token that is %s: no PUBACK, code %i, closed', async (what, code) => {
    const s = await start();
    const client = await rig.connect('G@@@a', tokens(`RW|${s.token({ ttlMs: 600_000 })}`));
    let bad = 'forged';
    if (what === 'expired') {
      bad = s.token({ ttlMs: 1000 });
      s.time.ms += 1000;
    } else if (what === 'revoked') {
      const { token, record } = s.issue();
      s.issuer.revoke(record.id);
      bad = token;
    } else if (what === 'of another instance') bad = s.token({ instance: 'two' });
    else if (what === 'of the wrong type') bad = s.token({ actions: 'R' });
    let acknowledged = false;
    void upload(client, bad).then(
      () => {
        acknowledged = true;
      },
      () => undefined,
    );
    await shutWith(client, code, 'RW');
    expect(acknowledged).toBe(false);
  });

  test('a revocation closes its holder at once with code 3, and nobody else', async () => {
    const s = await start();
    const { token, record } = s.issue();
    const one = await rig.connect('G@@@a', tokens(`RW|${token}`));
    const other = await rig.connect('G@@@b', tokens(`RW|${s.token()}`));
    s.issuer.revoke(record.id);
    await shutWith(one, 3, 'RW');
    expect(other.client.connected).toBe(true);
    await expect(rig.connect('G@@@a', tokens(`RW|${token}`))).rejects.toEqual(refused(5));
  });

  test('removing the account closes signatures and tokens with code -1', async () => {
    const s = await start();
    const one = await rig.connect('G@@@a', signature('G@@@a'));
    const other = await rig.connect('G@@@b', tokens(`R|${s.token({ actions: 'R' })}`));
    s.issuer.removeAccount('AK');
    await shutWith(one, -1, 'RW');
    await shutWith(other, -1, 'R');
  });

  test('the Will of a client whose token ended is published, that of a revoked one is not', async () => {
    const s = await start();
    const revoked = s.issue();
    const will = (topic: string) => ({ will: { topic, payload: Buffer.from('gone'), qos: 1 as const, retain: false } });
    await rig.connect('G@@@a', { ...tokens(`RW|${revoked.token}`), ...will('p/a') });
    await rig.connect('G@@@b', { ...tokens(`RW|${s.token({ ttlMs: 5000 })}`), ...will('p/b') });
    await rig.connect('G@@@c', { ...tokens(`RW|${s.token({ ttlMs: 5000 })}`), ...will('q/c') });
    s.issuer.revoke(revoked.record.id);
    await waitFor('one is closed', () => rig.gateway.stats().connected === 2);
    s.time.ms += 5000;
    await waitFor('all are closed', () => rig.gateway.stats().connected === 0);
    expect(rig.up.map((m) => m.topic)).toEqual(['p/b']);
    expect(rig.gateway.stats().refused).toMatchObject({ 'credentials-revoked': 1, 'credentials-resource': 1 });
  });
});

test('WebSocket clients get the notice and are closed as well', async () => {
  const s = service();
  rig = await gatewayRig({
    credentials: { verifier: s.verifier },
    listeners: [{ kind: 'ws', host: '127.0.0.1', port: 0 }],
  });
  const { token, record } = s.issue();
  const client = await rig.connect('G@@@a', { url: `ws://127.0.0.1:${rig.port}/mqtt`, ...tokens(`RW|${token}`) });
  s.issuer.revoke(record.id);
  await shutWith(client, 3, 'RW');
  await waitFor('the gateway knows', () => rig.gateway.stats().connected === 0);
});
