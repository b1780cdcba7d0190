/** A gateway on a free port of 127.0.0.1 with a scripted uplink, and clients that are closed with it. */
import type { IClientOptions } from 'mqtt';
import type { Clock } from '../../core/clock.ts';
import { createGateway } from '../../core/gateway/gateway.ts';
import type { Gateway, GatewayEvent, GatewayOptions, UpPublish } from '../../core/gateway/types.ts';
import { connectMqtt, type TestClient } from './mqttClient.ts';

export interface GatewayRig {
  readonly gateway: Gateway;
  readonly port: number;
  /** Everything the uplink was called with, in order. */
  readonly up: UpPublish[];
  readonly events: GatewayEvent[];
  /** What the uplink answers; may be replaced at any time. Default: stored at once. */
  answer: (message: UpPublish) => Promise<void>;
  connect(clientId: string, options?: IClientOptions & { readonly url?: string }): Promise<TestClient>;
  close(): Promise<void>;
}

/** Parent topics `p` and `q` are bridged, `m` is MQTT only. */
export async function gatewayRig(options: Partial<GatewayOptions> = {}, clock?: Clock): Promise<GatewayRig> {
  const up: UpPublish[] = [];
  const events: GatewayEvent[] = [];
  const clients: TestClient[] = [];
  const gateway = await createGateway(
    {
      profile: 'strict',
      topics: [
        { name: 'p', bridge: true },
        { name: 'q', bridge: true },
        { name: 'm', bridge: false },
      ],
      listeners: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
      uplink: {
        publish: (message) => {
          up.push(message);
          return rig.answer(message);
        },
      },
      onEvent: (event) => events.push(event),
      ...options,
    },
    clock,
  );
  const port = gateway.addresses[0]!.port;
  const rig: GatewayRig = {
    gateway,
    port,
    up,
    events,
    answer: async () => {},
    connect: async (clientId, client = {}) => {
      const connected = await connectMqtt(port, { clientId, ...client });
      clients.push(connected);
      return connected;
    },
    close: async () => {
      for (const client of clients) await client.close(true);
      await gateway.close();
    },
  };
  return rig;
}
