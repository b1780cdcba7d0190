import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Grant } from '../credentials/grant.ts';
import type { Refusable } from './counters.ts';
import type { Session } from './session.ts';
import type { UplinkChain } from './uplinkChain.ts';

/** Why reading from a client is paused; reading goes on when no reason is left. */
export const PAUSE = { uplink: 1, slowReceivers: 2, predecessor: 4, connecting: 8 } as const;

/** So long an ended connection may take to be closed by its client. */
const LINGER_MS = 1_000;

/** One network connection of a client. Fields instead of closures and timers: there are ten thousand of them. */
export class Connection implements Refusable {
  /** What bytes go through (TCP or TLS socket, or the WebSocket's stream), and the TCP socket beneath it. */
  readonly stream: Duplex;
  readonly socket: Socket;
  clientId = '';
  cleanSession = true;
  session: Session | undefined = undefined;
  /** CONNACK has been sent, so that other packets may be [MQTT-3.2.0-1]. A client counts as online a little earlier. */
  ready = false;
  closed = false;
  /** An uplink call of it was rejected: later acknowledgements are withheld. */
  failed = false;
  /** What it may do; undefined without credentials. */
  grant: Grant | undefined = undefined;
  /** Its last words are written; what it still sends is thrown away. */
  ending = false;
  /** Number of the connection, for presence records; 0 without them. */
  channel = 0;
  reason: string | undefined = undefined;
  refusedBits = 0;
  chain: UplinkChain | undefined = undefined;
  /** Bytes waiting for the next flush. */
  out: Buffer[] = [];
  /** Some bytes were not taken by the system at the last flush. */
  blocked = false;
  /** Bytes given to the stream in all. */
  written = 0;
  /** Marks of the last look at its progress, and when they last moved. */
  completed = 0;
  queued = 0;
  movedAtUs = 0;
  #paused = 0;

  constructor(stream: Duplex, socket: Socket) {
    this.stream = stream;
    this.socket = socket;
  }

  pause(why: number): void {
    if (this.#paused === 0) this.stream.pause();
    this.#paused |= why;
  }

  resume(why: number): void {
    if ((this.#paused & why) === 0) return;
    this.#paused &= ~why;
    if (this.#paused === 0 && !this.closed) this.stream.resume();
  }

  /**
   * Has the receiver taken bytes since the last look? Node completes a write only as a whole, so a large one shows its
   * progress only in the handle's queue; Node's own socket timeout looks at the same figure. While a write is under
   * way no other is begun: any change of either mark is progress, and new writes alone change neither.
   */
  moved(): boolean {
    const handle = (this.socket as unknown as { readonly _handle: { readonly writeQueueSize?: number } | null })._handle;
    const below = this.socket === this.stream ? 0 : this.socket.writableLength;
    const completed = this.written - this.stream.writableLength - below;
    const queued = handle?.writeQueueSize ?? 0;
    if (completed === this.completed && queued === this.queued) return false;
    this.completed = completed;
    this.queued = queued;
    return true;
  }

  /**
   * Ends the connection after what was written to it. What comes in is read on and thrown away: closing a socket with
   * unread bytes resets it, and a reset may overtake the last words.
   */
  end(reason: string): void {
    if (this.ending || this.closed) return;
    this.reason ??= reason;
    this.ending = true;
    this.stream.end();
    this.stream.resume();
    setTimeout(() => this.stream.destroy(), LINGER_MS).unref();
  }

  /** Ends the connection at once; its reason is the first one given. */
  destroy(reason: string): void {
    this.reason ??= reason;
    this.stream.destroy();
  }
}
