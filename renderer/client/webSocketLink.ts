/** The lab behind `causeway serve`: a WebSocket beside the page, opened with the token of the page's address. */
import type { CallMessage, LabMessage } from '../../core/protocol/window.ts';
import type { Link } from './labClient.ts';

const RETRY_MS = 1_000;

/** `url`: ws://127.0.0.1:port/lab?token=... Opens again when it was lost, until closed. */
export function webSocketLink(url: string): Link {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let connect: () => void = () => {};
  return {
    open(on) {
      connect = () => {
        socket = new WebSocket(url);
        socket.onopen = () => on.opened();
        socket.onmessage = (event) => on.message(JSON.parse(String(event.data)) as LabMessage);
        socket.onclose = () => {
          on.lost();
          if (!closed) timer = setTimeout(connect, RETRY_MS);
        };
      };
      connect();
    },
    send: (message: CallMessage) => socket?.send(JSON.stringify(message)),
    close() {
      closed = true;
      clearTimeout(timer);
      socket?.close();
    },
    retry() {
      if (closed || socket?.readyState !== WebSocket.CLOSED) return;
      clearTimeout(timer);
      connect();
    },
  };
}
