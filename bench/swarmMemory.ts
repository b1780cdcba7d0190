/** Memory of connected, idle clients, at both ends. Each round starts new processes: a heap does not shrink back. */
import { type Benchmark, type Figures, ratios, valuesOf } from './harness.ts';
import { startRole } from './remote.ts';
import type { role as FleetRole } from './roles/fleet.ts';
import type { FleetKind } from './roles/fleets.ts';
import type { role as GatewayRole } from './roles/gateway.ts';

/** Code, and buffers that do not grow with the number of clients, shall be there before the first reading. */
const FIRST = 50;
const HEAP = 'client, heap B';
const RSS = 'client, RSS B';

async function measure(kind: FleetKind, clients: number): Promise<Figures> {
  const gateway = startRole<typeof GatewayRole>('gateway', ['--expose-gc']);
  const fleet = startRole<typeof FleetRole>('fleet', ['--expose-gc']);
  try {
    const { port } = await gateway.call('start', null);
    await fleet.call('connect', { kind, port, clients: Math.min(FIRST, clients), prefix: 'first' });
    const before = { client: await fleet.call('memory', null), gateway: await gateway.call('memory', null) };
    const { connectMs } = await fleet.call('connect', { kind, port, clients, prefix: 'device' });
    const after = { client: await fleet.call('memory', null), gateway: await gateway.call('memory', null) };
    const each = (side: 'client' | 'gateway', figure: 'heapBytes' | 'rssBytes'): number =>
      (after[side][figure] - before[side][figure]) / clients;
    return {
      [HEAP]: each('client', 'heapBytes'),
      [RSS]: each('client', 'rssBytes'),
      'gateway, heap B': each('gateway', 'heapBytes'),
      'gateway, RSS B': each('gateway', 'rssBytes'),
      'connected in s': connectMs / 1000,
    };
  } finally {
    await fleet.close();
    await gateway.close();
  }
}

export const benchmark: Benchmark = {
  name: 'swarmMemory',
  what: 'memory of each of 10,000 connected, idle clients: the swarm against MQTT.js in the same thread; and on the gateway',
  async run(bench) {
    const clients = bench.quick ? 300 : 10_000;
    const samples = await bench.interleave({
      swarm: () => measure('swarm', clients),
      'MQTT.js': () => measure('MQTT.js', clients),
    });
    return {
      samples,
      comparisons: [
        {
          what: 'MQTT.js / swarm, heap',
          unit: 'x',
          values: ratios(samples, HEAP, 'MQTT.js', 'swarm'),
          target: { op: '>=', value: 3 },
        },
        {
          what: 'MQTT.js / swarm, RSS',
          unit: 'x',
          values: ratios(samples, RSS, 'MQTT.js', 'swarm'),
          target: { op: '>=', value: 3 },
        },
        { what: 'swarm, heap each', unit: 'B', values: valuesOf(samples, 'swarm', HEAP), target: { op: '<=', value: 8192 } },
        { what: 'swarm, RSS each', unit: 'B', values: valuesOf(samples, 'swarm', RSS), target: { op: '<=', value: 8192 } },
      ],
      notes: [
        `${clients} clients, clean session, keepalive 300 s, one process for the clients and one for the gateway.`,
        'Heap: heap and buffers after garbage collection. RSS: the whole process. Neither contains what the kernel holds for a socket.',
      ],
    };
  },
};
