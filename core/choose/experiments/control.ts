/** Commands over MQTT alone, and through MQ and the bridge; and who else gets to know of them. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import { BRIDGED_TOPIC, LOCAL_TOPIC } from '../bench.ts';
import { figure } from '../figures.ts';
import { Book } from '../numbered.ts';
import { openDevices } from '../ways.ts';
import { latencies, missing } from './counted.ts';
import type { Experiment } from './types.ts';

/** A server commands many devices; later others want to know what was commanded. */
export const control: Experiment = async (scope) => {
  const devices = scope.bench.sizes.crowd;
  const rounds = 4;
  const total = devices * rounds;
  const command = async (
    what: string,
    book: Book,
    names: readonly string[],
    send: (name: string, body: Buffer) => Promise<void>,
  ) => {
    scope.step(`${what}: ${total} commands`);
    const start = performance.now();
    let accepted = 0;
    for (let i = 0; i < rounds; i += 1) {
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
    ];
  };
  const fleet = async (book: Book) => {
    const opened = await openDevices(scope, devices, { onMessage: (device, _, payload) => book.take(device, payload) });
    return opened.clients.map((client) => client.options.clientId);
  };
  const known = (who: string, count: number | null, note?: string) =>
    figure(`commands known to a service that ${who}`, count, `of ${total}`, 'higher', note);

  const overMqtt = async (): Promise<ChooseFigure[]> => {
    const book = new Book(scope.nonce);
    const names = await fleet(book);
    const server = await openDevices(scope, 1);
    const missed = new Book(scope.nonce);
    const late = new Book(scope.nonce);
    const recorder = async (into: Book) => {
      const opened = await openDevices(scope, 1, {
        cleanSession: false,
        onMessage: (device, _, payload) => into.take(device, payload),
      });
      await opened.subscribe(`${LOCAL_TOPIC}/#`);
      return opened.clients[0]!;
    };
    const away = await recorder(missed);
    away.goOffline();
    const figures = await command('MQTT', book, names, (name, body) => {
      missed.expect(body);
      late.expect(body);
      return server.publish(server.clients[0]!, `${LOCAL_TOPIC}/p2p/${name}`, body);
    });
    scope.step('MQTT: services that were away, or come later');
    away.goOnline();
    await recorder(late);
    await scope.until(() => missed.distinct >= total, 500);
    return [known('was away', missed.distinct), known('comes later', late.distinct), ...figures];
  };

  const overMq = async (): Promise<ChooseFigure[]> => {
    const book = new Book(scope.nonce);
    const names = await fleet(book);
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
    await scope.arrived(() => missed.distinct, total);
    const { history } = engine.capabilities;
    if (history) await recorder(scope.group(), late, 'earliest');
    if (history) await scope.arrived(() => late.distinct, total);
    const cannot = 'this engine cannot: it keeps nothing for a group that comes later';
    return [
      known('was away', missed.distinct),
      history ? known('comes later', late.distinct) : known('comes later', null, cannot),
      ...figures,
    ];
  };
  return {
    mqtt: await scope.apart(overMqtt),
    mq: await scope.apart(overMq),
    method:
      `A server sent ${total} commands to ${devices} devices on MQTT as fast as they were accepted: once as an MQTT client by P2P, past the bridge, once through MQ and the bridge. ` +
      'Accepted: acknowledged to the server. Another service that records commands, subscribed before and away meanwhile, then came back and counted what it got; ' +
      'and so did one that had never been there.',
  };
};
