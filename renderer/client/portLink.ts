/** The lab in Electron's main process: a MessagePort that the preload script hands to the page. */
import type { LabMessage } from '../../core/protocol/window.ts';
import type { Link } from './labClient.ts';

/** The preload's message that brings the port. */
const PORT_MESSAGE = 'causeway:port';

export function portLink(): Link {
  let port: MessagePort | undefined;
  return {
    open(on) {
      window.addEventListener('message', (event) => {
        if (event.source !== window || event.data !== PORT_MESSAGE || event.ports[0] === undefined) return;
        port = event.ports[0];
        port.onmessage = (message) => on.message(message.data as LabMessage);
        port.start();
        on.opened();
      });
      // The preload waits for this: a port sent before anybody listens would be lost.
      window.postMessage('causeway:ready', window.location.origin);
    },
    send: (message) => port?.postMessage(message),
    close: () => port?.close(),
  };
}
