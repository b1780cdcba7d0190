/**
 * A broker outside the lab in the place of the gateway: devices connect to it directly, and the bridge is one of its
 * clients. What a broker does not tell its subscribers (who published, with which session) stays unknown.
 */
import { isUnstorable } from '../bridge/unstorable.ts';
import type { Address, DownMessage, GatewayEvent, Limits, MqttSide, Profile, QoS, Uplink } from '../gateway/types.ts';
import { LAB_PROPERTY } from '../mapping/names.ts';
import { REASONS } from '../mapping/reasons.ts';
import { p2pTopic, splitTopic, topicFault } from '../mapping/topics.ts';
import { CausewayError } from '../protocol/errors.ts';
import { BrokerClient, LOOP_MARK, type Received } from './brokerClient.ts';
import type { BrokerUrl } from './brokerUrl.ts';
import { EchoBook } from './echoBook.ts';

/** How to reach a broker: plain data with its secrets, for the process only. */
export interface BrokerConnection {
  readonly url: BrokerUrl;
  readonly user?: string;
  readonly password?: string;
  /** Certificate authorities (PEM) trusted in place of the system's. */
  readonly ca?: string;
}

export interface ExternalGatewayOptions {
  readonly broker: BrokerConnection;
  /** The bridge's own at the broker; its session hangs on it. */
  readonly clientId: string;
  /** Bridges of one name share the messages where the broker has shared subscriptions. */
  readonly shareGroup: string;
  /** Is the session kept at the end, so that what comes meanwhile is not missed? */
  readonly keepSession: boolean;
  readonly profile: Profile;
  readonly limits: Pick<Limits, 'payloadBytes' | 'topicChars'>;
  /** Parent topics; `up`: carried to MQ. */
  readonly topics: readonly { readonly name: string; readonly up: boolean }[];
  readonly uplink: Uplink;
  readonly onEvent?: ((event: GatewayEvent) => void) | undefined;
  /** A message was published to the broker a second time: devices may get it twice. */
  readonly onResent?: ((payload: Buffer) => void) | undefined;
}

/** What was found out about a broker, and what it could not do. */
export interface BrokerFacts {
  readonly url: string;
  readonly mqtt: '5.0' | '3.1.1';
  /** Does the bridge subscribe with `$share/…`? */
  readonly sharedSubscription: boolean;
  readonly maximumQos: QoS;
  /** What this broker cannot, and what the lab does about it; one sentence each. */
  readonly limits: readonly string[];
}

export interface ExternalStats {
  /** PUBLISH packets taken from the broker, and given to it and acknowledged. */
  readonly received: number;
  readonly published: number;
  /** Left out: the bridge's own messages, and kept messages replayed. */
  readonly echoes: number;
  readonly replays: number;
  /** Messages that cannot be mapped, by reason, or stored (`not-storable`): acknowledged, and not carried. */
  readonly refused: Readonly<Record<string, number>>;
  /** Messages of topics that are not carried any more, for which the session was still subscribed: acknowledged, and not carried. */
  readonly stale: number;
  readonly reconnects: number;
}

export interface ExternalGateway extends MqttSide {
  readonly broker: BrokerFacts;
  stats(): ExternalStats;
  /** Connected, and nothing is taken from the broker and not settled, or waits to be acknowledged by it. */
  idle(): boolean;
  /** Has the broker send again what the bridge has not acknowledged. */
  again(): void;
}

/** For runs: nobody comes back to the session after so long. */
const RUN_EXPIRY_S = 300;
const KEPT_EXPIRY_S = 3 * 24 * 3600;

/**
 * Connects, finds out what the broker can, and subscribes to every parent topic that goes up.
 * @throws CausewayError broker.unreachable, broker.untrusted, broker.refused, broker.denied
 */
export async function connectExternalGateway(options: ExternalGatewayOptions): Promise<ExternalGateway> {
  const gateway = new External(options);
  await gateway.open();
  return gateway;
}

