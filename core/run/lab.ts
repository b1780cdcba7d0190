/** The lab itself: MQ engine, bridge and gateway in this process, put together in one place for runs and for `causeway gateway`. */
import { createBridge } from '../bridge/bridge.ts';
import { PresenceTopics } from '../bridge/presenceTopics.ts';
import type { Bridge, BridgeEvent, BridgeOptions, MappingFunctions, PathObserver, Tamper } from '../bridge/types.ts';
import type { Clock } from '../clock.ts';
import type { CredentialBook } from '../credentials/book.ts';
import { MqGuard } from '../credentials/mqGuard.ts';
import { Verifier } from '../credentials/verifier.ts';
import { type BrokerConnection, connectExternalGateway, type ExternalGateway } from '../external/externalGateway.ts';
import { createGateway } from '../gateway/gateway.ts';
import type {
  CredentialOptions,
  Gateway,
  GatewayEvent,
  GatewayOptions,
  Limits,
  ListenerSpec,
  MqttSide,
  Profile,
  TlsFiles,
  Uplink,
} from '../gateway/types.ts';
import { connectMq, type ExternalConnection } from '../mq/connect.ts';
import { createEmbeddedMq } from '../mq/embedded/embeddedMq.ts';
import type { MqEngine } from '../mq/engine.ts';
import { News } from '../news.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { TopicSpec } from '../scenario/model.ts';

export interface LabCredentials {
  readonly book: CredentialBook;
  /** The only instance served; absent: all that the accounts have. */
  readonly instance?: string;
  /** Milliseconds before a token's expiry at which its holder is told. Default 5 minutes. */
  readonly noticeMs?: number;
  /** Devices that ask for neither mode are let in. Default false. The MQ port always asks. */
  readonly optional?: boolean;
}

export interface LabOptions {
  readonly profile: Profile;
  readonly topics: readonly TopicSpec[];
  readonly listeners: readonly ListenerSpec[];
  readonly tls?: TlsFiles;
  readonly limits?: Partial<Limits>;
  readonly users?: Readonly<Record<string, string>>;
  /** Accounts and tokens, asked for at the gateway and at the MQ port. */
  readonly credentials?: LabCredentials;
  /** Write connect, disconnect and tcpclean records to MQ topics `{GroupID}_MQTT`. Default false. */
  readonly events?: boolean;
  /** An engine that runs by itself, in place of the embedded one: `mqListen`, `storage`, `folder` and `fsync` then mean nothing. */
  readonly mq?: ExternalConnection;
  /** MQ consumer group of the bridge. Default `causeway-bridge`. */
  readonly bridgeGroup?: string;
  /** Groups of this lab alone, and their topics: removed from the engine at the end, where it keeps them. */
  readonly ownGroups?: readonly { readonly name: string; readonly topics: readonly string[] }[];
  /** Where the embedded MQ listens for services; absent: only in this process. */
  readonly mqListen?: { readonly host: string; readonly port: number };
  readonly storage: 'memory' | 'file';
  readonly folder?: string;
  readonly fsync: 'always' | 'interval' | 'never';
  /** Told when files of the MQ can no longer be written. */
  readonly onStorageFailure?: (error: CausewayError) => void;
  readonly observer?: PathObserver;
  readonly tamper?: Tamper;
  /** In place of the lab's own mapping functions, to prove that its checks notice a wrong one. */
  readonly mapping?: Partial<MappingFunctions>;
  /** The gateway's clock, for the age of offline messages. Default `nowUs`. */
  readonly gatewayClock?: Clock;
  readonly onEvent?: (event: GatewayEvent | BridgeEvent) => void;
}

/** A broker that runs by itself, in place of the lab's own gateway. */
export interface BrokerLabOptions
  extends Omit<LabOptions, 'listeners' | 'tls' | 'users' | 'credentials' | 'events' | 'gatewayClock'> {
  readonly broker: {
    readonly connection: BrokerConnection;
    readonly clientId: string;
    readonly shareGroup: string;
    readonly keepSession: boolean;
  };
}

/** Messages of a topic that retention took before a group had read them. */
export interface Overrun {
  readonly group: string;
  readonly topic: string;
  readonly messages: number;
}

export interface Lab<Side extends MqttSide = Gateway> {
  readonly gateway: Side;
  readonly engine: MqEngine;
  /** The bridge now at work: another object after `restartBridge`. */
  readonly bridge: Bridge;
  /** Drains and closes the bridge and opens another of the same group; a device that publishes meanwhile is closed and sends again. */
  restartBridge(): Promise<void>;
  readonly mqAddress: { readonly host: string; readonly port: number } | undefined;
  /** Messages that consumers of all groups have not settled yet; undefined: this engine does not tell. */
  lag(): Promise<number | undefined>;
  /** What retention of the embedded engine took before a group had read it; nothing is known of other engines. */
  overrun(): Promise<readonly Overrun[]>;
  /** With `events`. */
  readonly presence?: PresenceTopics | undefined;
  /** Ends listeners first, then drains the bridge, then closes the engine. Idempotent. */
  close(drainMs?: number): Promise<{ readonly notDrained: number }>;
}

