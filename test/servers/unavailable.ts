/** Why a real server cannot be started here: said in skipped tests instead of failing them. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A prerequisite is missing; `message` names it and how to get it. */
export class ServerUnavailable extends Error {
  override readonly name = 'ServerUnavailable';
}

/** Folders of daemons that an ordinary user's PATH often leaves out. */
const DAEMON_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** Full path of a command, or undefined when it is not installed. `first`: folders looked in before PATH. */
export async function findCommand(name: string, first: readonly string[] = []): Promise<string | undefined> {
  const folders = [...first, ...(process.env.PATH ?? '').split(delimiter), ...DAEMON_FOLDERS];
  for (const folder of folders) {
    if (folder === '') continue;
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

/** Full path of a command. @throws ServerUnavailable naming the command and where to get it */
export async function needCommand(name: string, from: string, first: readonly string[] = []): Promise<string> {
  const path = await findCommand(name, first);
  if (path === undefined) throw new ServerUnavailable(`${name} is not installed (${from})`);
  return path;
}

/** What of these commands is missing, as a reason to skip; undefined when all are there. */
export async function whyNot(...names: readonly string[]): Promise<string | undefined> {
  const missing: string[] = [];
  for (const name of names) if ((await findCommand(name)) === undefined) missing.push(name);
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}
