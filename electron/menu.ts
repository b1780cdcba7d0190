/** The menu bar. What it does in the page, it does by the page's own addresses. */
import { app, BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';

const TEXTS = {
  en: { file: 'File', go: 'Go', view: 'View', screens: ['Home', 'Run', 'Inspect', 'Compare', 'Scenario Editor', 'Settings'] },
  zh: { file: '文件', go: '前往', view: '视图', screens: ['首页', '运行', '检查消息', '对比', '场景编辑器', '设置'] },
} as const;

const SCREENS = [
  ['home', '1'],
  ['run', '2'],
  ['inspect', '3'],
  ['compare', '4'],
  ['editor', '5'],
  ['settings', ','],
] as const;

function goTo(screen: string): void {
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  // The screen's name is one of the table above: nothing from outside becomes script.
  void window?.webContents.executeJavaScript(`location.hash = '/${screen}'`);
}

export type MenuLanguage = keyof typeof TEXTS;

/** For a locale such as `zh-CN`. */
export const menuLanguage = (locale: string): MenuLanguage => (locale.startsWith('zh') ? 'zh' : 'en');

export function setMenu(language: MenuLanguage): void {
  const text = TEXTS[language];
  const mac = process.platform === 'darwin';
  const developing: MenuItemConstructorOptions[] = [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }];
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? ([{ role: 'appMenu' }] as const) : []),
    { label: text.file, submenu: [mac ? { role: 'close' } : { role: 'quit' }] },
    { role: 'editMenu' },
    {
      label: text.go,
      submenu: SCREENS.map(([screen, key], i) => ({
        label: text.screens[i]!,
        accelerator: `CommandOrControl+${key}`,
        click: () => goTo(screen),
      })),
    },
    {
      label: text.view,
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : developing),
      ],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
