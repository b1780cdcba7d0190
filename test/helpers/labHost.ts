/** A lab with a window in memory: calls are promises, pushes are collected. Its folders are temporary. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLabHost } from '../../core/host/labHost.ts';
import type { LabHost, LabHostOptions } from '../../core/host/types.ts';
import type { LabMessage, WindowAnswers, WindowCall, WindowError, WindowInput, WindowPush } from '../../core/protocol/window.ts';
import { WORKERS } from './run.ts';

export interface TestWindow {
  readonly pushes: WindowPush[];
  /** The answer; rejects with the lab's error, its code in front. */
  call<C extends WindowCall>(call: C, input: WindowInput<C>): Promise<WindowAnswers[C]>;
  /** The code of the error that the lab answers with; undefined: it does not refuse. */
  refusal(call: string, input: unknown): Promise<string | undefined>;
  /** Anything at all, without waiting for an answer. */
  raw(message: unknown): void;
  /** Answers by their number, also those nobody waits for. */
  readonly answers: Map<number, LabMessage>;
  pushed<P extends WindowPush['push']>(push: P): Extract<WindowPush, { readonly push: P }>[];
  detach(): void;
}

export interface TestLab {
  readonly host: LabHost;
  readonly folder: string;
  window(): TestWindow;
  close(): Promise<void>;
}

export async function testLab(options: Partial<LabHostOptions> = {}): Promise<TestLab> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-host-'));
  const host = createLabHost({
    version: 'test',
    host: 'browser',
    shippedScenarios: join(import.meta.dirname, '..', '..', 'scenarios'),
    scenariosFolder: join(folder, 'scenarios'),
    runsFolder: join(folder, 'runs'),
    settingsFile: join(folder, 'settings.json'),
    workersUrl: WORKERS,
    env: {},
    ...options,
  });
  return {
    host,
    folder,
    window: () => testWindow(host),
    async close() {
      await host.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

class Refused extends Error {
  readonly error: WindowError;
  constructor(error: WindowError) {
    super(`${error.code}: ${error.message}`);
    this.error = error;
  }
}

function testWindow(host: LabHost): TestWindow {
  const pushes: WindowPush[] = [];
  const answers = new Map<number, LabMessage>();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let seq = 0;
  const attached = host.attach({
    // As over a port: what the window gets is its own.
    send: (sent) => {
      const message = JSON.parse(JSON.stringify(sent)) as LabMessage;
      if ('push' in message) {
        pushes.push(message);
        return;
      }
      answers.set(message.answer, message);
      const waiter = waiting.get(message.answer);
      waiting.delete(message.answer);
      if (message.ok) waiter?.resolve(message.value);
      else waiter?.reject(new Refused(message.error));
    },
  });
  const call = (name: string, input: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      seq += 1;
      waiting.set(seq, { resolve, reject });
      attached.take({ call: name, seq, input });
    });
  return {
    pushes,
    answers,
    call: (name, input) => call(name, input) as never,
    async refusal(name, input) {
      try {
        await call(name, input);
        return undefined;
      } catch (error) {
        if (error instanceof Refused) return error.error.code;
        throw error;
      }
    },
    raw: (message) => attached.take(message),
    pushed: (push) => pushes.filter((one) => one.push === push) as never,
    detach: () => attached.detach(),
  };
}
