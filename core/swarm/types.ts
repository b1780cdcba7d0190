/** Simulated MQTT clients: many in one thread, MQTT 3.1.1 over mqtt-packet and plain sockets. */
import type { QoS } from '../gateway/types.ts';

export type Transport = 'tcp' | 'ws' | 'tls' | 'wss';

export interface Endpoint {
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
  /** Certificate authority (PEM) to trust for tls and wss. */
  readonly ca?: string;
  /** Path for ws and wss. Default `/mqtt`. */
  readonly path?: string;
}

export interface SimClientOptions {
  readonly clientId: string;
  readonly cleanSession: boolean;
  /** Seconds; 0 turns keepalive off. */
  readonly keepAliveS: number;
  readonly username?: string;
  readonly password?: string;
  readonly will?: { readonly topic: string; readonly payload: Uint8Array; readonly qos: QoS; readonly retain: boolean };
  /** Source address, to spread clients over 127.0.0.0/8 when ports run out. */
  readonly localAddress?: string;
  /** Unacknowledged QoS 1/2 publishes on the wire at once; more wait in order. Default 20. */
  readonly maxInflight?: number;
  /** Publishes of QoS 1/2 waiting while offline or behind the window; the next is refused ('queue-full'). Default 1,000. */
  readonly maxQueued?: number;
}

/** Shared by all clients of a swarm, so a client costs no closures. `client.tag` tells whose event it is. */
export interface SwarmEvents {
  /** CONNACK accepted; subscriptions are not yet restored when sessionPresent is false. */
  onConnected?(client: SimClientApi, sessionPresent: boolean): void;
  /** `code` 1..5 is the CONNACK return code of a refusal; undefined otherwise. */
  onClosed?(client: SimClientApi, reason: string, code?: number): void;
  /** The payload is the owner's to keep. QoS 2: told once, at the PUBLISH. */
  onMessage?(client: SimClientApi, topic: string, payload: Buffer, qos: QoS, dup: boolean, retain: boolean): void;
  /** Just before the first write of a PUBLISH: the payload may be stamped in place, its length may not change. */
  onSend?(client: SimClientApi, payload: Buffer, token: number): void;
  /** Again on the wire with DUP=1 after a reconnect. */
  onResend?(client: SimClientApi, payload: Buffer, token: number): void;
  /** QoS 0: written. QoS 1: PUBACK. QoS 2: PUBCOMP. */
  onDone?(client: SimClientApi, token: number, qos: QoS): void;
}

export type PublishOutcome = 'sent' | 'queued' | 'dropped-offline' | 'queue-full';

export interface SimClientApi {
  readonly options: SimClientOptions;
  /** Free for the owner: index of the actor, say. */
  tag: number;
  readonly connected: boolean;
  /** Publishes not yet acknowledged, waiting ones included. */
  readonly pending: number;
  /** The password of the next CONNECT, in place of that of its options (a token that was renewed, say). */
  setPassword(password: string): void;
  /** Connects, and from then on reconnects by itself with jittered backoff until `end()` or `goOffline()`. */
  connect(): void;
  /** QoS 0 while offline is dropped ('dropped-offline'), as a real device without network would; QoS 1/2 wait in order. At QoS 1/2 the payload belongs to the client until onDone. */
  publish(topic: string, payload: Buffer, qos: QoS, retain: boolean, token: number): PublishOutcome;
  /** Publishes of that token that are not acknowledged are not sent again: they were good for one connection only. Returns how many. */
  forget(token: number): number;
  /**
   * Resolves with the granted QoS (128: refused, or the client ended before an answer) per filter. Remembered and renewed
   * when a session is not present. Rejects with input.argument for a filter that MQTT can't carry.
   */
  subscribe(filters: readonly { readonly filter: string; readonly qos: QoS }[]): Promise<number[]>;
  /** Loses the network without DISCONNECT, and stays away until `goOnline()`. Session state is kept as the MQTT session says. */
  goOffline(): void;
  goOnline(): void;
  /** DISCONNECT and close; resolves when the socket is gone. What is unacknowledged stays; `connect()` takes up again. */
  end(): Promise<void>;
}

export interface SwarmStats {
  readonly clients: number;
  readonly connected: number;
  readonly reconnects: number;
  readonly refusedConnects: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}
