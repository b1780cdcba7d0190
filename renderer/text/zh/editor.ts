import type { editor as en } from '../en/editor.ts';

export const editor: typeof en = {
  title: '场景编辑器',
};
