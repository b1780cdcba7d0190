/**
 * Sessions that members leave at a broker outside the lab. It outlives the run: what an earlier one has left would be
 * delivered to this one, and what this one leaves would fill up for ever. MQTT 3.1.1 ends a session by a connection that
 * asks for a clean one.
 */
import { Swarm } from '../swarm/swarm.ts';
import type { Endpoint, SimClientOptions } from '../swarm/types.ts';

/** Whoever has not connected by then is given up: a broker that does not answer is found out otherwise. */
const PATIENCE_MS = 30_000;

/** Ends the sessions of these clients. Resolves when it is done, or when patience is at its end. */
export async function sweepSessions(endpoint: Endpoint, clients: readonly SimClientOptions[]): Promise<void> {
  if (clients.length === 0) return;
  let open = clients.length;
  let done = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  const one = (): void => {
    open -= 1;
    if (open === 0) done();
  };
  const swarm = new Swarm(endpoint, {
    onConnected: (client) => void client.end(),
    onClosed: (_client, reason, code) => {
      // A refusal will be met again by the member itself, and told there.
      if (reason === 'ended' || code !== undefined) one();
    },
  });
  const timer = setTimeout(done, PATIENCE_MS);
  for (const { will: _, ...options } of clients) swarm.add({ ...options, cleanSession: true }).connect();
  await finished;
  clearTimeout(timer);
  await swarm.close();
}
