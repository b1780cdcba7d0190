/** What measuring costs: a run with everything it measures, against the same traffic with nothing measured. */
import { type Benchmark, type Figures, ratios } from './harness.ts';
import { startRole } from './remote.ts';
import type { role as BareRole } from './roles/bareRun.ts';
import type { role as FullRole } from './roles/fullRun.ts';
import type { RunFigures } from './roles/runScenario.ts';

const RATE = 'messages/s';
const PER_CORE = 'messages per CPU-second';

const figures = ({ perSecond, perCpuSecond }: RunFigures): Figures => ({ [RATE]: perSecond, [PER_CORE]: perCpuSecond });

export const benchmark: Benchmark = {
  name: 'measuring',
  what: 'most messages/s from devices through gateway, bridge and MQ to a consumer: measuring on against off',
  async run(bench) {
    const plan = bench.quick ? { clients: 20, seconds: 3, skipSeconds: 1.25 } : { clients: 500, seconds: 7, skipSeconds: 2 };
    // New processes each round, as every run has.
    const on = async (): Promise<Figures> => {
      const full = startRole<typeof FullRole>('fullRun');
      try {
        return figures(await full.call('run', plan));
      } finally {
        await full.close();
      }
    };
    const off = async (): Promise<Figures> => {
      const bare = startRole<typeof BareRole>('bareRun');
      try {
        return figures(await bare.call('run', plan));
      } finally {
        await bare.close();
      }
    };
    const samples = await bench.interleave({ 'measuring on': on, 'measuring off': off });
    const compare = (figure: string): number[] => ratios(samples, figure, 'measuring on', 'measuring off');
    return {
      samples,
      comparisons: [
        { what: 'on / off, messages per second', unit: 'x', values: compare(RATE), target: { op: '>=', value: 0.9 } },
        { what: 'on / off, messages per CPU-second', unit: 'x', values: compare(PER_CORE) },
      ],
      notes: [
        `${plan.clients} devices at QoS 1, each sends when MQ has its last message; one consumer; the first ${plan.skipSeconds} s are not counted.`,
        'On: a run of the lab. Off: the same gateway, bridge, MQ, threads, schedule, actors, clients and message length, without stamps, ledger, histograms, mapping checks, trace, frames and samplers.',
      ],
    };
  },
};
