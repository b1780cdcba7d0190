/** Overhears in which language a window was told to speak: menus and dialogs of the system follow it. No Electron in here. */
import type { AttachedClient, LabClient, LabHost } from '../core/host/types.ts';
import type { CallMessage, Settings } from '../core/protocol/window.ts';

export type TellLanguage = (language: Settings['language']) => void;

/** Attaches a window to the lab; `tell` hears of the language whenever the window is answered with the settings. */
export function attachTelling(lab: Pick<LabHost, 'attach'>, client: LabClient, tell: TellLanguage): AttachedClient {
  /** Calls under way that are answered with the settings. */
  const asked = new Set<unknown>();
  const attached = lab.attach({
    ...client,
    send(message) {
      client.send(message);
      if ('answer' in message && asked.delete(message.answer) && message.ok) tell((message.value as Settings).language);
    },
  });
  return {
    take(message) {
      const { call, seq } = (message ?? {}) as Partial<CallMessage>;
      if (call === 'settings.get' || call === 'settings.set') asked.add(seq);
      attached.take(message);
    },
    detach: () => attached.detach(),
  };
}

/** Asks once, for the time before the first window does. */
export function askLanguage(lab: Pick<LabHost, 'attach'>, tell: TellLanguage): void {
  const asking = attachTelling(lab, { send: () => {} }, (language) => {
    tell(language);
    asking.detach();
  });
  asking.take({ call: 'settings.get', seq: 0, input: {} } satisfies CallMessage);
}
