/** Ports for servers that must be told theirs before they start. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below the range that systems take ports of outgoing connections and of "any free port" from (32768 on Linux, 49152
 * elsewhere): one of those may be taken by somebody else's connection in the seconds until a JVM opens it. Seen with
 * Kafka beside other tests.
 */
const FIRST = 20_000;
const BELOW = 32_000;
const TRIES = 1_000;

/** So many free ports of 127.0.0.1. All are held until the last is found, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  try {
    for (let tries = 0; held.size < count; tries += 1) {
      if (tries === TRIES) throw new Error(`no ${count} free ports between ${FIRST} and ${BELOW}`);
      const port = randomInt(FIRST, BELOW);
      const server = held.has(port) ? undefined : await listen(port);
      if (server !== undefined) held.set(port, server);
    }
    return [...held.keys()];
  } finally {
    await Promise.all([...held.values()].map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }
}

function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
