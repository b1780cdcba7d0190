import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectEmbeddedMq } from '../../core/mq/embedded/client.ts';
import { createEmbeddedMq } from '../../core/mq/embedded/embeddedMq.ts';
import type { EmbeddedMq, MqAddress } from '../../core/mq/embedded/options.ts';
import type { MqConsumerSpec, MqDelivery, MqMessage } from '../../core/mq/engine.ts';
import type { CausewayError } from '../../core/protocol/errors.ts';
import { waitFor } from '../helpers/waitFor.ts';

const HOST = '127.0.0.1';
const text = (delivery: MqMessage): string => Buffer.from(delivery.body).toString();
const message = (body: string, key?: string): MqMessage => ({
  topic: 't',
  properties: {},
  body: Buffer.from(body),
  ...(key === undefined ? {} : { key }),
});
const SPEC: MqConsumerSpec = { group: 'g', topics: ['t'], mode: 'clustering', ordered: false, from: 'earliest' };

let mq: EmbeddedMq;
let address: MqAddress;
beforeEach(async () => {
  mq = await createEmbeddedMq();
  await mq.createTopic({ name: 't', partitions: 2 });
  address = await mq.listen({ host: HOST, port: 0 });
});
afterEach(() => mq.close());

/** A relay that can cut or freeze the line between a client and the engine. */
async function relay(): Promise<{ address: MqAddress; cut(): void; freeze(): void; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(address);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen({ host: HOST, port: 0 }, resolve));
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('no address');
  return {
    address: { host: HOST, port: bound.port },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    freeze: () => {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

describe("the embedded MQ's port", () => {
  it('says that nobody answers, and that a port is taken', async () => {
    const free = await createEmbeddedMq();
    const closed = await free.listen({ host: HOST, port: 0 });
    await free.close();
    await expect(connectEmbeddedMq(closed)).rejects.toMatchObject({ code: 'connect.failed' });
    await expect(mq.listen(address)).rejects.toMatchObject({ code: 'port.taken' });
  });

  it('says so when what answers is not the engine', async () => {
    const stranger = createServer((socket) => {
      socket.on('error', () => {}).resume();
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((resolve) => stranger.listen({ host: HOST, port: 0 }, resolve));
    const { port } = stranger.address() as { port: number };
    await expect(connectEmbeddedMq({ host: HOST, port })).rejects.toMatchObject({ code: 'connect.failed' });
    await new Promise((resolve) => stranger.close(resolve));
  });

  it('rejects the sends under way when the connection is lost, tells the owner once, and refuses from then on', async () => {
    const line = await relay();
    const losses: CausewayError[] = [];
    const client = await connectEmbeddedMq({ ...line.address, onLost: (error) => void losses.push(error) });
    const producer = await client.producer();
    await producer.send(message('before'));
    line.freeze();
    const underWay = Promise.allSettled([producer.send(message('a')), producer.send(message('b'))]);
    await new Promise((resolve) => setImmediate(resolve));
    line.cut();
    for (const outcome of await underWay) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'mq.connection-lost' } });
    }
    await expect(producer.send(message('c'))).rejects.toMatchObject({ code: 'mq.connection-lost' });
    await expect(client.topics()).rejects.toMatchObject({ code: 'mq.connection-lost' });
    expect(losses).toHaveLength(1);
    await client.close();
    await line.close();
  });

  it('gives what a lost consumer held to the others, counted as redelivery', async () => {
    const line = await relay();
    const client = await connectEmbeddedMq(line.address);
    const never = new Promise<void>(() => {});
    let held = 0;
    await client.consume({ ...SPEC, prefetch: 10 }, () => {
      held += 1;
      return never;
    });
    const producer = await mq.producer();
    for (let i = 0; i < 30; i += 1) await producer.send(message(String(i)));
    await waitFor('prefetch is full', () => held === 10);
    const got: MqDelivery[] = [];
    line.cut();
    await mq.consume(SPEC, (delivery) => void got.push(delivery));
    await waitFor('all', () => got.length >= 30);
    expect(got.map((delivery) => Number(text(delivery))).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(got.filter(({ deliveryCount }) => deliveryCount === 2)).toHaveLength(10);
    await client.close();
    await line.close();
  });

  it('holds no more than prefetch on the wire, so that a slow consumer leaves work to others', async () => {
    const client = await connectEmbeddedMq(address);
    let held = 0;
    const never = new Promise<void>(() => {});
    await client.consume({ ...SPEC, prefetch: 4, visibilityMs: 60_000 }, () => {
      held += 1;
      return never;
    });
    const producer = await mq.producer();
    for (let i = 0; i < 50; i += 1) await producer.send(message(String(i)));
    await waitFor('four held', () => held === 4);
    await client.topics();
    expect(held).toBe(4);
    expect((await mq.groups())[0]).toMatchObject({ inFlight: 4, lag: 50 });
    await mq.close();
    await client.close();
  });

  it('takes nothing more while it closes, and leaves what was on its way to others, uncounted', async () => {
    const client = await connectEmbeddedMq(address);
    let finish = (): void => {};
    const mine: string[] = [];
    const consumer = await client.consume({ ...SPEC, prefetch: 1 }, (delivery) => {
      mine.push(text(delivery));
      return new Promise<void>((resolve) => (finish = resolve));
    });
    const producer = await mq.producer();
    await producer.send(message('held', 'k'));
    await waitFor('it is held', () => mine.length === 1);
    const closing = consumer.close();
    const got: MqDelivery[] = [];
    await mq.consume(SPEC, (delivery) => void got.push(delivery));
    for (let i = 0; i < 20; i += 1) await producer.send(message(String(i), `k${i}`));
    await waitFor('the others have them', () => got.length >= 20);
    finish();
    await closing;
    await client.topics();
    expect(mine).toEqual(['held']);
    expect(got.every(({ deliveryCount }) => deliveryCount === 1)).toBe(true);
    expect((await mq.groups())[0]).toMatchObject({ lag: 0, inFlight: 0, members: 1 });
    await client.close();
  });

  it('notices a peer that is silent without closing', async () => {
    const line = await relay();
    const lost = new Promise<CausewayError>((resolve) => {
      connectEmbeddedMq({ ...line.address, heartbeatMs: 20, onLost: resolve }).then(() => line.freeze());
    });
    await expect(lost).resolves.toMatchObject({ code: 'mq.connection-lost' });
    await line.close();
  });

  it.each([
    ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a frame too large', Buffer.from([0xff, 0xff, 0xff, 0xff, 1])],
    ['an empty frame', Buffer.from([0, 0, 0, 0])],
    ['another version', Buffer.from([4, 0, 0, 0, 1, 99, 0, 0])],
    ['a request before the greeting', Buffer.from([5, 0, 0, 0, 3, 1, 0, 0, 0])],
    ['a cut field', Buffer.from([4, 0, 0, 0, 1, 1, 0, 0, 2, 0, 0, 0, 5, 1])],
    ['an unknown type', Buffer.from([4, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 200])],
  ])('closes a connection that sends %s, and serves the others', async (_what, bytes) => {
    const client = await connectEmbeddedMq(address);
    const socket = connect(address);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.resume();
    socket.write(bytes);
    await closed;
    const producer = await client.producer();
    await expect(producer.send(message('x'))).resolves.toMatchObject({ topic: 't' });
    await client.close();
  });

  it('takes frames in whatever pieces they arrive', async () => {
    const slow = createServer((near) => {
      const far = connect(address);
      near.on('data', (chunk: Buffer) => {
        for (const byte of chunk) far.write(Buffer.from([byte]));
      });
      far.on('data', (chunk: Buffer) => {
        for (const byte of chunk) near.write(Buffer.from([byte]));
      });
      near.on('close', () => far.destroy());
      far.on('error', () => {});
    });
    await new Promise<void>((resolve) => slow.listen({ host: HOST, port: 0 }, resolve));
    const { port } = slow.address() as { port: number };
    const client = await connectEmbeddedMq({ host: HOST, port });
    const got: string[] = [];
    await client.consume(SPEC, (delivery) => void got.push(text(delivery)));
    const producer = await client.producer();
    await Promise.all(['a', 'b', 'c'].map((body) => producer.send(message(body, 'k'))));
    await waitFor('three', () => got.length === 3);
    expect(got).toEqual(['a', 'b', 'c']);
    await client.close();
    await new Promise((resolve) => slow.close(resolve));
  });

  it('carries bodies of megabytes', async () => {
    const client = await connectEmbeddedMq(address);
    const body = Buffer.alloc(5 * 1024 * 1024);
    for (let i = 0; i < body.length; i += 997) body[i] = i & 0xff;
    let found: Buffer | undefined;
    await client.consume(SPEC, (delivery) => {
      found = Buffer.from(delivery.body);
    });
    const producer = await client.producer();
    await producer.send({ topic: 't', properties: {}, body });
    await waitFor('it', () => found !== undefined);
    expect(found!.equals(body)).toBe(true);
    await client.close();
  });

  it('ends its clients when the engine closes', async () => {
    const lost = new Promise<CausewayError>((resolve, reject) => {
      connectEmbeddedMq({ ...address, onLost: resolve }).then(() => mq.close(), reject);
    });
    await expect(lost).resolves.toMatchObject({ code: 'mq.connection-lost' });
  });
});
