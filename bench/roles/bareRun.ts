/** The same as a run, laid out over the same threads, with nothing measured but how many messages came through. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { startLab } from '../../core/run/lab.ts';
import { BARE, type BareTask } from './bareThreads.ts';
import { type RunFigures, type RunPlan, runScenario, Window } from './runScenario.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const role = {
  async run(plan: RunPlan): Promise<RunFigures> {
    const { gateway, mq } = runScenario(plan).scenario;
    const lab = await startLab({
      profile: gateway.profile,
      topics: gateway.topics,
      listeners: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
      mqListen: { host: '127.0.0.1', port: 0 },
      storage: mq.engine === 'embedded' ? mq.storage : 'memory',
      fsync: mq.engine === 'embedded' ? mq.fsync : 'never',
    });
    const counts = new SharedArrayBuffer(2 * 8);
    const cells = new Float64Array(counts);
    const workers: Worker[] = [];
    const task: BareTask = {
      plan,
      endpoint: { transport: 'tcp', host: '127.0.0.1', port: lab.gateway.addresses[0]!.port },
      mq: lab.mqAddress!,
      counts,
    };
    // A failing thread ends this process, and with it the benchmark: there is nothing to save.
    const start = (file: string): Worker => {
      const worker = new Worker(new URL(file, import.meta.url), { workerData: task });
      workers.push(worker);
      return worker;
    };
    try {
      await once(start('bareServices.js'), 'message');
      start('bareDevices.js');
      while (cells[BARE.ready] === 0) await pause(10);
      await pause(plan.skipSeconds * 1000);
      const window = new Window(cells[BARE.consumed]!);
      await pause((plan.seconds - plan.skipSeconds) * 1000 - 250);
      return window.end(cells[BARE.consumed]!);
    } finally {
      for (const worker of workers) await worker.terminate();
      await lab.close(0);
    }
  },
};
