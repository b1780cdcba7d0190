/** Scenarios of the recommended model (the commands are in control.ts): the same work done with MQTT alone, and with MQ alone or behind the bridge. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import { BRIDGED_TOPIC } from '../bench.ts';
import { figure } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqttWay, mqWay, NAMES, openDevices, type Way } from '../ways.ts';
import { latencies, missing, notConnected } from './counted.ts';
import { memoryOf } from './memory.ts';
import { setUpTimes } from './setup.ts';
import type { Experiment } from './types.ts';

const WORKERS = 3;

/** Many devices say a little, regularly, to one service. */
export const reporting: Experiment = async (scope) => {
  const devices = scope.bench.sizes.crowd * 2;
  const each = 5;
  const few = Math.max(3, Math.round(devices / 6));
  const setUp = await setUpTimes(scope, few, ['sender']);
  const side = async (way: Way, setUpMs: number | null): Promise<ChooseFigure[]> => {
    scope.step(`${NAMES[way.side]}: ${devices} devices report`);
    const book = new Book(scope.nonce);
    await way.receivers(1, 'all', (receiver, body) => book.take(receiver, body));
    const { opened: senders, memory } = await memoryOf(scope, way.side, {
      name: 'memory per device',
      clients: devices,
      connections: ['sender'],
      open: () => way.senders(devices),
      count: (came) => came.length,
    });
    for (let i = 0; i < each; i += 1) {
      // Not all in the same instant: devices do not know of each other.
      for (const [s, sender] of senders.entries()) {
        void sender.send(book.send(s, i));
        if (s % 10 === 9) await scope.pause(10);
      }
    }
    await scope.arrived(() => book.distinct, book.sent);
    return [
      memory,
      figure('time to connect a device', setUpMs, 'ms', 'lower'),
      ...latencies(book),
      missing(book.sent - book.distinct),
      notConnected(devices, senders.length),
      figure('reordered', book.reordered, 'messages', 'lower'),
    ];
  };
  return {
    mqtt: await scope.apart(() => side(mqttWay(scope), setUp.mqtt)),
    mq: await scope.apart(() => side(mqWay(scope), setUp.mq)),
    method:
      `${devices} devices, each with a connection of its own, sent ${each} reports of 64 bytes to one receiver, ten at a time with 10 ms between: ` +
      'as MQTT clients (QoS 1) through the gateway, and as clients of the MQ. The memory of a device, and the time to connect it, are those of clients of MQTT.js, and of the MQ.',
  };
};

/** A stream that several workers share. */
export const processing: Experiment = async (scope) => {
  const { messages } = scope.bench.sizes;
  const senders = 10;
  const each = Math.max(3, Math.round(messages / senders / 2));
  const side = async (way: Way): Promise<ChooseFigure[]> => {
    scope.step(`${NAMES[way.side]}: ${WORKERS} workers`);
    const book = new Book(scope.nonce, true);
    const workers = await way.receivers(WORKERS, 'share', (receiver, body) => book.take(receiver, body));
    const from = await way.senders(senders);
    const total = from.length * each;
    const start = performance.now();
    let acknowledged = 0;
    for (const [s, sender] of from.entries()) {
      for (let i = 0; i < each; i += 1)
        void sender.send(book.send(s, i, 256)).then(() => {
          acknowledged += 1;
        });
    }
    const whole = await scope.arrived(() => Math.min(book.distinct, acknowledged), total);
    const seconds = (performance.now() - start) / 1000;
    await scope.pause(100);
    return [
      figure('throughput', whole ? book.distinct / seconds : null, 'messages/s', 'higher'),
      figure('copies per message', book.received / Math.max(1, book.sent), 'copies', 'lower'),
      figure('workers that worked', book.perReceiver.size, 'workers', 'higher'),
      missing(book.sent - book.distinct),
      notConnected(senders + WORKERS, from.length + workers.length),
      ...latencies(book),
    ];
  };
  return {
    mqtt: await scope.apart(() => side(mqttWay(scope))),
    mq: await scope.apart(() => side(mqWay(scope))),
    method:
      `${senders} clients sent ${each} messages of 256 bytes each as fast as they were taken, to ${WORKERS} workers: subscribers of the gateway, and members of a ` +
      'clustering group in MQ. Copies per message: 1 means that the work is shared, more that each worker does all of it.',
  };
};

