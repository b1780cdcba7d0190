/** What the menu bar holds. No Electron in here, so that it is easily tested. */
import type { MenuItemConstructorOptions } from 'electron';
import { keyOfScreen, SCREENS, type Screen } from '../core/protocol/screens.ts';

interface MenuTexts {
  readonly file: string;
  readonly go: string;
  readonly view: string;
  /** As the window itself calls them. */
  readonly screens: Readonly<Record<Screen, string>>;
}

const TEXTS = {
  en: {
    file: 'File',
    go: 'Go',
    view: 'View',
    screens: {
      home: 'Home',
      run: 'Run',
      fleet: 'Fleet map',
      compare: 'Compare runs',
      inspect: 'Inspect a message',
      choose: 'MQTT or MQ?',
      editor: 'Scenario editor',
      settings: 'Settings',
    },
  },
  zh: {
    file: '文件',
    go: '前往',
    view: '视图',
    screens: {
      home: '首页',
      run: '运行',
      fleet: '车队地图',
      compare: '对比运行结果',
      inspect: '检查单条消息',
      choose: 'MQTT 还是 MQ？',
      editor: '场景编辑器',
      settings: '设置',
    },
  },
} as const satisfies Record<string, MenuTexts>;

export type MenuLanguage = keyof typeof TEXTS;

/** For a locale such as `zh-CN`. */
export const menuLanguage = (locale: string): MenuLanguage => (locale.startsWith('zh') ? 'zh' : 'en');

export interface MenuOptions {
  readonly language: MenuLanguage;
  readonly mac: boolean;
  /** With reload and developer tools. */
  readonly developing: boolean;
  goTo(screen: Screen): void;
}

export function menuTemplate({ language, mac, developing, goTo }: MenuOptions): MenuItemConstructorOptions[] {
  const text: MenuTexts = TEXTS[language];
  const tools: MenuItemConstructorOptions[] = [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }];
  return [
    ...(mac ? ([{ role: 'appMenu' }] as const) : []),
    { label: text.file, submenu: [mac ? { role: 'close' } : { role: 'quit' }] },
    { role: 'editMenu' },
    {
      label: text.go,
      submenu: SCREENS.map((screen) => ({
        label: text.screens[screen],
        accelerator: `CommandOrControl+${keyOfScreen(screen)}`,
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
        ...(developing ? tools : []),
      ],
    },
    { role: 'windowMenu' },
  ];
}
