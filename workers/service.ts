/** Piscina entry: the back-end services of one thread. */
import type { MessagePort } from 'node:worker_threads';
import type { ServiceTask } from '../core/run/plan.ts';
import { type ServiceReport, ServiceThread } from '../core/run/serviceThread.ts';
import { hostThread } from '../core/run/threadHost.ts';

export default function run({ task, port }: { task: ServiceTask; port: MessagePort }): Promise<ServiceReport> {
  return hostThread(task, port, (post) => new ServiceThread(task, post));
}
