import { describe, expect, it } from 'vitest';
import type { LabClient } from '../../../core/host/types.ts';
import type { CallMessage } from '../../../core/protocol/window.ts';
import { askLanguage, attachTelling } from '../../../electron/telling.ts';

/** A lab that answers settings calls alone, with the language that was set last. */
function fakeLab() {
  let language = 'zh';
  let attached = 0;
  return {
    attached: () => attached,
    attach(client: LabClient) {
      attached += 1;
      return {
        take(message: unknown): void {
          const { call, seq, input } = message as CallMessage;
          if (call === 'settings.set') language = (input as { language?: string }).language ?? language;
          const value = call.startsWith('settings.') ? { language } : { language: 'not the settings' };
          queueMicrotask(() => client.send({ answer: seq, ok: true, value }));
        },
        detach: (): void => {
          attached -= 1;
        },
      };
    },
  };
}

describe('the language of menus and dialogs', () => {
  it('is asked for at the start, by somebody who leaves again', async () => {
    const lab = fakeLab();
    const language = await new Promise((tell) => askLanguage(lab, tell));
    expect(language).toBe('zh');
    await Promise.resolve();
    expect(lab.attached()).toBe(0);
  });

  it('follows what is chosen in a window, which hears its answers as before', async () => {
    const lab = fakeLab();
    const told: string[] = [];
    const answers: unknown[] = [];
    const window = attachTelling(lab, { send: (message) => answers.push(message) }, (language) => told.push(language));
    window.take({ call: 'lab.info', seq: 1, input: {} });
    window.take({ call: 'settings.set', seq: 2, input: { language: 'en' } });
    window.take({ call: 'settings.set', seq: 3, input: { theme: 'dark' } });
    await Promise.resolve();
    expect(told).toEqual(['en', 'en']);
    expect(answers).toHaveLength(3);
  });
});
