/** The desktop lab: gateway, bridge, MQ and runner live in this process; the window only shows them. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { app, BrowserWindow, dialog } from 'electron';
import { userFolders } from '../core/host/folders.ts';
import { createLabHost } from '../core/host/labHost.ts';
import type { LabHost } from '../core/host/types.ts';
import { serveAppScheme } from './appScheme.ts';
import { systemDialogs } from './dialogs.ts';
import { connectWindows } from './labPorts.ts';
import { openWindow } from './labWindow.ts';
import { speak } from './language.ts';
import { mayClose } from './quitting.ts';
import { systemSecrets } from './secrets.ts';
import { denyPermissions, secureContents } from './security.ts';
import { askLanguage } from './telling.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Worker threads and shipped files are read from the disk itself: in an installed app they lie beside the archive. */
const onDisk = (path: string): string => join(root, path).replace(/\.asar(?=[\\/])/, '.asar.unpacked');

secureContents();
if (app.requestSingleInstanceLock()) app.whenReady().then(start).catch(fail);
else app.quit();

async function start(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const secrets = systemSecrets();
  const lab = createLabHost({
    version,
    host: 'desktop',
    electron: process.versions.electron,
    shippedScenarios: onDisk('scenarios'),
    ...userFolders(process.platform, process.env, homedir()),
    workersUrl: pathToFileURL(onDisk('dist/workers/')),
    dialogs: systemDialogs(),
    ...(secrets === undefined ? {} : { secrets }),
  });
  serveAppScheme(join(root, 'dist', 'renderer'));
  denyPermissions();
  connectWindows(lab, speak);
  speak('system');
  askLanguage(lab, speak);
  openWindow();
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0];
    if (window === undefined) return void openWindow();
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow();
  });
  app.on('window-all-closed', () => app.quit());
  quitWell(lab);
}

/**
 * A run under way is drained and written before the program ends, unless the user wants it gone. The lab itself ends when the
 * windows are closed: a page with unsaved changes may still keep its own.
 */
function quitWell(lab: LabHost): void {
  let asking = false;
  let leaving = false;
  let closing = false;
  let closed = false;
  const settle = async (): Promise<void> => {
    const how = await mayClose();
    if (how === 'finish') await lab.stop();
    asking = false;
    if (how === 'stay') {
      if (BrowserWindow.getAllWindows().length === 0) openWindow();
      return;
    }
    leaving = true;
    app.quit();
  };
  const close = async (): Promise<void> => {
    await lab.close();
    closed = true;
    // Not before the event that this was begun in is over: Electron takes no second quit within the first.
    setImmediate(() => app.quit());
  };
  app.on('before-quit', (event) => {
    if (!lab.running || leaving) {
      leaving = false;
      return;
    }
    event.preventDefault();
    if (asking) return;
    asking = true;
    settle().catch(fail);
  });
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    if (closing) return;
    closing = true;
    close().catch(fail);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
}

/** Nothing is left to show it in a window of our own. */
function fail(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${text}\n`);
  dialog.showErrorBox('Causeway', text);
  app.exit(3);
}
