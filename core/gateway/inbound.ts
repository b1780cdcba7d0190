/** The way in: a device's PUBLISH, from the packet to the uplink, the subscribers and the acknowledgement. */
import type { Clock } from '../clock.ts';
import type { Access } from './access.ts';
import { type Connection, PAUSE } from './connection.ts';
import type { Counters } from './counters.ts';
import type { Delivery } from './delivery.ts';
import type { Outbox } from './outbox.ts';
import { puback, pubcomp, pubrec } from './packets.ts';
import type { RetainedStore } from './retained.ts';
import type { Session } from './session.ts';
import type { SubscriptionTable } from './subscriptionTable.ts';
import type { TopicInfo, TopicRules } from './topicRules.ts';
import type { GatewayOptions, Limits, RefusalReason, Uplink } from './types.ts';
import { type IncomingPublish, type Pending, UplinkChain } from './uplinkChain.ts';

/** What one client may have under way before its socket is no longer read; reading goes on at half of it. */
const UNDER_WAY = { messages: 1_000, bytes: 1 << 20 };

export interface InboundOptions {
  readonly rules: TopicRules;
  readonly limits: Limits;
  readonly table: SubscriptionTable;
  readonly sessions: ReadonlyMap<string, Session>;
  readonly delivery: Delivery;
  readonly outbox: Outbox;
  readonly retained: RetainedStore;
  readonly counters: Counters;
  /** Undefined: everything is allowed. */
  readonly access: Access | undefined;
  readonly uplink: Uplink | undefined;
  readonly onLocalPublish: GatewayOptions['onLocalPublish'];
  readonly clock: Clock;
}

const ignore = (): void => {};

export class Inbound {
  readonly #o: InboundOptions;
  /** Chains with something under way, by client ID: they outlive their connection. */
  readonly #chains = new Map<string, UplinkChain>();
  readonly #slowed = new Set<Connection>();
  #idle: (() => void)[] = [];

  constructor(options: InboundOptions) {
    this.#o = options;
  }

