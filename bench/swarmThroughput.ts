/** Messages that one thread of clients can offer: the swarm against MQTT.js, both against one Mosquitto. */
import { type Benchmark, type Figures, ratios } from './harness.ts';
import { startMosquitto } from './mosquitto.ts';
import { startRole } from './remote.ts';
import type { role as FleetRole } from './roles/fleet.ts';
import type { FleetKind } from './roles/fleets.ts';

const PER_CORE = 'messages per CPU-second';
/** What the clients' own code takes; the kernel's share is the same for every client that writes as often. */
const OWN = 'own code, us each';
const RATE = 'messages/s';
const KINDS: readonly FleetKind[] = ['swarm', 'MQTT.js'];
const LEVELS = [
  { qos: 0, target: 2 },
  { qos: 1, target: 3 },
] as const;

const subject = (kind: FleetKind, clients: number, qos: 0 | 1): string => `${kind}, ${clients} clients, QoS ${qos}`;

export const benchmark: Benchmark = {
  name: 'swarmThroughput',
  what: 'messages/s one thread can offer: the swarm against MQTT.js, same broker (Mosquitto), 100 and 1,000 clients',
  async run(bench) {
    const ms = bench.quick ? 200 : 2_000;
    const sizes = bench.quick ? [10] : [100, 1_000];
    const broker = bench.keep(await startMosquitto());
    const subjects: Record<string, () => Promise<Figures>> = {};
    for (const clients of sizes) {
      for (const kind of KINDS) {
        const fleet = bench.keep(startRole<typeof FleetRole>('fleet'));
        await fleet.call('connect', { kind, port: broker.port, clients, prefix: `${kind}-${clients}` });
        for (const { qos } of LEVELS) {
          subjects[subject(kind, clients, qos)] = async () => {
            const offered = await fleet.call('offer', { qos, ms, payloadBytes: 100 });
            const { messages, seconds, userSeconds, kernelSeconds } = offered;
            return {
              [PER_CORE]: messages / (userSeconds + kernelSeconds),
              [OWN]: (userSeconds * 1e6) / messages,
              'kernel, us each': (kernelSeconds * 1e6) / messages,
              [RATE]: messages / seconds,
            };
          };
        }
      }
    }
    const samples = await bench.interleave(subjects, 1);
    return {
      samples,
      comparisons: LEVELS.flatMap(({ qos, target }) =>
        sizes.flatMap((clients) => [
          {
            what: `swarm / MQTT.js, QoS ${qos}, ${clients} clients, per CPU-second`,
            unit: 'x' as const,
            values: ratios(samples, PER_CORE, subject('swarm', clients, qos), subject('MQTT.js', clients, qos)),
            target: { op: '>=' as const, value: target },
          },
          {
            what: `swarm / MQTT.js, QoS ${qos}, ${clients} clients, per second`,
            unit: 'x' as const,
            values: ratios(samples, RATE, subject('swarm', clients, qos), subject('MQTT.js', clients, qos)),
          },
          {
            what: `MQTT.js / swarm, QoS ${qos}, ${clients} clients, CPU time in own code`,
            unit: 'x' as const,
            values: ratios(samples, OWN, subject('MQTT.js', clients, qos), subject('swarm', clients, qos)),
          },
        ]),
      ),
      notes: [
        'Payload 100 bytes; clients in turn, 256 messages per turn of the event loop, at most 20 under way for each client.',
        'CPU-seconds of the client process, all its threads. Messages per second can be limited by the broker, which is one thread too.',
        'The time ends when the broker has acknowledged one last QoS 1 message of each client.',
      ],
    };
  },
};
