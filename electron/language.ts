/** The language of menus and dialogs: that of the settings, or the system's where they leave it to it. */
import { app } from 'electron';
import type { Settings } from '../core/protocol/window.ts';
import { setMenu } from './menu.ts';
import { type MenuLanguage, menuLanguage } from './menuTemplate.ts';

let chosen: Settings['language'] = 'system';

export const spokenLanguage = (): MenuLanguage => (chosen === 'system' ? menuLanguage(app.getLocale()) : chosen);

let inMenu: MenuLanguage | undefined;

/** Call when the app is ready; and again whenever the settings are told. */
export function speak(language: Settings['language']): void {
  chosen = language;
  if (inMenu === spokenLanguage()) return;
  inMenu = spokenLanguage();
  setMenu(inMenu);
}
