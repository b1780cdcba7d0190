/** What it costs to set up a client, by repetition: single measurements of it differ too much to compare. */
import type { Scope } from '../bench.ts';
import { median } from '../figures.ts';
import { type Connections, openLibraryClients, openLibraryCrowd } from '../libraryClients.ts';
import { mqWay, NAMES } from '../ways.ts';

/** Milliseconds per client; null: none came. */
interface SetUp {
  readonly mqtt: number | null;
  readonly mq: number | null;
}

/**
 * Sets up clients of MQTT.js and of the MQ by turns, and tells the medians; fewer rounds where they take long. `addressed`:
 * each gets what is sent to its name, which over MQTT takes no subscription.
 */
export async function setUpTimes(scope: Scope, clients: number, connections: Connections, addressed = false): Promise<SetUp> {
  const open = {
    mqtt: async () =>
      addressed ? (await openLibraryClients(scope, clients)).length : openLibraryCrowd(scope, clients, connections),
    mq: async () => {
      const way = mqWay(scope);
      let came = clients;
      for (const kind of connections) {
        const receivers = () => way.receivers(clients, addressed ? 'addressed' : 'all', () => undefined);
        came = Math.min(came, (await (kind === 'receiver' ? receivers() : way.senders(clients))).length);
      }
      return came;
    },
  };
  const times: Record<'mqtt' | 'mq', number[]> = { mqtt: [], mq: [] };
  const reserve = scope.leftMs / 2;
  for (let round = 0; round < scope.bench.sizes.rounds && scope.leftMs > reserve; round += 1) {
    for (const side of ['mqtt', 'mq'] as const) {
      scope.step(`${NAMES[side]}: setting up clients, round ${round + 1}`);
      await scope.apart(async () => {
        const start = performance.now();
        const count = await open[side]();
        if (count > 0) times[side].push((performance.now() - start) / count);
      });
    }
  }
  return { mqtt: median(times.mqtt), mq: median(times.mq) };
}
