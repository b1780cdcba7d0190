/** The same work over MQTT and over MQ: clients that send, clients that receive, each with a connection of its own. */
import type { QoS } from '../gateway/types.ts';
import type { MqDelivery, MqFilter } from '../mq/engine.ts';
import { Swarm } from '../swarm/swarm.ts';
import type { Endpoint, SimClientApi } from '../swarm/types.ts';
import { LOCAL_TOPIC, MQ_TOPIC, type Scope } from './bench.ts';

export interface Sender {
  /** Resolves when it is acknowledged. Messages of one sender keep their order as far as the way promises it. */
  send(body: Buffer, to?: string): Promise<void>;
}

export type Take = (receiver: number, body: Uint8Array) => void | Promise<void>;

/** The sides as people write them. */
export const NAMES = { mqtt: 'MQTT', mq: 'MQ' } as const;

export interface Way {
  readonly side: 'mqtt' | 'mq';
  /** As many as connect. */
  senders(count: number): Promise<Sender[]>;
  /** all: each gets everything. share: each message to one of them, where the way can do that. addressed: each gets what is sent `to` its name. Resolves with the names of as many as connect. */
  receivers(count: number, how: 'all' | 'share' | 'addressed', take: Take): Promise<readonly string[]>;
}

/** MQTT clients of one swarm. */
export interface Devices {
  readonly swarm: Swarm;
  /** Those that have connected; the tag of each is its place here. */
  readonly clients: readonly SimClientApi[];
  /** Resolves when the gateway has acknowledged. */
  publish(client: SimClientApi, topic: string, payload: Buffer, qos?: QoS): Promise<void>;
  subscribe(filter: string, qos?: QoS): Promise<void>;
}

export interface DeviceOptions {
  readonly endpoint?: Endpoint;
  readonly cleanSession?: boolean;
  readonly onMessage?: (device: number, topic: string, payload: Buffer) => void;
  readonly onClosed?: (device: number) => void;
  readonly onConnected?: (device: number) => void;
  /** How long to wait for all of them. Default 20,000 ms. */
  readonly withinMs?: number;
  readonly login?: (clientId: string) => { readonly username: string; readonly password: string };
}

/** Opens `count` devices: as many as connect in the experiment's time. */
export async function openDevices(scope: Scope, count: number, options: DeviceOptions = {}): Promise<Devices> {
  scope.check();
  const done = new Map<number, () => void>();
  let token = 0;
  const { onMessage, onClosed, onConnected } = options;
  const swarm = new Swarm(options.endpoint ?? scope.tcp, {
    onDone: (_, number) => {
      const resolve = done.get(number);
      done.delete(number);
      resolve?.();
    },
    ...(onMessage === undefined ? {} : { onMessage: (client, topic, payload) => onMessage(client.tag, topic, payload) }),
    ...(onClosed === undefined ? {} : { onClosed: (client) => onClosed(client.tag) }),
    ...(onConnected === undefined ? {} : { onConnected: (client) => onConnected(client.tag) }),
  });
  const name = scope.name();
  const asked = Array.from({ length: count }, (_, i) => {
    const clientId = `GID_choose@@@${name}-${i}`;
    const client = swarm.add({
      clientId,
      cleanSession: options.cleanSession ?? true,
      keepAliveS: 0,
      maxInflight: 200,
      maxQueued: 100_000,
      ...options.login?.(clientId),
    });
    client.tag = i;
    return client;
  });
  scope.defer(async () => {
    await swarm.close();
    // What can never be acknowledged any more must not keep anybody waiting.
    for (const resolve of done.values()) resolve();
  });
  for (const client of asked) client.connect();
  // Until each has had an answer.
  const answered = (): number => swarm.stats().connected + swarm.stats().refusedConnects;
  await scope.until(() => answered() >= count, options.withinMs ?? 20_000);
  const clients = asked.filter(({ connected }) => connected);
  for (const [place, client] of clients.entries()) client.tag = place;
  // Those that are late would go on trying, and take part unasked.
  await Promise.all(asked.filter(({ connected }) => !connected).map((client) => client.end()));
  return {
    swarm,
    clients,
    publish: (client, topic, payload, qos = 1) =>
      new Promise((resolve) => {
        token += 1;
        done.set(token, resolve);
        const outcome = client.publish(topic, payload, qos, false, token);
        if (outcome === 'dropped-offline' || outcome === 'queue-full') {
          done.delete(token);
          resolve();
        }
      }),
    subscribe: async (filter, qos = 1) => {
      await Promise.all(clients.map((client) => client.subscribe([{ filter, qos }])));
    },
  };
}

/** MQTT clients through the gateway alone. */
export function mqttWay(scope: Scope): Way {
  const topic = `${LOCAL_TOPIC}/${scope.name()}`;
  return {
    side: 'mqtt',
    async senders(count) {
      const devices = await openDevices(scope, count);
      return devices.clients.map((client) => ({
        send: (body, to) => devices.publish(client, to === undefined ? topic : `${LOCAL_TOPIC}/p2p/${to}`, body),
      }));
    },
    async receivers(count, how, take) {
      const devices = await openDevices(scope, count, { onMessage: (device, _, payload) => void take(device, payload) });
      if (how !== 'addressed') await devices.subscribe(topic);
      return devices.clients.map((client) => client.options.clientId);
    },
  };
}

/** Clients of the engine alone. */
export function mqWay(scope: Scope, ordered = true): Way & { readonly topic: string; readonly filter: MqFilter } {
  const work = scope.name();
  return {
    side: 'mq',
    topic: MQ_TOPIC,
    filter: filterOf(work, undefined),
    async senders(count) {
      const engines = await scope.connections(count);
      return Promise.all(
        engines.map(async (engine, i) => {
          const producer = await engine.producer();
          return {
            send: async (body, to) => {
              const properties = { chooseWork: work, ...(to === undefined ? {} : { chooseTo: to }) };
              // What is not stored (the engine is closed, say) is missing at the receiver, and counted there.
              await producer.send({ topic: MQ_TOPIC, key: `${work}.${i}`, properties, body }).catch(() => undefined);
            },
          };
        }),
      );
    },
    async receivers(count, how, take) {
      const group = scope.group();
      const engines = await scope.connections(count);
      const names = engines.map((_, i) => `${work}-${i}`);
      await Promise.all(
        engines.map((engine, i) =>
          engine.consume(
            {
              // Members of one group must not differ in what they take.
              group: how === 'addressed' ? scope.group() : group,
              topics: [MQ_TOPIC],
              mode: how === 'share' ? 'clustering' : 'broadcasting',
              ordered,
              filter: filterOf(work, how === 'addressed' ? names[i]! : undefined),
            },
            (delivery: MqDelivery) => take(i, delivery.body),
          ),
        ),
      );
      return names;
    },
  };
}

const filterOf = (work: string, to: string | undefined): MqFilter => ({
  properties: { chooseWork: work, ...(to === undefined ? {} : { chooseTo: to }) },
});
