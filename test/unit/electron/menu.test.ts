import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { SCREENS, type Screen } from '../../../core/protocol/screens.ts';
import { menuLanguage, menuTemplate } from '../../../electron/menuTemplate.ts';
import { en } from '../../../renderer/text/en.ts';
import { zh } from '../../../renderer/text/zh.ts';

describe('the menu', () => {
  it.each([
    ['en', en, 'Go'],
    ['zh', zh, '前往'],
  ] as const)('leads to every screen by the name and the number that the window gives it (%s)', (language, text, go) => {
    const gone: Screen[] = [];
    const template = menuTemplate({ language, mac: false, developing: false, goTo: (screen) => gone.push(screen) });
    const items = template.find(({ label }) => label === go)?.submenu as MenuItemConstructorOptions[];
    expect(items.map(({ label }) => label)).toEqual(SCREENS.map((screen) => text.shell.screens[screen]));
    expect(items.map(({ accelerator }) => accelerator)).toEqual(SCREENS.map((_, i) => `CommandOrControl+${i + 1}`));
    for (const { click } of items) (click as () => void)();
    expect(gone).toEqual(SCREENS);
  });

  it('has developer tools only where the program is developed', () => {
    const roles = (developing: boolean): string =>
      JSON.stringify(menuTemplate({ language: 'en', mac: false, developing, goTo: () => undefined }));
    expect(roles(true)).toContain('toggleDevTools');
    expect(roles(false)).not.toMatch(/toggleDevTools|reload/);
  });

  it.each([true, false])('names everything in its language, what the system does as well (macOS: %s)', (mac) => {
    const labels = (language: 'en' | 'zh'): string[] => {
      const all: string[] = [];
      const walk = (items: readonly MenuItemConstructorOptions[]): void => {
        for (const { type, label, submenu } of items) {
          if (type !== 'separator') all.push(label ?? '');
          if (Array.isArray(submenu)) walk(submenu);
        }
      };
      walk(menuTemplate({ language, mac, developing: true, goTo: () => undefined }));
      return all;
    };
    expect(labels('en')).not.toContain('');
    const chinese = labels('zh').filter((label) => label !== 'Causeway');
    for (const label of chinese) expect(label).toMatch(/\p{Script=Han}/u);
  });

  it('speaks the language of the system where it can', () => {
    expect(['zh', 'zh-CN', 'zh-Hant-TW', 'en-GB', 'de'].map(menuLanguage)).toEqual(['zh', 'zh', 'zh', 'en', 'en']);
  });
});
