/** What becomes of a run under way, and of unsaved changes, when the program is to end. */
import { type BrowserWindow, dialog } from 'electron';
import { spokenLanguage } from './language.ts';

const TEXTS = {
  en: {
    message: 'A run is under way',
    detail: 'Finishing drains what has been sent and keeps the result.',
    buttons: ['Finish and quit', 'Quit at once', 'Stay'],
    unsaved: 'The scenario has changes that are not saved',
    unsavedButtons: ['Close all the same', 'Stay'],
  },
  zh: {
    message: '有一个运行正在进行',
    detail: '“完成”会等待已发送的消息处理完毕并保存结果。',
    buttons: ['完成并退出', '立即退出', '不退出'],
    unsaved: '场景有未保存的更改',
    unsavedButtons: ['仍然关闭', '不关闭'],
  },
} as const;

/** `finish`: drain the run first. `now`: leave it. `stay`: do not quit. */
export async function mayClose(): Promise<'finish' | 'now' | 'stay'> {
  const { message, detail, buttons } = TEXTS[spokenLanguage()];
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message,
    detail,
    buttons: [...buttons],
    defaultId: 0,
    cancelId: 2,
  });
  return (['finish', 'now', 'stay'] as const)[response] ?? 'stay';
}

/** Asks whether the window may close although its page says that changes would be lost. */
export function mayLoseChanges(window: BrowserWindow): boolean {
  const { unsaved, unsavedButtons } = TEXTS[spokenLanguage()];
  const answer = dialog.showMessageBoxSync(window, {
    type: 'question',
    message: unsaved,
    buttons: [...unsavedButtons],
    defaultId: 1,
    cancelId: 1,
  });
  return answer === 0;
}
