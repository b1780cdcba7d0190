/** Credentials at the port of the embedded MQ. */
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MqCredentials, MqGuard } from '../../../core/credentials/mqGuard.ts';
import { ByteWriter } from '../../../core/mq/embedded/bytes.ts';
import { connectEmbeddedMq, type EmbeddedMqClient, type EmbeddedMqConnection } from '../../../core/mq/embedded/client.ts';
import { createEmbeddedMq } from '../../../core/mq/embedded/embeddedMq.ts';
import type { EmbeddedMq } from '../../../core/mq/embedded/options.ts';
import { ASK, beginFrame, endFrame, WIRE_VERSION } from '../../../core/mq/embedded/wire.ts';
import type { CausewayError } from '../../../core/protocol/errors.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { SECRET, service } from '../../unit/credentials/service.ts';

let s: ReturnType<typeof service>;
let mq: EmbeddedMq;
let port: number;
const clients: EmbeddedMqClient[] = [];

beforeEach(async () => {
  s = service();
  mq = await createEmbeddedMq();
  await mq.createTopic({ name: 't', partitions: 2 });
  port = (await mq.listen({ host: '127.0.0.1', port: 0 }, new MqGuard(s.book, s.verifier.now))).port;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await mq.close();
});

const permanent: MqCredentials = { accessKeyId: 'AK', secretKey: SECRET };
const temporary = (ttlMs = 10_000) => s.issuer.temporary({ account: 'AK', instance: 'one', ttlMs });

async function open(credentials?: MqCredentials, more: Partial<EmbeddedMqConnection> = {}): Promise<EmbeddedMqClient> {
  const client = await connectEmbeddedMq({
    host: '127.0.0.1',
    port,
    ...more,
    ...(credentials === undefined ? {} : { credentials }),
  });
  clients.push(client);
  return client;
}

const message = (n: number) => ({ topic: 't', key: String(n % 7), properties: {}, body: Buffer.from(String(n)) });

describe('connecting', () => {
  test('with a permanent key pair, and with temporary credentials', async () => {
    for (const credentials of [permanent, temporary()]) {
      const client = await open(credentials);
      const producer = await client.producer();
      expect(await producer.send(message(1))).toMatchObject({ topic: 't' });
    }
  });

  test.each<[string, () => MqCredentials | undefined, string]>([
    ['none', () => undefined, 'none are given'],
    ['a wrong secret', () => ({ ...permanent, secretKey: `${SECRET}x` }), 'code 8'],
    ['an unknown account', () => ({ ...permanent, accessKeyId: 'NOBODY' }), 'code -1'],
    ['a temporary key without its session token', () => ({ ...temporary(), sessionToken: '' }), 'code -1'],
    ['a permanent key with a session token', () => ({ ...permanent, sessionToken: temporary().sessionToken }), 'code 1'],
    ["another token's secret", () => ({ ...temporary(), secretKey: temporary().secretKey }), 'code 8'],
    ['a token for devices', () => ({ ...temporary(), sessionToken: s.token() }), 'code 1'],
    ['a forged token', () => ({ ...temporary(), sessionToken: 'x.y' }), 'code 1'],
  ])('%s: refused, and told why', async (_, credentials, reason) => {
    const error = (await open(credentials()).catch((e: unknown) => e)) as CausewayError;
    expect(error.code).toBe('mq.refused');
    expect(error.message).toContain(reason);
    expect(error.message).not.toContain(SECRET);
  });

  test('an expired and a revoked session token are refused', async () => {
    const expired = temporary(1000);
    const revoked = temporary();
    s.issuer.revoke(revoked.id);
    s.time.ms += 1000;
    await expect(open(expired)).rejects.toMatchObject({ code: 'mq.refused', message: expect.stringContaining('code 2') });
    await expect(open(revoked)).rejects.toMatchObject({ code: 'mq.refused', message: expect.stringContaining('code 3') });
  });

  test('who asks for something without showing credentials gets nothing', async () => {
    const socket = connect(port, '127.0.0.1');
    let bytes = 0;
    let closed = false;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('close', () => {
      closed = true;
    });
    const writer = new ByteWriter(100);
    let at = beginFrame(writer, ASK.hello);
    writer.u8(WIRE_VERSION);
    writer.text('stranger');
    endFrame(writer, at);
    at = beginFrame(writer, ASK.createTopic);
    writer.u32(1);
    writer.bytes(Buffer.from('{"name":"stolen","partitions":1}'));
    endFrame(writer, at);
    socket.write(writer.take());
    await waitFor('the port closes', () => closed);
    expect(bytes).toBeGreaterThan(0);
    expect((await mq.topics()).map((topic) => topic.name)).toEqual(['t']);
  });

  test('a stranger may not make the port collect a large frame', async () => {
    const socket = connect(port, '127.0.0.1');
    let closed = false;
    socket.on('error', () => {});
    socket.on('close', () => {
      closed = true;
    });
    socket.resume();
    const header = Buffer.alloc(5);
    header.writeUInt32LE(1_000_000, 0);
    socket.write(header);
    await waitFor('the port closes', () => closed);
  });
});