const TOPICS_AT_ONCE = 20;
/**
 * A broker outside may be away for long, and what waits for it is handed over when it is back. Delivered again meanwhile, a
 * message would wait there twice, and in the end be taken for one that nobody can deliver. A week.
 */
const BROKER_HANDOVER_MS = 7 * 24 * 3600 * 1000;

/**
 * Starts engine, bridge and gateway; when a later one fails, those already open are closed again.
 * @throws CausewayError port.taken, port.denied, folder.unwritable; those of connectMq and of creating topics
 */
export function startLab(options: LabOptions): Promise<Lab>;
export function startLab(options: BrokerLabOptions): Promise<Lab<ExternalGateway>>;
export function startLab(options: LabOptions | BrokerLabOptions): Promise<Lab<Gateway | ExternalGateway>>;
export async function startLab(options: LabOptions | BrokerLabOptions): Promise<Lab<Gateway | ExternalGateway>> {
  const onEvent = options.onEvent;
  const news = new News();
  const tellMq = (text: string): void => {
    if (news.is(text)) onEvent?.({ kind: 'mq', text });
  };
  const opened: (() => Promise<unknown>)[] = [];
  try {
    const { engine, mqAddress, lag, overrun } =
      options.mq === undefined ? await openEmbedded(options) : await openExternal(options.mq, tellMq);
    opened.push(() => engine.close());
    await createTopics(engine, options);
    const limits = {
      payloadBytes: options.limits?.payloadBytes ?? 65_536,
      topicChars: options.limits?.topicChars ?? (options.profile === 'strict' ? 64 : 65_535),
    };
    const bridgeOptions: BridgeOptions = {
      engine,
      profile: options.profile,
      limits,
      topics: options.topics
        .filter((t) => t.direction !== 'none')
        .map((t) => ({ name: t.name, up: t.direction !== 'down', down: t.direction !== 'up' })),
      ...(options.bridgeGroup === undefined ? {} : { group: options.bridgeGroup }),
      ...(options.observer === undefined ? {} : { observer: options.observer }),
      ...(options.tamper === undefined ? {} : { tamper: options.tamper }),
      ...(options.mapping === undefined ? {} : { mapping: options.mapping }),
      ...('broker' in options ? { handoverMs: BROKER_HANDOVER_MS } : {}),
      ...(onEvent === undefined ? {} : { onEvent }),
    };
    let bridge = await createBridge(bridgeOptions);
    opened.push(() => bridge.close());
    const messageTopics = new Set(options.topics.map((t) => t.name));
    const presence =
      'events' in options && options.events === true ? await PresenceTopics.open(engine, messageTopics) : undefined;
    if (presence !== undefined) opened.push(() => presence.close());
    const uplink: Uplink = { publish: (message) => bridge.uplink.publish(message) };
    const gateway =
      'broker' in options
        ? await openBroker(options, limits, uplink)
        : await createGateway(gatewayOptions(options, uplink, presence), options.gatewayClock);
    opened.push(() => gateway.close());
    await bridge.start(gateway);

    let closing: Promise<{ notDrained: number }> | undefined;
    const close = async (drainMs?: number): Promise<{ notDrained: number }> => {
      // The way down stops first (nothing is handed to a closing gateway), then devices, then what they had sent is drained.
      const drained = await bridge.close(drainMs);
      await gateway.close();
      await presence?.close();
      await removeGroups(engine, options.ownGroups ?? [], tellMq);
      await engine.close();
      return drained;
    };
    return {
      gateway,
      engine,
      get bridge() {
        return bridge;
      },
      restartBridge: async () => {
        await bridge.close();
        const next = await createBridge(bridgeOptions);
        bridge = next;
        await next.start(gateway);
        // What was refused meanwhile a gateway's devices send again by themselves.
        if ('broker' in gateway) gateway.again();
      },
      mqAddress,
      lag,
      overrun,
      presence,
      close: (drainMs) => {
        closing ??= close(drainMs);
        return closing;
      },
    };
  } catch (error) {
    for (const close of opened.reverse()) await close().catch(() => undefined);
    throw error;
  }
}

