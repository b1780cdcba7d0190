/** The one window of the lab. */
import { fileURLToPath } from 'node:url';
import { BrowserWindow, nativeTheme } from 'electron';
import { APP_ORIGIN } from './addresses.ts';
import { mayLoseChanges } from './quitting.ts';

const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url));

export function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 840,
    minWidth: 960,
    minHeight: 640,
    show: false,
    title: 'Causeway',
    // Until the page has painted: no white flash in the dark.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#12161c' : '#f6f8fa',
    webPreferences: {
      preload: PRELOAD,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  window.webContents.on('will-prevent-unload', (event) => {
    if (mayLoseChanges(window)) event.preventDefault();
  });
  void window.loadURL(`${APP_ORIGIN}/`);
  return window;
}
