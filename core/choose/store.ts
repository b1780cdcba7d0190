/** What was measured last, by engine and row, in one JSON file below the user's data folder. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../makeFolder.ts';
import { ENGINE_NAMES, type EngineName } from '../mq/engines.ts';
import { CHOOSE_ROWS, type ChooseRowId } from '../protocol/choose.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { KeptRow } from './table.ts';

const figureSchema = z
  .object({
    name: z.string(),
    value: z.number().nullable(),
    unit: z.string(),
    better: z.enum(['lower', 'higher']).optional(),
    bound: z.enum(['at most', 'at least']).optional(),
    note: z.string().optional(),
  })
  .transform(({ better, bound, note, ...rest }) => ({
    ...rest,
    ...(better === undefined ? {} : { better }),
    ...(bound === undefined ? {} : { bound }),
    ...(note === undefined ? {} : { note }),
  }));
const rowSchema = z.object({
  id: z.enum(CHOOSE_ROWS),
  mqtt: z.array(figureSchema),
  mq: z.array(figureSchema),
  method: z.string(),
  at: z.string(),
  engine: z.string(),
  seconds: z.number(),
  machine: z.string(),
  overloaded: z.boolean(),
});
const fileSchema = z.object({
  causewayChoose: z.literal(1),
  engines: z.partialRecord(z.enum(ENGINE_NAMES), z.array(rowSchema)),
});

type Rows = Map<ChooseRowId, KeptRow>;

export class ChooseStore {
  readonly #file: string;
  /** What is kept after this write; writes of one store are one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  /** The last measurements on this engine; `problem`: the file is there and cannot be used, so that it counts as empty. */
  async rows(engine: EngineName): Promise<{ readonly rows: Rows; readonly problem?: CausewayError }> {
    const { engines, problem } = await this.#read();
    const rows: Rows = new Map((engines[engine] ?? []).map((row) => [row.id, row]));
    return problem === undefined ? { rows } : { rows, problem };
  }

  /** Takes the place of what was measured of this row on this engine. @throws CausewayError folder.unwritable */
  keep(engine: EngineName, row: KeptRow): Promise<void> {
    const kept = this.#last.then(() => this.#keep(engine, row));
    this.#last = kept.catch(() => undefined);
    return kept;
  }

  async #keep(engine: EngineName, row: KeptRow): Promise<void> {
    const { engines, problem } = await this.#read();
    const rows = [...(engines[engine] ?? []).filter(({ id }) => id !== row.id), row];
    const text = JSON.stringify({ causewayChoose: 1, engines: { ...engines, [engine]: rows } }, null, 1);
    const aside = `${this.#file}.${process.pid}.new`;
    try {
      await makeFolder(dirname(this.#file));
      // What cannot be read may still be of use to its owner.
      if (problem !== undefined) await rename(this.#file, `${this.#file}.damaged`).catch(() => undefined);
      await writeFile(aside, `${text}\n`);
      await rename(aside, this.#file);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CausewayError('folder.unwritable', { path: this.#file, reason }, { cause: error });
    }
  }

  async #read(): Promise<{ engines: Partial<Record<EngineName, readonly KeptRow[]>>; problem?: CausewayError }> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { engines: {} };
      return { engines: {}, problem: this.#damaged(error) };
    }
    try {
      return { engines: fileSchema.parse(JSON.parse(text)).engines };
    } catch (error) {
      return { engines: {}, problem: this.#damaged(error) };
    }
  }

  #damaged(error: unknown): CausewayError {
    const reason = error instanceof z.ZodError ? 'it is no file of measurements' : (error as Error).message;
    return new CausewayError('choose.store', { path: this.#file, reason }, { cause: error });
  }
}