  publish(connection: Connection, packet: IncomingPublish): void {
    const { topic, qos, id } = packet;
    if (connection.chain?.successor === connection) {
      // Sent right behind CONNECT, in the same chunk: pausing the socket came too late for it.
      connection.chain.held.push(packet);
      return;
    }
    // A wildcard or nothing as topic name is a malformed packet: close [MQTT-3.3.2-2, 4.7.3-1].
    if (topic === '' || topic.includes('+') || topic.includes('#')) {
      this.#o.counters.refuse(connection, 'publish', 'topic-invalid', topic);
      connection.destroy('invalid topic name');
      return;
    }
    const { access } = this.#o;
    if (access !== undefined && connection.grant !== undefined) {
      const verdict = access.publish(connection, packet);
      if (verdict === 'closed') return;
      if (verdict === 'taken') {
        this.#enter(this.#pending(connection, this.#o.rules.look(topic), packet, true, undefined, false));
        return;
      }
    }
    const info = this.#o.rules.look(topic);
    const refusal = info.refusal ?? (packet.payload.length > this.#o.limits.payloadBytes ? 'payload-too-large' : undefined);
    if (refusal !== undefined) {
      this.#refuse(connection, refusal, topic);
      this.#enter(this.#pending(connection, info, packet, true, undefined, false));
      return;
    }
    if (qos === 2) {
      const session = connection.session!;
      session.incoming ??= new Set();
      if (session.incoming.has(id)) {
        // Second copy before PUBREL: not a second message [MQTT-4.3.3-2].
        this.#enter(this.#pending(connection, info, packet, true, undefined, false));
        return;
      }
      session.incoming.add(id);
    }
    this.#enter(this.#pending(connection, info, packet, false, this.#store(connection, info, packet, false), false));
  }

  /** The Will of a connection that ended without DISCONNECT: like a PUBLISH of its owner, with nothing to acknowledge. */
  will(connection: Connection, packet: IncomingPublish): void {
    const { topic } = packet;
    const wild = topic === '' || topic.includes('+') || topic.includes('#');
    const info = this.#o.rules.look(topic);
    const refusal = wild ? 'topic-invalid' : (info.refusal ?? this.#o.access?.will(connection, topic));
    if (refusal !== undefined) {
      this.#refuse(connection, refusal, topic);
      return;
    }
    this.#enter(this.#pending(connection, info, packet, false, this.#store(connection, info, packet, true), true));
  }

  /** PUBREL ends a QoS 2 reception; PUBCOMP is owed even when the identifier is unknown. */
  released(connection: Connection, id: number): void {
    connection.session?.incoming?.delete(id);
    this.#o.outbox.push(connection, pubcomp(id));
  }

  /** A client is back: while something of its former connection is under way, it is not read. */
  opened(connection: Connection): void {
    const chain = this.#chains.get(connection.clientId);
    if (chain === undefined) return;
    connection.chain = chain;
    chain.successor = connection;
    chain.held = [];
    connection.pause(PAUSE.predecessor);
  }

  closed(connection: Connection): void {
    this.#slowed.delete(connection);
    const chain = connection.chain;
    if (chain?.successor !== connection) return;
    chain.successor = undefined;
    chain.held = [];
  }

  /** A full receiver has room again, or is gone: those who waited go on. */
  drained(): void {
    if (this.#slowed.size === 0) return;
    for (const connection of this.#slowed) connection.resume(PAUSE.slowReceivers);
    this.#slowed.clear();
  }

  /** Resolves when nothing is under way to the uplink. */
  async settled(): Promise<void> {
    if (this.#chains.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #refuse(connection: Connection, reason: RefusalReason, topic: string): void {
    this.#o.counters.refuse(connection, 'publish', reason, topic);
  }

  #pending(
    connection: Connection,
    info: TopicInfo,
    packet: IncomingPublish,
    ackOnly: boolean,
    stored: Promise<void> | undefined,
    will: boolean,
  ): Pending {
    const { payload, qos, retain, id } = packet;
    return { connection, info, payload, qos, retain, id, ackOnly, stored, will };
  }

  #store(connection: Connection, info: TopicInfo, packet: IncomingPublish, will: boolean): Promise<void> | undefined {
    const { uplink, onLocalPublish, clock } = this.#o;
    if (uplink === undefined || !info.bridge) {
      onLocalPublish?.(packet.payload, clock());
      return undefined;
    }
    const { topic, payload, qos, retain, dup } = packet;
    const { clientId, cleanSession } = connection;
    const receivedUs = clock();
    let stored: Promise<void>;
    try {
      stored = uplink.publish({
        clientId,
        topic,
        parent: info.parent,
        payload,
        qos,
        retain,
        dup,
        cleanSession,
        will,
        receivedUs,
      });
    } catch (error) {
      stored = Promise.reject(error);
    }
    // The chain looks at it only when its turn comes; until then a rejection must not count as unhandled.
    stored.catch(ignore);
    return stored;
  }

  #enter(item: Pending): void {
    const connection = item.connection;
    let chain = connection.chain;
    if (chain === undefined || chain.size === 0) {
      if (item.stored === undefined) {
        this.#settle(item, undefined);
        return;
      }
      // The map comes first: a successor may have begun a chain of its own when this is a late Will.
      chain = this.#chains.get(connection.clientId) ?? chain ?? new UplinkChain(connection.clientId);
      connection.chain = chain;
    }
    const starts = chain.size === 0;
    chain.push(item);
    if (chain.size >= UNDER_WAY.messages || chain.bytes >= UNDER_WAY.bytes) connection.pause(PAUSE.uplink);
    if (starts) {
      this.#chains.set(connection.clientId, chain);
      void chain.drain(this.#settle).then(() => this.#dry(chain));
    }
  }

  #dry(chain: UplinkChain): void {
    // The chain may have been started again between its end and this microtask.
    if (chain.size > 0) return;
    this.#chains.delete(chain.clientId);
    const { successor, held } = chain;
    chain.successor = undefined;
    chain.held = [];
    if (successor !== undefined) {
      for (const packet of held) this.publish(successor, packet);
      successor.resume(PAUSE.predecessor);
    }
    if (this.#chains.size === 0) {
      const idle = this.#idle;
      this.#idle = [];
      for (const resolve of idle) resolve();
    }
  }

  readonly #settle = (item: Pending, failure: unknown): void => {
    const { connection, qos } = item;
    if (failure !== undefined) this.#failed(item);
    else if (!connection.failed || qos === 0 || item.will) {
      if (!item.ackOnly) this.#accept(item);
      if (!item.will && qos > 0) this.#o.outbox.push(connection, qos === 1 ? puback(item.id) : pubrec(item.id));
    } else this.#forget(item);
    const chain = connection.chain;
    if (chain !== undefined && chain.size <= UNDER_WAY.messages / 2 && chain.bytes <= UNDER_WAY.bytes / 2) {
      connection.resume(PAUSE.uplink);
    }
  };

  /** Not stored: the client is closed without acknowledgement and sends again. QoS 0 was never promised: counted only. */
  #failed(item: Pending): void {
    const { connection, info } = item;
    this.#refuse(connection, 'uplink-failed', info.topic);
    this.#forget(item);
    if (item.qos === 0 || item.will) return;
    connection.failed = true;
    connection.destroy('uplink-failed');
  }

  /** Unacknowledged, so the client will send it again as a new message: its QoS 2 identifier must be free for it. */
  #forget(item: Pending): void {
    if (item.qos === 2 && !item.ackOnly && !item.will) item.connection.session?.incoming?.delete(item.id);
  }

  #accept(item: Pending): void {
    const { delivery, table, sessions, retained, counters } = this.#o;
    const { connection, info, payload, qos } = item;
    counters.published += 1;
    let slow: boolean;
    if (info.p2p !== undefined) {
      // Shown under the receiver's own topic; never retained, for a retained one would reach other subscribers.
      slow = delivery.toTarget(sessions.get(info.p2p), info.topic, payload, qos, connection.cleanSession).slow;
    } else {
      if (item.retain) retained.set(info.topic, payload, qos);
      slow = delivery.toRoute(table.match(info.topic), info.topic, payload, qos).slow;
    }
    if (slow && !connection.closed) {
      connection.pause(PAUSE.slowReceivers);
      this.#slowed.add(connection);
    }
  }
}
