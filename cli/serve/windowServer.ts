/** The lab for a browser on this machine: the window's files and a WebSocket beside them, on 127.0.0.1 only. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { LabHost } from '../../core/host/types.ts';
import { CausewayError } from '../../core/protocol/errors.ts';
import { Access } from './access.ts';
import { Pages } from './pages.ts';

const HOST = '127.0.0.1';
/** A call holds a scenario (1 MB) or a message to be inspected at most. */
const MAX_PAYLOAD = 8 * 1_048_576;
/** Bytes that a window has not read: pushes stop long before, so that it asks for much and reads nothing. */
const MOST_BACKLOG = 64 * 1_048_576;
const MOST_WINDOWS = 32;
const HEARTBEAT_MS = 15_000;

export interface WindowServerOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Folder of the built window. */
  readonly rendererFolder: string;
  readonly lab: LabHost;
  /** Milliseconds between pings; a window that has not answered the one before is closed. Default 15,000. */
  readonly heartbeatMs?: number;
}

export interface WindowServer {
  readonly port: number;
  /** With the token of this start: whoever knows it has the lab. */
  readonly url: string;
  /** Closes every connection. The lab stays open. Idempotent. */
  close(): Promise<void>;
}

/** @throws CausewayError port.taken, port.denied, input.unreadable */
export async function openWindowServer(options: WindowServerOptions): Promise<WindowServer> {
  const pages = await Pages.of(options.rendererFolder);
  const access = new Access();
  const http = createServer((request, response) => {
    if (access.knowsHost(request)) {
      pages.answer(request, response, access.hosts).catch(() => response.destroy());
      return;
    }
    response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end('this server is known as 127.0.0.1 and localhost only');
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD, perMessageDeflate: false });
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Until it is a WebSocket, a reset of the connection is nobody else's business.
    socket.on('error', () => socket.destroy());
    if (!access.admits(request) || sockets.clients.size >= MOST_WINDOWS) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (window) => connect(window, options.lab));
  });
  const port = await listen(http, options.port);
  const beat = heartbeat(sockets, options.heartbeatMs ?? HEARTBEAT_MS);
  access.listening(port);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(beat);
    for (const window of sockets.clients) window.terminate();
    http.closeAllConnections();
    await new Promise<void>((resolve) => http.close(() => resolve()));
  };
  return {
    port,
    url: `http://${HOST}:${port}/?token=${access.token}`,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

const alive = new WeakSet<WebSocket>();

function heartbeat(sockets: WebSocketServer, everyMs: number): NodeJS.Timeout {
  return setInterval(() => {
    for (const window of sockets.clients) {
      if (alive.delete(window)) window.ping();
      else window.terminate();
    }
  }, everyMs);
}

function connect(window: WebSocket, lab: LabHost): void {
  alive.add(window);
  const attached = lab.attach({
    send: (message) => {
      if (window.bufferedAmount > MOST_BACKLOG) window.terminate();
      else window.send(JSON.stringify(message), () => undefined);
    },
    backlog: () => window.bufferedAmount,
  });
  window.on('pong', () => alive.add(window));
  // Its close follows.
  window.on('error', () => undefined);
  window.on('close', () => attached.detach());
  window.on('message', (data, isBinary) => {
    let message: unknown;
    try {
      if (isBinary) throw new Error('not text');
      message = JSON.parse(String(data));
    } catch {
      window.close(1007, 'expected JSON');
      return;
    }
    attached.take(message);
  });
}

async function listen(http: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'port.taken' : error.code === 'EACCES' ? 'port.denied' : undefined;
      reject(code === undefined ? error : new CausewayError(code, { port, host: HOST, option: '--port' }, { cause: error }));
    });
    http.listen(port, HOST, () => resolve());
  });
  return (http.address() as AddressInfo).port;
}
