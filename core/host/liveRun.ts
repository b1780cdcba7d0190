/** One run of this lab: told to the windows as it goes, kept in its folder, and held in bounded memory for windows that come late. */
import type { Fleet, HandCommand } from '../fleet/fleet.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { FleetWave } from '../protocol/fleet.ts';
import { FrameHistory } from '../protocol/frameHistory.ts';
import type { RunResult } from '../protocol/result.ts';
import type { Distribution, LiveMapping, RunPhase, RunStatus, RunView } from '../protocol/window.ts';
import type { RunFolder } from '../report/runFolder.ts';
import { type Injection, type Run, startRun } from '../run/runner.ts';
import type { LoadedScenario } from '../scenario/loader.ts';
import { EventHistory } from './eventHistory.ts';
import { describeRun } from './runStatus.ts';
import type { Broadcast } from './types.ts';
import { windowError } from './windowError.ts';

export interface LiveRunOptions {
  readonly id: string;
  readonly loaded: LoadedScenario;
  readonly scenarioText: string;
  readonly folder: RunFolder;
  readonly workersUrl: URL;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly broadcast: Broadcast;
}

const OVER: readonly RunPhase[] = ['done', 'failed', 'aborted'];

export class LiveRun {
  readonly id: string;
  /** Resolves when nothing of the run is left but its folder; never rejects. */
  readonly ended: Promise<void>;
  readonly #options: LiveRunOptions;
  readonly #run: Run;
  readonly #frames = new FrameHistory();
  readonly #events = new EventHistory();
  #status: RunStatus;
  #distributions: readonly Distribution[] = [];
  #mapping: LiveMapping = [];
  #result: RunResult | null = null;

  constructor(options: LiveRunOptions) {
    this.#options = options;
    this.id = options.id;
    const { loaded, folder, workersUrl, env, broadcast } = options;
    this.#status = {
      id: options.id,
      ...describeRun(loaded),
      phase: 'starting',
      startedAt: new Date().toISOString(),
      error: null,
    };
    this.#run = startRun({
      loaded,
      workersUrl,
      outDir: folder.path,
      env,
      onFrame: (frame) => {
        folder.frame(frame);
        this.#frames.add(frame);
        if (frame.state !== 'done') this.#become(frame.state);
        broadcast({ push: 'frame', id: this.id, frame });
      },
      onEvent: (event) => {
        folder.event(event);
        this.#events.add(event);
        broadcast({ push: 'event', id: this.id, event });
      },
      onLive: ({ distributions, mapping }) => {
        folder.distributions(distributions);
        this.#distributions = distributions;
        this.#mapping = mapping;
        broadcast({ push: 'live', id: this.id, distributions, mapping });
      },
    });
    this.ended = this.#end();
  }

  get status(): RunStatus {
    return this.#status;
  }

  get over(): boolean {
    return OVER.includes(this.#status.phase);
  }

  view(): RunView {
    return {
      status: this.#status,
      frames: this.#frames.frames(),
      events: this.#events.events(),
      distributions: this.#distributions,
      mapping: this.#mapping,
      result: this.#result,
      scenarioText: this.#options.scenarioText,
    };
  }

  /** Ends traffic; what is under way is drained and judged. */
  stop(): void {
    this.#run.stop();
  }

  /** @throws CausewayError run.state */
  pause(): void {
    if (!this.#run.pause()) throw new CausewayError('run.state', { what: 'pause', phase: this.#status.phase });
    this.#become('paused');
  }

  /** @throws CausewayError run.state */
  resume(): void {
    if (!this.#run.resume()) throw new CausewayError('run.state', { what: 'resume', phase: this.#status.phase });
    this.#become('running');
  }

  /** @throws CausewayError run.state */
  inject(injection: Injection): void {
    if (!this.#run.inject(injection)) throw new CausewayError('run.state', { what: 'inject', phase: this.#status.phase });
  }

  /** Its vehicles, if it has some on a map. */
  get fleet(): Fleet | undefined {
    return this.#run.fleet;
  }

  /** @throws CausewayError run.state, fleet.refused */
  command(command: HandCommand): FleetWave {
    const wave = this.#run.command(command);
    if (wave === undefined) {
      throw new CausewayError('fleet.refused', { reason: 'this run has no vehicles on a map', expected: 'run iov-fleet' });
    }
    return wave;
  }

  /** Ends it at once. */
  abort(): Promise<void> {
    return this.#run.abort();
  }

  async #end(): Promise<void> {
    const { folder, broadcast } = this.#options;
    try {
      const result = await this.#run.done;
      this.#result = result;
      broadcast({ push: 'result', id: this.id, result });
      await folder.finish(result);
      this.#become('done');
    } catch (error) {
      const aborted = error instanceof CausewayError && error.code === 'run.aborted';
      const { message } = windowError(error);
      if (!aborted) folder.event({ atMs: 0, level: 'error', text: message });
      await folder.close().catch(() => undefined);
      this.#become(aborted ? 'aborted' : 'failed', aborted ? null : windowError(error));
    }
  }

  #become(phase: RunPhase, error: RunStatus['error'] = null): void {
    if (this.#status.phase === phase || this.over) return;
    this.#status = { ...this.#status, phase, error };
    this.#options.broadcast({ push: 'status', status: this.#status });
  }
}