function gatewayOptions(options: LabOptions, uplink: Uplink, presence: PresenceTopics | undefined): GatewayOptions {
  const { profile, topics, listeners, credentials, observer, limits, tls, users, onEvent } = options;
  return {
    profile,
    topics: topics.map((t) => ({ name: t.name, bridge: t.direction === 'up' || t.direction === 'both' })),
    listeners,
    uplink,
    ...(observer?.localReceived === undefined ? {} : { onLocalPublish: observer.localReceived }),
    ...(limits === undefined ? {} : { limits }),
    ...(tls === undefined ? {} : { tls }),
    ...(users === undefined ? {} : { users }),
    ...(credentials === undefined ? {} : { credentials: gatewayCredentials(credentials) }),
    ...(presence === undefined ? {} : { onPresence: (record) => presence.tell(record) }),
    ...(onEvent === undefined ? {} : { onEvent }),
  };
}

function openBroker(
  { broker, profile, topics, observer, onEvent }: BrokerLabOptions,
  limits: Pick<Limits, 'payloadBytes' | 'topicChars'>,
  uplink: Uplink,
): Promise<ExternalGateway> {
  const { connection, ...own } = broker;
  const carried = topics.map((t) => ({ name: t.name, up: t.direction === 'up' || t.direction === 'both' }));
  return connectExternalGateway({
    broker: connection,
    ...own,
    profile,
    limits,
    topics: carried,
    uplink,
    onEvent,
    onResent: observer?.downResent,
  });
}

type OpenedEngine = Pick<Lab, 'engine' | 'mqAddress' | 'lag' | 'overrun'>;

async function openEmbedded(options: LabOptions | BrokerLabOptions): Promise<OpenedEngine> {
  const { folder, onStorageFailure, mqListen } = options;
  const credentials = 'credentials' in options ? options.credentials : undefined;
  const engine = await createEmbeddedMq({
    storage: options.storage,
    fsync: options.fsync,
    ...(folder === undefined ? {} : { folder }),
    ...(onStorageFailure === undefined ? {} : { onFailure: onStorageFailure }),
  });
  const guard = credentials === undefined ? undefined : new MqGuard(credentials.book);
  try {
    const mqAddress = mqListen === undefined ? undefined : await engine.listen(mqListen, guard);
    const lag = async (): Promise<number> => (await engine.groups()).reduce((sum, group) => sum + group.lag, 0);
    const overrun = async (): Promise<Overrun[]> =>
      (await engine.groups()).flatMap(({ group, topic, skipped }) =>
        skipped === 0 ? [] : [{ group, topic, messages: skipped }],
      );
    return { engine, mqAddress, lag, overrun };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openExternal(connection: ExternalConnection, onLog: (line: string) => void): Promise<OpenedEngine> {
  const engine = await connectMq(connection, { name: 'causeway-bridge', onLog });
  return { engine, mqAddress: undefined, lag: async () => undefined, overrun: async () => [] };
}

/** A topic that an outside engine has already is used as it is: it may be somebody else's. */
async function createTopics(engine: MqEngine, { topics, onEvent }: Pick<LabOptions, 'topics' | 'onEvent'>): Promise<void> {
  const create = async ({ name, partitions }: TopicSpec): Promise<void> => {
    try {
      await engine.createTopic({ name, partitions });
    } catch (error) {
      // Whether it is there matters only now; when even that cannot be told, why it was not created does.
      const found = await engine.partitionsOf(name).catch(() => undefined);
      if (found === undefined) throw error;
      onEvent?.({ kind: 'warning', topic: name, warning: `is there already, with ${found} partitions` });
    }
  };
  const wanted = topics.filter((topic) => topic.direction !== 'none');
  // Not one by one, which takes long where each is a journey to a controller; nor all at once.
  for (let i = 0; i < wanted.length; i += TOPICS_AT_ONCE) await Promise.all(wanted.slice(i, i + TOPICS_AT_ONCE).map(create));
}

/** What cannot be removed is left to the engine, and named: the work is done, and its result must not depend on this. */
async function removeGroups(
  engine: MqEngine,
  groups: NonNullable<LabOptions['ownGroups']>,
  tell: (text: string) => void,
): Promise<void> {
  for (const [i, { name, topics }] of groups.entries()) {
    try {
      await engine.removeGroup?.(name, topics);
    } catch (error) {
      // An MQ that is away is away for the others too, and each would be waited for.
      const away = error instanceof CausewayError && error.code === 'mq.connection-lost';
      const left = (away ? groups.slice(i) : [groups[i]!]).map((group) => group.name);
      tell(`left in the MQ, with its positions or queues: group ${left.join(', ')}: ${messageOf(error)}`);
      if (away) return;
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function gatewayCredentials({ book, instance, noticeMs, optional = false }: LabCredentials): CredentialOptions {
  const verifier = new Verifier(book, instance === undefined ? {} : { instance });
  return { verifier, optional, ...(noticeMs === undefined ? {} : { noticeMs }) };
}
