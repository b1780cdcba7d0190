import type { inspect as en } from '../en/inspect.ts';

export const inspect: typeof en = {
  title: '检查消息',
};
