import { createServer, type Server } from 'node:net';

/** So many free ports of 127.0.0.1. All are held until the last is found, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  try {
    for (let i = 0; i < count; i += 1) {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      held.push(server);
    }
    return held.map((server) => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
      return address.port;
    });
  } finally {
    await Promise.all(held.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }
}