describe('temporary credentials', () => {
  test('are renewed on the same connection, past their first expiry, without losing or doubling a message', async () => {
    const sender = await open(temporary());
    const receiver = await open(temporary());
    const seen: string[] = [];
    await receiver.consume({ group: 'g', topics: ['t'], mode: 'clustering', ordered: true }, async (delivery) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(Buffer.from(delivery.body).toString());
    });
    const producer = await sender.producer();
    const receipts: Promise<unknown>[] = [];
    for (let round = 0; round < 6; round += 1) {
      for (let n = 0; n < 200; n += 1) receipts.push(producer.send(message(round * 200 + n)));
      s.time.ms += 4000;
      await Promise.all([sender.renew(temporary()), receiver.renew(temporary())]);
    }
    await Promise.all(receipts);
    await waitFor('all messages', () => seen.length >= 1200);
    expect([...seen].map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 1200 }, (_, n) => n));
  });

  test('a failed renewal leaves the former ones in force', async () => {
    const client = await open(temporary());
    const producer = await client.producer();
    await expect(client.renew({ ...permanent, secretKey: `${SECRET}x` })).rejects.toMatchObject({ code: 'mq.refused' });
    await producer.send(message(1));
    await client.renew(permanent);
    s.time.ms += 60_000;
    await producer.send(message(2));
  });

  test('end with their expiry: the client is told, what it held goes to another', async () => {
    const lost: CausewayError[] = [];
    const client = await open(temporary(), { onLost: (error) => lost.push(error) });
    let held = 0;
    await client.consume({ group: 'g', topics: ['t'], mode: 'clustering', ordered: false }, () => {
      held += 1;
      return new Promise(() => undefined);
    });
    const producer = await mq.producer();
    await producer.send(message(1));
    await waitFor('the message', () => held === 1);
    s.time.ms += 10_000;
    await waitFor('the end', () => lost.length === 1);
    expect(lost[0]).toMatchObject({ code: 'mq.refused', message: expect.stringContaining('code 2') });
    const counts: number[] = [];
    const other = await open(permanent);
    await other.consume({ group: 'g', topics: ['t'], mode: 'clustering', ordered: false }, (delivery) => {
      counts.push(delivery.deliveryCount);
    });
    await waitFor('the message again', () => counts.length === 1);
    expect(counts[0]).toBeGreaterThan(1);
  });

  test('end at once when they, or their account, are withdrawn', async () => {
    const lost: CausewayError[] = [];
    const onLost = (error: CausewayError): void => {
      lost.push(error);
    };
    const credentials = temporary();
    await open(credentials, { onLost });
    s.issuer.revoke(credentials.id);
    await waitFor('the end', () => lost.length === 1);
    await open(permanent, { onLost });
    s.issuer.removeAccount('AK');
    await waitFor('the end of the other', () => lost.length === 2);
    expect(lost.map((error) => error.message)).toEqual([expect.stringContaining('code 3'), expect.stringContaining('code -1')]);
  });
});
