/** Does a message cost more when there are more clients? The same messages/s from 1,000 and from 16,000 of them. */
import { type Benchmark, type Figures, ratios } from './harness.ts';
import { startRole } from './remote.ts';
import type { role as DevicesRole } from './roles/devices.ts';
import type { role as GatewayRole } from './roles/gateway.ts';

const THREAD = 'device thread, CPU us per message';
const GATEWAY = 'gateway, CPU us per message';
const name = (clients: number): string => `${clients} clients`;

export const benchmark: Benchmark = {
  name: 'clientsScaling',
  what: 'CPU per message with 16,000 clients against 1,000, at the same rate: device thread and gateway',
  async run(bench) {
    const [few, many] = bench.quick ? [10, 100] : [1_000, 16_000];
    const load = bench.quick ? { perSecond: 200, seconds: 1 } : { perSecond: 8_000, seconds: 5 };
    const subjects: Record<string, () => Promise<Figures>> = {};
    for (const clients of [few, many]) {
      const gateway = bench.keep(startRole<typeof GatewayRole>('gateway'));
      const { port } = await gateway.call('start', null);
      const devices = bench.keep(startRole<typeof DevicesRole>('devices'));
      subjects[name(clients)] = async () => {
        const run = await devices.call('run', { ...load, clients, qos: 0, port, brokerPid: gateway.pid });
        return {
          [THREAD]: run.cpuUs / run.messages,
          [GATEWAY]: run.brokerCpuUs / run.messages,
          'messages/s': run.messages / load.seconds,
          'slip p99 ms': run.p99Ms,
        };
      };
    }
    const samples = await bench.interleave(subjects, 1);
    const compare = (figure: string): number[] => ratios(samples, figure, name(many), name(few));
    return {
      samples,
      comparisons: [
        {
          what: `device thread, ${many} / ${few} clients`,
          unit: 'x',
          values: compare(THREAD),
          target: { op: '<=', value: 1.15 },
        },
        { what: `gateway, ${many} / ${few} clients`, unit: 'x', values: compare(GATEWAY), target: { op: '<=', value: 1.15 } },
      ],
      notes: [
        `${load.perSecond} messages/s at QoS 0, clients in turn, ${load.seconds} s a round; clients in one process, the gateway without bridge in another.`,
        `${many} clients: a process may have 20,000 descriptors open where this was written, and each end of a connection takes one.`,
      ],
    };
  },
};
