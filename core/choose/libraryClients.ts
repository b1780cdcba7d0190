/**
 * MQTT clients as programs have them: MQTT.js, each with a connection of its own. For what a client costs, since the
 * lab's simulated ones are much slimmer than the client libraries of an MQ that they would be compared with.
 */
import mqtt, { type MqttClient } from 'mqtt';
import { LOCAL_TOPIC, type Scope } from './bench.ts';

/** How many connect at the same time, as of the clients of MQ. */
const AT_ONCE = 10;

/** Up to `count` of them, QoS 1 subscribers of `topic` if one is given. @throws what MQTT.js throws when not even one came */
export async function openLibraryClients(scope: Scope, count: number, topic?: string): Promise<MqttClient[]> {
  const { host, port } = scope.tcp;
  const name = scope.name();
  let number = 0;
  return scope.asMany(count, AT_ONCE, async () => {
    number += 1;
    const clientId = `GID_choose@@@${name}-${number}`;
    const client = await mqtt.connectAsync(`mqtt://${host}:${port}`, { clientId, keepalive: 0, reconnectPeriod: 0 });
    scope.defer(() => client.endAsync(true));
    if (topic !== undefined) await client.subscribeAsync(topic, { qos: 1 });
    return client;
  });
}

/** What a client connects for, with a connection of its own for each. */
export type Connections = readonly ('sender' | 'receiver')[];

/** Opens up to `count` clients of this kind, receivers subscribed to one topic together; says how many are whole. */
export async function openLibraryCrowd(scope: Scope, count: number, connections: Connections): Promise<number> {
  const topic = `${LOCAL_TOPIC}/${scope.name()}`;
  let came = count;
  for (const kind of connections)
    came = Math.min(came, (await openLibraryClients(scope, count, kind === 'receiver' ? topic : undefined)).length);
  return came;
}
