/**
 * The connection of one simulated client: connecting, CONNACK, keepalive, loss and backoff. What is exchanged over it is
 * the subclass's business (a subclass and not a part, because at 16,000 clients an object and its pointers count).
 */
import { Batch } from './arena.ts';
import { backoffMs } from './backoff.ts';
import { checkText, DISCONNECT, encodeConnect, PINGREQ } from './encode.ts';
import { type FrameOwner, feed } from './frames.ts';
import type { Member, SwarmHost } from './host.ts';
import type { Link, LinkOwner } from './link.ts';
import type { SimClientOptions } from './types.ts';
import type { WheelEntry } from './wheel.ts';

const STATE = {
  /** Not asked to connect, or refused for good, or ended. */
  idle: 0,
  backoff: 1,
  /** Waits for one of the swarm's slots for attempts to connect. */
  queued: 2,
  connecting: 3,
  connected: 4,
  offline: 5,
  ending: 6,
} as const;
type State = (typeof STATE)[keyof typeof STATE];

/** A batch this long is written at once, so that one client can't pile up a turn's worth of publishes. */
const FLUSH_BYTES = 32 * 1024;

const REFUSALS = [
  '',
  'unacceptable protocol version',
  'client identifier rejected',
  'server unavailable',
  'bad user name or password',
  'not authorised',
];
const CONNACK = 0x20;
/** The only refusal that another attempt may cure. */
const SERVER_UNAVAILABLE = 3;

/** States and timers of one MQTT connection; at most one wheel entry, whose meaning is the state's. */
export abstract class Connection implements WheelEntry, FrameOwner, LinkOwner {
  options: SimClientOptions;
  tag = 0;
  wheelNext: WheelEntry | undefined;
  wheelPrevious: WheelEntry | undefined;
  wheelTick = -1;
  partial: Buffer | undefined;
  partialBytes = 0;
  protected readonly host: SwarmHost;
  protected readonly batch = new Batch();
  /** During onConnected: what the session still owes goes on the wire before anything new. */
  protected held = false;
  protected link: Link | undefined;
  private state: State = STATE.idle;
  private dirty = false;
  private everConnected = false;
  /** Failed attempts in a row, and short-lived connections. */
  private attempts = 0;
  private connectedAtUs = 0;
  private lastSentUs = 0;
  /** When the unanswered PINGREQ went out; 0: none. */
  private pingSentUs = 0;
  private ended: Deferred | undefined;

  constructor(options: SimClientOptions, host: SwarmHost) {
    this.options = options;
    this.host = host;
  }

  get connected(): boolean {
    return this.state === STATE.connected;
  }

  /** The client as its owner knows it. */
  protected abstract readonly self: Member;
  /** CONNACK has been accepted, and onConnected told. */
  protected abstract onSession(sessionPresent: boolean): void;
  /** A session that the broker does not have starts anew; called before onConnected. */
  protected abstract onSessionReset(): void;
  /** A packet other than CONNACK and PINGRESP. */
  protected abstract onPacket(first: number, bytes: Buffer, start: number, end: number): void;
  /** The backlog has gone out: more may be written. */
  protected abstract onWritable(): void;
  /** No further attempt will be made by itself. */
  protected abstract onGivenUp(): void;

  /** @throws CausewayError input.argument for a password that MQTT has no room for. */
  setPassword(password: string): void {
    checkText('password', password);
    this.options = { ...this.options, password };
  }

  /** @throws CausewayError swarm.closed */
  connect(): void {
    if (this.state !== STATE.idle) return;
    this.host.adopt(this.self);
    this.attempts = 0;
    this.enqueue();
  }

  goOffline(): void {
    if (this.state === STATE.ending) return;
    const had = this.link !== undefined;
    this.flush(this.host.clock());
    this.detach();
    this.state = STATE.offline;
    if (had) this.host.events.onClosed?.(this.self, 'offline');
  }

  goOnline(): void {
    if (this.state !== STATE.offline) return;
    this.state = STATE.idle;
    this.connect();
  }

