/** The worker threads of a run as the runner sees them. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { CausewayError } from '../protocol/errors.ts';
import type { HandProgress, Overheard } from '../protocol/hand.ts';
import type { FromWorker, TokenForMember, ToWorker } from '../protocol/worker.ts';
import type { DeviceReport } from './deviceThread.ts';
import type { DeviceTask, ServiceTask, ThreadTask } from './plan.ts';
import type { ServiceReport } from './serviceThread.ts';

export type ThreadReport = DeviceReport | ServiceReport;

export interface ThreadEvents {
  onEvent(thread: string, level: 'info' | 'warn' | 'error', text: string): void;
  onHand?(waves: readonly HandProgress[]): void;
  onOverheard?(messages: readonly Overheard[]): void;
  /** Members of a thread need tokens; the answer goes back to it. */
  tokensFor?(receivers: readonly number[]): TokenForMember[];
}

interface Handle {
  readonly name: string;
  readonly port: MessagePort;
  readonly ready: Promise<{ readonly connected: number; readonly connectMs: number }>;
  readonly report: Promise<ThreadReport>;
  /** Rejects when the thread says that it cannot go on. */
  readonly failure: Promise<never>;
}

export class Threads {
  readonly #pool: Piscina;
  readonly #workersUrl: URL;
  readonly #events: ThreadEvents;
  readonly #handles: Handle[] = [];

  /** `workersUrl`: folder of the compiled entries device.js and service.js. */
  constructor(workersUrl: URL, count: number, events: ThreadEvents) {
    this.#workersUrl = workersUrl;
    this.#events = events;
    this.#pool = new Piscina({
      minThreads: 0,
      maxThreads: Math.max(1, count),
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      idleTimeout: 0,
    });
  }

  startDevices(task: DeviceTask): void {
    this.#start('device.js', task);
  }

  startServices(task: ServiceTask): void {
    this.#start('service.js', task);
  }

  /** Resolves when every thread is ready, with the slowest thread's time; rejects when one fails. */
  async ready(): Promise<{ readonly connectMs: number }> {
    const all = await Promise.all(this.#handles.map((h) => Promise.race([h.ready, this.#neverEnds(h)])));
    return { connectMs: Math.max(0, ...all.map((r) => r.connectMs)) };
  }

  /** Rejects when a thread ends with an error before it was asked to. */
  async failed(): Promise<never> {
    return Promise.race(this.#handles.map((h) => this.#neverEnds(h)));
  }

  post(message: ToWorker): void {
    for (const handle of this.#handles) handle.port.postMessage(message);
  }

  /** Asks all threads to finish and gives their reports. */
  async finish(): Promise<ThreadReport[]> {
    this.post({ kind: 'finish' });
    return Promise.all(this.#handles.map((h) => h.report));
  }

  /** Ends all threads at once, whatever they do. Idempotent. */
  async close(): Promise<void> {
    for (const handle of this.#handles) handle.port.close();
    await this.#pool.destroy();
  }

  /** A thread's report before anybody asked for one can only be an error. */
  async #neverEnds(handle: Handle): Promise<never> {
    await Promise.race([handle.report, handle.failure]);
    throw new CausewayError('internal', { reason: `thread ${handle.name} ended before it was asked to` });
  }

  #tokens(port: MessagePort, receivers: readonly number[], fail: (error: CausewayError) => void): void {
    try {
      port.postMessage({ kind: 'tokens', tokens: this.#events.tokensFor?.(receivers) ?? [] } satisfies ToWorker);
    } catch (error) {
      fail(error instanceof CausewayError ? error : new CausewayError('internal', { reason: String(error) }, { cause: error }));
    }
  }

  #start(file: string, task: ThreadTask): void {
    const { port1: port, port2 } = new MessageChannel();
    const name = task.instruments.thread;
    let fail: (error: CausewayError) => void = () => undefined;
    const failure = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const ready = new Promise<{ connected: number; connectMs: number }>((resolve) => {
      port.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve(message);
        else if (message.kind === 'event') this.#events.onEvent(name, message.level, message.text);
        else if (message.kind === 'hand') this.#events.onHand?.(message.waves);
        else if (message.kind === 'overheard') this.#events.onOverheard?.(message.messages);
        else if (message.kind === 'tokens-wanted') this.#tokens(port, message.receivers, fail);
        else fail(new CausewayError(message.code, message.details));
      });
    });
    const report: Promise<ThreadReport> = this.#pool
      .run({ task, port: port2 }, { filename: new URL(file, this.#workersUrl).href, transferList: [port2] })
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CausewayError('internal', { reason: `thread ${name} failed: ${reason}` }, { cause: error });
      });
    // Whoever waits sees the rejection; nobody waiting yet must not end the process.
    report.catch(() => undefined);
    failure.catch(() => undefined);
    this.#handles.push({ name, port, ready, report, failure });
  }
}
