/** All sessions: who has one, its connection, its subscriptions. */
import type { Invalid } from '../credentials/verifier.ts';
import { type Access, refusalOf } from './access.ts';
import type { Connection } from './connection.ts';
import type { Counters } from './counters.ts';
import type { Delivery } from './delivery.ts';
import type { Outbox } from './outbox.ts';
import { suback, unsuback } from './packets.ts';
import type { RetainedStore } from './retained.ts';
import { Session } from './session.ts';
import type { SubscriptionTable } from './subscriptionTable.ts';
import { filterRefusal } from './topicRules.ts';
import type { Limits, Profile, QoS, RefusalReason } from './types.ts';

const REFUSED = 128;

export class Sessions {
  readonly byId = new Map<string, Session>();
  readonly #table: SubscriptionTable;
  readonly #delivery: Delivery;
  readonly #outbox: Outbox;
  readonly #retained: RetainedStore;
  readonly #counters: Counters;
  readonly #limits: Limits;
  readonly #profile: Profile;
  readonly #access: Access | undefined;

  constructor(options: {
    readonly table: SubscriptionTable;
    readonly delivery: Delivery;
    readonly outbox: Outbox;
    readonly retained: RetainedStore;
    readonly counters: Counters;
    readonly limits: Limits;
    readonly profile: Profile;
    /** Undefined: everything is allowed. */
    readonly access: Access | undefined;
  }) {
    this.#table = options.table;
    this.#delivery = options.delivery;
    this.#outbox = options.outbox;
    this.#retained = options.retained;
    this.#counters = options.counters;
    this.#limits = options.limits;
    this.#profile = options.profile;
    this.#access = options.access;
  }

  /** Is there session state a client with clean=0 would resume [MQTT-3.2.2-2]? */
  present(clientId: string): boolean {
    return this.byId.get(clientId)?.clean === false;
  }

  /** Gives a connection its session: the stored one, or a new one in its place [MQTT-3.1.2-4, 3.1.2-6]. Returns the connection it supersedes. */
  open(connection: Connection): Connection | undefined {
    const { clientId, cleanSession } = connection;
    let session = this.byId.get(clientId);
    const former = session?.connection;
    if (session === undefined || session.clean || cleanSession) {
      if (session !== undefined) this.#end(session);
      session = new Session(clientId, cleanSession);
      this.byId.set(clientId, session);
    }
    session.connection = connection;
    connection.session = session;
    return former;
  }

  /** The connection is gone: a clean session ends, a persistent one waits. */
  close(connection: Connection): void {
    const session = connection.session;
    if (session === undefined || session.connection !== connection) return;
    session.connection = undefined;
    if (session.clean) this.#end(session);
  }

  subscribe(connection: Connection, id: number, asked: readonly { readonly topic: string; readonly qos: QoS }[]): void {
    const session = connection.session!;
    const granted: number[] = [];
    const accepted: { readonly filter: string; readonly qos: QoS }[] = [];
    let invalid: Invalid | undefined;
    for (const { topic: filter, qos } of asked) {
      const refused = this.#access?.subscribe(connection, filter);
      invalid ??= refused;
      const refusal = refused === undefined ? this.#refusal(session, filter, qos) : refusalOf(refused.code);
      if (refusal !== undefined) {
        this.#counters.refuse(connection, 'subscribe', refusal, filter);
        granted.push(REFUSED);
        continue;
      }
      session.subscriptions.set(filter, qos);
      this.#table.add(filter, session, qos);
      granted.push(qos);
      accepted.push({ filter, qos });
    }
    this.#outbox.push(connection, suback(id, granted));
    for (const { filter, qos } of accepted) {
      for (const message of this.#retained.matching(filter)) {
        this.#delivery.retained(session, message.topic, message.payload, Math.min(message.qos, qos) as QoS);
      }
    }
    if (invalid !== undefined) this.#access?.shut(connection, invalid);
  }

  unsubscribe(connection: Connection, id: number, filters: readonly string[]): void {
    const session = connection.session!;
    for (const filter of filters) if (session.subscriptions.delete(filter)) this.#table.remove(filter, session);
    this.#outbox.push(connection, unsuback(id));
  }

  /** Offline messages kept now, after dropping those too old. */
  offlineStored(): number {
    let stored = 0;
    for (const session of this.byId.values()) {
      if (session.connection !== undefined || session.queued === 0) continue;
      this.#delivery.expire(session);
      stored += session.queued;
    }
    return stored;
  }

  #refusal(session: Session, filter: string, qos: QoS): RefusalReason | undefined {
    const refusal = filterRefusal(filter, this.#limits);
    if (refusal !== undefined) return refusal;
    if (qos === 2 && !session.clean && this.#profile === 'strict') return 'qos2-persistent-session';
    const more = !session.subscriptions.has(filter);
    return more && session.subscriptions.size >= this.#limits.subscriptionsPerClient ? 'too-many-subscriptions' : undefined;
  }

  #end(session: Session): void {
    for (const filter of session.subscriptions.keys()) this.#table.remove(filter, session);
    if (this.byId.get(session.clientId) === session) this.byId.delete(session.clientId);
  }
}
