/** What the menu bar holds. No Electron in here, so that it is easily tested. */
import type { MenuItemConstructorOptions } from 'electron';
import { keyOfScreen, SCREENS, type Screen } from '../core/protocol/screens.ts';

/** What the system does by itself. */
type Role =
  | 'about'
  | 'services'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'quit'
  | 'close'
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'resetZoom'
  | 'zoomIn'
  | 'zoomOut'
  | 'togglefullscreen'
  | 'reload'
  | 'toggleDevTools'
  | 'minimize'
  | 'zoom'
  | 'front';

interface MenuTexts {
  readonly file: string;
  readonly edit: string;
  readonly go: string;
  readonly view: string;
  readonly window: string;
  /** Left alone, Electron would name them in English. */
  readonly roles: Readonly<Record<Role, string>>;
  /** As the window itself calls them. */
  readonly screens: Readonly<Record<Screen, string>>;
}

const TEXTS = {
  en: {
    file: 'File',
    edit: 'Edit',
    go: 'Go',
    view: 'View',
    window: 'Window',
    roles: {
      about: 'About Causeway',
      services: 'Services',
      hide: 'Hide Causeway',
      hideOthers: 'Hide Others',
      unhide: 'Show All',
      quit: 'Quit',
      close: 'Close Window',
      undo: 'Undo',
      redo: 'Redo',
      cut: 'Cut',
      copy: 'Copy',
      paste: 'Paste',
      selectAll: 'Select All',
      resetZoom: 'Actual Size',
      zoomIn: 'Zoom In',
      zoomOut: 'Zoom Out',
      togglefullscreen: 'Full Screen',
      reload: 'Reload',
      toggleDevTools: 'Developer Tools',
      minimize: 'Minimise',
      zoom: 'Zoom',
      front: 'Bring All to Front',
    },
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
    edit: '编辑',
    go: '前往',
    view: '视图',
    window: '窗口',
    roles: {
      about: '关于 Causeway',
      services: '服务',
      hide: '隐藏 Causeway',
      hideOthers: '隐藏其他',
      unhide: '全部显示',
      quit: '退出',
      close: '关闭窗口',
      undo: '撤销',
      redo: '重做',
      cut: '剪切',
      copy: '复制',
      paste: '粘贴',
      selectAll: '全选',
      resetZoom: '实际大小',
      zoomIn: '放大',
      zoomOut: '缩小',
      togglefullscreen: '全屏',
      reload: '重新加载',
      toggleDevTools: '开发者工具',
      minimize: '最小化',
      zoom: '缩放',
      front: '前置全部窗口',
    },
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
  /** `null`: a line between two groups. */
  const items = (...roles: readonly (Role | null)[]): MenuItemConstructorOptions[] =>
    roles.map((role) => (role === null ? { type: 'separator' } : { role, label: text.roles[role] }));
  const app: MenuItemConstructorOptions = {
    role: 'appMenu',
    label: 'Causeway',
    submenu: items('about', null, 'services', null, 'hide', 'hideOthers', 'unhide', null, 'quit'),
  };
  return [
    ...(mac ? [app] : []),
    { label: text.file, submenu: items(mac ? 'close' : 'quit') },
    { role: 'editMenu', label: text.edit, submenu: items('undo', 'redo', null, 'cut', 'copy', 'paste', null, 'selectAll') },
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
        ...items('resetZoom', 'zoomIn', 'zoomOut', null, 'togglefullscreen'),
        ...(developing ? items(null, 'reload', 'toggleDevTools') : []),
      ],
    },
    {
      role: 'windowMenu',
      label: text.window,
      submenu: mac ? items('minimize', 'zoom', null, 'front') : items('minimize', 'close'),
    },
  ];
}
