/** "MQTT or MQ?" for the window: the table, its experiments one at a time, and the advisor. */
import { advise } from '../choose/advise.ts';
import { runChoose } from '../choose/runChoose.ts';
import { ChooseStore } from '../choose/store.ts';
import { tableOf } from '../choose/table.ts';
import type { ExternalConnection } from '../mq/connect.ts';
import type { EngineName } from '../mq/engines.ts';
import type { ChoosePush, ChooseRowId, ChooseTable } from '../protocol/choose.ts';
import { CausewayError } from '../protocol/errors.ts';
import { externalConnection } from '../run/externalMq.ts';
import { mqSection } from './places.ts';
import type { SettingsStore } from './settingsStore.ts';
import type { Broadcast, Calls } from './types.ts';

interface UnderWay {
  readonly engine: EngineName;
  readonly abort: AbortController;
  readonly done: Promise<void>;
  row: ChooseRowId | null;
}

export class ChooseDesk {
  readonly #store: ChooseStore;
  readonly #settings: SettingsStore;
  readonly #broadcast: Broadcast;
  readonly #busy: () => string | undefined;
  #underWay: UnderWay | undefined;

  /** `busy`: the id of a run under way; measurements beside it would measure each other. */
  constructor(file: string, settings: SettingsStore, broadcast: Broadcast, busy: () => string | undefined) {
    this.#store = new ChooseStore(file);
    this.#settings = settings;
    this.#broadcast = broadcast;
    this.#busy = busy;
  }

  /** The row under way; undefined: nothing is measured. */
  get measuring(): string | undefined {
    return this.#underWay === undefined ? undefined : (this.#underWay.row ?? 'starting');
  }

  calls(): Calls<'choose.table' | 'choose.run' | 'choose.cancel' | 'choose.advise'> {
    return {
      'choose.table': ({ engine }) => this.#table(engine),
      'choose.run': async ({ engine, rows }) => {
        this.#start(engine, rows);
        return null;
      },
      'choose.cancel': async () => {
        await this.close();
        return null;
      },
      'choose.advise': async (asked) => advise(asked, (await this.#table(asked.engine)).rows),
    };
  }

  /** Cancels what is under way, and waits until it is cleaned up. Idempotent. */
  async close(): Promise<void> {
    this.#underWay?.abort.abort();
    await this.#underWay?.done;
  }

  async #table(engine: EngineName): Promise<ChooseTable> {
    const { rows, problem } = await this.#store.rows(engine);
    const running = this.#underWay?.engine === engine ? this.#underWay.row : null;
    return tableOf(engine, rows, running, problem);
  }

  #start(engine: EngineName, rows: readonly ChooseRowId[] | undefined): void {
    if (this.measuring !== undefined) throw new CausewayError('choose.busy', { row: this.measuring });
    const run = this.#busy();
    if (run !== undefined) throw new CausewayError('run.busy', { id: run });
    const abort = new AbortController();
    // Not before `#underWay` is set: what is told at once names what is under way.
    const done = Promise.resolve().then(() => this.#run(engine, rows, abort.signal));
    this.#underWay = { engine, abort, done, row: null };
  }

  async #run(engine: EngineName, rows: readonly ChooseRowId[] | undefined, signal: AbortSignal): Promise<void> {
    let error: string | null = null;
    try {
      const mq = await this.#connection(engine);
      await runChoose({
        signal,
        ...(mq === undefined ? {} : { mq }),
        ...(rows === undefined || rows.length === 0 ? {} : { rows }),
        onMeasured: (row) => this.#store.keep(engine, row),
        onProgress: ({ id, row, ...step }) => {
          if (this.#underWay !== undefined) this.#underWay.row = id;
          this.#push(engine, { ...step, running: id, row: row ?? null });
        },
        onFailed: (id, reason) => {
          const text = reason instanceof Error ? reason.message : String(reason);
          this.#push(engine, { text, running: id, error: text });
        },
      });
    } catch (reason) {
      const cancelled = reason instanceof CausewayError && reason.code === 'choose.cancelled';
      if (!cancelled) error = reason instanceof Error ? reason.message : String(reason);
    }
    this.#underWay = undefined;
    this.#push(engine, { text: signal.aborted ? 'cancelled' : 'done', error });
  }

  async #connection(engine: EngineName): Promise<ExternalConnection | undefined> {
    const { mq, env } = await mqSection(this.#settings, engine);
    return mq.engine === 'embedded' ? undefined : externalConnection(mq, env, '.');
  }

  #push(engine: EngineName, told: Partial<ChoosePush> & { readonly text: string }): void {
    this.#broadcast({ push: 'choose', engine, running: null, step: 0, steps: 0, row: null, error: null, ...told });
  }
}
