import type { Texts } from './en.ts';

export const zh: Texts = {
  screens: {
    home: '首页',
    run: '运行',
    inspect: '检查消息',
    compare: '对比',
    editor: '场景编辑器',
    settings: '设置',
  },
};
