/** Connects windows with the lab: each page gets a MessagePort of its own. */
import { ipcMain, MessageChannelMain } from 'electron';
import type { LabHost } from '../core/host/types.ts';
import { isOwnPage } from './addresses.ts';

/** Pages that are not the window's own, and frames within it, get nothing. */
export function connectWindows(lab: LabHost): void {
  ipcMain.on('causeway:connect', (event) => {
    const frame = event.senderFrame;
    if (frame === null || frame.parent !== null || !isOwnPage(frame.url)) return;
    const { port1, port2 } = new MessageChannelMain();
    const attached = lab.attach({ send: (message) => port1.postMessage(message) });
    port1.on('message', ({ data }) => attached.take(data));
    port1.on('close', () => attached.detach());
    port1.start();
    frame.postMessage('causeway:port', null, [port2]);
  });
}
