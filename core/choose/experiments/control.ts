/** Commands over MQTT alone, and through MQ and the bridge; and who else gets to know of them. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import { BRIDGED_TOPIC, LOCAL_TOPIC } from '../bench.ts';
import { figure } from '../figures.ts';
import { Book } from '../numbered.ts';
import { openDevices } from '../ways.ts';
import { latencies, missing, notConnected } from './counted.ts';
import type { Experiment } from './types.ts';

/** How long a service that comes later is waited for, on either side, while nothing comes to it. */
const LATER_MS = 3000;
const ROUNDS = 4;

/** A server commands many devices; later others want to know what was commanded. */
export const control: Experiment = async (scope) => {
  const devices = scope.bench.sizes.crowd;
  const command = async (
    what: string,
    book: Book,
    names: readonly string[],
    send: (name: string, body: Buffer) => Promise<void>,
  ) => {
    const total = names.length * ROUNDS;
    scope.step(`${what}: ${total} commands`);
    const start = performance.now();
    let accepted = 0;
    for (let i = 0; i < ROUNDS; i += 1) {
      for (const [d, name] of names.entries()) {
        const accept = (): void => {
          accepted += 1;
        };
        send(name, book.send(d, i)).then(accept, () => undefined);
      }
    }
    await scope.until(() => accepted >= total, 6000);
    const perSecond = accepted >= total ? (total * 1000) / (performance.now() - start) : null;
    await scope.arrived(() => book.distinct, total);
    return [
      figure('commands accepted', perSecond, 'commands/s', 'higher'),
      ...latencies(book),
      missing(total - book.distinct, 'commands'),
      notConnected(devices, names.length),
    ];
  };
  const fleet = (book: Book) => openDevices(scope, devices, { onMessage: (device, _, payload) => book.take(device, payload) });
  const known = (who: string, book: Book, counted: boolean, note?: string) =>
    figure(`commands known to a service that ${who}`, counted ? book.distinct : null, `of ${book.sent}`, 'higher', note);
  /** Waits for both services in the same way on either side. */
  const told = async (missed: Book, late: Book | undefined): Promise<void> => {
    await scope.arrived(() => missed.distinct, missed.sent);
    if (late !== undefined) await scope.arrived(() => late.distinct, late.sent, LATER_MS);
  };

  const overMqtt = async (): Promise<ChooseFigure[]> => {
    const book = new Book(scope.nonce);
    const topic = `${LOCAL_TOPIC}/${scope.name()}`;
    const opened = await fleet(book);
    const names = opened.clients.map((_, device) => `${topic}/${device}`);
    await Promise.all(opened.clients.map((client, device) => client.subscribe([{ filter: names[device]!, qos: 1 }])));
    const server = await openDevices(scope, 1);
    const missed = new Book(scope.nonce);
    const late = new Book(scope.nonce);
    const recorder = async (into: Book) => {
      const { clients, subscribe } = await openDevices(scope, 1, {
        cleanSession: false,
        onMessage: (device, _, payload) => into.take(device, payload),
      });
      await subscribe(`${topic}/#`);
      return clients[0]!;
    };
    const away = await recorder(missed);
    away.goOffline();
    const figures = await command('MQTT', book, names, (name, body) => {
      missed.expect(body);
      late.expect(body);
      return server.publish(server.clients[0]!, name, body);
    });
    scope.step('MQTT: services that were away, or come later');
    away.goOnline();
    await recorder(late);
    await told(missed, late);
    return [known('was away', missed, true), known('comes later', late, true), ...figures];
  };

  const overMq = async (): Promise<ChooseFigure[]> => {
    const book = new Book(scope.nonce);
    const names = (await fleet(book)).clients.map((client) => client.options.clientId);
    const engine = await scope.connect();
    const producer = await engine.producer();
    const recorder = async (group: string, into: Book, from: 'latest' | 'earliest') =>
      engine.consume({ group, topics: [BRIDGED_TOPIC], mode: 'clustering', ordered: false, from }, ({ body }) =>
        into.take(0, body),
      );
    const missed = new Book(scope.nonce);
    const late = new Book(scope.nonce);
    const group = scope.group();
    await (await recorder(group, missed, 'latest')).close();
    const figures = await command('MQ', book, names, async (name, body) => {
      missed.expect(body);
      late.expect(body);
      await producer.send({ topic: BRIDGED_TOPIC, key: name, properties: { mqttSecondTopic: `/p2p/${name}` }, body });
    });
    scope.step('MQ: services that were away, or come later');
    await recorder(group, missed, 'latest');
    const { history } = engine.capabilities;
    if (history) await recorder(scope.group(), late, 'earliest');
    await told(missed, history ? late : undefined);
    const cannot = 'this engine cannot: it keeps nothing for a group that comes later';
    return [known('was away', missed, true), known('comes later', late, history, history ? undefined : cannot), ...figures];
  };
  return {
    mqtt: await scope.apart(overMqtt),
    mq: await scope.apart(overMq),
    method:
      `A server sent ${devices * ROUNDS} commands to ${devices} devices on MQTT as fast as they were accepted: once as an MQTT client (QoS 1), on a topic per device to which that device ` +
      'is subscribed, past the bridge; once through MQ and the bridge, to the device’s client ID (P2P). Accepted: acknowledged to the server. Another service that records commands ' +
      'was subscribed before and away meanwhile (over MQTT with a persistent session, QoS 1, to the topics of all devices; in MQ as a group), then came back, and what it got was counted; ' +
      `and so was that of one that had never been there, waited for until nothing had come for ${LATER_MS / 1000} s. No command was retained.`,
  };
};
