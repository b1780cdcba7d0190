/** The five scenarios of the recommended model: the same work done with MQTT alone, and with MQ alone or behind the bridge. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import { BRIDGED_TOPIC } from '../bench.ts';
import { figure } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqttWay, mqWay, openDevices, type Way } from '../ways.ts';
import { memoryInUse } from './memory.ts';
import { setUpTimes } from './setup.ts';
import type { Experiment } from './types.ts';

const WORKERS = 3;

const latencies = (book: Book): ChooseFigure[] => [
  figure('latency p50', book.latency(0.5), 'ms', 'lower'),
  figure('latency p99', book.latency(0.99), 'ms', 'lower'),
];
const missing = (count: number, unit = 'messages') => figure('missing', Math.max(0, count), unit, 'lower');

/** Many devices say a little, regularly, to one service. */
export const reporting: Experiment = async (scope) => {
  const devices = scope.bench.sizes.crowd;
  const each = 5;
  const few = Math.max(3, Math.round(devices / 3));
  const setUps = [mqttWay, mqWay].map((way) => ({ open: async () => (await way(scope).senders(few)).length }));
  const [mqttMs = null, mqMs = null] = await setUpTimes(scope, setUps);
  const side = async (way: Way, setUpMs: number | null): Promise<ChooseFigure[]> => {
    scope.step(`${way.side}: ${devices} devices report`);
    const book = new Book(scope.nonce);
    await way.receivers(1, 'all', (receiver, body) => book.take(receiver, body));
    const before = memoryInUse();
    const senders = await way.senders(devices);
    const memory = Math.max(0, memoryInUse() - before) / 1024 / Math.max(1, senders.length);
    for (let i = 0; i < each; i += 1) {
      // Not all in the same instant: devices do not know of each other.
      for (const [s, sender] of senders.entries()) {
        void sender.send(book.send(s, i));
        if (s % 10 === 9) await scope.pause(10);
      }
    }
    await scope.until(() => book.distinct >= book.sent, 5000);
    return [
      ...latencies(book),
      missing(devices * each - book.distinct),
      figure('time to connect a device', setUpMs, 'ms', 'lower'),
      figure(
        'memory per device',
        memory > 1 ? memory : null,
        'KiB',
        'lower',
        memory > 1 ? 'in this process' : 'too little to be told from noise',
      ),
      figure('reordered', book.reordered, 'messages', 'lower'),
    ];
  };
  return {
    mqtt: await side(mqttWay(scope), mqttMs),
    mq: await side(mqWay(scope), mqMs),
    method:
      `${devices} devices, each with a connection of its own, sent ${each} reports of 64 bytes to one receiver, ten at a time with 10 ms between: ` +
      'as MQTT clients (QoS 1) through the gateway, and as clients of the MQ.',
  };
};

/** A stream that several workers share. */
export const processing: Experiment = async (scope) => {
  const { messages } = scope.bench.sizes;
  const senders = 10;
  const each = Math.max(3, Math.round(messages / senders / 2));
  const side = async (way: Way): Promise<ChooseFigure[]> => {
    scope.step(`${way.side}: ${WORKERS} workers`);
    const book = new Book(scope.nonce, true);
    await way.receivers(WORKERS, 'share', (receiver, body) => book.take(receiver, body));
    const from = await way.senders(senders);
    const start = performance.now();
    let acknowledged = 0;
    for (const [s, sender] of from.entries()) {
      for (let i = 0; i < each; i += 1)
        void sender.send(book.send(s, i, 256)).then(() => {
          acknowledged += 1;
        });
    }
    const whole = await scope.until(() => book.distinct >= senders * each && acknowledged >= senders * each, 8000);
    const seconds = (performance.now() - start) / 1000;
    await scope.pause(100);
    return [
      figure('throughput', whole ? book.distinct / seconds : null, 'messages/s', 'higher'),
      figure('copies per message', book.received / Math.max(1, book.sent), 'copies', 'lower'),
      figure('workers that worked', book.perReceiver.size, 'workers', 'higher'),
      missing(senders * each - book.distinct),
      ...latencies(book),
    ];
  };
  return {
    mqtt: await side(mqttWay(scope)),
    mq: await side(mqWay(scope)),
    method:
      `${senders} clients sent ${each} messages of 256 bytes each as fast as they were taken, to ${WORKERS} workers: subscribers of the gateway, and members of a ` +
      'clustering group in MQ. Copies per message: 1 means that the work is shared, more that each worker does all of it.',
  };
};

