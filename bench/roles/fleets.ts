/** Many clients in one thread behind one face: the swarm, and its peer MQTT.js. */
import { connectAsync, type MqttClient } from 'mqtt';
import { readLimits } from '../../core/swarm/limits.ts';
import { preflight } from '../../core/swarm/preflight.ts';
import { Swarm } from '../../core/swarm/swarm.ts';
import type { SimClientApi } from '../../core/swarm/types.ts';

export type FleetKind = 'swarm' | 'MQTT.js';

export interface FleetPlan {
  readonly kind: FleetKind;
  readonly port: number;
  readonly clients: number;
  /** Of the client IDs. */
  readonly prefix: string;
}

export interface Fleet {
  /** False: not taken, the client is too far behind. */
  publish(client: number, topic: string, payload: Buffer, qos: 0 | 1): boolean;
  /** QoS 0: written. QoS 1: acknowledged. */
  onDone: (client: number) => void;
}

const KEEP_ALIVE_S = 300;
/** Attempts to connect at once; the swarm's own default. */
const WAVE = 200;

/** Resolves when all of them are connected. */
export function connectFleet(plan: FleetPlan): Promise<Fleet> {
  return plan.kind === 'swarm' ? connectSwarm(plan) : connectMqttJs(plan);
}

async function connectSwarm({ port, clients, prefix }: FleetPlan): Promise<Fleet> {
  const { problems, localAddresses } = preflight({ clients, inProcessServer: false }, readLimits());
  if (problems[0] !== undefined) throw problems[0];
  const members: SimClientApi[] = [];
  const fleet: Fleet = {
    publish: (client, topic, payload, qos) => {
      const outcome = members[client]!.publish(topic, payload, qos, false, 0);
      return outcome === 'sent' || outcome === 'queued';
    },
    onDone: () => {},
  };
  await new Promise<void>((resolve, reject) => {
    let connected = 0;
    const swarm = new Swarm(
      { transport: 'tcp', host: '127.0.0.1', port },
      {
        onConnected: () => {
          connected += 1;
          if (connected === clients) resolve();
        },
        onClosed: (client, reason) => reject(new Error(`${client.options.clientId}: ${reason}`)),
        onDone: (client) => fleet.onDone(client.tag),
      },
    );
    for (let i = 0; i < clients; i += 1) {
      const localAddress = localAddresses[i % Math.max(1, localAddresses.length)];
      const options = { clientId: `${prefix}-${i}`, cleanSession: true, keepAliveS: KEEP_ALIVE_S };
      const member = swarm.add(localAddress === undefined ? options : { ...options, localAddress });
      member.tag = i;
      members.push(member);
      member.connect();
    }
  });
  return fleet;
}

async function connectMqttJs({ port, clients, prefix }: FleetPlan): Promise<Fleet> {
  const members: MqttClient[] = [];
  for (let from = 0; from < clients; from += WAVE) {
    const wave = Array.from({ length: Math.min(WAVE, clients - from) }, (_, i) =>
      connectAsync(`mqtt://127.0.0.1:${port}`, {
        clientId: `${prefix}-${from + i}`,
        protocolVersion: 4,
        keepalive: KEEP_ALIVE_S,
      }),
    );
    members.push(...(await Promise.all(wave)));
  }
  // One callback for all publishes of a client: what its users would do who care for speed.
  const callbacks = members.map((_, client) => (error?: Error | null) => {
    if (error) throw error;
    fleet.onDone(client);
  });
  const options = [{ qos: 0 }, { qos: 1 }] as const;
  const fleet: Fleet = {
    publish: (client, topic, payload, qos) => {
      members[client]!.publish(topic, payload, options[qos], callbacks[client]!);
      return true;
    },
    onDone: () => {},
  };
  return fleet;
}
