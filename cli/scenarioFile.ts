/** Finding scenario files: a path, or the bare name of one that comes with the program. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import { nearest } from '../core/scenario/nearest.ts';
import type { Host } from './host.ts';

const EXTENSION = /\.ya?ml$/i;

/** Relative where it lies below the current folder: the path is kept in results, which people pass on. */
function shorter(host: Host, path: string): string {
  const here = host.path('.');
  const below = relative(here, path);
  return isAbsolute(here) || below.startsWith('..') || isAbsolute(below) ? path : below;
}

/** The path to load: the file itself where it exists, else a shipped scenario of that name (`iov-fleet`), else as given. */
export function findScenario(host: Host, file: string): string {
  const own = host.path(file);
  if (existsSync(own) || /[\\/]/.test(file)) return own;
  for (const name of [file, `${file}.yaml`, `${file}.yml`]) {
    const shipped = join(host.shippedScenarios, name);
    if (EXTENSION.test(name) && existsSync(shipped)) return shorter(host, shipped);
  }
  return own;
}

/** What a name that belongs to no file was probably meant to be: a shipped scenario. */
export async function nearestScenario(host: Host, file: string): Promise<string | undefined> {
  const shipped = await scenarioFiles(host.shippedScenarios);
  return nearest(
    basename(file).replace(EXTENSION, ''),
    shipped.map((path) => basename(path).replace(EXTENSION, '')),
  );
}

/** Scenario files of a folder in alphabetical order; none when there is no such folder. */
export async function scenarioFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  return names
    .filter((name) => EXTENSION.test(name))
    .sort()
    .map((name) => join(folder, name));
}