/** A server commands many devices; later somebody wants to know what was commanded. */
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
    const sends: Promise<void>[] = [];
    for (let i = 0; i < rounds; i += 1) for (const [d, name] of names.entries()) sends.push(send(name, book.send(d, i)));
    let accepted = 0;
    for (const one of sends)
      void one.then(
        () => {
          accepted += 1;
        },
        () => undefined,
      );
    await scope.until(() => accepted >= total, 6000);
    const perSecond = accepted >= total ? (total * 1000) / (performance.now() - start) : null;
    await scope.until(() => book.distinct >= total, 5000);
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

  const mqttBook = new Book(scope.nonce);
  const names = await fleet(mqttBook);
  const server = await openDevices(scope, 1);
  const p2p = `${BRIDGED_TOPIC}/p2p/`;
  const mqtt = await command('mqtt', mqttBook, names, (name, body) => server.publish(server.clients[0]!, p2p + name, body));
  const lateMqtt = new Book(scope.nonce);
  await openDevices(scope, 1, { onMessage: (device, _, payload) => lateMqtt.take(device, payload) }).then((late) =>
    late.subscribe(`${BRIDGED_TOPIC}/#`),
  );

  const mqBook = new Book(scope.nonce);
  const mqNames = await fleet(mqBook);
  const engine = await scope.connect();
  const producer = await engine.producer();
  const mq = await command('mq', mqBook, mqNames, async (name, body) => {
    await producer.send({ topic: BRIDGED_TOPIC, key: name, properties: { mqttSecondTopic: `/p2p/${name}` }, body });
  });
  scope.step('a service that comes later');
  let late = 0;
  await engine.consume(
    { group: scope.group(), topics: [BRIDGED_TOPIC], mode: 'clustering', ordered: false, from: 'earliest' },
    ({ body }) => {
      if (body.length >= 12 && Buffer.from(body.buffer, body.byteOffset, body.length).readUInt32BE(0) === scope.nonce) late += 1;
    },
  );
  await scope.until(() => late >= total, engine.capabilities.history ? 3000 : 300);
  await scope.pause(50);
  return {
    mqtt: [...mqtt, figure('known to a later service', lateMqtt.received, `of ${total} commands`, 'higher')],
    mq: [...mq, figure('known to a later service', Math.min(late, total), `of ${total} commands`, 'higher')],
    method:
      `A server sent ${total} commands to ${devices} devices on MQTT as fast as they were accepted: once as an MQTT client by P2P, once through MQ and the bridge. ` +
      'Accepted: acknowledged to the server. Then a service that had not been there asked for what was sent.',
  };
};

/** A room in which everybody talks and everybody listens. */
export const chat: Experiment = async (scope) => {
  const people = Math.max(3, Math.round(scope.bench.sizes.crowd / 2));
  const lines = 4;
  const few = Math.max(2, Math.round(people / 3));
  const setUps = [mqttWay, mqWay].map((make) => ({
    open: async () => {
      const way = make(scope);
      await way.receivers(few, 'all', () => undefined);
      return (await way.senders(few)).length;
    },
  }));
  const [mqttMs = null, mqMs = null] = await setUpTimes(scope, setUps);
  const side = async (way: Way, joinMs: number | null): Promise<ChooseFigure[]> => {
    scope.step(`${way.side}: ${people} people in a room`);
    const book = new Book(scope.nonce);
    await way.receivers(people, 'all', (receiver, body) => book.take(receiver, body));
    const senders = await way.senders(people);
    for (let i = 0; i < lines; i += 1) {
      for (const [s, sender] of senders.entries()) {
        void sender.send(book.send(s, i));
        await scope.pause(5);
      }
    }
    const expected = people * lines * people;
    await scope.until(() => book.received - book.duplicates >= expected, 5000);
    return [
      ...latencies(book),
      figure('time to join', joinMs, 'ms', 'lower'),
      missing(expected - (book.received - book.duplicates), 'deliveries'),
      figure('people', people, 'people'),
    ];
  };
  return {
    mqtt: await side(mqttWay(scope), mqttMs),
    mq: await side(mqWay(scope), mqMs),
    method:
      `${people} people wrote ${lines} lines each, one every 5 ms, and everybody got every line: as MQTT clients, and as producers and ` +
      'broadcasting consumers of MQ. Joining is connecting to listen and to write.',
  };
};

/** The room is on MQTT; several analysts read it: as MQTT clients, or behind the bridge in MQ. */
export const chatAnalysis: Experiment = async (scope) => {
  const people = Math.max(3, Math.round(scope.bench.sizes.crowd / 2));
  const lines = 8;
  const total = people * lines;
  const sub = scope.name();
  const room = await openDevices(scope, people);
  const talk = async (what: string, book: Book): Promise<void> => {
    scope.step(`${what}: ${total} lines, ${WORKERS} analysts`);
    for (let i = 0; i < lines; i += 1) {
      for (const [s, client] of room.clients.entries()) void room.publish(client, `${BRIDGED_TOPIC}/${sub}`, book.send(s, i));
      await scope.pause(10);
    }
    await scope.until(() => book.distinct >= total, 6000);
    await scope.pause(100);
  };
  const analysed = (book: Book) => [
    figure('copies per line', book.received / Math.max(1, book.sent), 'copies', 'lower'),
    figure('analysts that worked', book.perReceiver.size, 'analysts', 'higher'),
    missing(total - book.distinct, 'lines'),
    ...latencies(book),
    figure('reordered', book.reordered, 'lines', 'lower'),
  ];

  const mqttBook = new Book(scope.nonce);
  const analysts = await openDevices(scope, WORKERS, { onMessage: (device, _, payload) => mqttBook.take(device, payload) });
  await analysts.subscribe(`${BRIDGED_TOPIC}/${sub}`);
  await talk('mqtt', mqttBook);
  await analysts.swarm.close();

  const mqBook = new Book(scope.nonce, true);
  const group = scope.group();
  const engines = await scope.connections(WORKERS);
  await Promise.all(
    engines.map((engine, i) =>
      engine.consume({ group, topics: [BRIDGED_TOPIC], mode: 'clustering', ordered: true }, ({ body }) => mqBook.take(i, body)),
    ),
  );
  await talk('mq', mqBook);
  return {
    mqtt: analysed(mqttBook),
    mq: analysed(mqBook),
    method:
      `${people} people on MQTT wrote ${lines} lines each. ${WORKERS} analysts read them: as subscribers of the gateway, then as ordered members of a clustering ` +
      'group in MQ, behind the bridge.',
  };
};
