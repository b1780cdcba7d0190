/** Who gets in at `causeway serve`, and what is answered. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openWindowServer, type WindowServer } from '../../../cli/serve/windowServer.ts';
import { type TestLab, testLab } from '../../helpers/labHost.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let lab: TestLab;
let folder: string;
let server: WindowServer;
let token: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-serve-'));
  const rendererFolder = join(folder, 'renderer');
  await mkdir(join(rendererFolder, 'assets'), { recursive: true });
  await writeFile(join(rendererFolder, 'index.html'), '<title>lab</title>');
  await writeFile(join(rendererFolder, 'assets', 'a.js'), 'a()');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  lab = await testLab();
  server = await openWindowServer({ port: 0, rendererFolder, lab: lab.host, heartbeatMs: 50 });
  token = new URL(server.url).searchParams.get('token')!;
});
afterAll(async () => {
  await server.close();
  await lab.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** Sends the path as it is: `fetch` would tidy it up. */
function get(path: string, options: { readonly method?: string; readonly host?: string } = {}): Promise<Answer> {
  const { method = 'GET', host = `127.0.0.1:${server.port}` } = options;
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path, method, headers: { host }, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

interface Opening {
  readonly origin?: string | undefined;
  readonly host?: string;
  readonly path?: string;
}

/** The status with which a WebSocket is refused; 101: it opened. */
function opened({ origin = `http://127.0.0.1:${server.port}`, host, path = `/lab?token=${token}` }: Opening): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, {
      ...(origin === '' ? {} : { origin }),
      ...(host === undefined ? {} : { headers: { host } }),
    });
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (_, response) => {
      resolve(response.statusCode!);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
}

