/** The desktop lab in Electron, driven from outside; with an X server of its own where there is no display. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { LabFolders } from './labFolders.ts';

/** Electron's program: out of ELECTRON_OVERRIDE_DIST_PATH, or as it was fetched. Undefined where there is none. */
export function electronProgram(): string | undefined {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (folder !== undefined) return existsSync(join(folder, 'electron')) ? join(folder, 'electron') : undefined;
  // Asking the package for its program would fetch it: only one that is there already counts.
  const installed = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  if (!existsSync(join(installed, 'path.txt'))) return undefined;
  const path = join(installed, 'dist', readFileSync(join(installed, 'path.txt'), 'utf8'));
  return existsSync(path) ? path : undefined;
}

export interface Desktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Closes the program without its questions. Idempotent. */
  close(): Promise<void>;
}

/** `root`: of the repository, built. @throws Error when no window comes */
export async function openDesktop(root: string, program: string, folders: LabFolders): Promise<Desktop> {
  const screen = process.env.DISPLAY === undefined ? await openScreen() : undefined;
  try {
    const app = await _electron.launch({
      executablePath: program,
      args: ['--no-sandbox', '--disable-gpu', root],
      env: { ...(folders.env as Record<string, string>), ...(screen === undefined ? {} : { DISPLAY: screen.display }) },
      timeout: 120_000,
    });
    const page = await app.firstWindow({ timeout: 120_000 });
    // Asked for now: of a program that has ended it cannot be.
    const child = app.process();
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      // A question that a test has left open must not keep it.
      await app.evaluate(({ app: program }) => program.exit(0)).catch(() => undefined);
      await ended;
      await screen?.close();
    };
    return {
      app,
      page,
      close() {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await screen?.close();
    throw error;
  }
}

/** An X server on a display number that it finds itself. */
async function openScreen(): Promise<{ readonly display: string; close(): Promise<void> }> {
  const child: ChildProcess = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    (child.stdio[3] as Readable).once('data', (data) => resolve(String(data).trim()));
  });
  return {
    display: `:${number}`,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
