/** Folders of a lab that is thrown away: its runs, scenarios and settings, and nothing of the user's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface LabFolders {
  readonly root: string;
  readonly runs: string;
  readonly scenarios: string;
  /** So that neither settings nor Electron's profile are the user's. */
  readonly env: NodeJS.ProcessEnv;
  /** Removes everything. Idempotent. */
  remove(): void;
}

export function labFolders(): LabFolders {
  const root = mkdtempSync(join(tmpdir(), 'causeway-window-'));
  const data = join(root, 'data', 'causeway');
  return {
    root,
    runs: join(data, 'runs'),
    scenarios: join(data, 'scenarios'),
    env: {
      ...(process.env as Record<string, string>),
      HOME: root,
      XDG_DATA_HOME: join(root, 'data'),
      XDG_CONFIG_HOME: join(root, 'config'),
      XDG_CACHE_HOME: join(root, 'cache'),
    },
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}
