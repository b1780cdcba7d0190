/** The settings of this user: a JSON file, in which no secret stands in clear. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../makeFolder.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { ConnectionSettings, EngineName, Settings } from '../protocol/window.ts';
import { writeAtomic } from '../report/runFolder.ts';
import type { CallInput, Secrets } from './types.ts';

const place = z.object({
  address: z.string().max(500),
  nameServer: z.string().max(500).optional(),
  user: z.string().max(200).optional(),
  tls: z.boolean().optional(),
  /** The password as the key store has encrypted it. */
  secret: z.string().max(10_000).optional(),
});
const engine = z.enum(['embedded', 'kafka', 'rocketmq', 'rabbitmq']);

const settingsFile = z.object({
  engines: z.partialRecord(engine, place).default({}),
  broker: place.nullable().default(null),
  defaultEngine: engine.default('embedded'),
  useBroker: z.boolean().default(false),
  language: z.enum(['system', 'en', 'zh']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
});
type File = z.output<typeof settingsFile>;
type Place = z.output<typeof place>;
type PlaceName = EngineName | 'broker';

/** Where something is, with its secret: for the lab itself, never for a window. */
export type Reach = Omit<ConnectionSettings, 'password'> & { readonly password: string | undefined };

export interface SettingsStoreOptions {
  readonly file: string;
  readonly secrets?: Secrets | undefined;
}

export class SettingsStore {
  readonly #path: string;
  readonly #secrets: Secrets | undefined;
  /** Where there is no key store. */
  readonly #passwords = new Map<PlaceName, string>();
  #loaded: Promise<File> | undefined;
  #warning: string | undefined;
  /** Changes are made one after the other. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor({ file, secrets }: SettingsStoreOptions) {
    this.#path = file;
    this.#secrets = secrets;
  }

  async get(): Promise<Settings> {
    const file = await this.#file();
    const shown = (name: PlaceName, { secret, ...rest }: Place) => ({
      ...rest,
      hasPassword: secret !== undefined || this.#passwords.has(name),
    });
    const engines = Object.entries(file.engines).map(([name, found]) => [name, shown(name as EngineName, found)]);
    return {
      ...file,
      engines: Object.fromEntries(engines) as Settings['engines'],
      broker: file.broker === null ? null : shown('broker', file.broker),
      keepsPasswords: this.#secrets !== undefined,
      ...(this.#warning === undefined ? {} : { warning: this.#warning }),
    };
  }

  /** @throws CausewayError folder.unwritable */
  set(patch: CallInput<'settings.set'>): Promise<Settings> {
    const change = this.#changes.then(() => this.#change(patch));
    this.#changes = change.catch(() => undefined);
    return change;
  }

  /** Undefined: nothing is set for it. */
  async reach(name: PlaceName): Promise<Reach | undefined> {
    const file = await this.#file();
    const found = name === 'broker' ? file.broker : file.engines[name];
    if (found === undefined || found === null) return undefined;
    const { secret, ...rest } = found;
    const kept = secret === undefined ? undefined : this.#secrets?.decrypt(secret);
    return { ...rest, password: this.#passwords.get(name) ?? kept };
  }

  async #change({ engines, broker, ...plain }: CallInput<'settings.set'>): Promise<Settings> {
    const before = await this.#file();
    const passwords = new Map(this.#passwords);
    const changed: Record<string, unknown> = { ...before, engines: { ...before.engines } };
    for (const [key, value] of Object.entries(plain)) if (value !== undefined) changed[key] = value;
    const places = changed.engines as Record<string, Place>;
    for (const [name, connection] of Object.entries(engines ?? {})) {
      if (connection === undefined) continue;
      const made = this.#place(name as EngineName, connection, before.engines[name as EngineName], passwords);
      if (made === undefined) delete places[name];
      else places[name] = made;
    }
    if (broker !== undefined) changed.broker = this.#place('broker', broker, before.broker ?? undefined, passwords) ?? null;
    const file = settingsFile.parse(changed);
    try {
      await makeFolder(dirname(this.#path));
      await writeAtomic(this.#path, `${JSON.stringify(file, null, 2)}\n`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CausewayError('folder.unwritable', { path: this.#path, reason }, { cause: error });
    }
    this.#loaded = Promise.resolve(file);
    this.#warning = undefined;
    this.#passwords.clear();
    for (const [name, password] of passwords) this.#passwords.set(name, password);
    return this.get();
  }

  /** An empty address takes the place away, with its password. A password stays with where, as whom and how it was given for. */
  #place(
    name: PlaceName,
    { password, ...rest }: ConnectionSettings,
    before: Place | undefined,
    passwords: Map<PlaceName, string>,
  ): Place | undefined {
    if (rest.address.trim() === '') {
      passwords.delete(name);
      return undefined;
    }
    const made = place.parse(rest);
    if (password === undefined && before !== undefined && samePlace(before, made))
      return before.secret === undefined ? made : { ...made, secret: before.secret };
    passwords.delete(name);
    if (password === undefined) return made;
    if (password === '') return made;
    if (this.#secrets !== undefined) return { ...made, secret: this.#secrets.encrypt(password) };
    passwords.set(name, password);
    return made;
  }

  #file(): Promise<File> {
    this.#loaded ??= this.#read();
    return this.#loaded;
  }

  /** What cannot be read is no reason to stop: the defaults apply, and the window says why. */
  async #read(): Promise<File> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#warning = `${this.#path} cannot be read: ${String(error)}`;
      return settingsFile.parse({});
    }
    try {
      return settingsFile.parse(JSON.parse(text));
    } catch {
      this.#warning = `${this.#path} is damaged: the defaults apply until settings are saved again`;
      return settingsFile.parse({});
    }
  }
}

function samePlace(one: Place, other: Place): boolean {
  const parts = ({ address, nameServer = '', user = '', tls = false }: Place): unknown[] => [address, nameServer, user, tls];
  return parts(one).every((part, i) => part === parts(other)[i]);
}
