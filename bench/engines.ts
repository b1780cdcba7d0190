/** The same scenario on every engine that can be started here. */
import { ENGINES, EXTERNAL_ENGINES } from '../core/mq/engines.ts';
import { type Benchmark, type Figures, ratios } from './harness.ts';
import { startRole } from './remote.ts';
import type { EnginePlan, role as EngineRole } from './roles/engineRun.ts';
import { startServer } from './servers.ts';

const RATE = 'messages/s';
const MOST = 'flat out';
const PACED = 'paced';

async function measure(plan: EnginePlan): Promise<Figures> {
  const lab = startRole<typeof EngineRole>('engineRun');
  try {
    const { perSecond, cpuUsPerMessage, up, down } = await lab.call('run', plan);
    return {
      [RATE]: perSecond,
      'us of CPU per message': cpuUsPerMessage,
      'up p50 ms': up.p50Ms,
      'up p99 ms': up.p99Ms,
      ...(down === undefined ? {} : { 'down p50 ms': down.p50Ms, 'down p99 ms': down.p99Ms }),
    };
  } finally {
    await lab.close();
  }
}

export const benchmark: Benchmark = {
  name: 'engines',
  what: 'the same scenario on the embedded MQ, Kafka, RocketMQ and RabbitMQ: latency at one rate, and most messages/s',
  async run(bench) {
    const seconds = bench.quick ? 4 : 8;
    const devices = bench.quick ? 50 : 500;
    const perSecond = bench.quick ? 200 : 1_000;
    const notes = [
      `${devices} devices at QoS 1, one ordered consumer. Paced: ${perSecond} reports/s up and a tenth of that in commands to single devices. Flat out: each device sends as soon as MQ has its last report.`,
      'CPU is that of the lab: gateway, bridge, devices, services, and the engine only where it is the embedded one. All servers run all the time, on the same cores.',
      'The embedded MQ says nothing about Kafka, RocketMQ or RabbitMQ: it is in the same process and keeps messages in memory.',
    ];
    const subjects: Record<string, () => Promise<Figures>> = {};
    const started: string[] = [];
    const add = (title: string, place: Pick<EnginePlan, 'engine' | 'address'>): void => {
      started.push(title);
      subjects[`${title}, ${PACED}`] = () => measure({ ...place, seconds, devices, perSecond });
      subjects[`${title}, ${MOST}`] = () => measure({ ...place, seconds, devices, perSecond: 0 });
    };
    add(ENGINES.embedded.title, { engine: 'embedded' });
    for (const engine of EXTERNAL_ENGINES) {
      bench.say(`starting ${ENGINES[engine].title}`);
      const server = await startServer(engine);
      if (typeof server === 'string') notes.push(`${ENGINES[engine].title} is missing here: ${server}`);
      else add(ENGINES[engine].title, { engine, address: bench.keep(server).address });
    }
    const samples = await bench.interleave(subjects);
    const [first = '', ...others] = started;
    return {
      samples,
      comparisons: others.flatMap((title) => [
        {
          what: `${title} / ${first}, most messages per second`,
          unit: 'x',
          values: ratios(samples, RATE, `${title}, ${MOST}`, `${first}, ${MOST}`),
        },
        {
          what: `${title} / ${first}, p99 up at ${perSecond}/s`,
          unit: 'x',
          values: ratios(samples, 'up p99 ms', `${title}, ${PACED}`, `${first}, ${PACED}`),
        },
      ]),
      notes,
    };
  },
};
