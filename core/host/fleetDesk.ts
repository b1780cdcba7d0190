/** The fleet map's calls: positions and waves of the run under way, told to the windows that have opened it. */
import { CausewayError } from '../protocol/errors.ts';
import type { FleetPush, WavePush } from '../protocol/fleet.ts';
import type { LiveRun } from './liveRun.ts';
import type { Caller, Calls } from './types.ts';

const PUSH_MS = 250;

interface View {
  readonly run: LiveRun;
  readonly windows: Set<Caller>;
  readonly timer: NodeJS.Timeout;
}

export class FleetDesk {
  readonly #runOf: (id: string) => LiveRun | undefined;
  /** Windows whose end is listened for: once each, however often they open the map. */
  readonly #known = new WeakSet<Caller>();
  #view: View | undefined;

  /** `runOf`: the run of this id, if it is under way. */
  constructor(runOf: (id: string) => LiveRun | undefined) {
    this.#runOf = runOf;
  }

  calls(): Calls<'fleet.open' | 'fleet.close' | 'fleet.command' | 'fleet.vehicle'> {
    return {
      'fleet.open': ({ id }, caller) => {
        const run = this.#runOf(id);
        if (run?.fleet === undefined) return null;
        this.#open(run, caller);
        return run.fleet.plan(id);
      },
      'fleet.close': ({ id }, caller) => {
        if (this.#view?.run.id === id) this.#close(caller);
        return null;
      },
      'fleet.command': ({ id, ...command }) => {
        const run = this.#runOf(id);
        if (run === undefined) throw new CausewayError('run.not-under-way', { id });
        return run.command(command);
      },
      'fleet.vehicle': ({ id, index }) => {
        const run = this.#runOf(id);
        if (run === undefined) throw new CausewayError('run.not-under-way', { id });
        if (run.fleet === undefined) {
          throw new CausewayError('fleet.refused', { reason: 'this run has no vehicles on a map', expected: 'run iov-fleet' });
        }
        return run.fleet.vehicle(index);
      },
    };
  }

  /** Idempotent. */
  close(): void {
    const view = this.#view;
    if (view === undefined) return;
    clearInterval(view.timer);
    if (view.run.fleet !== undefined) view.run.fleet.memory.open = false;
    this.#view = undefined;
  }

  #open(run: LiveRun, caller: Caller): void {
    if (this.#view?.run !== run) {
      this.close();
      const timer = setInterval(() => this.#push(), PUSH_MS);
      timer.unref();
      this.#view = { run, windows: new Set(), timer };
      run.fleet!.memory.open = true;
      void run.ended.then(() => {
        if (this.#view?.run !== run) return;
        this.#push();
        this.close();
      });
    }
    this.#view.windows.add(caller);
    if (this.#known.has(caller)) return;
    this.#known.add(caller);
    caller.onDetach(() => this.#close(caller));
  }

  #close(caller: Caller): void {
    this.#view?.windows.delete(caller);
    if (this.#view?.windows.size === 0) this.close();
  }

  #push(): void {
    const { run, windows } = this.#view!;
    const fleet = run.fleet!;
    const { id } = run;
    const pushes: (FleetPush | WavePush)[] = [
      { push: 'fleet', id, ...fleet.positions() },
      ...fleet.changes().map((wave) => ({ push: 'wave' as const, id, wave })),
    ];
    for (const window of windows) for (const push of pushes) window.push(push);
  }
}
