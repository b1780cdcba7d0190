/** Aedes on a free port: the same broker for the swarm and for MQTT.js, which is the reference. */
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { Aedes } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Transport } from '../../../core/swarm/types.ts';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface TestBroker {
  readonly aedes: Aedes;
  readonly port: number;
  close(): Promise<void>;
}

export async function aedesBroker(transport: Transport = 'tcp', certificate?: Certificate): Promise<TestBroker> {
  const aedes = await Aedes.createBroker();
  const secure = certificate === undefined ? {} : { key: certificate.key, cert: certificate.cert };
  const make = {
    tcp: () => createServer((socket) => void aedes.handle(socket)),
    tls: () => createTls(secure, (socket) => void aedes.handle(socket)),
    ws: () => webSocket(createHttp()),
    wss: () => webSocket(createHttps(secure) as Server),
  };
  const webSocket = (http: Server): Server => {
    const sockets = new WebSocketServer({ server: http, path: '/mqtt' });
    sockets.on('connection', (socket) => {
      const stream = createWebSocketStream(socket);
      stream.on('error', () => {});
      aedes.handle(stream);
    });
    return http;
  };
  const server = make[transport]();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    aedes,
    port: address.port,
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
