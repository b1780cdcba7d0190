/** Connections: TCP and TLS sockets as they are, WebSocket behind the same face. */
import { type Socket, connect as tcpConnect } from 'node:net';
import { createSecureContext, type SecureContext, connect as tlsConnect } from 'node:tls';
import type { ByteSink } from './arena.ts';
import { describeFailure } from './failure.ts';
import type { Endpoint } from './types.ts';
import { WebSocketLink } from './webSocketLink.ts';

/** What a client needs of its connection. */
export interface Link extends ByteSink {
  /** Bytes handed over that the operating system has not taken yet. */
  readonly writableLength: number;
  end(): unknown;
  destroy(): unknown;
  /** Stops and resumes reading. */
  pause(): unknown;
  resume(): unknown;
  /** Whose events they are; set once. */
  owner?: LinkOwner;
  /** Why it failed, for the close event. */
  failure?: string;
}

export interface LinkOwner {
  onLinkOpen(link: Link): void;
  /** The bytes are in a buffer shared by all links: valid during the call only. */
  onLinkData(link: Link, bytes: Buffer, length: number): void;
  /** The backlog has gone out. */
  onLinkDrain(link: Link): void;
  /** Last event of a link, exactly once. */
  onLinkClosed(link: Link, failure: string | undefined): void;
}

type OwnedSocket = Socket & { owner?: LinkOwner; failure?: string };

// The handlers are shared by all sockets and find their client through the socket: 10,000 clients cost no closures.
function onOpen(this: OwnedSocket): void {
  this.owner?.onLinkOpen(this);
}
function onData(this: OwnedSocket, bytes: Buffer): void {
  this.owner?.onLinkData(this, bytes, bytes.length);
}
function onDrain(this: OwnedSocket): void {
  this.owner?.onLinkDrain(this);
}
function onError(this: OwnedSocket, error: NodeJS.ErrnoException): void {
  this.failure = describeFailure(error);
}
function onClose(this: OwnedSocket): void {
  const { owner } = this;
  owner?.onLinkClosed(this, this.failure);
}

/** Opens links to one endpoint; what can be shared between them is made once. */
export class LinkFactory {
  private readonly endpoint: Endpoint;
  private readonly secureContext: SecureContext | undefined;
  private readonly onread: { buffer: Buffer; callback(this: OwnedSocket, bytes: number, buffer: Buffer): boolean };

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
    // A context per connection would cost some 30 kB each.
    const secure = endpoint.transport === 'tls' || endpoint.transport === 'wss';
    this.secureContext = secure ? createSecureContext(endpoint.ca === undefined ? {} : { ca: endpoint.ca }) : undefined;
    // One read buffer for all sockets: they are read one at a time, and each read is worked off before the next.
    this.onread = {
      buffer: Buffer.allocUnsafeSlow(64 * 1024),
      callback(bytes, buffer) {
        this.owner?.onLinkData(this, buffer, bytes);
        return true;
      },
    };
  }

  /** Starts connecting. Failures come as `onLinkClosed`, never as exceptions. */
  open(owner: LinkOwner, localAddress: string | undefined): Link {
    const { host, port, transport, path } = this.endpoint;
    const local = localAddress === undefined ? {} : { localAddress };
    if (transport === 'ws' || transport === 'wss') {
      const scheme = transport === 'ws' ? 'ws' : 'wss';
      const authority = host.includes(':') ? `[${host}]` : host;
      const url = `${scheme}://${authority}:${port}${path ?? '/mqtt'}`;
      return new WebSocketLink(url, { ...local, ...this.tlsOptions() }, owner);
    }
    let socket: OwnedSocket;
    if (transport === 'tls') {
      socket = tlsConnect({ host, port, ...local, ...this.tlsOptions() });
      socket.setNoDelay(true);
      socket.on('secureConnect', onOpen);
      socket.on('data', onData);
    } else {
      socket = tcpConnect({ host, port, ...local, noDelay: true, onread: this.onread as never });
      socket.on('connect', onOpen);
    }
    socket.owner = owner;
    socket.on('drain', onDrain);
    socket.on('error', onError);
    socket.on('close', onClose);
    return socket;
  }

  private tlsOptions(): { secureContext?: SecureContext } {
    return this.secureContext === undefined ? {} : { secureContext: this.secureContext };
  }
}