/** A room in which everybody talks and everybody listens. */
export const chat: Experiment = async (scope) => {
  const people = Math.max(3, Math.round(scope.bench.sizes.crowd * 0.4));
  const lines = 4;
  const few = Math.max(2, Math.round(people / 2));
  const setUp = await setUpTimes(scope, few, ['receiver', 'sender']);
  const side = async (way: Way, joinMs: number | null): Promise<ChooseFigure[]> => {
    scope.step(`${NAMES[way.side]}: ${people} people in a room`);
    const book = new Book(scope.nonce);
    const { opened, memory } = await memoryOf(scope, way.side, {
      name: 'memory per person',
      clients: people,
      connections: ['receiver', 'sender'],
      open: async () => {
        const listeners = await way.receivers(people, 'all', (receiver, body) => book.take(receiver, body));
        return { listeners, senders: await way.senders(people) };
      },
      count: ({ listeners, senders }) => Math.min(listeners.length, senders.length),
    });
    const { listeners, senders } = opened;
    for (let i = 0; i < lines; i += 1) {
      for (const [s, sender] of senders.entries()) {
        void sender.send(book.send(s, i));
        await scope.pause(5);
      }
    }
    const expected = book.sent * listeners.length;
    await scope.arrived(() => book.received - book.duplicates, expected);
    return [
      memory,
      figure('time to join', joinMs, 'ms', 'lower'),
      ...latencies(book),
      missing(expected - (book.received - book.duplicates), 'deliveries'),
      notConnected(2 * people, listeners.length + senders.length),
      figure('people', people, 'people'),
    ];
  };
  return {
    mqtt: await scope.apart(() => side(mqttWay(scope), setUp.mqtt)),
    mq: await scope.apart(() => side(mqWay(scope), setUp.mq)),
    method:
      `${people} people wrote ${lines} lines each, one every 5 ms, and everybody got every line: as MQTT clients, and as producers and ` +
      'broadcasting consumers of MQ. Joining is connecting to listen and to write, with a connection each. The memory of a person, and the time to join, are those of clients of MQTT.js, and of the MQ.',
  };
};

/** The room is on MQTT; several analysts read it: as MQTT clients, or behind the bridge in MQ. */
export const chatAnalysis: Experiment = async (scope) => {
  const people = Math.max(3, Math.round(scope.bench.sizes.crowd / 2));
  const lines = 8;
  const sub = scope.name();
  const room = await openDevices(scope, people);
  const total = room.clients.length * lines;
  const talk = async (what: string, book: Book): Promise<void> => {
    scope.step(`${what}: ${total} lines, ${WORKERS} analysts`);
    for (let i = 0; i < lines; i += 1) {
      for (const [s, client] of room.clients.entries()) void room.publish(client, `${BRIDGED_TOPIC}/${sub}`, book.send(s, i));
      await scope.pause(10);
    }
    await scope.arrived(() => book.distinct, total);
    await scope.pause(100);
  };
  const analysed = (book: Book, analysts: number) => [
    figure('copies per line', book.received / Math.max(1, book.sent), 'copies', 'lower'),
    figure('analysts that worked', book.perReceiver.size, 'analysts', 'higher'),
    missing(total - book.distinct, 'lines'),
    notConnected(people + WORKERS, room.clients.length + analysts),
    ...latencies(book),
    figure('reordered', book.reordered, 'lines', 'lower'),
  ];

  const mqttBook = new Book(scope.nonce);
  const analysts = await openDevices(scope, WORKERS, { onMessage: (device, _, payload) => mqttBook.take(device, payload) });
  await analysts.subscribe(`${BRIDGED_TOPIC}/${sub}`);
  await talk('MQTT', mqttBook);
  await analysts.swarm.close();

  const mqBook = new Book(scope.nonce, true);
  const group = scope.group();
  const engines = await scope.connections(WORKERS);
  await Promise.all(
    engines.map((engine, i) =>
      engine.consume({ group, topics: [BRIDGED_TOPIC], mode: 'clustering', ordered: true }, ({ body }) => mqBook.take(i, body)),
    ),
  );
  await talk('MQ', mqBook);
  return {
    mqtt: analysed(mqttBook, analysts.clients.length),
    mq: analysed(mqBook, engines.length),
    method:
      `${people} people on MQTT wrote ${lines} lines each. ${WORKERS} analysts read them: as subscribers of the gateway, then as ordered members of a clustering ` +
      'group in MQ, behind the bridge.',
  };
};
