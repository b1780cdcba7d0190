import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Host } from '../../../cli/host.ts';
import type { Services } from '../../../cli/services.ts';
import type { LoadedScenario } from '../../../core/scenario/loader.ts';
import type { Scenario } from '../../../core/scenario/model.ts';

/** A host in memory: what was printed can be read, signals and ticks are given by hand. */
export interface FakeHost extends Host {
  readonly out: () => string;
  readonly err: () => string;
  readonly folder: string;
  signal(): void;
  tick(): void;
  readonly signalled: () => number;
  remove(): Promise<void>;
}

const missing = (name: string) => () => Promise.reject(new Error(`the test did not expect ${name}`));

export function fakeHost(
  argv: readonly string[],
  options: {
    services?: Partial<Services>;
    env?: Record<string, string>;
    tty?: boolean;
    columns?: number;
    stdin?: string;
    shipped?: string;
  } = {},
): FakeHost {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-cli-'));
  const text = { out: '', err: '' };
  const handlers = new Set<() => void>();
  const ticks = new Set<() => void>();
  const sink = (name: 'out' | 'err') => ({
    write: (part: string) => {
      text[name] += part;
    },
    isTTY: options.tty ?? false,
    columns: options.columns ?? (options.tty === true ? 80 : undefined),
  });
  return {
    argv,
    env: options.env ?? {},
    stdout: sink('out'),
    stderr: sink('err'),
    stdin: { isTTY: false, read: async () => Buffer.from(options.stdin ?? '') },
    version: '1.2.3',
    path: (file) => (isAbsolute(file) ? file : join(folder, file)),
    shippedScenarios: options.shipped ?? join(folder, 'shipped'),
    clock: () => 0,
    every: (_, handler) => {
      ticks.add(handler);
      return () => ticks.delete(handler);
    },
    onSignal: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    services: {
      loadScenario: missing('loadScenario'),
      explain: missing('explain'),
      startRun: missing('startRun'),
      startLab: missing('startLab'),
      startBridge: missing('startBridge'),
      checkPlan: missing('checkPlan'),
      check: missing('check'),
      choose: missing('choose'),
      serve: missing('serve'),
      connectMq: missing('connectMq'),
      ...options.services,
    },
    out: () => text.out,
    err: () => text.err,
    folder,
    signal: () => {
      for (const handler of [...handlers]) handler();
    },
    tick: () => {
      for (const handler of [...ticks]) handler();
    },
    signalled: () => handlers.size,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A loaded scenario with one population. */
export function sampleLoaded(changes: Partial<LoadedScenario> = {}, scenario: Partial<Scenario> = {}): LoadedScenario {
  return {
    scenario: {
      causeway: 1,
      name: 'Sample',
      description: 'A small sample\nwith a second line',
      durationMs: 30_000,
      seed: 42,
      gateway: { profile: 'strict', host: '127.0.0.1', port: 0, topics: [], limits: {} },
      mq: { engine: 'embedded', storage: 'memory', fsync: 'never' },
      populations: [
        {
          name: 'sensors',
          actor: 'sensor',
          count: 20,
          group: undefined,
          clientId: 'GID@@@{id}',
          client: {
            transport: 'tcp',
            cleanSession: true,
            keepAliveMs: 60_000,
            username: undefined,
            passwordFrom: undefined,
            will: undefined,
            maxInflight: 20,
            maxQueued: 1000,
          },
          connect: { overMs: 0 },
          publish: [],
          subscribe: [],
          react: [],
          outages: undefined,
        },
      ],
      services: [],
      phases: [],
      faults: [],
      thresholds: [],
      ...scenario,
    },
    path: 'sample.yaml',
    sha256: 'b'.repeat(64),
    overrides: [],
    scale: 1,
    warnings: [],
    ...changes,
  };
}
