/** One simulated MQTT 3.1.1 client: the connection's state machine and the session's packet exchange. */
import type { QoS } from '../gateway/types.ts';
import { Batch } from './arena.ts';
import { backoffMs } from './backoff.ts';
import {
  ACK,
  checkPublish,
  DISCONNECT,
  encodeAck,
  encodeConnect,
  encodePublish,
  encodeSubscribe,
  PINGREQ,
  publishBound,
} from './encode.ts';
import { type FrameOwner, feed } from './frames.ts';
import type { SwarmHost } from './host.ts';
import type { Link, LinkOwner } from './link.ts';
import { Outbound, type Outgoing } from './outbound.ts';
import { checkFilters, type Filter, Subscriptions } from './subscriptions.ts';
import type { PublishOutcome, SimClientApi, SimClientOptions } from './types.ts';
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
/** The only refusal that another attempt may cure. */
const SERVER_UNAVAILABLE = 3;

export class SimClient implements SimClientApi, WheelEntry, FrameOwner, LinkOwner {
  readonly options: SimClientOptions;
  tag = 0;
  wheelNext: WheelEntry | undefined;
  wheelPrevious: WheelEntry | undefined;
  wheelTick = -1;
  partial: Buffer | undefined;
  partialBytes = 0;
  private readonly host: SwarmHost;
  private readonly batch = new Batch();
  private state: State = STATE.idle;
  private link: Link | undefined;
  private dirty = false;
  /** During onConnected: what the session still owes goes on the wire before anything new. */
  private held = false;
  private everConnected = false;
  /** Failed attempts in a row, and short-lived connections. */
  private attempts = 0;
  private connectedAtUs = 0;
  private lastSentUs = 0;
  /** When the unanswered PINGREQ went out; 0: none. */
  private pingSentUs = 0;
  // Made when first needed: most clients of a large scenario only publish, or only listen.
  private outbound: Outbound | undefined;
  private subscriptions: Subscriptions | undefined;
  /** Inbound QoS 2 identifiers between PUBLISH and PUBREL [MQTT-4.3.3-2]. */
  private received: Set<number> | undefined;
  private ended: PromiseWithResolversLike | undefined;

  constructor(options: SimClientOptions, host: SwarmHost) {
    this.options = options;
    this.host = host;
  }

  get connected(): boolean {
    return this.state === STATE.connected;
  }

  get pending(): number {
    return this.outbound === undefined ? 0 : this.outbound.inflightCount + this.outbound.waitingCount;
  }

  /** @throws CausewayError swarm.closed */
  connect(): void {
    if (this.state !== STATE.idle) return;
    this.host.adopt(this);
    this.attempts = 0;
    this.enqueue();
  }

