/** The way out: from a message to the sessions that shall have it, with the QoS 1/2 state of each. */
import type { Clock } from '../clock.ts';
import type { Connection } from './connection.ts';
import type { Counters } from './counters.ts';
import type { Outbox } from './outbox.ts';
import { encodePublish, pubrel, withId } from './packets.ts';
import { type Outgoing, RELEASED, type Session } from './session.ts';
import type { Route } from './subscriptionTable.ts';
import type { DownReport, Limits, Profile, QoS } from './types.ts';

/** Unacknowledged messages on the wire to one client; more wait in its queue. */
const WINDOW = 1_024;
/** Bytes waiting in a blocked connection beyond which QoS 0 messages to it are dropped and counted, as they may be. */
const QOS0_BYTES = 8 << 20;
/** Bytes waiting in a connection from which on it counts as full, see `slow` of the report. */
const FULL_BYTES = 1 << 20;

export interface DeliveryReport extends DownReport {
  /** Every online receiver is full: the publisher should wait until one has room. One full receiver among others slows nobody. */
  readonly slow: boolean;
}

const NOBODY: DeliveryReport = { online: 0, stored: 0, dropped: 0, slow: false };
const DROPPED: DeliveryReport = { online: 0, stored: 0, dropped: 1, slow: false };

export class Delivery {
  readonly #outbox: Outbox;
  readonly #counters: Counters;
  readonly #limits: Limits;
  readonly #profile: Profile;
  readonly #clock: Clock;
  #lastId = 0;

  constructor(options: {
    readonly outbox: Outbox;
    readonly counters: Counters;
    readonly limits: Limits;
    readonly profile: Profile;
    readonly clock: Clock;
  }) {
    this.#outbox = options.outbox;
    this.#counters = options.counters;
    this.#limits = options.limits;
    this.#profile = options.profile;
    this.#clock = options.clock;
  }

  /** To every session of the route, each at min(message QoS, its subscription's QoS) [spec 3.8.4]; one encoding per QoS. */
  toRoute(route: Route, shownTopic: string, payload: Uint8Array, qos: QoS): DeliveryReport {
    const sessions = route.sessions;
    if (sessions.length === 0) return NOBODY;
    let online = 0;
    let stored = 0;
    let full = 0;
    let bytes0: Buffer | undefined;
    let message1: Outgoing | undefined;
    let message2: Outgoing | undefined;
    // One identifier for all receivers: identifiers belong to each session alone, and equal bytes make one shared buffer.
    const id = qos === 0 ? 0 : this.#nextId();
    for (let i = 0; i < sessions.length; i += 1) {
      const session = sessions[i]!;
      const connection = session.connection;
      const up = connection !== undefined && !connection.closed;
      const granted = route.qos[i]!;
      const out = granted < qos ? granted : qos;
      if (out === 0) {
        if (!up) continue;
        bytes0 ??= encodePublish(shownTopic, payload, 0, false, 0).bytes;
        this.#send0(connection, bytes0);
      } else {
        let message: Outgoing;
        if (out === 1) message = message1 ??= this.#outgoing(shownTopic, payload, 1, false, id);
        else message = message2 ??= this.#outgoing(shownTopic, payload, 2, false, id);
        if (!this.#sendQos(session, up ? connection : undefined, message, id)) {
          if (!session.clean) stored += 1;
          continue;
        }
      }
      online += 1;
      if (connection!.blocked && connection!.stream.writableLength > FULL_BYTES) full += 1;
    }
    return { online, stored, dropped: 0, slow: online > 0 && full === online };
  }

