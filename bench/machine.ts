/** What a figure was measured on: without it a benchmark's result says nothing. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly system: string;
  readonly node: string;
  /** Of the packages and servers that are compared. */
  readonly versions: Readonly<Record<string, string>>;
  /** Processes that wanted a core in the last minute; much above 0 at the start means that others were using the machine. */
  readonly load: number;
}

const PACKAGES = ['aedes', 'mqtt', 'mqtt-packet'] as const;

/** `mosquitto` is left out of the versions where it is not installed. */
export function machine(): Machine {
  const versions: Record<string, string> = {};
  for (const name of PACKAGES) {
    const version = packageVersion(name);
    if (version !== undefined) versions[name] = version;
  }
  const mosquitto = mosquittoVersion();
  if (mosquitto !== undefined) versions.mosquitto = mosquitto;
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    system: `${type()} ${release()}`,
    node: process.version,
    versions,
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** Read from the package's folder: not every package exports its package.json. */
function packageVersion(name: string): string | undefined {
  const entry = createRequire(import.meta.url).resolve(name);
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string; version?: string };
      if (found.name === name) return found.version;
    } catch {
      // No package.json in this folder: look further up.
    }
  }
  return undefined;
}

/** Where Mosquitto is: the variable MOSQUITTO, or found in PATH; Debian puts it where a user's PATH does not look. */
export function mosquittoProgram(): { readonly file: string; readonly env: NodeJS.ProcessEnv } {
  const path = [process.env.PATH ?? '', '/usr/sbin', '/usr/local/sbin'].join(':');
  return { file: process.env.MOSQUITTO ?? 'mosquitto', env: { ...process.env, PATH: path } };
}

function mosquittoVersion(): string | undefined {
  const { file, env } = mosquittoProgram();
  const { stdout } = spawnSync(file, ['-h'], { env, encoding: 'utf8' });
  return /mosquitto version (\S+)/.exec(stdout ?? '')?.[1];
}
