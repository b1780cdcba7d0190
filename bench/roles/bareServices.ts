/** The consumer of a run without measuring: counts messages and looks at none. A worker thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { connectEmbeddedMq } from '../../core/mq/embedded/client.ts';
import { BARE, type BareTask } from './bareThreads.ts';
import { GROUP, TOPIC } from './runScenario.ts';

const { mq, counts } = workerData as BareTask;
const cells = new Float64Array(counts);
const engine = await connectEmbeddedMq({ ...mq, name: 'bare' });
await engine.consume({ group: GROUP, topics: [TOPIC], mode: 'clustering', ordered: true }, () => {
  cells[BARE.consumed]! += 1;
});
parentPort?.postMessage('ready');