describe('pages', () => {
  it('come with their type and a policy that lets no foreign or inline script run', async () => {
    const index = await get('/?token=x');
    expect(index).toMatchObject({ status: 200, text: '<title>lab</title>' });
    expect(index.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const policy = String(index.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
    const script = await get('/assets/a.js');
    expect(script).toMatchObject({ status: 200, text: 'a()', headers: { 'content-type': 'text/javascript; charset=utf-8' } });
    expect((await get('/', { method: 'HEAD' })).text).toBe('');
    expect((await get('/', { method: 'POST' })).status).toBe(405);
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '//secret.txt',
    '/secret.txt%00.html',
    '/assets',
    '/assets/',
    '/__proto__',
  ])('nothing outside the window is served: %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain('secret');
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '127.0.0.1.evil.example'])(
    'another name of this server is refused: %j',
    async (host) => expect((await get('/', { host })).status).toBe(403),
  );
});

describe('the lab’s WebSocket', () => {
  it('opens for the own page with the token', async () => {
    expect(await opened({})).toBe(101);
    const named = `localhost:${server.port}`;
    expect(await opened({ host: named, origin: `http://${named}` })).toBe(101);
  });

  it.each([
    ['no token', { path: '/lab' }],
    ['an empty token', { path: '/lab?token=' }],
    ['a wrong token', { path: '/lab?token=wrong' }],
    ['another path', { path: '/?token=TOKEN' }],
    ['no origin', { origin: '' }],
    ['a foreign origin', { origin: 'http://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['a sandboxed page', { origin: 'null' }],
    ['another scheme', { origin: 'https://127.0.0.1:PORT' }],
    ['a rebound name', { origin: 'http://evil.example:PORT', host: 'evil.example:PORT' }],
    ['two own names mixed', { origin: 'http://localhost:PORT' }],
  ] as const)('stays shut: %s', async (_, opening: Opening) => {
    const filled = Object.fromEntries(
      Object.entries(opening).map(([key, value]) => [key, value.replace('PORT', String(server.port)).replace('TOKEN', token)]),
    );
    expect(await opened(filled)).toBe(403);
  });

  /** What an HTTP client of manners would not send; answered with the status line, or by closing. */
  const raw = (head: string): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      const socket = createConnection({ host: '127.0.0.1', port: server.port }, () => socket.write(`${head}\r\n\r\n`));
      socket.on('data', (chunk) => {
        text += chunk;
        socket.end();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text.split('\r\n')[0]!));
    });

  it.each(['//', '///', 'http://[', 'http://[::', 'http://:0:0/', '?', '/lab?token=%', '/lab?%00', '*', '/lab?token=a?token=b'])(
    'a target that is no address of the lab is refused, and the lab goes on: %s',
    async (target) => {
      const own = `Host: 127.0.0.1:${server.port}\r\nOrigin: http://127.0.0.1:${server.port}`;
      const upgrade =
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
      expect(await raw(`GET ${target} HTTP/1.1\r\n${own}\r\n${upgrade}`)).toMatch(/^HTTP\/1\.1 40[03] /);
      expect(await raw(`GET ${target} HTTP/1.1\r\n${own}`)).toMatch(/^HTTP\/1\.1 40[034] /);
      expect(await opened({})).toBe(101);
    },
  );

  const connect = async (): Promise<{ socket: WebSocket; messages: string[]; closed: () => number | undefined }> => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/lab?token=${token}`, {
      origin: `http://127.0.0.1:${server.port}`,
    });
    const messages: string[] = [];
    let code: number | undefined;
    socket.on('message', (data) => messages.push(String(data)));
    socket.on('close', (with_) => {
      code = with_;
    });
    socket.on('error', () => undefined);
    await waitFor('the connection', () => socket.readyState === WebSocket.OPEN);
    return { socket, messages, closed: () => code };
  };

  it('carries calls and answers, and survives what is neither', async () => {
    const { socket, messages } = await connect();
    socket.send('{"call":"nope","seq":1,"input":{}}');
    socket.send('[]');
    socket.send('{"call":"lab.info","seq":2,"input":{}}');
    await waitFor('answers', () => messages.length === 2);
    expect(messages.map((text) => JSON.parse(text)).sort((a, b) => a.answer - b.answer)).toMatchObject([
      { answer: 1, ok: false, error: { code: 'window.call-unknown' } },
      { answer: 2, ok: true, value: { host: 'browser' } },
    ]);
    socket.terminate();
  });

  it.each([
    ['no JSON', '{', 1007],
    ['bytes', Buffer.from('{}'), 1007],
    ['more than a call can be', 'x'.repeat(9_000_000), 1009],
  ] as const)('is closed at %s', async (_, data, code) => {
    const { socket, closed } = await connect();
    socket.send(data);
    await waitFor('the close', () => closed() !== undefined);
    expect([code, 1006]).toContain(closed());
  });

  it('is closed when nobody answers its pings', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/lab?token=${token}`, {
      origin: `http://127.0.0.1:${server.port}`,
      autoPong: false,
    });
    let gone = false;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      gone = true;
    });
    await waitFor('the end', () => gone);
  });
});

it('no other address of this machine leads to it', async () => {
  const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses!.map(({ address }) => address));
  const reached = (host: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = createConnection({ host, port: server.port });
      socket.on('connect', () => {
        resolve(true);
        socket.destroy();
      });
      socket.on('error', () => resolve(false));
    });
  expect(await reached('127.0.0.1')).toBe(true);
  for (const host of ['127.0.0.2', '::1', ...others.filter((address) => address !== '127.0.0.1')])
    expect(await reached(host), host).toBe(false);
});

it('a port that is taken is told as such', async () => {
  const again = openWindowServer({ port: server.port, rendererFolder: join(folder, 'renderer'), lab: lab.host });
  await expect(again).rejects.toMatchObject({ code: 'port.taken' });
  const unbuilt = openWindowServer({ port: 0, rendererFolder: join(folder, 'nothing'), lab: lab.host });
  await expect(unbuilt).rejects.toMatchObject({ code: 'input.unreadable' });
});
