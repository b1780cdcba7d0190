/** A device of the conformance suite: MQTT.js, a client the lab has not made itself. */
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import type { QoS } from '../gateway/types.ts';

/** A PUBLISH as it came from the gateway. */
export interface Arrival {
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly payload: Buffer;
}

export interface PublishOptions {
  readonly qos: QoS;
  readonly retain?: boolean;
  readonly dup?: boolean;
  /** MQTT 5 only. */
  readonly userProperties?: Readonly<Record<string, string>>;
}

/** CONNECT was answered with another code than 0, or with nothing. */
export class ConnectRefused extends Error {
  /** The return code of CONNACK; undefined: the connection was closed without one. */
  readonly code: number | undefined;

  constructor(code: number | undefined, reason: string) {
    super(reason);
    this.name = 'ConnectRefused';
    this.code = code;
  }
}

/** Granted code of a refused subscription. */
export const REFUSED = 128;

export interface DeviceEvents {
  /** Called for every PUBLISH that arrives. */
  readonly onArrival: (device: Device, arrival: Arrival) => void;
}

export class Device {
  readonly name: string;
  readonly clientId: string;
  readonly sessionPresent: boolean;
  readonly clean: boolean;
  /** What arrived, in order, without fences and without what is not of this case. */
  readonly arrivals: Arrival[] = [];
  /** Numbers of the fences that arrived. */
  readonly fences = new Set<number>();
  /** Whether it was subscribed to fences. */
  fenced = false;
  /** From now on it acknowledges nothing more, as a device that loses its power in the middle. */
  silent = false;
  readonly #client: MqttClient;
  #closing: Promise<void> | undefined;

  constructor(name: string, client: MqttClient, sessionPresent: boolean) {
    this.name = name;
    this.clientId = client.options.clientId ?? '';
    this.clean = client.options.clean ?? true;
    this.sessionPresent = sessionPresent;
    this.#client = client;
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  /** The code granted: 0 to 2, or 128 for a refusal. */
  async subscribe(filter: string, qos: QoS): Promise<number> {
    return await new Promise<number>((resolve, reject) => {
      this.#client.subscribe(filter, { qos }, (error, granted, packet) => {
        const code = packet?.granted[0];
        if (typeof code === 'number') resolve(code);
        else if (error === null) resolve(granted?.[0]?.qos ?? REFUSED);
        else reject(error);
      });
    });
  }

  /** Resolves when it is written (QoS 0) or acknowledged. */
  async publish(topic: string, payload: Buffer, options: PublishOptions): Promise<void> {
    const { qos, retain = false, dup = false, userProperties } = options;
    await this.#client.publishAsync(topic, payload, {
      qos,
      retain,
      dup,
      ...(userProperties === undefined ? {} : { properties: { userProperties: { ...userProperties } } }),
    });
  }

  /** DISCONNECT and close. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#client.connected ? this.#client.endAsync(false) : this.#client.endAsync(true);
    return this.#closing;
  }

  /** Closes the connection without DISCONNECT: a Will is due. */
  cut(): Promise<void> {
    this.#closing ??= this.#client.endAsync(true);
    return this.#closing;
  }
}

const arrivalOf = (topic: string, payload: Buffer, packet: IPublishPacket): Arrival => ({
  topic,
  qos: packet.qos,
  retain: packet.retain,
  dup: packet.dup,
  payload,
});

/** Connects once, without reconnecting. @throws ConnectRefused */
export async function connectDevice(
  name: string,
  url: string,
  options: IClientOptions,
  events: DeviceEvents,
  timeoutMs: number,
): Promise<Device> {
  const client = mqtt.connect(url, { ...options, reconnectPeriod: 0, connectTimeout: timeoutMs, resubscribe: false });
  const early: Arrival[] = [];
  let device: Device | undefined;
  client.on('message', (topic, payload, packet) => {
    const arrival = arrivalOf(topic, payload, packet);
    // A kept message may come in the same chunk as CONNACK, before anybody could have listened.
    if (device === undefined) early.push(arrival);
    else events.onArrival(device, arrival);
  });
  client.handleMessage = (_packet, done) => {
    if (device?.silent !== true) done();
  };
  const sessionPresent = await new Promise<boolean>((resolve, reject) => {
    client.once('connect', (packet) => resolve(packet.sessionPresent));
    client.once('error', (error) => {
      const code = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
      client.end(true);
      reject(new ConnectRefused(code, error.message));
    });
    client.once('close', () => reject(new ConnectRefused(undefined, 'connection closed before CONNACK')));
  });
  // Errors from here on show as a lost connection, which is what the cases look at.
  client.on('error', () => undefined);
  device = new Device(name, client, sessionPresent);
  for (const arrival of early) events.onArrival(device, arrival);
  return device;
}
