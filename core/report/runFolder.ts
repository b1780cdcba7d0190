/**
 * The folder of one run: scenario.yaml (as it was read), frames.jsonl and events.log (while it runs), result.json with
 * its schema and distributions.json (at the end). Opened before the run, so that an unwritable disk is known before the load, not after it.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder } from '../makeFolder.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { LogEvent } from '../protocol/events.ts';
import { type Distribution, type Frame, type RunResult, resultSchema } from '../protocol/result.ts';
import { resultJsonSchemaText } from './jsonSchema.ts';

export const RUN_FILES = {
  result: 'result.json',
  schema: 'result.schema.json',
  frames: 'frames.jsonl',
  events: 'events.log',
  scenario: 'scenario.yaml',
  distributions: 'distributions.json',
} as const;

export interface RunFolderOptions {
  /** The scenario's text, copied byte for byte. */
  readonly scenario?: string | Uint8Array;
  /** Replace an older result in this folder. Default false: 'folder.occupied'. */
  readonly force?: boolean;
}

export interface RunFolder {
  /** Absolute path. */
  readonly path: string;
  frame(frame: Frame): void;
  event(event: LogEvent): void;
  /** The newest are written when the folder is finished or closed. */
  distributions(distributions: readonly Distribution[]): void;
  /** Writes result.json and its schema, and closes. @throws CausewayError folder.unwritable, internal (the result breaks its own schema) */
  finish(result: RunResult): Promise<void>;
  /** Closes what is open, without a result. Idempotent. */
  close(): Promise<void>;
}

/** A key that names a secret: its value never reaches a file. */
const SECRET = /pass(word|phrase)?$|secret|token|credential|authorization|privatekey/i;

/** One line of events.log: JSON without the values of secrets. */
export function eventLine(event: LogEvent): string {
  return `${JSON.stringify(event, (key, value: unknown) => (SECRET.test(key) && value != null ? '[redacted]' : value))}\n`;
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOSPC':
      return 'no space left on the disk';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a file of that name is in the way';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

const unwritable = (path: string, error: unknown): CausewayError =>
  error instanceof CausewayError
    ? error
    : new CausewayError('folder.unwritable', { path, reason: reasonOf(error) }, { cause: error });

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Writes a file so that a reader sees the old content or the whole new one, also after a crash. @throws what node:fs throws */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** A stream of lines that remembers its first failure (a full disk, say) instead of bringing the run down. */
class LineFile {
  failure: unknown;
  private readonly stream: WriteStream;
  private closing: Promise<void> | undefined;

  private constructor(stream: WriteStream) {
    this.stream = stream;
    stream.on('error', (error) => {
      this.failure ??= error;
    });
  }

  static open(path: string): Promise<LineFile> {
    return new Promise((resolve, reject) => {
      const stream = createWriteStream(path, { flags: 'w' });
      stream.once('error', reject);
      stream.once('open', () => {
        stream.off('error', reject);
        resolve(new LineFile(stream));
      });
    });
  }

  write(line: string): void {
    if (this.closing === undefined && this.failure === undefined) this.stream.write(line);
  }

  close(): Promise<void> {
    this.closing ??= new Promise((resolve) => {
      if (this.stream.destroyed) resolve();
      else {
        this.stream.once('close', () => resolve());
        this.stream.end();
      }
    });
    return this.closing;
  }
}

/**
 * Creates the folder (with its parents) and opens its files; the remains of an older run are removed when `force` is set.
 * @throws CausewayError folder.unwritable, folder.occupied
 */
export async function createRunFolder(directory: string, options: RunFolderOptions = {}): Promise<RunFolder> {
  const path = resolve(directory);
  const file = (name: keyof typeof RUN_FILES): string => join(path, RUN_FILES[name]);
  let frames: LineFile | undefined;
  let events: LineFile | undefined;
  try {
    await makeFolder(path);
    if (await exists(file('result'))) {
      if (options.force !== true) throw new CausewayError('folder.occupied', { path: directory });
      // Before the run, so that one that fails half-way does not leave the former result beside its own frames.
      await rm(file('result'));
    }
    frames = await LineFile.open(file('frames'));
    events = await LineFile.open(file('events'));
    if (options.scenario !== undefined) await writeFile(file('scenario'), options.scenario);
  } catch (error) {
    await frames?.close();
    await events?.close();
    throw unwritable(directory, error);
  }
  const [frameFile, eventFile] = [frames, events];
  let newest: readonly Distribution[] | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([frameFile.close(), eventFile.close()]);
    const kept = newest;
    newest = undefined;
    // A picture beside the figures, which stand in the result: no reason to fail.
    if (kept !== undefined) await writeFile(file('distributions'), `${JSON.stringify(kept)}\n`).catch(() => undefined);
  };
  return {
    path,
    frame: (frame) => frameFile.write(`${JSON.stringify(frame)}\n`),
    event: (event) => eventFile.write(eventLine(event)),
    distributions: (distributions) => {
      newest = distributions;
    },
    close,
    async finish(result) {
      const parsed = resultSchema.safeParse(result);
      await close();
      if (!parsed.success) {
        const first = parsed.error.issues[0];
        const where = first === undefined ? '' : `${first.path.join('.')}: ${first.message}`;
        throw new CausewayError('internal', { reason: `the result does not keep to its schema (${where})` });
      }
      try {
        await writeFile(file('schema'), resultJsonSchemaText());
        await writeAtomic(file('result'), `${JSON.stringify(result, null, 2)}\n`);
      } catch (error) {
        throw unwritable(directory, error);
      }
      const failure = frameFile.failure ?? eventFile.failure;
      if (failure !== undefined) throw unwritable(directory, failure);
    },
  };
}

/** Reads a result back. @throws CausewayError input.unreadable (missing, not JSON, or of another version) */
export async function readResult(path: string): Promise<RunResult> {
  const reject = (reason: string): CausewayError => new CausewayError('input.unreadable', { path, reason });
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw reject(error instanceof SyntaxError ? 'it is not JSON' : reasonOf(error));
  }
  const parsed = resultSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw reject(`it is not the result of a run (${first?.path.join('.') ?? ''}: ${first?.message ?? ''})`);
}
