/** The folder of a durable engine: `lock`, `groups.json`, and `topics/<name>/` with `topic.json` and the segments. */
import { open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolder } from '../../makeFolder.ts';
import { CausewayError } from '../../protocol/errors.ts';
import { hash32 } from '../../random.ts';
import type { MqTopicSpec } from '../engine.ts';
import type { BrokerStore } from './broker.ts';
import type { SavedGroup } from './group.ts';
import { openTopic } from './openTopic.ts';
import type { MqRepair } from './options.ts';
import { type FilePolicy, syncFolder, type TopicFiles } from './topicFiles.ts';
import { checkTopicSpec, type RestoredTopic } from './topicLog.ts';

const VERSION = 1;

export class FolderStore implements BrokerStore {
  readonly repairs: MqRepair[] = [];
  readonly cacheBytes: number;
  savedTopics: readonly MqTopicSpec[] = [];
  savedGroups: Readonly<Record<string, SavedGroup>> = {};
  readonly #folder: string;
  readonly #policy: FilePolicy;
  readonly #topics: TopicFiles[] = [];
  #groups = '';
  #saving: Promise<void> = Promise.resolve();

  private constructor(folder: string, policy: FilePolicy, cacheBytes: number) {
    this.#folder = folder;
    this.#policy = policy;
    this.cacheBytes = cacheBytes;
  }

  /** Takes possession of the folder and reads what it holds. @throws CausewayError folder.unwritable, mq.folder-damaged */
  static async open(folder: string, policy: FilePolicy, cacheBytes: number): Promise<FolderStore> {
    const store = new FolderStore(folder, policy, cacheBytes);
    try {
      await makeFolder(join(folder, 'topics'));
      await lock(join(folder, 'lock'));
    } catch (error) {
      throw unwritable(folder, error);
    }
    try {
      await store.#readTopics();
      await store.#readGroups();
    } catch (error) {
      await rm(join(folder, 'lock'), { force: true });
      throw error;
    }
    return store;
  }

  async topic(spec: MqTopicSpec): Promise<RestoredTopic> {
    const folder = this.#topicFolder(spec.name);
    try {
      await makeFolder(folder);
      if (!this.savedTopics.some(({ name }) => name === spec.name)) await this.saveTopic(spec);
      const opened = await openTopic(spec.name, folder, spec.partitions, this.#policy, (repair) => this.repairs.push(repair));
      this.#topics.push(opened.store);
      return opened;
    } catch (error) {
      throw unwritable(folder, error);
    }
  }

  async saveTopic(spec: MqTopicSpec): Promise<void> {
    const { name, partitions, retention } = spec;
    await this.#replace(
      join(this.#topicFolder(name), 'topic.json'),
      JSON.stringify({ version: VERSION, name, partitions, retention }),
    );
  }

  saveGroups(groups: Readonly<Record<string, SavedGroup>>): Promise<void> {
    const text = JSON.stringify({ version: VERSION, groups });
    if (text !== this.#groups) {
      this.#groups = text;
      // One after another: two writers of the same temporary file would mix.
      this.#saving = this.#saving
        .catch(() => undefined)
        .then(() => this.#replace(join(this.#folder, 'groups.json'), text))
        .catch((error: unknown) => {
          this.#groups = '';
          throw unwritable(this.#folder, error);
        });
    }
    return this.#saving;
  }

  async close(): Promise<void> {
    await Promise.all(this.#topics.map((topic) => topic.close()));
    await this.#saving.catch(() => undefined);
    await rm(join(this.#folder, 'lock'), { force: true });
  }

  #topicFolder(name: string): string {
    // Readable, safe on every file system, and different for names that differ in case or in odd characters only.
    const id = (hash32(name) * 0x100000000 + crc32(name)).toString(36);
    return join(this.#folder, 'topics', `${name.replace(/[^0-9A-Za-z_-]/g, '_').slice(0, 80)}.${id}`);
  }

  async #readTopics(): Promise<void> {
    const found: MqTopicSpec[] = [];
    for (const entry of (await readdir(join(this.#folder, 'topics'))).sort()) {
      const path = join(this.#folder, 'topics', entry, 'topic.json');
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch {
        // A crash between making the folder and writing the file: the topic was never acknowledged.
        continue;
      }
      try {
        const spec = JSON.parse(text) as MqTopicSpec;
        checkTopicSpec(spec);
        found.push(spec);
      } catch (error) {
        throw new CausewayError('mq.folder-damaged', { path, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    this.savedTopics = found;
  }

  async #readGroups(): Promise<void> {
    const path = join(this.#folder, 'groups.json');
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch {
      return;
    }
    try {
      const { groups } = JSON.parse(text) as { groups: Record<string, SavedGroup> };
      for (const group of Object.values(groups)) for (const cursors of Object.values(group)) checkCursors(cursors);
      this.savedGroups = groups;
    } catch {
      // Written by renaming, so no crash of ours: without positions, groups begin where they ask to.
      this.repairs.push({ kind: 'skipped', path, at: 0, bytes: Buffer.byteLength(text) });
    }
  }

  async #replace(path: string, text: string): Promise<void> {
    const temporary = `${path}.new`;
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(text);
      if (this.#policy.fsync !== 'never') await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    if (this.#policy.fsync === 'always') await syncFolder(join(path, '..'));
  }
}

function checkCursors(cursors: SavedGroup[string]): void {
  for (const { committed, settled } of cursors) {
    const sound = Number.isSafeInteger(committed) && settled.every(([from, below]) => from >= committed && below >= from);
    if (!sound) throw new Error('not positions');
  }
}

/** One process at a time: two writers would overwrite each other's records. */
async function lock(path: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 0) throw error;
      const owner = Number(await readFile(path, 'utf8'));
      if (owner > 0 && alive(owner)) throw new Error(`process ${owner} is using it`);
      // Left by a process that was killed.
      await rm(path, { force: true });
    }
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function unwritable(path: string, error: unknown): CausewayError {
  if (error instanceof CausewayError) return error;
  return new CausewayError(
    'folder.unwritable',
    { path, reason: error instanceof Error ? error.message : String(error) },
    { cause: error },
  );
}
