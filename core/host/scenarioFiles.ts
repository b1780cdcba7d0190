/** Which files a window may touch: those of the two scenario folders, and what the user has picked in a dialog. */
import { readFile, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { makeFolder } from '../makeFolder.ts';
import { CausewayError } from '../protocol/errors.ts';
import { MAX_SCENARIO_BYTES } from '../protocol/scenarioText.ts';
import { writeAtomic } from '../report/runFolder.ts';

const EXTENSION = /\.ya?ml$/i;

const isBelow = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
};

const real = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));

export interface ScenarioText {
  readonly path: string;
  readonly text: string;
  readonly shipped: boolean;
}

export class ScenarioFiles {
  readonly #shipped: string;
  readonly #own: string;
  /** Real paths that a dialog has given. */
  readonly #picked = new Set<string>();

  constructor(folders: { readonly shippedScenarios: string; readonly scenariosFolder: string }) {
    this.#shipped = folders.shippedScenarios;
    this.#own = folders.scenariosFolder;
  }

  /** A file that the user has chosen by dialog may be read and written from now on. */
  async pick(path: string): Promise<void> {
    this.#picked.add(await this.#real(path));
  }

  /** @throws CausewayError window.path, input.unreadable */
  async read(path: string): Promise<ScenarioText> {
    const { file, shipped } = await this.#allowed(path);
    try {
      const found = await stat(file);
      if (!found.isFile()) throw unreadable(path, 'it is not a regular file');
      if (found.size > MAX_SCENARIO_BYTES)
        throw unreadable(path, `it has ${found.size} bytes, a scenario has at most ${MAX_SCENARIO_BYTES}`);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
      return { path, text, shipped };
    } catch (error) {
      if (error instanceof CausewayError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw unreadable(path, 'there is no such file');
      throw unreadable(path, code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not a text file in UTF-8' : message);
    }
  }

  /** Writes over the file of this path. @throws CausewayError window.path, scenario.shipped, folder.unwritable */
  async replace(path: string, text: string): Promise<string> {
    const { file, shipped } = await this.#allowed(path);
    if (shipped) throw new CausewayError('scenario.shipped', { path });
    return this.#write(file, text);
  }

  /** Writes a file of this name in the user's folder. @throws CausewayError scenario.exists, folder.unwritable */
  async create(name: string, text: string, replace: boolean): Promise<string> {
    const file = join(this.#own, fileName(name));
    if (!replace && (await stat(file).catch(() => undefined)) !== undefined)
      throw new CausewayError('scenario.exists', { path: file });
    return this.#write(file, text);
  }

  /** @throws CausewayError window.path, scenario.shipped, input.unreadable */
  async remove(path: string): Promise<void> {
    const { file, shipped } = await this.#allowed(path);
    if (shipped) throw new CausewayError('scenario.shipped', { path });
    try {
      await rm(file);
    } catch (error) {
      throw unreadable(path, error instanceof Error ? error.message : String(error));
    }
  }

  async #write(file: string, text: string): Promise<string> {
    try {
      await makeFolder(dirname(file));
      await writeAtomic(file, text);
      return file;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CausewayError('folder.unwritable', { path: file, reason }, { cause: error });
    }
  }

  /** Links are followed first: one inside a folder that leads out of it leads out of it. */
  async #allowed(path: string): Promise<{ readonly file: string; readonly shipped: boolean }> {
    const file = path.includes('\0') ? undefined : await this.#real(path);
    if (file !== undefined) {
      if (this.#picked.has(file)) return { file, shipped: false };
      if (EXTENSION.test(file)) {
        if (isBelow(file, await real(this.#shipped))) return { file, shipped: true };
        if (isBelow(file, await real(this.#own))) return { file, shipped: false };
      }
    }
    throw new CausewayError('window.path', { path });
  }

  /** The real path of a file that need not exist yet. */
  async #real(path: string): Promise<string> {
    const whole = resolve(path);
    return realpath(whole).catch(async () => join(await real(dirname(whole)), basename(whole)));
  }
}

/** A name as people write it made into one that every file system takes. */
function fileName(name: string): string {
  const plain = name
    .replace(EXTENSION, '')
    .replace(/[^\p{L}\p{N} ._-]+/gu, '-')
    .replace(/^[. -]+|[. -]+$/g, '')
    .slice(0, 80);
  return `${plain === '' ? 'scenario' : plain}.yaml`;
}

const unreadable = (path: string, reason: string): CausewayError => new CausewayError('input.unreadable', { path, reason });
