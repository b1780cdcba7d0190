/** What the gateway and its surroundings say to each other. Nothing here knows Aedes. */
import type { Verifier } from '../credentials/verifier.ts';
import type { PresenceRecord } from './presence.ts';

export type QoS = 0 | 1 | 2;
export type Profile = 'strict' | 'lenient';

/** One accepted PUBLISH of a device (or its Will) under a bridged parent topic, on its way to MQ. */
export interface UpPublish {
  /** Undefined: unknown, as an external broker does not tell its subscribers who published. */
  readonly clientId: string | undefined;
  /** Whole topic as published, e.g. `home/floor1/t`; `parent` is its first level. */
  readonly topic: string;
  readonly parent: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly retain: boolean;
  /** The PUBLISH carried DUP=1: it may be a second copy. */
  readonly dup: boolean;
  /** The publisher's CONNECT clean-session flag; undefined: unknown, as above. */
  readonly cleanSession: boolean | undefined;
  readonly will: boolean;
  /** `nowUs()` when the gateway had read the packet. */
  readonly receivedUs: number;
}

/**
 * Where the gateway hands device messages on. The promise settles when the MQ engine has acknowledged; PUBACK or
 * PUBREC waits for it. A rejection means "not stored": the gateway closes that client without acknowledging, so a
 * device that kept its message sends it again. Calls for one client are made one after another.
 */
export interface Uplink {
  publish(message: UpPublish): Promise<void>;
}

/** A message from MQ (or a P2P message of another device) to be delivered to devices. Retain is always 0. */
export type DownMessage =
  | {
      readonly kind: 'topic';
      /** Topic that subscriptions are matched against. */
      readonly topic: string;
      /** Topic the receivers see; the same unless mqttRealTopic says otherwise. */
      readonly shownTopic: string;
      readonly qos: QoS;
      readonly payload: Buffer;
    }
  | {
      readonly kind: 'p2p';
      readonly clientId: string;
      readonly shownTopic: string;
      readonly qos: QoS;
      /** The sender's flag: true keeps nothing for an offline receiver. */
      readonly cleanSession: boolean;
      readonly payload: Buffer;
    };

/** To how many sessions a message went. `stored`: kept for offline persistent sessions. `dropped`: P2P target unknown or offline and not kept. */
export interface DownReport {
  readonly online: number;
  readonly stored: number;
  readonly dropped: number;
}

export interface Limits {
  /** Bytes of payload; one more is refused. Default 65,536. */
  readonly payloadBytes: number;
  /** Characters of a whole topic. Default 64 strict, 65,535 lenient. */
  readonly topicChars: number;
  /** Default 64 strict, 65,535 lenient. */
  readonly clientIdChars: number;
  /** Default 30 strict, unlimited (Infinity) lenient. */
  readonly subscriptionsPerClient: number;
  /** Messages kept for one offline session. Default 10,000. */
  readonly offlineMessages: number;
  /** Default 3 days. */
  readonly offlineMs: number;
}

