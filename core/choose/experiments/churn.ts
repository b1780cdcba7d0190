/** A tenth of the clients lose their connection every second, while messages go on. */
import { LOCAL_TOPIC, type Scope } from '../bench.ts';
import { figure, median } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqWay, openDevices } from '../ways.ts';
import { notConnected } from './counted.ts';
import type { Measured } from './types.ts';

const SECONDS = 5;
const EVERY_MS = 50;
/** How long a client is away. */
const AWAY_MS = 50;
/** Fewer reconnects say nothing: then it goes on for longer, as far as there is time, or tells no time. */
const LEAST = 5;

/** On a fixed beat calls `cut` for one client after the other, a tenth of them a second and one at the least, and sends: to the one that was cut last. */
async function stream(
  scope: Scope,
  clients: number,
  send: (n: number, to: number) => void,
  cut: (client: number) => Promise<number | null>,
) {
  const beats = (SECONDS * 1000) / EVERY_MS;
  const recovered: Promise<number | null>[] = [];
  const reserve = scope.leftMs / 4;
  let times = 0;
  for (let beat = 0; beat < beats || (times < LEAST && scope.leftMs > reserve); beat += 1) {
    const due = 1 + Math.floor((beat * EVERY_MS * Math.max(10, clients)) / 10_000);
    while (recovered.length < due) {
      const back = cut(recovered.length % clients);
      const counted = (ms: number | null): void => {
        if (ms !== null) times += 1;
      };
      // When the experiment is cancelled nobody waits for it any more.
      back.then(counted, () => undefined);
      recovered.push(back);
    }
    send(beat, (recovered.length - 1) % clients);
    await scope.pause(EVERY_MS);
  }
  return Promise.all(recovered);
}

export async function churn(scope: Scope): Promise<Measured> {
  const { crowd } = scope.bench.sizes;

  scope.step('MQTT: clients with sessions');
  const mqtt = new Book(scope.nonce);
  const topic = `${LOCAL_TOPIC}/${scope.name()}`;
  const back = new Map<number, () => void>();
  const devices = await openDevices(scope, crowd, {
    cleanSession: false,
    onMessage: (device, _, payload) => mqtt.take(device, payload),
    onConnected: (device) => back.get(device)?.(),
  });
  await Promise.all(devices.clients.map((client, i) => client.subscribe([{ filter: `${topic}/${i}`, qos: 1 }])));
  const clients = devices.clients.length;
  const source = await openDevices(scope, 1);
  const mqttTimes = await stream(
    scope,
    clients,
    (n, to) => void source.publish(source.clients[0]!, `${topic}/${to}`, mqtt.send(0, n)),
    async (client) => {
      devices.clients[client]!.goOffline();
      await scope.pause(AWAY_MS);
      let backAt: number | null = null;
      back.set(client, () => {
        backAt ??= performance.now();
      });
      const start = performance.now();
      devices.clients[client]!.goOnline();
      await scope.until(() => backAt !== null, 5000);
      return backAt === null ? null : backAt - start;
    },
  );
  await scope.arrived(() => mqtt.distinct, mqtt.sent);

  scope.step('MQ: members of a group');
  // Members join one after the other where the engine arranges the group anew for each: fewer, so that it comes to rest at all.
  const wanted = Math.max(2, Math.round(crowd / 5));
  const mq = new Book(scope.nonce, true);
  const way = mqWay(scope, false);
  const group = scope.group();
  const engines = await scope.connections(wanted);
  const members = engines.length;
  const join = (member: number) =>
    engines[member]!.consume({ group, topics: [way.topic], mode: 'clustering', ordered: false, filter: way.filter }, (delivery) =>
      mq.take(member, delivery.body),
    );
  await Promise.all(engines.map((_, member) => join(member)));
  const [sender] = await way.senders(1);
  const busy = new Set<number>();
  const mqTimes = await stream(
    scope,
    members,
    (n) => void sender!.send(mq.send(0, n)),
    async (member) => {
      if (busy.has(member)) return null;
      busy.add(member);
      await engines[member]!.close();
      await scope.pause(AWAY_MS);
      const start = performance.now();
      engines[member] = await scope.connect();
      await join(member);
      busy.delete(member);
      return performance.now() - start;
    },
  );
  await scope.arrived(() => mq.distinct, mq.sent);
  const figures = (book: Book, tried: readonly (number | null)[], asked: number, count: number) => {
    const times = tried.filter((ms) => ms !== null);
    const told = times.length >= LEAST;
    const few = told ? undefined : `fewer than ${LEAST} reconnects in the time`;
    return [
      figure('time to recover', told ? median(times) : null, 'ms', 'lower', few),
      figure('longest time to recover', told ? Math.max(...times) : null, 'ms', 'lower', few),
      figure('latency p99 meanwhile', book.latency(0.99), 'ms', 'lower'),
      figure('lost', book.sent - book.distinct, 'messages', 'lower'),
      figure('copies too many', book.received - book.distinct, 'messages', 'lower'),
      figure('reconnects', times.length, 'reconnects'),
      figure('clients', count, 'clients'),
      notConnected(asked, count),
    ];
  };
  return {
    mqtt: figures(mqtt, mqttTimes, crowd, clients),
    mq: figures(mq, mqTimes, wanted, members),
    method:
      `${SECONDS} seconds of messages (more where ${LEAST} reconnects take longer), one every ${EVERY_MS} ms, while a tenth of the clients, one at the least, lost their connection each second and came back ` +
      `${AWAY_MS} ms later: ${clients} MQTT clients with persistent sessions (QoS 1), where each message goes to the one that was cut off last; ` +
      `${members} members of a clustering group in MQ that closed their connection and opened another, where each message goes to any of them. ` +
      'The time to recover is from the new connection until the client would receive again, without the time it was away; medians.',
  };
}