  end(): Promise<void> {
    if (this.ended !== undefined) return this.ended.promise;
    this.ended = withResolvers();
    const { promise } = this.ended;
    const { link, state, host } = this;
    if (link === undefined) {
      this.finishEnd();
      return promise;
    }
    if (state === STATE.connected) {
      this.batch.append(DISCONNECT);
      this.flush(host.clock());
      host.counters.connected -= 1;
      link.end();
    } else {
      host.releaseSlot();
      link.destroy();
    }
    this.state = STATE.ending;
    host.wheel.arm(this, host.clock() + host.endTimeoutMs * 1000);
    return promise;
  }

  /** Opens the connection; called by the swarm when there is a slot. False: no longer wanted. */
  open(): boolean {
    if (this.state !== STATE.queued) return false;
    const { host } = this;
    this.state = STATE.connecting;
    host.linkOpened();
    this.link = host.links.open(this, this.options.localAddress);
    host.wheel.arm(this, host.clock() + host.connectTimeoutMs * 1000);
    return true;
  }

  /** Writes the batch; called by the swarm. */
  flush(nowUs: number): void {
    this.dirty = false;
    if (this.batch.bytes === 0) return;
    if (this.link === undefined) {
      this.batch.clear();
      return;
    }
    this.lastSentUs = nowUs;
    this.host.counters.bytesOut += this.batch.bytes;
    this.batch.flush(this.link);
  }

  onLinkOpen(link: Link): void {
    if (link !== this.link || this.state !== STATE.connecting) return;
    this.batch.append(encodeConnect(this.options));
    this.flush(this.host.clock());
  }

  onLinkData(link: Link, bytes: Buffer, length: number): void {
    if (link !== this.link) return;
    this.host.counters.bytesIn += length;
    if (this.state === STATE.connecting && this.partial === undefined && bytes[0] !== CONNACK) {
      // Told by the first byte: an HTTP server's greeting, say, would look like a packet that never becomes whole.
      this.lose(`protocol error: the first byte is 0x${bytes.toString('hex', 0, 1)} in place of CONNACK's 0x20`);
      return;
    }
    feed(this, bytes, length);
  }

  onLinkDrain(link: Link): void {
    if (link === this.link) this.onWritable();
  }

  onLinkClosed(link: Link, failure: string | undefined): void {
    this.host.linkGone();
    if (link !== this.link) return;
    if (this.state === STATE.ending) {
      this.link = undefined;
      this.finishEnd();
      this.host.events.onClosed?.(this.self, 'ended');
      return;
    }
    this.lose(failure ?? (this.connected ? 'closed by the broker' : 'closed by the broker before CONNACK'));
  }

  onMalformed(reason: string): void {
    this.lose(reason);
  }

  onWheel(nowUs: number): void {
    const { host } = this;
    if (this.state === STATE.backoff) this.enqueue();
    else if (this.state === STATE.connecting) this.lose(`no CONNACK within ${host.connectTimeoutMs} ms`);
    else if (this.state === STATE.ending) this.link?.destroy();
    else if (this.state === STATE.connected) this.keepAlive(nowUs);
  }

  onFrame(first: number, bytes: Buffer, start: number, end: number): boolean {
    const { link, state } = this;
    const type = first >>> 4;
    if (state === STATE.connected) {
      if (type === 13) this.pingSentUs = 0;
      else this.onPacket(first, bytes, start, end);
    } else if (state === STATE.connecting) {
      if (type !== 2 || end - start !== 2) this.lose(`protocol error: packet of type ${type} in place of CONNACK`);
      else this.onConnack((bytes[start]! & 1) === 1, bytes[start + 1]!);
    }
    // The handlers may have closed the connection, or even opened another: the rest of the bytes is not for that one.
    return this.link === link;
  }

