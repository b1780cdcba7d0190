import type { IClientOptions } from 'mqtt';
import { createBridge } from '../../../core/bridge/bridge.ts';
import type { Bridge, BridgeOptions } from '../../../core/bridge/types.ts';
import { createGateway } from '../../../core/gateway/gateway.ts';
import type { Gateway, Profile, QoS } from '../../../core/gateway/types.ts';
import { createEmbeddedMq } from '../../../core/mq/embedded/embeddedMq.ts';
import { deadLetterTopic, type MqDelivery, type MqEngine, type MqProducer } from '../../../core/mq/engine.ts';
import { connectMqtt, type TestClient } from '../../helpers/mqttClient.ts';
import { waitFor } from '../../helpers/waitFor.ts';

export const GROUP = 'bridge-under-test';

export interface World {
  readonly engine: MqEngine;
  readonly gateway: Gateway;
  readonly bridge: Bridge;
  /** Everything stored in the parent topics, and in the dead-letter topic, in order. */
  readonly stored: MqDelivery[];
  readonly letters: MqDelivery[];
  /** Connects a device and subscribes it. */
  device(
    clientId: string,
    filters?: Readonly<Record<string, QoS>>,
    options?: IClientOptions & { readonly clean?: boolean },
  ): Promise<TestClient>;
  send(properties: Record<string, string>, body?: string | Buffer, topic?: string): Promise<void>;
  /**
   * Sends a message to all subscribers of p/marker and waits until this device has it: whatever was sent before has arrived.
   * At QoS 2, for a QoS 2 message is handed over at its PUBREL only, and could be overtaken by one of QoS 1.
   */
  marker(device: TestClient): Promise<void>;
  close(): Promise<void>;
}

/** Engine, bridge and gateway in this process; `p` and `$SYS` go both ways. One partition, so that MQ keeps the order of all. */
export async function aWorld(profile: Profile = 'strict', over: Partial<BridgeOptions> = {}): Promise<World> {
  const engine = over.engine ?? (await createEmbeddedMq({ storage: 'memory' }));
  const names = ['p', '$SYS'];
  for (const name of names) await engine.createTopic({ name, partitions: 1 });
  const limits = { payloadBytes: 65_536, topicChars: profile === 'strict' ? 64 : 65_535 };
  const bridge = await createBridge({
    engine,
    topics: names.map((name) => ({ name, up: true, down: true })),
    profile,
    limits,
    group: GROUP,
    ...over,
  });
  const gateway = await createGateway({
    profile,
    topics: names.map((name) => ({ name, bridge: true })),
    listeners: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
    uplink: bridge.uplink,
  });
  await bridge.start(gateway);
  const stored: MqDelivery[] = [];
  const letters: MqDelivery[] = [];
  const watch = (topics: readonly string[], into: MqDelivery[]): Promise<unknown> =>
    engine.consume({ group: `watch-${topics[0]}`, topics, mode: 'clustering', ordered: true }, (delivery) => {
      into.push(delivery);
    });
  await watch(['p'], stored);
  await watch([deadLetterTopic(GROUP)], letters);
  const producer: MqProducer = await engine.producer();
  const devices: TestClient[] = [];
  let markers = 0;
  return {
    engine,
    gateway,
    bridge,
    stored,
    letters,
    device: async (clientId, filters = {}, options = {}) => {
      const device = await connectMqtt(gateway.addresses[0]!.port, { clientId, ...options });
      devices.push(device);
      for (const [filter, qos] of Object.entries(filters)) await device.client.subscribeAsync(filter, { qos });
      return device;
    },
    send: async (properties, body = 'x', topic = 'p') => {
      await producer.send({ topic, properties, body: Buffer.from(body) });
    },
    marker: async (device) => {
      markers += 1;
      const body = `marker ${markers}`;
      await producer.send({ topic: 'p', properties: { mqttSecondTopic: '/marker', qoslevel: '2' }, body: Buffer.from(body) });
      await waitFor(body, () => device.messages.some((message) => message.payload.toString() === body));
    },
    close: async () => {
      for (const device of devices) await device.close(true);
      await bridge.close();
      await gateway.close();
      await engine.close();
    },
  };
}

/** What a device got, markers left out, as `topic qos body`. */
export function got(device: TestClient): string[] {
  return device.messages
    .filter((message) => !message.payload.toString().startsWith('marker '))
    .map((message) => `${message.topic} ${message.qos} ${message.payload.toString()}`);
}
