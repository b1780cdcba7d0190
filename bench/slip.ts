/** How late a device thread sends: 20,000 messages/s over 5,000 clients in one thread. */
import { type Benchmark, type Figures, valuesOf } from './harness.ts';
import { startMosquitto } from './mosquitto.ts';
import { startRole } from './remote.ts';
import type { role as DevicesRole, Slip } from './roles/devices.ts';

const P99 = 'slip p99 ms';

const figures = ({ p50Ms, p99Ms, maxMs, waitedMs }: Slip): Figures => ({
  'slip p50 ms': p50Ms,
  [P99]: p99Ms,
  'slip max ms': maxMs,
  'waited for a core, ms': waitedMs,
});

export const benchmark: Benchmark = {
  name: 'slip',
  what: 'schedule slip of one device thread at 20,000 messages/s over 5,000 clients, against the due times',
  async run(bench) {
    const load = bench.quick ? { clients: 50, perSecond: 500, seconds: 1 } : { clients: 5_000, perSecond: 20_000, seconds: 5 };
    const broker = bench.keep(await startMosquitto());
    const subject = (qos: 0 | 1): (() => Promise<Figures>) => {
      const devices = bench.keep(startRole<typeof DevicesRole>('devices'));
      return async () => {
        const run = await devices.call('run', { ...load, qos, port: broker.port, brokerPid: broker.pid });
        return {
          ...figures(run),
          'messages/s': run.messages / load.seconds,
          'thread busy': run.cpuUs / (load.seconds * 1e6),
        };
      };
    };
    const idle = bench.keep(startRole<typeof DevicesRole>('devices'));
    const samples = await bench.interleave(
      {
        'QoS 0': subject(0),
        'QoS 1': subject(1),
        'nothing to send': async () => figures(await idle.call('nothing', load)),
      },
      1,
    );
    return {
      samples,
      comparisons: [
        { what: 'slip p99, QoS 0', unit: 'ms', values: valuesOf(samples, 'QoS 0', P99), target: { op: '<=', value: 2 } },
        { what: 'slip p99, QoS 1', unit: 'ms', values: valuesOf(samples, 'QoS 1', P99), target: { op: '<=', value: 2 } },
        { what: 'slip p99 of the empty schedule', unit: 'ms', values: valuesOf(samples, 'nothing to send', P99) },
      ],
      notes: [
        `${load.perSecond} messages/s, ${load.clients} clients in turn, ${load.seconds} s a round; the device thread of a run with all its measuring, the sink is Mosquitto.`,
        'Waited for a core: how long the thread had work but other processes had the cores, the broker among them. It is part of the slip.',
        'Nothing to send: the same schedule with an empty handler, so how late the timers of this machine are by themselves.',
      ],
    };
  },
};
