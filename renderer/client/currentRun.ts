/** Where the run of the lab stands, for everything around the screens: little, cheap, told at most once a second. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { RunPhase, RunStatus, WindowPush } from '../../core/protocol/window.ts';
import type { LabClient } from './labClient.ts';

export interface CurrentRun {
  readonly status: RunStatus;
  /** Milliseconds since the start of traffic, whole seconds; negative while connecting. */
  readonly atMs: number;
  readonly verdict: 'pass' | 'fail' | 'invalid' | null;
}

const ACTIVE: ReadonlySet<RunPhase> = new Set(['starting', 'connecting', 'running', 'paused', 'draining']);
/** Is traffic (about to be) under way? Only one run is at a time. */
export const isActive = (run: CurrentRun | null): boolean => run !== null && ACTIVE.has(run.status.phase);

export class CurrentRunStore {
  readonly #lab: LabClient;
  readonly #listeners = new Set<() => void>();
  #run: CurrentRun | null = null;

  constructor(lab: LabClient) {
    this.#lab = lab;
  }

  readonly get = (): CurrentRun | null => this.#run;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Listens until the returned function is called; asks anew whenever the connection is (back) there. */
  start(): () => void {
    const ask = (): void => {
      if (this.#lab.state !== 'open') return;
      this.#lab.call('runs.current', {}).then(
        (view) => {
          if (view === null) this.#become(null);
          else
            this.#become({ status: view.status, atMs: seconds(view.frames.at(-1)?.atMs), verdict: view.result?.verdict ?? null });
        },
        // The lost connection is told elsewhere; asked again when it is back.
        () => {},
      );
    };
    const ends = [this.#lab.onPush((push) => this.#take(push)), this.#lab.onState(ask)];
    ask();
    return () => {
      for (const end of ends) end();
    };
  }

  #take(push: WindowPush): void {
    if (push.push === 'status') {
      const same = this.#run?.status.id === push.status.id;
      this.#become({
        status: push.status,
        atMs: same ? (this.#run?.atMs ?? 0) : 0,
        verdict: same ? (this.#run?.verdict ?? null) : null,
      });
    } else if (push.push === 'frame' && push.id === this.#run?.status.id) {
      const atMs = seconds(push.frame.atMs);
      if (atMs !== this.#run.atMs) this.#become({ ...this.#run, atMs });
    } else if (push.push === 'result' && push.id === this.#run?.status.id) {
      this.#become({ ...this.#run, verdict: push.result.verdict });
    }
  }

  #become(run: CurrentRun | null): void {
    this.#run = run;
    for (const listener of this.#listeners) listener();
  }
}

const seconds = (ms = 0): number => Math.floor(ms / 1_000) * 1_000;

export const CurrentRunContext = createContext<CurrentRunStore | undefined>(undefined);

/** The run under way, or the last one of this lab; null: none yet. */
export function useCurrentRun(): CurrentRun | null {
  const store = useContext(CurrentRunContext);
  if (store === undefined) throw new Error('no LabProvider above');
  return useSyncExternalStore(store.subscribe, store.get);
}
