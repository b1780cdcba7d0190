/** Connects windows with the lab: each page gets a MessagePort of its own. */
import { ipcMain, MessageChannelMain } from 'electron';
import type { LabHost } from '../core/host/types.ts';
import { isOwnPage } from './addresses.ts';
import { attachTelling, type TellLanguage } from './telling.ts';

/** Pages that are not the window's own, and frames within it, get nothing. `tell` hears which language is chosen in a window. */
export function connectWindows(lab: LabHost, tell: TellLanguage): void {
  ipcMain.on('causeway:connect', (event) => {
    const frame = event.senderFrame;
    if (frame === null || frame.parent !== null || !isOwnPage(frame.url)) return;
    const { port1, port2 } = new MessageChannelMain();
    const attached = attachTelling(lab, { send: (message) => port1.postMessage(message) }, tell);
    port1.on('message', ({ data }) => attached.take(data));
    port1.on('close', () => attached.detach());
    port1.start();
    frame.postMessage('causeway:port', null, [port2]);
  });
}
