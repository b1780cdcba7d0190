/** Piscina entry: the devices of one thread. */
import type { MessagePort } from 'node:worker_threads';
import { type DeviceReport, DeviceThread } from '../core/run/deviceThread.ts';
import type { DeviceTask } from '../core/run/plan.ts';
import { hostThread } from '../core/run/threadHost.ts';

export default function run({ task, port }: { task: DeviceTask; port: MessagePort }): Promise<DeviceReport> {
  return hostThread(task, port, (post) => new DeviceThread(task, post));
}
