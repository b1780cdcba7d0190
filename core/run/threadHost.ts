/** The life of a worker thread, the same for devices and services: prepare, go, stop, finish, report. */
import type { MessagePort } from 'node:worker_threads';
import { ResourceSampler } from '../measure/resources.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { HandOrder } from '../protocol/hand.ts';
import type { FromWorker, TokenForMember, ToWorker } from '../protocol/worker.ts';
import { runCounters } from './instruments.ts';
import type { ThreadTask } from './plan.ts';

/** What runs in the thread. */
export interface ThreadBody<Report> {
  prepare(): Promise<void>;
  go(epochUs: number): void;
  stop(): void;
  pause(atUs: number): void;
  resume(shiftUs: number): void;
  /** Tokens it has asked for. */
  tokens?(tokens: readonly TokenForMember[]): void;
  /** A command by hand. */
  order?(order: HandOrder): void;
  /** Members whose messages are told from now on. */
  overhear?(members: readonly number[]): void;
  /** Copies figures to shared memory, a few times a second. */
  sample(): void;
  finish(): Promise<Report>;
}

const SAMPLE_MS = 100;

/**
 * Runs a body to its end under the runner's orders. One long task, so that Piscina's way of waiting between tasks
 * (which may block the thread's event loop) plays no part.
 */
export async function hostThread<Report>(
  task: ThreadTask,
  port: MessagePort,
  create: (post: (message: FromWorker) => void) => ThreadBody<Report>,
): Promise<Report> {
  const body = create((message) => port.postMessage(message));
  const sampler = new ResourceSampler(task.instruments.resources);
  const finish = new Promise<void>((resolve) => {
    port.on('message', (message: ToWorker) => {
      if (message.kind === 'go') {
        sampler.start();
        body.go(message.epochUs);
      } else if (message.kind === 'stop') body.stop();
      else if (message.kind === 'pause') body.pause(message.atUs);
      else if (message.kind === 'resume') body.resume(message.shiftUs);
      else if (message.kind === 'tokens') body.tokens?.(message.tokens);
      else if (message.kind === 'order') body.order?.(message);
      else if (message.kind === 'overhear') body.overhear?.(message.members);
      else resolve();
    });
  });
  const counters = runCounters.open(task.instruments.counters);
  const timer = setInterval(() => {
    body.sample();
    counters.add(runCounters.at.beats);
  }, SAMPLE_MS);
  try {
    // A run that is given up while clients still connect must end as well.
    await Promise.race([body.prepare(), finish]).catch(async (error: unknown) => {
      if (!(error instanceof CausewayError)) throw error;
      // Thrown, it would lose its code on the way to the runner, which ends this thread when it has read it.
      port.postMessage({ kind: 'failed', code: error.code, details: error.details } satisfies FromWorker);
      await finish;
      throw error;
    });
    await finish;
    body.sample();
    return await body.finish();
  } finally {
    clearInterval(timer);
    await sampler.close();
    port.close();
  }
}
