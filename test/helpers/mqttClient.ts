/** A real MQTT client (MQTT.js) for tests: connects, collects what arrives, closes. */
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { QoS } from '../../core/gateway/types.ts';

export interface Collected {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly dup: boolean;
  readonly retain: boolean;
}

export interface TestClient {
  readonly client: MqttClient;
  /** Everything that arrived, in order. */
  readonly messages: Collected[];
  readonly sessionPresent: boolean;
  /** DISCONNECT and close (`force`: without DISCONNECT). Idempotent. */
  close(force?: boolean): Promise<void>;
}

/** Connects to 127.0.0.1 (or `url`); rejects with MQTT.js' error (`code` is the CONNACK return code) when refused. No reconnects. */
export async function connectMqtt(port: number, options: IClientOptions & { readonly url?: string } = {}): Promise<TestClient> {
  const { url, ...rest } = options;
  const client = mqtt.connect(url ?? `mqtt://127.0.0.1:${port}`, {
    reconnectPeriod: 0,
    connectTimeout: 10_000,
    clean: true,
    protocolVersion: 4,
    ...rest,
  });
  const messages: Collected[] = [];
  client.on('message', (topic, payload, packet) => {
    messages.push({ topic, payload, qos: packet.qos, dup: packet.dup, retain: packet.retain });
  });
  const sessionPresent = await new Promise<boolean>((resolve, reject) => {
    client.once('connect', (packet) => resolve(packet.sessionPresent));
    client.once('error', (error) => {
      client.end(true);
      reject(error);
    });
    client.once('close', () => reject(new Error('connection closed before CONNACK')));
  });
  // A later error (a broker that closes the connection, say) is what the test itself observes.
  client.on('error', () => {});
  return { client, messages, sessionPresent, close: (force = false) => client.endAsync(force) };
}
