/** On what machine and with what versions a run was made. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { RunResult } from '../protocol/result.ts';

const PACKAGES = ['aedes', 'mqtt-packet', 'piscina'] as const;

let known: RunResult['environment'] | undefined;

/** Read once: nothing of it changes while the process lives. */
export function environmentNow(): RunResult['environment'] {
  known ??= {
    causeway: packageVersion('../../package.json') ?? packageVersion('../../../package.json') ?? 'unknown',
    node: process.version,
    os: `${type()} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 1024 / 1024),
    dependencies: Object.fromEntries(PACKAGES.map((name) => [name, dependencyVersion(name)])),
  };
  return known;
}

/** From the sources the package file is two folders up, from dist three. */
function packageVersion(relative: string): string | undefined {
  try {
    const found = JSON.parse(readFileSync(new URL(relative, import.meta.url), 'utf8')) as { name?: string; version?: string };
    return found.name === 'causeway' ? found.version : undefined;
  } catch {
    return undefined;
  }
}

/** Of an npm package of the lab; `unknown` where it cannot be read. */
export function dependencyVersion(name: string): string {
  for (const up of ['../..', '../../..']) {
    try {
      const file = new URL(`${up}/node_modules/${name}/package.json`, import.meta.url);
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    } catch {
      // The other place.
    }
  }
  return 'unknown';
}
