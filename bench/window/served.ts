/** `causeway serve` as a process of its own, and Chromium to look at it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium } from 'playwright-core';
import type { LabFolders } from './labFolders.ts';

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it as Ctrl-C does, twice if a run is under way. Idempotent. */
  close(): Promise<void>;
}

/** `root`: of the repository, built. `port` 0: any free one. @throws Error when it does not come up */
export async function startServe(root: string, folders: LabFolders, port = 0): Promise<Served> {
  const args = ['serve', '--port', String(port), '--runs', folders.runs, '--scenarios', folders.scenarios];
  const child = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args], {
    env: folders.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr!.on('data', (data) => {
    said += String(data);
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`causeway serve ended with ${code}: ${said}`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const found = /^ready window=(\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  let closing: Promise<void> | undefined;
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid!,
    close() {
      closing ??= end(child);
      return closing;
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(hard);
}

/** Chromium's program on this machine: the variable CHROMIUM, or one in the PATH. Undefined where there is none. */
export function chromiumProgram(): string | undefined {
  if (process.env.CHROMIUM !== undefined) return process.env.CHROMIUM;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
  return undefined;
}

/** @throws Error where it does not start */
export function openChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--js-flags=--expose-gc'] });
}
