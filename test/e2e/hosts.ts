/** Where the window is tried: the served one in Chromium, the desktop one in Electron. A missing program is a visible skip. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ElectronApplication, Page } from 'playwright-core';
import { electronProgram, openDesktop } from '../../bench/window/desktop.ts';
import { type LabFolders, labFolders } from '../../bench/window/labFolders.ts';
import { chromiumProgram, openChromium, type Served, startServe } from '../../bench/window/served.ts';
import { LONG, SMALL } from './scenarios.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface OpenedWindow {
  readonly page: Page;
  readonly folders: LabFolders;
  /** Of the browser only: what serves it now; a test may put another in its place. */
  served?: Served;
  /** Of the desktop only. */
  readonly app?: ElectronApplication;
  /** What has gone wrong in the page so far: exceptions, dialogs, forbidden scripts. */
  readonly troubles: string[];
  /** How often it was asked so far whether unsaved changes may be lost; the answer is always yes. */
  askedToLeave(): Promise<number>;
  close(): Promise<void>;
}

export interface Host {
  readonly name: 'browser' | 'desktop';
  /** Why it cannot be tried here. */
  readonly missing: string | undefined;
  /** With two small scenarios of the user's; `files` come on top, by their path below the root of the folders. */
  open(files?: Readonly<Record<string, string>>): Promise<OpenedWindow>;
}

/** A title that says why its tests are skipped, if they are. */
export const titled = (what: string, { missing }: Host): string => (missing === undefined ? what : `${what} (${missing})`);

const chromium = chromiumProgram();
const electron = electronProgram();

export const BROWSER: Host = {
  name: 'browser',
  missing: chromium === undefined ? 'no Chromium here: name one with CHROMIUM' : undefined,
  async open(files = {}) {
    const folders = filled(files);
    const served = await startServe(ROOT, folders);
    const browser = await openChromium(chromium!);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', acceptDownloads: true });
    const page = await context.newPage();
    const { troubles, askedToLeave } = watched(page);
    const window: OpenedWindow = {
      page,
      folders,
      served,
      troubles,
      askedToLeave: async () => askedToLeave(),
      async close() {
        await browser.close();
        await window.served?.close();
        folders.remove();
      },
    };
    await page.goto(served.url);
    return window;
  },
};

export const DESKTOP: Host = {
  name: 'desktop',
  missing:
    electron === undefined ? 'no Electron here: install it, or name its folder with ELECTRON_OVERRIDE_DIST_PATH' : undefined,
  async open(files = {}) {
    const folders = filled(files);
    const { app, page, close } = await openDesktop(ROOT, electron!, folders);
    // The system's own dialog would wait for a hand.
    await app.evaluate(({ dialog }) => {
      dialog.showMessageBoxSync = () => {
        const counted = globalThis as { asked?: number };
        counted.asked = (counted.asked ?? 0) + 1;
        return 0;
      };
    });
    return {
      page,
      app,
      folders,
      troubles: watched(page).troubles,
      askedToLeave: () => app.evaluate(() => (globalThis as { asked?: number }).asked ?? 0),
      async close() {
        await close();
        folders.remove();
      },
    };
  },
};

function filled(files: Readonly<Record<string, string>>): LabFolders {
  const folders = labFolders();
  mkdirSync(folders.scenarios, { recursive: true });
  mkdirSync(folders.runs, { recursive: true });
  writeFileSync(join(folders.scenarios, 'small.yaml'), SMALL);
  writeFileSync(join(folders.scenarios, 'long.yaml'), LONG);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folders.root, path), text);
  return folders;
}

function watched(page: Page): { readonly troubles: string[]; askedToLeave(): number } {
  const troubles: string[] = [];
  let asked = 0;
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => troubles.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    if (dialog.type() === 'beforeunload') asked += 1;
    else troubles.push(`dialog: ${dialog.message()}`);
    void dialog.accept().catch(() => undefined);
  });
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) troubles.push(`console: ${message.text()}`);
  });
  return { troubles, askedToLeave: () => asked };
}
