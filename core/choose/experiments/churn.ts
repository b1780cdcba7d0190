/** A tenth of the clients lose their connection every second, while messages go on. */
import { LOCAL_TOPIC, type Scope } from '../bench.ts';
import { figure, median } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqWay, openDevices } from '../ways.ts';
import type { Measured } from './types.ts';

const SECONDS = 3;
const EVERY_MS = 50;

/** Sends on a fixed beat and calls `cut` for one client at a time, a tenth of them a second. */
async function stream(scope: Scope, clients: number, send: (n: number) => void, cut: (client: number) => Promise<number>) {
  const beats = (SECONDS * 1000) / EVERY_MS;
  const recovered: Promise<number>[] = [];
  const cutEvery = Math.max(1, Math.round((10 * (1000 / EVERY_MS)) / clients));
  for (let beat = 0; beat < beats; beat += 1) {
    send(beat);
    if (beat % cutEvery === 0) {
      const back = cut((beat / cutEvery) % clients);
      // When the experiment is cancelled nobody waits for it any more.
      back.catch(() => undefined);
      recovered.push(back);
    }
    await scope.pause(EVERY_MS);
  }
  return Promise.all(recovered);
}

export async function churn(scope: Scope): Promise<Measured> {
  const clients = scope.bench.sizes.crowd;

  scope.step('mqtt: clients with sessions');
  const mqtt = new Book(scope.nonce);
  const topic = `${LOCAL_TOPIC}/${scope.name()}`;
  const back = new Map<number, () => void>();
  const devices = await openDevices(scope, clients, {
    cleanSession: false,
    onMessage: (device, _, payload) => mqtt.take(device, payload),
    onConnected: (device) => back.get(device)?.(),
  });
  await devices.subscribe(topic);
  const source = await openDevices(scope, 1);
  const mqttTimes = await stream(
    scope,
    clients,
    (n) => void source.publish(source.clients[0]!, topic, mqtt.send(0, n)),
    async (client) => {
      const start = performance.now();
      const online = new Promise<void>((resolve) => back.set(client, resolve));
      devices.clients[client]!.goOffline();
      await scope.pause(EVERY_MS);
      devices.clients[client]!.goOnline();
      await Promise.race([online, scope.until(() => false, 5000)]);
      return performance.now() - start - EVERY_MS;
    },
  );
  await scope.until(() => mqtt.received - mqtt.duplicates >= mqtt.sent * clients, 4000);

  scope.step('mq: members of a group');
  // Members join one after the other where the engine arranges the group anew for each: fewer, so that it comes to rest at all.
  const members = Math.max(2, Math.round(clients / 5));
  const mq = new Book(scope.nonce, true);
  const way = mqWay(scope, false);
  const group = scope.group();
  const engines = await scope.connections(members);
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
      if (busy.has(member)) return 0;
      busy.add(member);
      await engines[member]!.close();
      const start = performance.now();
      await scope.pause(EVERY_MS);
      engines[member] = await scope.connect();
      await join(member);
      busy.delete(member);
      return performance.now() - start - EVERY_MS;
    },
  );
  await scope.until(() => mq.distinct >= mq.sent, 6000);
  const figures = (book: Book, expected: number, times: readonly number[], count: number) => [
    figure('clients', count, 'clients'),
    figure('reconnects', times.length, 'reconnects'),
    figure('lost', Math.max(0, expected - (book.received - book.duplicates)), 'deliveries', 'lower'),
    figure('copies too many', book.duplicates, 'deliveries', 'lower'),
    figure('time to recover', median(times.filter((ms) => ms > 0)), 'ms', 'lower'),
    figure('longest time to recover', times.length === 0 ? null : Math.max(...times), 'ms', 'lower'),
  ];
  return {
    mqtt: figures(mqtt, mqtt.sent * clients, mqttTimes, clients),
    mq: figures(mq, mq.sent, mqTimes, members),
    method:
      `${SECONDS} seconds of messages, one every ${EVERY_MS} ms, while a tenth of the clients lost their connection each second and came back ` +
      `${EVERY_MS} ms later: ${clients} MQTT subscribers with persistent sessions (QoS 1), each of whom must get everything; ${members} members of a clustering ` +
      'group in MQ that closed their connection and opened another, who together must get everything. The time to recover is that of being back, without the pause.',
  };
}
