/** The MQTT gateway: listeners, access control, sessions, delivery, and the way to and from MQ. */
import { randomUUID } from 'node:crypto';
import type { Packet } from 'mqtt-packet';
import { type Clock, nowUs } from '../clock.ts';
import { Access } from './access.ts';
import { AedesHost } from './aedesInternals.ts';
import { makeCertificate } from './certificate.ts';
import type { Connection } from './connection.ts';
import { Counters } from './counters.ts';
import { Delivery, type DeliveryReport } from './delivery.ts';
import { Inbound } from './inbound.ts';
import { limitsOf } from './limits.ts';
import { type Listeners, openListeners } from './listeners.ts';
import { Outbox } from './outbox.ts';
import type { Acknowledgement } from './packetReader.ts';
import { PINGRESP } from './packets.ts';
import { Presence } from './presence.ts';
import { RetainedStore } from './retained.ts';
import { Sessions } from './sessions.ts';
import { SubscriptionTable } from './subscriptionTable.ts';
import { clientIdRefusal, TopicRules } from './topicRules.ts';
import type { DownMessage, DownReport, Gateway, GatewayOptions, GatewayStats, Limits, QoS } from './types.ts';
import { Users } from './users.ts';

class LabGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #limits: Limits;
  readonly #counters: Counters;
  readonly #users: Users | undefined;
  readonly #access: Access | undefined;
  readonly #presence: Presence | undefined;
  readonly #table = new SubscriptionTable();
  readonly #outbox: Outbox;
  readonly #delivery: Delivery;
  readonly #sessions: Sessions;
  readonly #inbound: Inbound;
  readonly #host: AedesHost;
  #listeners: Listeners = { addresses: [], close: async () => {} };
  #ca: string | undefined;
  #closing: Promise<void> | undefined;
  #hurry: (() => void)[] = [];

  constructor(options: GatewayOptions, clock: Clock) {
    const { profile, uplink, onLocalPublish } = options;
    this.#options = options;
    const limits = limitsOf(profile, options.limits);
    this.#limits = limits;
    const counters = new Counters(options.onEvent);
    this.#counters = counters;
    this.#users = options.users === undefined ? undefined : new Users(options.users);
    const outbox = new Outbox({
      counters,
      clock,
      stalledMs: options.stalledMs ?? 2_000,
      onStalled: (connection) => {
        counters.refuse(connection, 'connect', 'stalled', connection.clientId);
        connection.destroy('stalled');
      },
      onDrained: () => this.#drained(),
    });
    this.#outbox = outbox;
    const delivery = new Delivery({ outbox, counters, limits, profile, clock });
    this.#delivery = delivery;
    const { credentials, onPresence } = options;
    const access = credentials === undefined ? undefined : new Access({ ...credentials, counters, outbox });
    this.#access = access;
    this.#presence = onPresence === undefined ? undefined : new Presence(onPresence);
    const retained = new RetainedStore();
    const table = this.#table;
    this.#sessions = new Sessions({ table, delivery, outbox, retained, counters, limits, profile, access });
    const rules = new TopicRules(profile, limits, options.topics);
    const sessions = this.#sessions.byId;
    const inbound = {
      rules,
      limits,
      table,
      sessions,
      delivery,
      outbox,
      retained,
      counters,
      access,
      uplink,
      onLocalPublish,
      clock,
    };
    this.#inbound = new Inbound(inbound);
    this.#host = new AedesHost({
      admit: (connection, username, password) => this.#admit(connection, username, password),
      assignId: (clean) => (profile === 'lenient' && clean ? `auto-${randomUUID()}` : undefined),
      sessionPresent: (clientId) => this.#sessions.present(clientId),
      opened: (connection) => this.#opened(connection),
      ready: (connection) => {
        if (access?.ready(connection) !== false) delivery.resume(connection.session!);
      },
      publish: (connection, packet) => this.#inbound.publish(connection, packet),
      acknowledgement: (connection, cmd, id) => this.#acknowledgement(connection, cmd, id),
      packet: (connection, packet) => this.#packet(connection, packet),
      will: (connection, packet) => this.#inbound.will(connection, packet),
      closed: (connection) => this.#closed(connection),
      bytesRead: (count) => {
        counters.bytesIn += count;
      },
    });
  }

  get addresses() {
    return this.#listeners.addresses;
  }

  get ca() {
    return this.#ca;
  }

  async start(): Promise<void> {
    const { listeners } = this.#options;
    let files = this.#options.tls;
    if (files === undefined && listeners.some(({ kind }) => kind === 'tls' || kind === 'wss')) {
      files = await makeCertificate(listeners.map(({ host }) => host));
    }
    this.#ca = files?.ca;
    await this.#host.start();
    try {
      this.#listeners = await openListeners(listeners, files, (stream, socket) => this.#host.accept(stream, socket));
    } catch (error) {
      await this.#host.close();
      throw error;
    }
  }

  async deliver(message: DownMessage): Promise<DownReport> {
    const { shownTopic, payload, qos } = message;
    let report: DeliveryReport;
    if (message.kind === 'topic') report = this.#delivery.toRoute(this.#table.match(message.topic), shownTopic, payload, qos);
    else {
      const target = this.#sessions.byId.get(message.clientId);
      report = this.#delivery.toTarget(target, shownTopic, payload, qos, message.cleanSession);
    }
    if (report.slow && this.#closing === undefined) await new Promise<void>((resolve) => this.#hurry.push(resolve));
    return { online: report.online, stored: report.stored, dropped: report.dropped };
  }

  stats(): GatewayStats {
    const { published, delivered, bytesIn, bytesOut, p2pUnknown, p2pDropped, slowDropped, refused } = this.#counters;
    return {
      connected: this.#counters.connected,
      sessions: this.#sessions.byId.size,
      published,
      delivered,
      bytesIn,
      bytesOut,
      p2pUnknown,
      p2pDropped,
      // Before offlineDropped: counting drops what is too old.
      offlineStored: this.#sessions.offlineStored(),
      offlineDropped: this.#counters.offlineDropped,
      slowDropped,
      refused: { ...refused },
      ...(this.#access === undefined ? {} : { credentials: this.#access.stats() }),
    };
  }

  session(clientId: string) {
    const session = this.#sessions.byId.get(clientId);
    if (session === undefined) return undefined;
    return {
      connected: session.connection !== undefined,
      cleanSession: session.clean,
      subscriptions: [...session.subscriptions].map(([filter, qos]) => ({ filter, qos })),
      queued: session.queued,
    };
  }

  online(clientId: string): boolean {
    const connection = this.#sessions.byId.get(clientId)?.connection;
    return connection !== undefined && !connection.closed;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#drained();
    await this.#host.close();
    await this.#listeners.close();
    await this.#inbound.settled();
    this.#outbox.close();
    this.#access?.close();
  }

  #drained(): void {
    this.#inbound.drained();
    if (this.#hurry.length === 0) return;
    const waiting = this.#hurry;
    this.#hurry = [];
    for (const resolve of waiting) resolve();
  }

  #admit(connection: Connection, username: string | undefined, password: Buffer | undefined): 0 | 2 | 4 | 5 {
    const { clientId } = connection;
    // An empty ID reaches this point only where none was assigned: strict profile, or clean=0 [MQTT-3.1.3-8].
    const refusal = clientId === '' ? 'client-id-empty' : clientIdRefusal(clientId, this.#limits);
    if (refusal !== undefined) {
      this.#counters.refuse(connection, 'connect', refusal, clientId);
      return 2;
    }
    if (this.#access?.judges(username, this.#users !== undefined) === true) {
      const held = connection.cleanSession ? undefined : this.#sessions.byId.get(clientId);
      const returnCode = this.#access.admit(connection, username, password, held);
      if (returnCode !== 0) return returnCode;
    } else if (this.#users !== undefined && !this.#users.check(username, password)) {
      this.#counters.refuse(connection, 'connect', 'not-authorised', username ?? '');
      return 4;
    }
    return this.#closing === undefined ? 0 : 5;
  }

  #opened(connection: Connection): void {
    const former = this.#sessions.open(connection);
    this.#inbound.opened(connection);
    this.#counters.connected += 1;
    // Aedes has closed the older connection [MQTT-3.1.4-2], unless a third, failed one made it forget that client.
    former?.destroy('taken over');
    this.#access?.opened(connection);
    this.#presence?.connected(connection);
    this.#counters.emit({ kind: 'connected', clientId: connection.clientId });
  }

  #closed(connection: Connection): void {
    this.#outbox.drop(connection);
    this.#access?.closed(connection);
    this.#presence?.closed(connection);
    this.#inbound.closed(connection);
    this.#sessions.close(connection);
    this.#counters.connected -= 1;
    const reason = connection.reason ?? 'connection lost';
    this.#counters.emit({ kind: 'disconnected', clientId: connection.clientId, reason });
  }

  #acknowledgement(connection: Connection, cmd: Acknowledgement, id: number): void {
    const session = connection.session!;
    if (cmd === 'puback' || cmd === 'pubcomp') this.#delivery.acknowledged(session, id, cmd);
    else if (cmd === 'pubrec') this.#delivery.received(session, id);
    else this.#inbound.released(connection, id);
  }

  #packet(connection: Connection, packet: Packet): void {
    if (connection.ending) return;
    const id = packet.messageId ?? 0;
    switch (packet.cmd) {
      case 'subscribe':
        this.#sessions.subscribe(
          connection,
          id,
          packet.subscriptions.map(({ topic, qos }) => ({ topic, qos: qos as QoS })),
        );
        break;
      case 'unsubscribe':
        this.#sessions.unsubscribe(connection, id, packet.unsubscriptions);
        break;
      case 'pingreq':
        this.#outbox.push(connection, PINGRESP);
        break;
      case 'disconnect':
        this.#outbox.flushNow(connection);
        this.#presence?.disconnected(connection);
        this.#host.disconnected(connection);
        break;
      default:
        // A second CONNECT [MQTT-3.1.0-2], or a packet only a server may send.
        connection.destroy(`unexpected ${packet.cmd}`);
    }
  }
}

/**
 * Opens an MQTT 3.1.1 gateway; resolves when it listens.
 * @throws CausewayError port.taken, port.denied, input.argument
 */
export async function createGateway(options: GatewayOptions, clock: Clock = nowUs): Promise<Gateway> {
  const gateway = new LabGateway(options, clock);
  await gateway.start();
  return gateway;
}