export interface ListenerSpec {
  readonly kind: 'tcp' | 'ws' | 'tls' | 'wss';
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface TlsFiles {
  readonly key: string;
  readonly cert: string;
  readonly ca?: string;
}

export interface GatewayOptions {
  readonly profile: Profile;
  /** Parent topics devices may publish to. `bridge` false: MQTT only, not handed to the uplink. */
  readonly topics: readonly { readonly name: string; readonly bridge: boolean }[];
  readonly listeners: readonly ListenerSpec[];
  readonly limits?: Partial<Limits>;
  /** PEM texts; absent with a tls or wss listener: a self-made certificate for localhost. */
  readonly tls?: TlsFiles;
  /** User name to password. Absent: anonymous access (only sensible on loopback). */
  readonly users?: Readonly<Record<string, string>>;
  /** Signature and token modes; see docs/credentials.md. With `users` too, names that ask for neither mode are looked up there. */
  readonly credentials?: CredentialOptions;
  readonly uplink?: Uplink;
  /** An accepted PUBLISH on a topic that is not bridged has been read. For measuring; called for every such message: must be cheap. */
  readonly onLocalPublish?: (payload: Buffer, receivedUs: number) => void;
  /** Told of every connect, DISCONNECT and end of a connection. */
  readonly onPresence?: (record: PresenceRecord) => void;
  /** A subscriber that takes no bytes for this long is closed, so that it cannot starve others. Default 2,000. */
  readonly stalledMs?: number;
  readonly onEvent?: (event: GatewayEvent) => void;
}

export interface CredentialOptions {
  readonly verifier: Verifier;
  /** Milliseconds before its expiry at which a token's holder is told; at most half of the token's life. Default 5 minutes. */
  readonly noticeMs?: number;
  /** Clients whose user name asks for neither mode are let in as if there were no credentials. Default false. */
  readonly optional?: boolean;
}

/** What the credentials of clients have come to; codes are those of `$SYS/tokenInvalidNotice`. */
export interface CredentialStats {
  /** Tokens taken over $SYS/uploadToken. */
  readonly renewed: number;
  /** Expiry notices sent. */
  readonly notices: number;
  /** Connections refused, and connections closed, by code. */
  readonly refusedByCode: Readonly<Record<string, number>>;
  readonly closedByCode: Readonly<Record<string, number>>;
}

/** Things worth a line in the event log. Never one per message: repeated refusals are counted in the stats. */
export type GatewayEvent =
  | { readonly kind: 'connected' | 'disconnected'; readonly clientId: string; readonly reason?: string }
  | {
      readonly kind: 'refused';
      readonly what: 'connect' | 'publish' | 'subscribe';
      readonly clientId: string;
      readonly reason: RefusalReason;
      readonly value: string;
    }
  /** About the connection to an external broker. */
  | { readonly kind: 'broker'; readonly level: 'info' | 'warn'; readonly text: string };

export type RefusalReason =
  | 'client-id-empty'
  | 'client-id-too-long'
  | 'client-id-control-character'
  | 'not-authorised'
  | 'credentials-account'
  | 'credentials-forged'
  | 'credentials-expired'
  | 'credentials-revoked'
  | 'credentials-resource'
  | 'credentials-permission'
  | 'credentials-signature'
  | 'topic-unknown-parent'
  | 'topic-too-long'
  | 'topic-invalid'
  | 'topic-reserved'
  | 'payload-too-large'
  | 'too-many-subscriptions'
  | 'filter-invalid'
  | 'qos2-persistent-session'
  | 'uplink-failed'
  | 'stalled';

export interface GatewayStats {
  readonly connected: number;
  readonly sessions: number;
  readonly published: number;
  readonly delivered: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** P2P messages whose target was unknown, and those dropped because it was offline. */
  readonly p2pUnknown: number;
  readonly p2pDropped: number;
  /** Offline messages kept now, and dropped for a limit or their age. */
  readonly offlineStored: number;
  readonly offlineDropped: number;
  /** QoS 0 messages not written because their receiver was too far behind. */
  readonly slowDropped?: number;
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>;
  /** With credentials only. */
  readonly credentials?: CredentialStats;
}

export interface Address {
  readonly kind: ListenerSpec['kind'];
  readonly host: string;
  readonly port: number;
}

/** What bridge and runner need of the MQTT side, be it the lab's own gateway or a broker outside. */
export interface MqttSide {
  /** Where devices connect. */
  readonly addresses: readonly Address[];
  /** Path of ws and wss addresses; undefined: any will do. */
  readonly path?: string | undefined;
  /** Certificate authorities (PEM) that clients must trust in place of the system's. */
  readonly ca: string | undefined;
  /**
   * Resolves when the message was handed to every matching session (online: written or queued; offline: stored), or to
   * an external broker, which does not report to whom: undefined.
   */
  deliver(message: DownMessage): Promise<DownReport | undefined>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface Gateway extends MqttSide {
  deliver(message: DownMessage): Promise<DownReport>;
  stats(): GatewayStats;
  /** Has this client a connection? */
  online(clientId: string): boolean;
  /** The sessions of a client, for the curious and for tests. */
  session(clientId: string):
    | {
        readonly connected: boolean;
        readonly cleanSession: boolean;
        readonly subscriptions: readonly { readonly filter: string; readonly qos: QoS }[];
        /** Messages waiting for its connection, or for room in the window of those not acknowledged. */
        readonly queued: number;
      }
    | undefined;
  /** Stops listening, ends every client, waits for uplink calls under way. Idempotent. */
  close(): Promise<void>;
}
