/**
 * A credentials file: read and changed by the command line, followed by a running gateway. Mode 0600, replaced as a whole,
 * and changed under a lock file, so that two commands at once do not undo each other.
 */
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { CausewayError } from '../protocol/errors.ts';
import { type BookData, bookSchema, CredentialBook } from './book.ts';

const MAX_BYTES = 64 << 20;
const LOCK_TRIES = 100;
const LOCK_WAIT_MS = 50;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

function unreadable(path: string, error: unknown): CausewayError {
  if (error instanceof CausewayError) return error;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
  };
  const reason = reasons[codeOf(error) ?? ''] ?? codeOf(error) ?? 'unknown';
  return new CausewayError('credentials.damaged', { path, reason }, { cause: error });
}

/** Reads and checks the file. @throws CausewayError credentials.damaged, credentials.exposed; no message holds a part of the content. */
export async function readCredentialFile(path: string): Promise<BookData> {
  let text: string;
  try {
    const { mode, size } = await stat(path);
    // Windows has no such modes.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new CausewayError('credentials.exposed', { path, mode: (mode & 0o777).toString(8) });
    }
    if (size > MAX_BYTES) throw new CausewayError('credentials.damaged', { path, reason: `it has ${size} bytes` });
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Without the parser's message, which quotes the text.
    throw new CausewayError('credentials.damaged', { path, reason: 'it is not JSON' });
  }
  const parsed = bookSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const reason = `${issue?.path.join('.') || 'the file'} is not valid (${issue?.code ?? 'unknown'})`;
  throw new CausewayError('credentials.damaged', { path, reason });
}

/** Replaces the file; a reader sees the former content or the whole new one. */
async function writeCredentialFile(path: string, data: BookData): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await rm(temporary, { force: true });
    // Created with its mode, not given it afterwards: there is no moment at which others could open it.
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(data, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new CausewayError('folder.unwritable', { path, reason: codeOf(error) ?? String(error) }, { cause: error });
  }
}

async function lock(path: string): Promise<() => Promise<void>> {
  const name = `${path}.lock`;
  for (let tries = 0; tries < LOCK_TRIES; tries += 1) {
    try {
      await (await open(name, 'wx', 0o600)).close();
      return () => rm(name, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        throw new CausewayError('folder.unwritable', { path, reason: codeOf(error) ?? String(error) }, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
    }
  }
  throw new CausewayError('credentials.locked', { path, lock: name });
}

/**
 * Changes the file under its lock; `create`: an absent file counts as an empty one. Nothing is written when `change` throws.
 * @throws CausewayError credentials.damaged, credentials.exposed, credentials.locked, folder.unwritable, and what `change` throws
 */
export async function changeCredentialFile<T>(
  path: string,
  options: { readonly create: boolean; readonly nowMs: number },
  change: (book: CredentialBook) => T,
): Promise<T> {
  const unlock = await lock(path);
  try {
    const exists = await stat(path).then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) === 'ENOENT' && options.create) return false;
        throw unreadable(path, error);
      },
    );
    const book = new CredentialBook(exists ? await readCredentialFile(path) : undefined);
    const outcome = change(book);
    book.forget(options.nowMs);
    await writeCredentialFile(path, book.data());
    return outcome;
  } finally {
    await unlock();
  }
}

export interface FollowedFile {
  readonly book: CredentialBook;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * Reads the file and follows its changes: a revocation takes effect within `everyMs` (default 200). A change that can't be
 * read is told to `onProblem` and the former content stays in force.
 * @throws CausewayError credentials.damaged, credentials.exposed
 */
export async function followCredentialFile(
  path: string,
  options: { readonly everyMs?: number; readonly onProblem?: (error: CausewayError) => void } = {},
): Promise<FollowedFile> {
  // Looked at before it is read: a change in between shows at the next look.
  let seen = await mark(path);
  const book = new CredentialBook(await readCredentialFile(path));
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const now = await mark(path);
    if (now === seen) return;
    seen = now;
    try {
      book.load(await readCredentialFile(path));
    } catch (error) {
      options.onProblem?.(unreadable(path, error));
    }
  };
  // Asked for, not waited for: notifications of file systems differ, and the file is replaced, not written to.
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, options.everyMs ?? 200);
  timer.unref();
  return {
    book,
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}

async function mark(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, mode } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, mode].join();
  } catch (error) {
    return codeOf(error) ?? 'unknown';
  }
}
