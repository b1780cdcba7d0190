/** The runs of this lab: at most one under way, the former ones in their folders. */

import { CausewayError } from '../protocol/errors.ts';
import type { RunEntry, RunStatus, RunView } from '../protocol/window.ts';
import { createRunFolder } from '../report/runFolder.ts';
import { confirmNetwork } from './confirmNetwork.ts';
import { LiveRun } from './liveRun.ts';
import { type Loading, loadForRun } from './loading.ts';
import { exportRun } from './runExport.ts';
import { RunStore } from './runStore.ts';
import type { ScenarioFiles } from './scenarioFiles.ts';
import type { SettingsStore } from './settingsStore.ts';
import type { Broadcast, CallInput, Calls, LabHostOptions } from './types.ts';

type Names =
  | 'runs.start'
  | 'runs.stop'
  | 'runs.abort'
  | 'runs.pause'
  | 'runs.resume'
  | 'runs.inject'
  | 'runs.current'
  | 'runs.list'
  | 'runs.view'
  | 'runs.openDialog'
  | 'runs.remove'
  | 'runs.export';

export interface RunDeskOptions {
  readonly options: LabHostOptions;
  readonly scenarios: ScenarioFiles;
  readonly settings: SettingsStore;
  readonly broadcast: Broadcast;
  /** What "MQTT or MQ?" measures now: a run beside it would spoil both. */
  readonly measuring: () => string | undefined;
}

export class RunDesk {
  readonly #options: LabHostOptions;
  readonly #scenarios: ScenarioFiles;
  readonly #settings: SettingsStore;
  readonly #broadcast: Broadcast;
  readonly #measuring: RunDeskOptions['measuring'];
  readonly #store: RunStore;
  #starting: Promise<RunStatus> | undefined;
  #closed = false;
  #current: LiveRun | undefined;

  constructor({ options, scenarios, settings, broadcast, measuring }: RunDeskOptions) {
    this.#options = options;
    this.#scenarios = scenarios;
    this.#settings = settings;
    this.#broadcast = broadcast;
    this.#measuring = measuring;
    this.#store = new RunStore(options.runsFolder);
  }

  get running(): boolean {
    return this.#starting !== undefined || (this.#current !== undefined && !this.#current.over);
  }

  calls(): Calls<Names> {
    return {
      'runs.start': (input) => {
        if (this.running) throw new CausewayError('run.busy', { id: this.#current?.id ?? 'another run' });
        const row = this.#measuring();
        if (row !== undefined) throw new CausewayError('choose.busy', { row });
        this.#starting = this.#start(input).finally(() => {
          this.#starting = undefined;
        });
        return this.#starting;
      },
      'runs.stop': ({ id }) => {
        this.#underWay(id).stop();
        return null;
      },
      'runs.abort': async ({ id }) => {
        const run = this.#underWay(id);
        await run.abort();
        await run.ended;
        return null;
      },
      'runs.pause': ({ id }) => {
        this.#underWay(id).pause();
        return null;
      },
      'runs.resume': ({ id }) => {
        this.#underWay(id).resume();
        return null;
      },
      'runs.inject': ({ id, inject, direction, count }) => {
        this.#underWay(id).inject({ inject, direction, count });
        return null;
      },
      'runs.current': () => this.#current?.view() ?? null,
      'runs.list': (): Promise<RunEntry[]> => this.#store.list(this.#current?.over === false ? this.#current.id : undefined),
      'runs.view': ({ id }): RunView | Promise<RunView> =>
        this.#current?.id === id ? this.#current.view() : this.#store.view(id),
      'runs.export': async (input) => {
        if (this.#current?.id === input.id && this.#current.over) await this.#current.ended;
        return exportRun(input, this.#store);
      },
      'runs.openDialog': async () => {
        const { dialogs } = this.#options;
        if (dialogs === undefined) throw new CausewayError('window.desktop-only');
        const folder = await dialogs.openRun();
        return folder === undefined ? null : this.#store.view(await this.#store.open(folder));
      },
      'runs.remove': async ({ id }) => {
        if (this.#current?.id === id) {
          if (!this.#current.over) throw new CausewayError('run.busy', { id });
          await this.#current.ended;
        }
        await this.#store.remove(id);
        if (this.#current?.id === id) this.#current = undefined;
        return null;
      },
    };
  }

  /** Ends traffic and resolves when the result is written. */
  async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    this.#current?.stop();
    await this.#current?.ended;
  }

  /** Ends everything at once. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#starting?.catch(() => undefined);
    if (this.#current?.over === false) await this.#current.abort();
    await this.#current?.ended;
  }

  async #start(input: CallInput<'runs.start'>): Promise<RunStatus> {
    const loading = await this.#load(input);
    const { loaded, text } = loading;
    if (input.allowNetwork !== true) confirmNetwork(loading);
    const id = await this.#store.newId(loaded.scenario.name, new Date());
    const folder = await createRunFolder(this.#store.path(id), { scenario: text });
    if (this.#closed) {
      await folder.close();
      throw new CausewayError('window.closing');
    }
    this.#current = new LiveRun({
      id,
      loaded,
      scenarioText: text,
      folder,
      workersUrl: this.#options.workersUrl,
      env: { ...(this.#options.env ?? process.env), ...loading.env },
      broadcast: this.#broadcast,
    });
    this.#broadcast({ push: 'status', status: this.#current.status });
    return this.#current.status;
  }

  async #load({ scenario, overrides }: CallInput<'runs.start'>): Promise<Loading & { readonly text: string }> {
    const { path, text } =
      'path' in scenario ? await this.#scenarios.read(scenario.path) : { path: scenario.name, text: scenario.text };
    return { ...(await loadForRun(text, path, overrides, this.#settings)), text };
  }

  /** The run of this id, if it is under way. */
  find(id: string): LiveRun | undefined {
    return this.#current?.id === id && !this.#current.over ? this.#current : undefined;
  }

  #underWay(id: string): LiveRun {
    const run = this.find(id);
    if (run === undefined) throw new CausewayError('run.not-under-way', { id });
    return run;
  }
}
