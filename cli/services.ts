/** What the commands ask of the lab. An interface, so that tests of the command line need no sockets and no threads. */

import type { ConformanceReport } from '../core/checks/report.ts';
import type { CheckRunOptions } from '../core/checks/runner.ts';
import type { CheckCase } from '../core/checks/types.ts';
import type { ChooseRunOptions } from '../core/choose/runChoose.ts';
import type { ExternalGateway } from '../core/external/externalGateway.ts';
import type { Profile } from '../core/gateway/types.ts';
import type { ExternalConnection, MqConnection } from '../core/mq/connect.ts';
import type { MqEngine } from '../core/mq/engine.ts';
import type { EngineName } from '../core/mq/engines.ts';
import type { ChooseTable } from '../core/protocol/choose.ts';
import type { CausewayError } from '../core/protocol/errors.ts';
import type { BrokerLabOptions, Lab, LabOptions } from '../core/run/lab.ts';
import type { Run, RunOptions as RunnerOptions } from '../core/run/runner.ts';
import type { LoadedScenario, LoadOptions } from '../core/scenario/loader.ts';

/** A run as the command line starts it: the folder of the worker entries is the lab's business. */
export type RunOptions = Omit<RunnerOptions, 'workersUrl'>;

/** Which lab is examined, and with what. */
export interface CheckRequest extends Pick<CheckRunOptions, 'cases' | 'onStart' | 'onResult' | 'stopped'> {
  /** In place of the embedded MQ. */
  readonly mq?: ExternalConnection;
  readonly profile: Profile;
}

/** Which rows are measured, and on what. */
export interface ChooseRequest extends Pick<ChooseRunOptions, 'mq' | 'rows' | 'signal' | 'onProgress' | 'onFailed'> {
  readonly engine: EngineName;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Clients of `connections` on the MQTT side. */
  readonly limit?: number;
  /** False: only what was measured before is shown. */
  readonly measure: boolean;
  /** What was kept before cannot be used. */
  readonly onProblem: (problem: CausewayError) => void;
}

/** The lab for windows in a browser. */
export interface ServeRequest {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly shippedScenarios: string;
  /** 0: any free port. */
  readonly port: number;
  /** Default: below the user's documents or data folder. */
  readonly runsFolder?: string;
  readonly scenariosFolder?: string;
}

export interface Served {
  /** With the token of this start. */
  readonly url: string;
  /** Is a run under way? */
  readonly running: boolean;
  /** Ends the traffic of the run under way; resolves when its result is written. */
  stop(): Promise<void>;
  /** Ends everything at once. Idempotent. */
  close(): Promise<void>;
}

export interface Services {
  /** @throws CausewayError input.unreadable, input.invalid */
  loadScenario(path: string, options: LoadOptions): Promise<LoadedScenario>;
  /** What the scenario will do, as data and as text. */
  explain(loaded: LoadedScenario): Promise<{ readonly data: unknown; readonly text: string }>;
  startRun(options: RunOptions): Promise<Run>;
  startLab(options: LabOptions): Promise<Lab>;
  /** A lab whose gateway is a broker outside. */
  startBridge(options: BrokerLabOptions): Promise<Lab<ExternalGateway>>;
  /** The conformance cases asked for by number or name; none asked: all. @throws CausewayError input.argument */
  checkPlan(asked: readonly string[]): Promise<readonly CheckCase[]>;
  /** Starts a lab, runs the cases against it and closes it. */
  check(request: CheckRequest): Promise<ConformanceReport>;
  /** Measures, keeps what was measured, and returns the table; cancelled: with what there is. */
  choose(request: ChooseRequest): Promise<ChooseTable>;
  /** @throws CausewayError port.taken, port.denied, input.unreadable */
  serve(request: ServeRequest): Promise<Served>;
  /** `onLost` is told once when the connection to an embedded MQ ends by itself. @throws CausewayError connect.failed, mq.refused */
  connectMq(connection: MqConnection, onLost: (error: Error) => void): Promise<MqEngine>;
}
