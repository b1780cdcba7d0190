/** One publisher, 200 subscribers, QoS 0: the gateway against Mosquitto. */
import { type Benchmark, type Figures, ratios } from './harness.ts';
import { startMosquitto } from './mosquitto.ts';
import { cpuUs } from './processUsage.ts';
import { startRole } from './remote.ts';
import type { role as AudienceRole } from './roles/audience.ts';
import type { role as GatewayRole } from './roles/gateway.ts';

const PER_CORE = 'deliveries per broker CPU-second';
const RATE = 'deliveries/s';
/** A stream of messages, as fast as all receivers get them; and ever fewer under way, down to the worst case for joining writes. */
const MODES = [
  { name: 'stream', window: 256 },
  { name: 'up to 16', window: 16 },
  { name: 'one at a time', window: 1 },
];

export const benchmark: Benchmark = {
  name: 'gatewayFanOut',
  what: 'QoS 0 from one publisher to 200 subscribers: the gateway without bridge against Mosquitto',
  async run(bench) {
    const ms = bench.quick ? 200 : 3_000;
    const subscribers = bench.quick ? 20 : 200;
    const gateway = bench.keep(startRole<typeof GatewayRole>('gateway'));
    const { port } = await gateway.call('start', null);
    const mosquitto = bench.keep(await startMosquitto());
    const brokers = [
      { name: 'gateway', port, pid: gateway.pid },
      { name: 'Mosquitto', port: mosquitto.port, pid: mosquitto.pid },
    ];
    const subjects: Record<string, () => Promise<Figures>> = {};
    for (const broker of brokers) {
      const audience = bench.keep(startRole<typeof AudienceRole>('audience'));
      await audience.call('connect', { port: broker.port, subscribers, payloadBytes: 100 });
      for (const { name, window } of MODES) {
        subjects[`${broker.name}, ${name}`] = async () => {
          const before = cpuUs(broker.pid);
          const { deliveries, seconds } = await audience.call('stream', { ms, window });
          const cpuSeconds = (cpuUs(broker.pid) - before) / 1e6;
          return { [PER_CORE]: deliveries / cpuSeconds, [RATE]: deliveries / seconds, 'broker busy': cpuSeconds / seconds };
        };
      }
    }
    const samples = await bench.interleave(subjects, 1);
    const compare = (figure: string, mode: string): number[] => ratios(samples, figure, `gateway, ${mode}`, `Mosquitto, ${mode}`);
    return {
      samples,
      comparisons: [
        {
          what: 'gateway / Mosquitto, stream, per second',
          unit: 'x',
          values: compare(RATE, 'stream'),
          target: { op: '>=', value: 3 },
        },
        {
          what: 'gateway / Mosquitto, stream, per CPU-second',
          unit: 'x',
          values: compare(PER_CORE, 'stream'),
          target: { op: '>=', value: 3 },
        },
        { what: 'gateway / Mosquitto, up to 16, per second', unit: 'x', values: compare(RATE, 'up to 16') },
        { what: 'gateway / Mosquitto, one at a time, per second', unit: 'x', values: compare(RATE, 'one at a time') },
        { what: 'gateway / Mosquitto, one at a time, per CPU-second', unit: 'x', values: compare(PER_CORE, 'one at a time') },
      ],
      notes: [
        `${subscribers} subscribers in one process that only counts bytes; payload 100 bytes. Every delivery is checked to have come, once.`,
        'Stream: up to 256 messages under way; then up to 16. One at a time: the next message is sent when all receivers have the last one.',
      ],
    };
  },
};
