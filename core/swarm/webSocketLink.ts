/** MQTT over WebSocket: binary frames, subprotocol `mqtt`; packets may straddle frames [MQTT-6.0.0-2, 6.0.0-3]. */
import type { SecureContext } from 'node:tls';
import { WebSocket } from 'ws';
import { describeFailure } from './failure.ts';
import type { Link, LinkOwner } from './link.ts';

export class WebSocketLink implements Link {
  owner: LinkOwner;
  failure?: string;
  private readonly socket: WebSocket;
  private held: Buffer[] | undefined;
  private readonly onSent: () => void;

  constructor(url: string, options: { localAddress?: string; secureContext?: SecureContext }, owner: LinkOwner) {
    this.owner = owner;
    this.socket = new WebSocket(url, ['mqtt'], { perMessageDeflate: false, ...options });
    // ws has no drain event; the send callback comes when the bytes have left.
    this.onSent = () => {
      if (this.socket.bufferedAmount === 0) this.owner.onLinkDrain(this);
    };
    this.socket.on('open', () => this.owner.onLinkOpen(this));
    this.socket.on('message', (data: Buffer, binary) => {
      if (binary) {
        this.owner.onLinkData(this, data, data.length);
      } else {
        this.failure = 'the broker sent a text frame; MQTT needs binary ones';
        this.socket.terminate();
      }
    });
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.failure = describeFailure(error);
    });
    this.socket.on('close', () => this.owner.onLinkClosed(this, this.failure));
  }

  get writableLength(): number {
    return this.socket.bufferedAmount;
  }

  write(chunk: Buffer): void {
    if (this.held !== undefined) this.held.push(chunk);
    else if (this.socket.readyState === WebSocket.OPEN) this.socket.send(chunk, this.onSent);
  }

  cork(): void {
    this.held ??= [];
  }

  /** What was written since `cork` goes out as one frame. */
  uncork(): void {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined && held.length > 0) this.write(Buffer.concat(held));
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.close();
  }

  destroy(): void {
    this.socket.terminate();
  }
}
