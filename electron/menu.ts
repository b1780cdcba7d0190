/** The menu bar. What it does in the page, it does by the page's own addresses. */
import { app, BrowserWindow, Menu } from 'electron';
import type { Screen } from '../core/protocol/screens.ts';
import { type MenuLanguage, menuTemplate } from './menuTemplate.ts';

function goTo(screen: Screen): void {
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  // The name is one of a fixed list: nothing from outside becomes script.
  void window?.webContents.executeJavaScript(`location.hash = '/${screen}'`);
}

/** Call when the app is ready. */
export function setMenu(language: MenuLanguage): void {
  const template = menuTemplate({
    language,
    mac: process.platform === 'darwin',
    developing: !app.isPackaged,
    goTo,
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