  goOffline(): void {
    if (this.state === STATE.ending) return;
    const had = this.link !== undefined;
    this.flush(this.host.clock());
    this.detach();
    this.state = STATE.offline;
    if (had) this.host.events.onClosed?.(this, 'offline');
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

  /** @throws CausewayError input.argument when topic or payload are too long for MQTT. */
  publish(topic: string, payload: Buffer, qos: QoS, retain: boolean, token: number): PublishOutcome {
    checkPublish(topic, payload);
    const online = this.state === STATE.connected;
    if (qos === 0) {
      if (!online) return 'dropped-offline';
      if (this.congested()) return 'queue-full';
      this.host.events.onSend?.(this, payload, token);
      this.writePublish(topic, payload, 0, retain, false, 0);
      this.host.doneLater(this, token);
      return 'sent';
    }
    this.outbound ??= new Outbound();
    const { outbound } = this;
    if (online && outbound.waitingCount === 0 && this.mayAdvance(outbound)) {
      outbound.enqueue(topic, payload, qos, retain, token);
      this.advance(outbound);
      return 'sent';
    }
    if (outbound.waitingCount >= (this.options.maxQueued ?? 1000)) return 'queue-full';
    outbound.enqueue(topic, payload, qos, retain, token);
    return 'queued';
  }

  async subscribe(filters: readonly Filter[]): Promise<number[]> {
    checkFilters(filters);
    if (filters.length === 0) return [];
    this.subscriptions ??= new Subscriptions();
    const { subscriptions } = this;
    return new Promise((resolve) => {
      subscriptions.add(filters, resolve);
      if (this.state === STATE.connected && !this.held) this.sendSubscribes();
    });
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
    feed(this, bytes, length);
  }

  onLinkDrain(link: Link): void {
    if (link === this.link) this.pump();
  }

  onLinkClosed(link: Link, failure: string | undefined): void {
    this.host.linkGone();
    if (link !== this.link) return;
    if (this.state === STATE.ending) {
      this.link = undefined;
      this.finishEnd();
      this.host.events.onClosed?.(this, 'ended');
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
      if (type === 3) this.onPublish(first, bytes, start, end);
      else if (type === 13) this.pingSentUs = 0;
      else if (end - start < 2) this.lose(`malformed packet: type ${type} of ${end - start} bytes`);
      else this.onAnswer(type, bytes, start, end);
    } else if (state === STATE.connecting) {
      if (type !== 2 || end - start !== 2) this.lose(`protocol error: packet of type ${type} in place of CONNACK`);
      else this.onConnack((bytes[start]! & 1) === 1, bytes[start + 1]!);
    }
    // The handlers may have closed the connection, or even opened another: the rest of the bytes is not for that one.
    return this.link === link;
  }

  private onAnswer(type: number, bytes: Buffer, start: number, end: number): void {
    const id = bytes.readUInt16BE(start);
    const { outbound } = this;
    if (type === 4 || type === 7) {
      const outgoing = outbound?.find(id);
      // A second copy of an acknowledgement, or one for another QoS, says nothing.
      if (outgoing === undefined || (type === 4 ? outgoing.qos !== 1 : !outgoing.released)) return;
      outbound?.remove(outgoing);
      this.pump();
      this.host.events.onDone?.(this, outgoing.token, outgoing.qos);
    } else if (type === 5) {
      const outgoing = outbound?.find(id);
      if (outgoing !== undefined && outgoing.qos === 2) outgoing.released = true;
      // Even for an identifier we do not know, or the broker would wait for ever.
      this.writeAck(ACK.pubrel, id);
    } else if (type === 6) {
      this.received?.delete(id);
      this.writeAck(ACK.pubcomp, id);
    } else if (type === 9) {
      this.subscriptions?.acknowledge(id, [...bytes.subarray(start + 2, end)]);
    } else {
      this.lose(`protocol error: unexpected packet of type ${type}`);
    }
  }

  private onPublish(first: number, bytes: Buffer, start: number, end: number): void {
    const qos = (first >>> 1) & 3;
    const topicEnd = end - start < 2 ? end + 1 : start + 2 + bytes.readUInt16BE(start);
    const payloadStart = topicEnd + (qos === 0 ? 0 : 2);
    if (qos === 3 || payloadStart > end) {
      this.lose(qos === 3 ? 'malformed packet: PUBLISH of QoS 3' : 'malformed packet: PUBLISH shorter than its topic');
      return;
    }
    const id = qos === 0 ? 0 : bytes.readUInt16BE(topicEnd);
    if (qos === 2) {
      this.received ??= new Set();
      if (this.received.has(id)) {
        this.writeAck(ACK.pubrec, id);
        return;
      }
      this.received.add(id);
    }
    const { link } = this;
    const { onMessage } = this.host.events;
    if (onMessage !== undefined) {
      // A copy: the bytes are in a buffer that the next read overwrites, and owners may keep what they got.
      const payload = Buffer.allocUnsafe(end - payloadStart);
      bytes.copy(payload, 0, payloadStart, end);
      const topic = bytes.toString('utf8', start + 2, topicEnd);
      this.host.events.onMessage?.(this, topic, payload, qos as QoS, (first & 8) !== 0, (first & 1) !== 0);
    }
    if (qos !== 0 && this.link === link) this.writeAck(qos === 1 ? ACK.puback : ACK.pubrec, id);
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
    // A session that the broker does not have starts anew: identifiers it may use again must not look like duplicates.
    if (!sessionPresent) this.received = undefined;
    this.held = true;
    host.events.onConnected?.(this, sessionPresent);
    this.held = false;
    if (this.link !== link || this.state !== STATE.connected) return;
    if (!sessionPresent) this.subscriptions?.renew();
    this.sendSubscribes(true);
    this.resend(sessionPresent);
    this.pump();
  }

  /** Everything on the wire before the connection was lost, in the order it was first sent [MQTT-4.6.0-1]. */
  private resend(sessionPresent: boolean): void {
    const { outbound } = this;
    if (outbound === undefined) return;
    for (let o = outbound.head; o !== outbound.waiting && o !== undefined; o = o.next) {
      // Without the session the broker has forgotten what it answered PUBREC for, and possibly not passed it on yet.
      // The exchange starts again: a second copy marked DUP is better than a message lost without a word.
      if (!sessionPresent) o.released = false;
      if (o.released) {
        this.writeAck(ACK.pubrel, o.id);
      } else {
        this.host.events.onResend?.(this, o.payload, o.token);
        this.writePublish(o.topic, o.payload, o.qos, o.retain, true, o.id);
      }
    }
  }

  private sendSubscribes(again = false): void {
    const { subscriptions } = this;
    if (subscriptions === undefined) return;
    this.outbound ??= new Outbound();
    for (const entry of subscriptions.pending) {
      if (entry.id !== 0 && !again) continue;
      entry.id = 0;
      entry.id = this.outbound.allocateId(subscriptions.pending);
      this.batch.append(encodeSubscribe(entry.id, entry.filters));
      this.touch();
    }
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

  private congested(): boolean {
    return this.link !== undefined && this.link.writableLength > this.host.maxBacklogBytes;
  }

  private mayAdvance(outbound: Outbound): boolean {
    return !this.held && outbound.inflightCount < (this.options.maxInflight ?? 20) && !this.congested();
  }

  private advance(outbound: Outbound): Outgoing | undefined {
    const o = outbound.advance(this.subscriptions?.pending);
    if (o === undefined) return undefined;
    this.host.events.onSend?.(this, o.payload, o.token);
    this.writePublish(o.topic, o.payload, o.qos, o.retain, false, o.id);
    return o;
  }

  /** Sends what waits, as far as window and back-pressure allow. */
  private pump(): void {
    const { outbound } = this;
    if (outbound === undefined) return;
    while (outbound.waitingCount > 0 && this.state === STATE.connected && this.mayAdvance(outbound)) this.advance(outbound);
  }

  private writePublish(topic: string, payload: Buffer, qos: QoS, retain: boolean, dup: boolean, id: number): void {
    const { arena } = this.host;
    arena.reserve(publishBound(topic, payload));
    this.batch.commit(arena, encodePublish(arena.slab, arena.position, topic, payload, qos, retain, dup, id));
    this.touch();
  }

  private writeAck(first: number, id: number): void {
    const { arena } = this.host;
    arena.reserve(4);
    this.batch.commit(arena, encodeAck(arena.slab, arena.position, first, id));
    this.touch();
  }

  private touch(): void {
    if (this.batch.bytes >= FLUSH_BYTES) {
      this.flush(this.host.clock());
    } else if (!this.dirty) {
      this.dirty = true;
      this.host.markDirty(this);
    }
  }

  private enqueue(): void {
    this.state = STATE.queued;
    this.host.requestSlot(this);
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
  private lose(reason: string, code?: number): void {
    const { host } = this;
    const nowUs = host.clock();
    // A connection that lasted starts the backoff afresh; one lost at once (two clients with one identifier, say) does not.
    if (this.connected && nowUs - this.connectedAtUs >= host.backoff.maxMs * 1000) this.attempts = 0;
    this.detach();
    if (code !== undefined && code !== SERVER_UNAVAILABLE) {
      this.state = STATE.idle;
      this.subscriptions?.abandon();
    } else {
      this.state = STATE.backoff;
      host.wheel.arm(this, nowUs + backoffMs(host.backoff, this.attempts, host.random) * 1000);
      this.attempts += 1;
    }
    host.events.onClosed?.(this, reason, code);
  }

  private finishEnd(): void {
    const { ended } = this;
    this.detach();
    this.state = STATE.idle;
    this.subscriptions?.abandon();
    this.ended = undefined;
    this.host.release(this);
    ended?.resolve();
  }
}

interface PromiseWithResolversLike {
  readonly promise: Promise<void>;
  resolve(): void;
}

/** Promise.withResolvers, which Node 20 does not have. */
function withResolvers(): PromiseWithResolversLike {
  let resolve = (): void => {};
  const promise = new Promise<void>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}
