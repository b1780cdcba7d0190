import { MessageChannel } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { CausewayError } from '../../../core/protocol/errors.ts';
import type { FromWorker } from '../../../core/protocol/worker.ts';
import { Instruments } from '../../../core/run/instruments.ts';
import type { ThreadTask } from '../../../core/run/plan.ts';
import { hostThread, type ThreadBody } from '../../../core/run/threadHost.ts';

const idle: Omit<ThreadBody<string>, 'prepare'> = {
  go() {},
  stop() {},
  pause() {},
  resume() {},
  sample() {},
  finish: async () => 'done',
};

it('a body that cannot begin is told with code and details, and then the thread waits to be ended', async () => {
  const { port1, port2 } = new MessageChannel();
  const told = new Promise<FromWorker>((resolve) => port1.once('message', resolve));
  const refusal = new CausewayError('mq.denied', { address: '127.0.0.1:9092', reason: 'not authorized' });
  const task = { instruments: Instruments.allocate('services') } as ThreadTask;
  const ended = hostThread(task, port2, () => ({ ...idle, prepare: () => Promise.reject(refusal) }));
  expect(await told).toEqual({ kind: 'failed', code: 'mq.denied', details: refusal.details });
  port1.postMessage({ kind: 'finish' });
  await expect(ended).rejects.toBe(refusal);
});
