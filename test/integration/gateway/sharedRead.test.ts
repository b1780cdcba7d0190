/** What the gateway relies on inside Node's sockets: a step to another version of Node must pass it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readShared } from '../../../core/gateway/sharedRead.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let server: Server;
let accepted: Socket[];
let clients: Socket[];
let chunks: Map<Socket, Buffer[]>;

function collect(this: Socket, chunk: Buffer): void {
  chunks.get(this)?.push(chunk);
}
const textOf = (socket: Socket): string => Buffer.concat(chunks.get(socket) ?? []).toString();

beforeEach(async () => {
  accepted = [];
  clients = [];
  chunks = new Map();
  server = createServer((socket) => {
    chunks.set(socket, []);
    accepted.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of [...clients, ...accepted]) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** A connected pair; the server's end is read shared. */
async function pair(): Promise<{ readonly client: Socket; readonly end: Socket }> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  clients.push(client);
  await once(client, 'connect');
  await waitFor('the accepted socket', () => accepted.length === clients.length);
  const end = accepted.at(-1)!;
  expect(readShared(end, collect)).toBe(true);
  end.resume();
  return { client, end };
}

test('chunks of several sockets can be kept: none is overwritten by a later read', async () => {
  const a = await pair();
  const b = await pair();
  let sent = '';
  for (let i = 0; i < 50; i += 1) {
    sent += `${i},`;
    a.client.write(`${i},`);
    b.client.write(`${i},`.toUpperCase());
    await waitFor(`part ${i}`, () => textOf(a.end) === sent && textOf(b.end) === sent);
  }
  expect(chunks.get(a.end)!.length).toBeGreaterThan(1);
});

test('more than the buffer holds comes in order', async () => {
  const { client, end } = await pair();
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
  client.write(bytes);
  const length = (): number => (chunks.get(end) ?? []).reduce((sum, chunk) => sum + chunk.length, 0);
  await waitFor('all bytes', () => length() === bytes.length);
  expect(Buffer.concat(chunks.get(end)!).equals(bytes)).toBe(true);
});

test('a paused socket takes nothing more, and goes on when resumed', async () => {
  const { client, end } = await pair();
  client.write('before');
  await waitFor('before', () => textOf(end) === 'before');
  end.pause();
  // More than the system buffers between two sockets, so that the writer notices.
  client.write(Buffer.alloc(16 << 20, 'x'));
  await waitFor('the writer to be held up', () => client.writableLength > 0);
  const other = await pair();
  other.client.write('still read');
  await waitFor('the other one', () => textOf(other.end) === 'still read');
  expect(textOf(end)).toBe('before');
  end.resume();
  await waitFor('the rest', () => client.writableLength === 0);
  await waitFor('all bytes', () => (chunks.get(end) ?? []).reduce((sum, chunk) => sum + chunk.length, 0) === 6 + (16 << 20));
});

test('the end of the connection is told as ever', async () => {
  const { client, end } = await pair();
  const closed = once(end, 'close');
  client.end('last words');
  await closed;
  expect(textOf(end)).toBe('last words');
});

test('other streams are left as they are', () => {
  const [stream] = duplexPair();
  expect(readShared(stream, collect)).toBe(false);
  const tls = new TLSSocket(duplexPair()[0] as Socket);
  expect(readShared(tls, collect)).toBe(false);
  tls.destroy();
});