class External implements ExternalGateway {
  readonly addresses: readonly Address[];
  readonly ca: string | undefined;
  readonly path: string | undefined;
  readonly #o: ExternalGatewayOptions;
  readonly #client: BrokerClient;
  readonly #up: ReadonlySet<string>;
  readonly #echoes = new EchoBook();
  readonly #counts = { received: 0, published: 0, echoes: 0, replays: 0, stale: 0 };
  readonly #refused: Record<string, number> = {};
  /** Parent topics that the session was subscribed to by a bridge before this one. */
  readonly #stale = new Set<string>();
  /** Has the broker all subscriptions, as long as it keeps the session? */
  #subscribed = false;
  #facts: BrokerFacts | undefined;
  #known: () => void = () => undefined;
  /** What the session has kept comes before it is known what the broker can: it waits for that. */
  readonly #ready = new Promise<void>((resolve) => {
    this.#known = resolve;
  });
  #closing: Promise<void> | undefined;

  constructor(options: ExternalGatewayOptions) {
    const { url, user, password, ca } = options.broker;
    const { transport, host, port, path } = url;
    this.#o = options;
    this.addresses = [{ kind: transport, host, port }];
    this.ca = ca;
    this.path = path;
    this.#up = new Set(options.topics.filter((topic) => topic.up).map((topic) => topic.name));
    this.#client = new BrokerClient({
      endpoint: { transport, host, port, ...(ca === undefined ? {} : { ca }), ...(path === undefined ? {} : { path }) },
      url: url.text,
      clientId: options.clientId,
      user,
      password,
      sessionExpiryS: options.keepSession ? KEPT_EXPIRY_S : RUN_EXPIRY_S,
      onMessage: (message) => this.#take(message),
      onConnected: (present) => void this.#connectedAgain(present),
      onResent: (topic, payload) => {
        if (this.broker.mqtt === '3.1.1' && this.#up.has(splitTopic(topic).parent)) this.#echoes.publishedAgain(topic, payload);
        options.onResent?.(payload);
      },
      onLost: (reason) => this.#tell('warn', `the connection to ${url.text} was lost: ${reason}`),
      onAway: (reason) => this.#tell('warn', `${url.text} cannot be connected to again yet: ${reason}`),
    });
  }

  get broker(): BrokerFacts {
    return this.#facts!;
  }

  async open(): Promise<void> {
    await this.#client.connect();
    try {
      const { version, limits } = this.#client;
      const maximumQos = version === '5.0' ? ((limits.maximumQoS ?? 2) as QoS) : await this.#probeQos();
      const sharedSubscription = version === '5.0' && (limits.sharedSubscriptionAvailable ?? true);
      const { url } = this.#o.broker;
      this.#facts = { url: url.text, mqtt: version, sharedSubscription, maximumQos, limits: this.#limitTexts(maximumQos) };
      this.#known();
      await this.#subscribe();
    } catch (error) {
      // What the session has kept is not lost by a bridge that could not begin.
      await this.#client.close(this.#o.keepSession);
      throw error;
    }
  }

  /** Publishes at the message's QoS; resolves when the broker has acknowledged. Whom it reaches the broker does not tell. */
  async deliver(message: DownMessage): Promise<undefined> {
    // Under the topic that subscriptions match: a broker knows no other to show.
    const topic = message.kind === 'topic' ? message.topic : p2pTopic(splitTopic(message.shownTopic).parent, message.clientId);
    const { payload } = message;
    const { mqtt, maximumQos } = this.broker;
    if (mqtt === '3.1.1' && this.#up.has(splitTopic(topic).parent)) this.#echoes.published(topic, payload);
    await this.#client.publish(topic, payload, Math.min(message.qos, maximumQos) as QoS);
    this.#counts.published += 1;
  }

  stats(): ExternalStats {
    return { ...this.#counts, refused: { ...this.#refused }, reconnects: this.#client.reconnects };
  }

  idle(): boolean {
    const { up, down } = this.#client.underWay;
    return this.#client.connected && up === 0 && down === 0;
  }

  again(): void {
    this.#client.reconnect('messages wait for their acknowledgement');
  }

  close(): Promise<void> {
    this.#closing ??= this.#client.close(this.#o.keepSession);
    return this.#closing;
  }

  #filters(): string[] {
    const { shareGroup } = this.#o;
    return [...this.#up].map((name) => (this.broker.sharedSubscription ? `$share/${shareGroup}/${name}/#` : `${name}/#`));
  }

  async #subscribe(): Promise<void> {
    this.#subscribed = false;
    const filters = this.#filters();
    if (filters.length === 0) return;
    const granted = await this.#client.subscribe(filters.map((filter) => ({ filter, qos: this.broker.maximumQos })));
    const refused = granted.findIndex((code) => code >= 0x80);
    if (refused < 0) {
      this.#subscribed = true;
      return;
    }
    const filter = filters[refused]!;
    const code = granted[refused]!;
    throw new CausewayError('broker.denied', {
      url: this.broker.url,
      what: `subscribe to ${filter}`,
      reason: `code ${code}`,
      filter,
    });
  }

  /** MQTT 3.1.1 says at a subscription only what QoS it will deliver. */
  async #probeQos(): Promise<QoS> {
    const filter = [...this.#up, 'causeway'][0]!;
    const probe = `${filter}/causeway-probe/${this.#o.clientId.replace(/[^\w-]/g, '-')}`;
    const [granted = 0] = await this.#client.subscribe([{ filter: probe, qos: 2 }]);
    await this.#client.unsubscribe([probe]);
    return granted > 2 ? 2 : (granted as QoS);
  }

  #limitTexts(maximumQos: QoS): string[] {
    const { version, limits } = this.#client;
    const texts: string[] = [];
    if (maximumQos < 2)
      texts.push(`it grants QoS ${maximumQos} at most: whatever asks for more is published and delivered at QoS ${maximumQos}`);
    if (version === '3.1.1')
      texts.push(
        'it speaks MQTT 3.1.1 only: no shared subscription, so one bridge carries all; its own messages are known by their content',
      );
    else if (limits.sharedSubscriptionAvailable === false)
      texts.push('it has no shared subscriptions: one bridge carries all messages');
    if (limits.retainAvailable === false) texts.push('it keeps no retained messages');
    if (limits.maximumPacketSize !== undefined) texts.push(`it takes packets of ${limits.maximumPacketSize} bytes at most`);
    return texts;
  }

  async #connectedAgain(present: boolean): Promise<void> {
    const { url } = this.broker;
    this.#tell('info', `connected to ${url} again${present ? '' : '; it has forgotten the session'}`);
    // Not only when the session is new: the subscriptions of a session before this one may have failed.
    if (present && this.#subscribed) return;
    await this.#subscribe().catch((error: unknown) => this.#tell('warn', String(error)));
  }

  /** Undefined: nothing to wait for, acknowledge at once. */
  #take(message: Received): Promise<void> | undefined {
    if (this.#facts === undefined) return this.#ready.then(() => this.#take(message));
    const { topic, payload, qos, dup, retain, userProperties, receivedUs } = message;
    const { parent } = splitTopic(topic);
    if (!this.#up.has(parent)) {
      this.#leave(parent);
      return undefined;
    }
    this.#counts.received += 1;
    if (retain) {
      this.#counts.replays += 1;
      return undefined;
    }
    const echo =
      this.broker.mqtt === '5.0'
        ? userProperties?.[LAB_PROPERTY.origin] === LOOP_MARK.causewayOrigin
        : this.#echoes.heard(topic, payload);
    if (echo) {
      this.#counts.echoes += 1;
      return undefined;
    }
    const { profile, limits, uplink } = this.#o;
    const fault = payload.length > limits.payloadBytes ? 'payload-too-large' : topicFault(topic, profile, limits.topicChars);
    if (fault !== undefined) {
      this.#refuse(topic, fault, REASONS[fault]);
      return undefined;
    }
    const unknown = { clientId: undefined, cleanSession: undefined };
    return uplink
      .publish({ ...unknown, topic, parent, payload, qos, retain: false, dup, will: false, receivedUs })
      .catch((error: unknown) => {
        // Sent again, it would fail again, and everything behind it would wait for it without end.
        if (!isUnstorable(error)) throw error;
        this.#refuse(topic, 'not-storable', error.message);
      });
  }

  /** Counts each; tells the first of a reason. */
  #refuse(topic: string, reason: string, text: string): void {
    if (this.#refused[reason] === undefined) this.#tell('warn', `a message on ${topic} is not carried: ${text}`);
    this.#refused[reason] = (this.#refused[reason] ?? 0) + 1;
  }

  /** Ends the subscription that a bridge before this one has left in the session. */
  #leave(parent: string): void {
    this.#counts.stale += 1;
    if (this.#stale.has(parent)) return;
    this.#stale.add(parent);
    this.#tell('warn', `messages of ${parent} are not carried any more: its subscription, left by an earlier bridge, is ended`);
    const filters = [`${parent}/#`];
    if (this.broker.mqtt === '5.0') filters.unshift(`$share/${this.#o.shareGroup}/${parent}/#`);
    // Lost with the connection: the next message of it asks again.
    this.#client.unsubscribe(filters).catch(() => this.#stale.delete(parent));
  }

  #tell(level: 'info' | 'warn', text: string): void {
    this.#o.onEvent?.({ kind: 'broker', level, text });
  }
}
