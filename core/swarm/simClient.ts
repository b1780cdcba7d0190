/** One simulated MQTT 3.1.1 client: what is exchanged over its connection, and the session that outlives it. */
import type { QoS } from '../gateway/types.ts';
import { Connection } from './connection.ts';
import { ACK, checkPublish, encodeAck, encodePublish, encodeSubscribe, publishBound } from './encode.ts';
import type { Member } from './host.ts';
import { Outbound } from './outbound.ts';
import { checkFilters, type Filter, Subscriptions } from './subscriptions.ts';
import type { PublishOutcome } from './types.ts';

/** Packet types by the upper half of their first byte (MQTT 3.1.1, 2.2.1). */
const TYPE = { publish: 3, puback: 4, pubrec: 5, pubrel: 6, pubcomp: 7, suback: 9 } as const;

const DEFAULT_INFLIGHT = 20;
const DEFAULT_QUEUED = 1000;

/** A simulated device's MQTT client; made by `Swarm.add`. */
export class SimClient extends Connection implements Member {
  // Made when first needed: most clients of a large scenario only publish, or only listen.
  private outbound: Outbound | undefined;
  private subscriptions: Subscriptions | undefined;
  /** Inbound QoS 2 identifiers between PUBLISH and PUBREL [MQTT-4.3.3-2]. */
  private received: Set<number> | undefined;

  get pending(): number {
    return this.outbound === undefined ? 0 : this.outbound.inflightCount + this.outbound.waitingCount;
  }

  /** @throws CausewayError input.argument when topic or payload are too long for MQTT. */
  publish(topic: string, payload: Buffer, qos: QoS, retain: boolean, token: number): PublishOutcome {
    checkPublish(topic, payload);
    const online = this.connected;
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
    if (outbound.waitingCount >= (this.options.maxQueued ?? DEFAULT_QUEUED)) return 'queue-full';
    outbound.enqueue(topic, payload, qos, retain, token);
    return 'queued';
  }

  forget(token: number): number {
    return this.outbound?.drop(token) ?? 0;
  }

  async subscribe(filters: readonly Filter[]): Promise<number[]> {
    checkFilters(filters);
    if (filters.length === 0) return [];
    this.subscriptions ??= new Subscriptions();
    const { subscriptions } = this;
    return new Promise((resolve) => {
      subscriptions.add(filters, resolve);
      if (this.connected && !this.held) this.sendSubscribes();
    });
  }

  protected override get self(): Member {
    return this;
  }

  protected override onSessionReset(): void {
    // Identifiers that the broker may use again must not look like duplicates.
    this.received = undefined;
  }

  protected override onSession(sessionPresent: boolean): void {
    if (!sessionPresent) this.subscriptions?.renew();
    this.sendSubscribes(true);
    this.resend(sessionPresent);
    this.onWritable();
  }

  protected override onGivenUp(): void {
    this.subscriptions?.abandon();
  }

  protected override onPacket(first: number, bytes: Buffer, start: number, end: number): void {
    const type = first >>> 4;
    if (type === TYPE.publish) this.onPublish(first, bytes, start, end);
    else if (end - start < 2) this.lose(`malformed packet: type ${type} of ${end - start} bytes`);
    else this.onAnswer(type, bytes, start, end);
  }

  /** Sends what waits, as far as window and back-pressure allow. */
  protected override onWritable(): void {
    const { outbound } = this;
    if (outbound === undefined) return;
    while (outbound.waitingCount > 0 && this.connected && this.mayAdvance(outbound)) this.advance(outbound);
  }

  private onAnswer(type: number, bytes: Buffer, start: number, end: number): void {
    const id = bytes.readUInt16BE(start);
    const { outbound } = this;
    if (type === TYPE.puback || type === TYPE.pubcomp) {
      const outgoing = outbound?.find(id);
      // A second copy of an acknowledgement, or one for another QoS, says nothing.
      if (outgoing === undefined || (type === TYPE.puback ? outgoing.qos !== 1 : !outgoing.released)) return;
      outbound?.remove(outgoing);
      this.onWritable();
      this.host.events.onDone?.(this, outgoing.token, outgoing.qos);
    } else if (type === TYPE.pubrec) {
      const outgoing = outbound?.find(id);
      if (outgoing !== undefined && outgoing.qos === 2) outgoing.released = true;
      // Even for an identifier we do not know, or the broker would wait for ever.
      this.writeAck(ACK.pubrel, id);
    } else if (type === TYPE.pubrel) {
      this.received?.delete(id);
      this.writeAck(ACK.pubcomp, id);
    } else if (type === TYPE.suback) {
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

  private mayAdvance(outbound: Outbound): boolean {
    return !this.held && outbound.inflightCount < (this.options.maxInflight ?? DEFAULT_INFLIGHT) && !this.congested();
  }

  private advance(outbound: Outbound): void {
    const o = outbound.advance(this.subscriptions?.pending);
    if (o === undefined) return;
    this.host.events.onSend?.(this, o.payload, o.token);
    this.writePublish(o.topic, o.payload, o.qos, o.retain, false, o.id);
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
}
