/** The listening sockets: TCP, TLS, and WebSocket over either. */
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { CausewayError } from '../protocol/errors.ts';
import type { Address, ListenerSpec, TlsFiles } from './types.ts';

/** Takes a new connection: the stream MQTT is spoken on, and the TCP or TLS socket beneath it. */
export type Accept = (stream: Duplex, socket: Socket) => void;

export interface Listeners {
  readonly addresses: readonly Address[];
  /** Stops listening and cuts what is still connected. Idempotent. */
  close(): Promise<void>;
}

/** Room for a ramp of thousands of connects in one moment; the kernel caps it (net.core.somaxconn). */
const BACKLOG = 4_096;
/** A WebSocket frame may hold several packets; beyond this it is refused before it is collected. */
const MAX_FRAME_BYTES = 16 << 20;

/** MQTT over WebSocket asks for the subprotocol `mqtt` [MQTT-6.0.0-3] and binary frames [MQTT-6.0.0-1]; any path will do. */
function acceptWebSockets(server: Server, accept: Accept): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  server.on('upgrade', (request: http.IncomingMessage, socket: Socket, head: Buffer) => {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!offered.includes('mqtt')) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    socket.setNoDelay(true);
    sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      webSocket.on('message', (_data, isBinary) => {
        if (!isBinary) webSocket.terminate();
      });
      accept(createWebSocketStream(webSocket), socket);
    });
  });
}

function makeServer(kind: ListenerSpec['kind'], files: TlsFiles | undefined, accept: Accept): Server {
  if (kind === 'tcp') return net.createServer({ noDelay: true }, (socket) => accept(socket, socket));
  const refuse: http.RequestListener = (_request, response) => {
    response.writeHead(426, { Upgrade: 'websocket' }).end();
  };
  if (kind === 'ws') {
    const server = http.createServer(refuse);
    acceptWebSockets(server, accept);
    return server;
  }
  const { key, cert } = files!;
  if (kind === 'wss') {
    const server = https.createServer({ key, cert }, refuse);
    acceptWebSockets(server, accept);
    return server;
  }
  return tls.createServer({ key, cert, noDelay: true }, (socket) => accept(socket, socket));
}

async function listen(server: Server, spec: ListenerSpec): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: spec.host, port: spec.port, backlog: BACKLOG }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  }).catch((error: NodeJS.ErrnoException) => {
    const details = { port: spec.port, host: spec.host, option: `port of the ${spec.kind} listener`, reason: error.message };
    if (error.code === 'EADDRINUSE') throw new CausewayError('port.taken', details, { cause: error });
    if (error.code === 'EACCES') throw new CausewayError('port.denied', details, { cause: error });
    const expected = 'an address of this machine and a port from 0 to 65535';
    throw new CausewayError(
      'input.argument',
      { argument: 'listener', value: `${spec.kind} ${spec.host}:${spec.port}`, reason: error.message, expected },
      { cause: error },
    );
  });
  return { kind: spec.kind, host: spec.host, port: (server.address() as AddressInfo).port };
}

/**
 * Opens all listeners or none.
 * @throws CausewayError port.taken, port.denied, input.argument (not an address of this machine)
 */
export async function openListeners(
  specs: readonly ListenerSpec[],
  files: TlsFiles | undefined,
  accept: Accept,
): Promise<Listeners> {
  const servers: Server[] = [];
  // Below TLS and HTTP: handshakes under way are no MQTT connections yet, and must not keep a closing server open.
  const sockets = new Set<Socket>();
  const close = async (): Promise<void> => {
    const closed = servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  };
  const addresses: Address[] = [];
  try {
    for (const spec of specs) {
      const server = makeServer(spec.kind, files, accept);
      server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
      });
      // A failed handshake is the client's problem: its socket is closed by Node.
      server.on('tlsClientError', () => {});
      addresses.push(await listen(server, spec));
      servers.push(server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { addresses, close };
}
