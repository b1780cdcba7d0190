/** What the commands ask of the lab. An interface, so that tests of the command line need no sockets and no threads. */
import type { MqEngine } from '../core/mq/engine.ts';
import type { Problem } from '../core/protocol/errors.ts';
import type { LogEvent } from '../core/protocol/events.ts';
import type { Frame, RunResult } from '../core/protocol/result.ts';
import type { Lab, LabOptions } from '../core/run/lab.ts';
import type { Scenario } from '../core/scenario/model.ts';

export interface LoadOptions {
  readonly overrides?: readonly { readonly path: string; readonly value: string }[];
  readonly durationMs?: number;
  readonly scale?: number;
  readonly seed?: number;
}

export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly path: string;
  readonly sha256: string;
  readonly overrides: readonly string[];
  readonly scale: number;
  readonly warnings: readonly Problem[];
}

export interface RunOptions {
  readonly loaded: LoadedScenario;
  readonly threads?: number;
  onFrame(frame: Frame): void;
  onEvent(event: LogEvent): void;
  readonly outDir?: string;
}

export interface Run {
  /** @throws CausewayError of the infrastructure */
  readonly done: Promise<RunResult>;
  /** Drains and finishes with a result. */
  stop(): void;
  /** Ends at once. */
  abort(): Promise<void>;
}

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
