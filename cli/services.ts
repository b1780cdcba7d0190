/** What the commands ask of the lab. An interface, so that tests of the command line need no sockets and no threads. */
import type { MqEngine } from '../core/mq/engine.ts';
import type { Lab, LabOptions } from '../core/run/lab.ts';
import type { Run, RunOptions as RunnerOptions } from '../core/run/runner.ts';
import type { LoadedScenario, LoadOptions } from '../core/scenario/loader.ts';

/** A run as the command line starts it: the folder of the worker entries is the lab's business. */
export type RunOptions = Omit<RunnerOptions, 'workersUrl'>;

export interface Services {
  /** @throws CausewayError input.unreadable, input.invalid */
  loadScenario(path: string, options: LoadOptions): Promise<LoadedScenario>;
  /** What the scenario will do, as data and as text. */
  explain(loaded: LoadedScenario): Promise<{ readonly data: unknown; readonly text: string }>;
  startRun(options: RunOptions): Promise<Run>;
  startLab(options: LabOptions): Promise<Lab>;
  /** `onLost` is told once when the connection ends by itself. @throws CausewayError connect.failed */
  connectMq(address: { readonly host: string; readonly port: number }, onLost: (error: Error) => void): Promise<MqEngine>;
}
