/** Many publishers into one broker at QoS 0: the gateway (without bridge) against Mosquitto, under the same fleet. */
import { type Benchmark, type Figures, ratios } from './harness.ts';
import { startMosquitto } from './mosquitto.ts';
import { cpuUs } from './processUsage.ts';
import { startRole } from './remote.ts';
import type { role as FleetRole } from './roles/fleet.ts';
import type { role as GatewayRole } from './roles/gateway.ts';

const PER_CORE = 'messages per broker CPU-second';
const PAYLOADS = 100;

export const benchmark: Benchmark = {
  name: 'gatewayFanIn',
  what: 'QoS 0 fan-in, messages per CPU-second of the broker: the gateway without bridge against Mosquitto',
  async run(bench) {
    const ms = bench.quick ? 200 : 3_000;
    const sizes = bench.quick ? [10] : [100, 1_000];
    const gateway = bench.keep(startRole<typeof GatewayRole>('gateway'));
    const { port } = await gateway.call('start', null);
    const mosquitto = bench.keep(await startMosquitto());
    const brokers = [
      { name: 'gateway', port, pid: gateway.pid },
      { name: 'Mosquitto', port: mosquitto.port, pid: mosquitto.pid },
    ];
    const subjects: Record<string, () => Promise<Figures>> = {};
    for (const clients of sizes) {
      for (const broker of brokers) {
        const fleet = bench.keep(startRole<typeof FleetRole>('fleet'));
        await fleet.call('connect', { kind: 'swarm', port: broker.port, clients, prefix: `f${clients}` });
        subjects[`${broker.name}, ${clients} clients`] = async () => {
          const before = cpuUs(broker.pid);
          const { messages, seconds } = await fleet.call('offer', { qos: 0, ms, payloadBytes: PAYLOADS });
          const cpuSeconds = (cpuUs(broker.pid) - before) / 1e6;
          return { [PER_CORE]: messages / cpuSeconds, 'messages/s': messages / seconds, 'broker busy': cpuSeconds / seconds };
        };
      }
    }
    const samples = await bench.interleave(subjects, 1);
    return {
      samples,
      comparisons: sizes.flatMap((clients) => [
        {
          what: `gateway / Mosquitto, ${clients} clients, per CPU-second`,
          unit: 'x' as const,
          values: ratios(samples, PER_CORE, `gateway, ${clients} clients`, `Mosquitto, ${clients} clients`),
          target: { op: '>=' as const, value: 1 },
        },
        {
          what: `gateway / Mosquitto, ${clients} clients, per second`,
          unit: 'x' as const,
          values: ratios(samples, 'messages/s', `gateway, ${clients} clients`, `Mosquitto, ${clients} clients`),
        },
      ]),
      notes: [
        `Payload ${PAYLOADS} bytes, a topic for each client, nobody subscribed. The load is the swarm's, as fast as the broker takes it.`,
        'CPU-seconds of the whole broker process, garbage collector included, until it has read every message.',
      ],
    };
  },
};
