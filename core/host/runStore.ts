/** The folders of former runs: what there is, and one of them whole. */
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { CausewayError } from '../protocol/errors.ts';
import { logEventSchema } from '../protocol/events.ts';
import { FrameHistory } from '../protocol/frameHistory.ts';
import { type Distribution, distributionSchema, type Frame, frameSchema, type RunResult } from '../protocol/result.ts';
import type { EngineName, RunEntry, RunStatus, RunView } from '../protocol/window.ts';
import { RUN_FILES, readResult } from '../report/runFolder.ts';
import { type LoadedScenario, parseScenario } from '../scenario/loader.ts';
import { EventHistory } from './eventHistory.ts';
import { describeRun } from './runStatus.ts';

/** Names of folders, and nothing that leads out of one. */
const ID = /^(?!\.)[\p{L}\p{N} ._-]+$/u;

interface Known {
  readonly mtimeMs: number;
  readonly size: number;
  readonly entry: RunEntry;
}

export class RunStore {
  readonly #folder: string;
  /** Runs from elsewhere that a dialog has given. */
  readonly #opened = new Map<string, string>();
  /** Entries by folder, as long as their results stay as they are: a result may have megabytes, and there may be hundreds. */
  readonly #known = new Map<string, Known>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Folder of a run to be; no such folder exists yet. */
  async newId(name: string, at: Date): Promise<string> {
    const time = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}-${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
    const word = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 40)
      .replace(/^-+|-+$/g, '');
    const base = word === '' ? time : `${time}-${word}`;
    for (let i = 1; ; i += 1) {
      const id = i === 1 ? base : `${base}-${i}`;
      if (!(await exists(join(this.#folder, id)))) return id;
    }
  }

  path(id: string): string {
    return join(this.#folder, id);
  }

  /** Makes a folder from elsewhere known; returns its id. @throws CausewayError run.unknown */
  async open(folder: string): Promise<string> {
    if (!(await isRun(folder))) throw new CausewayError('run.unknown', { id: folder });
    const id = `opened-${this.#opened.size + 1}-${basename(folder)}`;
    this.#opened.set(id, folder);
    return id;
  }

  /** Newest first; `without` is left out. @throws CausewayError input.unreadable (no folder yet: there are no runs) */
  async list(without: string | undefined): Promise<RunEntry[]> {
    const names = await readdir(this.#folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw new CausewayError('input.unreadable', { path: this.#folder, reason: error.message }, { cause: error });
    });
    const entries: RunEntry[] = [];
    for (const { name } of names.filter((entry) => entry.isDirectory() && entry.name !== without && ID.test(entry.name))) {
      const folder = join(this.#folder, name);
      if (await isRun(folder)) entries.push(await this.#entry(name, folder));
    }
    return entries.sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
  }

  /** @throws CausewayError run.unknown, input.unreadable */
  async result(id: string): Promise<RunResult> {
    return readResult(join(await this.#find(id), RUN_FILES.result));
  }

  /** Every frame that was written, unmerged. @throws CausewayError run.unknown */
  async frames(id: string): Promise<Frame[]> {
    const frames: Frame[] = [];
    await eachFrame(await this.#find(id), (frame) => frames.push(frame));
    return frames;
  }

  /** @throws CausewayError run.unknown */
  async view(id: string): Promise<RunView> {
    const folder = await this.#find(id);
    const file = (name: keyof typeof RUN_FILES): string => join(folder, RUN_FILES[name]);
    const frames = new FrameHistory();
    const events = new EventHistory();
    await eachFrame(folder, (frame) => frames.add(frame));
    await eachLine(file('events'), (value) => {
      const parsed = logEventSchema.safeParse(value);
      if (!parsed.success) return;
      const { data, ...event } = parsed.data;
      events.add(data === undefined ? event : { ...event, data });
    });
    const scenarioText = await readFile(file('scenario'), 'utf8').catch(() => null);
    let result: RunResult | null = null;
    let problem: unknown;
    try {
      result = await readResult(file('result'));
    } catch (error) {
      problem = error;
    }
    return {
      status: status(id, result, problem, scenarioText, (await stat(folder)).mtime),
      frames: frames.frames(),
      events: events.events(),
      distributions: await distributions(file('distributions')),
      mapping:
        result?.mapping.map(({ direction, property, checked, failed }) => ({ direction, property, checked, failed })) ?? [],
      result,
      scenarioText,
    };
  }

  /** @throws CausewayError run.unknown, folder.unwritable */
  async remove(id: string): Promise<void> {
    // What was opened from elsewhere is not the lab's to delete.
    if (this.#opened.delete(id)) return;
    const folder = await this.#find(id);
    try {
      await rm(folder, { recursive: true });
      this.#known.delete(folder);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CausewayError('folder.unwritable', { path: folder, reason }, { cause: error });
    }
  }

  async #find(id: string): Promise<string> {
    const folder = this.#opened.get(id) ?? (ID.test(id) ? join(this.#folder, id) : undefined);
    if (folder === undefined || !(await isRun(folder))) throw new CausewayError('run.unknown', { id });
    return folder;
  }

  async #entry(id: string, folder: string): Promise<RunEntry> {
    const found = await stat(join(folder, RUN_FILES.result)).catch(() => undefined);
    const { mtimeMs, size } = found ?? { mtimeMs: (await stat(folder)).mtimeMs, size: -1 };
    const known = this.#known.get(folder);
    if (known !== undefined && known.mtimeMs === mtimeMs && known.size === size) return known.entry;
    const entry = found === undefined ? without(id, folder, mtimeMs, NO_RESULT) : await read(id, folder, mtimeMs);
    this.#known.set(folder, { mtimeMs, size, entry });
    return entry;
  }
}

const NO_RESULT = 'it has no result: it failed, or was ended at once';
const two = (value: number): string => String(value).padStart(2, '0');
const exists = (path: string): Promise<boolean> => lstat(path).then(Boolean, () => false);

/** A folder (no link to one) that holds at least one file of a run. */
async function isRun(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) return false;
  return (await exists(join(folder, RUN_FILES.result))) || (await exists(join(folder, RUN_FILES.frames)));
}

function without(id: string, folder: string, mtimeMs: number, problem: string): RunEntry {
  return {
    id,
    folder,
    scenario: id,
    startedAt: new Date(mtimeMs).toISOString(),
    verdict: null,
    engine: '',
    clients: 0,
    trafficMs: 0,
    deliveredPerSecond: 0,
    lost: 0,
    p99: null,
    problem,
  };
}

async function read(id: string, folder: string, mtimeMs: number): Promise<RunEntry> {
  try {
    return entryOf(id, folder, await readResult(join(folder, RUN_FILES.result)));
  } catch (error) {
    return without(id, folder, mtimeMs, error instanceof Error ? error.message : String(error));
  }
}

function entryOf(id: string, folder: string, result: RunResult): RunEntry {
  const busiest = [...result.paths].sort((a, b) => b.endToEnd.count - a.endToEnd.count)[0];
  return {
    id,
    folder,
    scenario: result.scenario.name,
    startedAt: result.startedAt,
    verdict: result.verdict,
    engine: result.engine.name,
    clients: result.clients.planned,
    trafficMs: result.trafficMs,
    deliveredPerSecond: result.rates.delivered,
    lost: Object.values(result.ledger).reduce((sum, ledger) => sum + ledger.lost, 0),
    p99: busiest?.endToEnd.p99 ?? null,
    problem: null,
  };
}

/** The scenario as it was run, from its copy in the folder; undefined where it cannot be read any more. */
function loadedAgain(result: RunResult | null, text: string | null): LoadedScenario | undefined {
  if (text === null) return undefined;
  try {
    const { overrides = [], scale = 1, seed, durationMs } = result?.scenario ?? {};
    return parseScenario(text, result?.scenario.path ?? RUN_FILES.scenario, {
      overrides: overrides.map((one) => ({ path: one.slice(0, one.indexOf('=')), value: one.slice(one.indexOf('=') + 1) })),
      scale,
      ...(seed === undefined ? {} : { seed }),
      ...(durationMs === undefined ? {} : { durationMs }),
    });
  } catch {
    return undefined;
  }
}

function status(id: string, result: RunResult | null, problem: unknown, text: string | null, changed: Date): RunStatus {
  const loaded = loadedAgain(result, text);
  const described =
    loaded !== undefined
      ? describeRun(loaded)
      : {
          scenario: result?.scenario.name ?? id,
          description: '',
          engine: 'embedded' as const,
          broker: 'gateway',
          durationMs: result?.scenario.durationMs ?? 0,
          plannedClients: result?.clients.planned ?? 0,
          populations: [],
          services: result?.services.map(({ name }) => ({ name, consumes: [], commands: [] })) ?? [],
          orderPromised: result?.ledger.up.orderGuaranteed ?? false,
          thresholds: [],
        };
  return {
    id,
    ...described,
    ...(result === null
      ? {}
      : {
          engine: result.engine.name as EngineName,
          thresholds: result.thresholds.map(({ text: threshold, metric }) => ({ text: threshold, metric })),
        }),
    phase: result === null ? 'failed' : 'done',
    startedAt: result?.startedAt ?? changed.toISOString(),
    error:
      result === null && problem instanceof CausewayError
        ? { code: problem.code, message: problem.message, hint: problem.hint }
        : null,
  };
}

const eachFrame = (folder: string, take: (frame: Frame) => void): Promise<void> =>
  eachLine(join(folder, RUN_FILES.frames), (value) => {
    const parsed = frameSchema.safeParse(value);
    if (parsed.success) take(parsed.data);
  });

/** None in folders of older versions. */
async function distributions(path: string): Promise<readonly Distribution[]> {
  try {
    return z
      .array(distributionSchema)
      .max(10)
      .parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return [];
  }
}

/** Values of a file of JSON lines; what is no JSON (the last line after a crash) is passed over, a missing file has no lines. */
async function eachLine(path: string, take: (value: unknown) => void): Promise<void> {
  const stream = createReadStream(path, 'utf8');
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      try {
        take(JSON.parse(line));
      } catch {
        // Cut off.
      }
    }
  } catch {
    // No such file.
  } finally {
    stream.destroy();
  }
}