  /**
   * P2P: to this session alone, at the message's own QoS, whatever it has subscribed. Offline the sender's flag decides;
   * QoS 2 is not kept in the strict profile.
   */
  toTarget(
    session: Session | undefined,
    shownTopic: string,
    payload: Uint8Array,
    qos: QoS,
    senderClean: boolean,
  ): DeliveryReport {
    if (session === undefined) {
      this.#counters.p2pUnknown += 1;
      return DROPPED;
    }
    const connection = session.connection;
    if (connection !== undefined && !connection.closed) {
      if (qos === 0) this.#send0(connection, encodePublish(shownTopic, payload, 0, false, 0).bytes);
      else {
        const id = this.#nextId();
        this.#sendQos(session, connection, this.#outgoing(shownTopic, payload, qos, false, id), id);
      }
      return { online: 1, stored: 0, dropped: 0, slow: connection.blocked && connection.stream.writableLength > FULL_BYTES };
    }
    if (senderClean || session.clean || qos === 0 || (qos === 2 && this.#profile === 'strict')) {
      this.#counters.p2pDropped += 1;
      return DROPPED;
    }
    this.#keep(session, this.#outgoing(shownTopic, payload, qos, false, this.#nextId()));
    return { online: 0, stored: 1, dropped: 0, slow: false };
  }

  /** A retained message to a new subscription: retain=1 [MQTT-3.3.1-8]. */
  retained(session: Session, topic: string, payload: Uint8Array, qos: QoS): void {
    const connection = session.connection;
    if (connection === undefined) return;
    if (qos === 0) {
      this.#send0(connection, encodePublish(topic, payload, 0, true, 0).bytes);
      return;
    }
    const id = this.#nextId();
    this.#sendQos(session, connection, this.#outgoing(topic, payload, qos, true, id), id);
  }

  /** After CONNACK: what was not acknowledged goes again, with DUP and its identifier [MQTT-4.4.0-1], then what waited. */
  resume(session: Session): void {
    const connection = session.connection!;
    this.#outbox.release(connection);
    if (session.inflight !== undefined) {
      for (const [id, message] of session.inflight) {
        if (message === RELEASED) this.#outbox.push(connection, pubrel(id));
        else {
          this.#counters.delivered += 1;
          this.#outbox.push(connection, withId(message, id, true));
        }
      }
    }
    this.#pump(session);
  }

  /** PUBACK, and PUBCOMP. Unknown identifiers are ignored. */
  acknowledged(session: Session, id: number, type: 'puback' | 'pubcomp'): void {
    const message = session.inflight?.get(id);
    if (message === undefined) return;
    if (type === 'puback' ? message === RELEASED || message.qos !== 1 : message !== RELEASED) return;
    session.inflight!.delete(id);
    if (session.queued > 0) this.#pump(session);
  }

  /** PUBREC is answered with PUBREL even when unknown, or the receiver would wait for ever [MQTT-4.3.3-1]. */
  received(session: Session, id: number): void {
    const message = session.inflight?.get(id);
    if (message !== undefined && (message === RELEASED || message.qos === 2)) session.inflight!.set(id, RELEASED);
    this.#outbox.push(session.connection!, pubrel(id));
  }

  /** Drops messages older than the limit; called before counting. */
  expire(session: Session): void {
    const oldest = this.#clock() - this.#limits.offlineMs * 1000;
    for (let first = session.peek(); first !== undefined && first.atUs < oldest; first = session.peek()) {
      session.dequeue();
      this.#counters.offlineDropped += 1;
    }
  }

  #outgoing(topic: string, payload: Uint8Array, qos: QoS, retain: boolean, id: number): Outgoing {
    const { bytes, idOffset } = encodePublish(topic, payload, qos, retain, id);
    return { bytes, idOffset, qos, atUs: this.#clock() };
  }

  #nextId(): number {
    this.#lastId = this.#lastId >= 65_535 ? 1 : this.#lastId + 1;
    return this.#lastId;
  }

  #freeId(inflight: ReadonlyMap<number, unknown>): number {
    let id = this.#nextId();
    while (inflight.has(id)) id = this.#nextId();
    return id;
  }

  #send0(connection: Connection, bytes: Buffer): void {
    if (connection.blocked && connection.stream.writableLength > QOS0_BYTES) {
      this.#counters.slowDropped += 1;
      return;
    }
    this.#counters.delivered += 1;
    this.#outbox.push(connection, bytes);
  }

  /** Sends, or queues behind the window; without a connection keeps it if the session is persistent. False: not online. */
  #sendQos(session: Session, connection: Connection | undefined, message: Outgoing, id: number): boolean {
    if (connection === undefined) {
      if (!session.clean) this.#keep(session, message);
      return false;
    }
    session.inflight ??= new Map();
    // Before CONNACK it must queue behind what `resume` is about to send.
    if (!connection.ready || session.inflight.size >= WINDOW || session.queued > 0) {
      this.#keep(session, message);
      return true;
    }
    this.#counters.delivered += 1;
    if (session.inflight.has(id)) {
      const own = this.#freeId(session.inflight);
      session.inflight.set(own, message);
      this.#outbox.push(connection, withId(message, own, false));
    } else {
      session.inflight.set(id, message);
      this.#outbox.push(connection, message.bytes);
    }
    return true;
  }

  #keep(session: Session, message: Outgoing): void {
    session.enqueue(message);
    if (session.queued > this.#limits.offlineMessages) {
      session.dequeue();
      this.#counters.offlineDropped += 1;
    }
  }

  #pump(session: Session): void {
    const connection = session.connection!;
    this.expire(session);
    session.inflight ??= new Map();
    while (session.inflight.size < WINDOW) {
      const message = session.dequeue();
      if (message === undefined) return;
      const id = this.#freeId(session.inflight);
      session.inflight.set(id, message);
      this.#counters.delivered += 1;
      this.#outbox.push(connection, withId(message, id, false));
    }
  }
}
