/** The embedded engine's TCP port. */
import { createServer, type Server } from 'node:net';
import type { MqGuard } from '../../credentials/mqGuard.ts';
import { CausewayError } from '../../protocol/errors.ts';
import type { Broker } from './broker.ts';
import type { MqAddress } from './options.ts';
import { Session } from './session.ts';

export interface MqServer {
  readonly address: MqAddress;
  /** Stops listening and ends every session; what they held is delivered to others. Idempotent. */
  close(): Promise<void>;
}

/** How often the credentials of open connections are looked at for their expiry. */
const SWEEP_MS = 100;

/** Opens the port; with a guard clients must show credentials. @throws CausewayError port.taken, port.denied, connect.failed */
export async function listenMq(broker: Broker, at: MqAddress, heartbeatMs?: number, guard?: MqGuard): Promise<MqServer> {
  const sessions = new Set<Session>();
  const server = createServer((socket) => {
    sessions.add(new Session(broker, socket, (session) => sessions.delete(session), heartbeatMs, guard));
  });
  const port = await opened(server, at);
  const judge = (): void => {
    for (const session of sessions) session.judge();
  };
  const timer = guard === undefined ? undefined : setInterval(judge, SWEEP_MS).unref();
  const unlisten = guard?.book.onChange(judge);
  let closing: Promise<void> | undefined;
  return {
    address: { host: at.host, port },
    close() {
      closing ??= (async () => {
        clearInterval(timer);
        unlisten?.();
        const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
        await Promise.all([...sessions].map((session) => session.close()));
        await stopped;
      })();
      return closing;
    },
  };
}

function opened(server: Server, { host, port }: MqAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    // Stays for the server's life: a failed accept (no descriptors left) must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(new CausewayError('port.taken', { port, host, option: 'mq.port' }, { cause: error }));
      else if (error.code === 'EACCES') reject(new CausewayError('port.denied', { port, host }, { cause: error }));
      else reject(new CausewayError('connect.failed', { address: `${host}:${port}`, reason: error.message }, { cause: error }));
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