  private onConnack(sessionPresent: boolean, code: number): void {
    const { host, link } = this;
    if (code !== 0) {
      host.counters.refusedConnects += 1;
      this.lose(`connect refused: ${REFUSALS[code] ?? 'reserved code'} (code ${code})`, code);
      return;
    }
    host.releaseSlot();
    host.counters.connected += 1;
    if (this.everConnected) host.counters.reconnects += 1;
    this.everConnected = true;
    this.state = STATE.connected;
    this.connectedAtUs = host.clock();
    this.lastSentUs = this.connectedAtUs;
    this.pingSentUs = 0;
    if (this.options.keepAliveS > 0) host.wheel.arm(this, this.connectedAtUs + this.options.keepAliveS * 1e6);
    else host.wheel.disarm(this);
    if (!sessionPresent) this.onSessionReset();
    this.held = true;
    host.events.onConnected?.(this.self, sessionPresent);
    this.held = false;
    if (this.link !== link || this.state !== STATE.connected) return;
    this.onSession(sessionPresent);
  }

  private keepAlive(nowUs: number): void {
    const intervalUs = this.options.keepAliveS * 1e6;
    if (this.pingSentUs > 0 && nowUs >= this.pingSentUs + 1.5 * intervalUs) {
      this.lose(`no PINGRESP within ${1.5 * this.options.keepAliveS} s: the connection is dead`);
      return;
    }
    if (nowUs >= this.lastSentUs + intervalUs) {
      this.batch.append(PINGREQ);
      this.touch();
      this.lastSentUs = nowUs;
      if (this.pingSentUs === 0) this.pingSentUs = nowUs;
    }
    const next = this.lastSentUs + intervalUs;
    this.host.wheel.arm(this, this.pingSentUs > 0 ? Math.min(next, this.pingSentUs + 1.5 * intervalUs) : next);
  }

  protected congested(): boolean {
    return this.link !== undefined && this.link.writableLength > this.host.maxBacklogBytes;
  }

  protected touch(): void {
    if (this.batch.bytes >= FLUSH_BYTES) {
      this.flush(this.host.clock());
    } else if (!this.dirty) {
      this.dirty = true;
      this.host.markDirty(this.self);
    }
    this.host.countPacket();
  }

  private enqueue(): void {
    this.state = STATE.queued;
    this.host.requestSlot(this.self);
  }

  /** Lets go of the connection without a word to the broker. */
  private detach(): void {
    const { host, link } = this;
    if (this.state === STATE.connecting) host.releaseSlot();
    if (this.state === STATE.connected) host.counters.connected -= 1;
    host.wheel.disarm(this);
    this.link = undefined;
    this.batch.clear();
    this.partial = undefined;
    this.partialBytes = 0;
    link?.destroy();
  }

  /** The connection is gone, or never came about: try again, unless the broker refused for a lasting reason. */
  protected lose(reason: string, code?: number): void {
    const { host } = this;
    if (this.state === STATE.ending) {
      // Garbage after our DISCONNECT: its close event finishes the end.
      this.link?.destroy();
      return;
    }
    const nowUs = host.clock();
    // A connection that lasted starts the backoff afresh; one lost at once (two clients with one identifier, say) does not.
    if (this.connected && nowUs - this.connectedAtUs >= host.backoff.maxMs * 1000) this.attempts = 0;
    this.detach();
    if (code !== undefined && code !== SERVER_UNAVAILABLE) {
      this.state = STATE.idle;
      this.onGivenUp();
    } else {
      this.state = STATE.backoff;
      host.wheel.arm(this, nowUs + backoffMs(host.backoff, this.attempts, host.random) * 1000);
      this.attempts += 1;
    }
    host.events.onClosed?.(this.self, reason, code);
  }

  private finishEnd(): void {
    const { ended } = this;
    this.detach();
    this.state = STATE.idle;
    this.onGivenUp();
    this.ended = undefined;
    this.host.release(this.self);
    ended?.resolve();
  }
}

/** What Promise.withResolvers gives, which Node 20 does not have. */
interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
}

function withResolvers(): Deferred {
  let resolve = (): void => {};
  const promise = new Promise<void>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}
