/** One message to everybody: how long until 50, 95, 100 % have it. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import { figure, median, quantile } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqttWay, mqWay, NAMES, type Sender } from '../ways.ts';
import { notConnected } from './counted.ts';
import { memoryOf } from './memory.ts';
import { setUpTimes } from './setup.ts';
import type { Experiment } from './types.ts';

const SHARES = ['50 %', '95 %', '100 %'] as const;

interface Side {
  readonly name: string;
  readonly sender: Sender;
  readonly receivers: number;
  readonly memory: ChooseFigure;
  /** Begins a message, and gives the latencies at which it is received. */
  begin(n: number): { readonly body: Buffer; readonly latencies: readonly number[] };
  readonly shares: number[][];
  missing: number;
}

export const fanOut: Experiment = async (scope) => {
  const { crowd, rounds } = scope.bench.sizes;
  // The first of them are slow on either side: the code has not been run often yet.
  const repeats = rounds * 5;
  const few = Math.max(3, Math.round(crowd / 3));
  const setUp = await setUpTimes(scope, few, ['receiver']);
  const sides: Side[] = [];
  for (const way of [mqttWay(scope), mqWay(scope)]) {
    scope.step(`${NAMES[way.side]}: ${crowd} receivers`);
    let book = new Book(scope.nonce);
    const { opened, memory } = await memoryOf(scope, way.side, {
      name: 'memory per receiver',
      clients: crowd,
      connections: ['receiver'],
      open: () => way.receivers(crowd, 'all', (receiver, body) => book.take(receiver, body)),
      count: (names) => names.length,
    });
    const [sender] = await way.senders(1);
    sides.push({
      name: NAMES[way.side],
      sender: sender!,
      receivers: opened.length,
      memory,
      begin: (n) => {
        book = new Book(scope.nonce);
        return { body: book.send(0, n), latencies: book.latencies };
      },
      shares: [],
      missing: 0,
    });
  }
  for (let n = 0; n < repeats; n += 1) {
    for (const side of sides) {
      scope.step(`${side.name}: message ${n + 1} of ${repeats}`);
      const { body, latencies } = side.begin(n);
      void side.sender.send(body);
      await scope.arrived(() => latencies.length, side.receivers);
      side.missing += side.receivers - latencies.length;
      if (latencies.length === side.receivers)
        side.shares.push(SHARES.map((share) => quantile(latencies, Number.parseInt(share, 10) / 100) ?? 0));
    }
  }
  const time = (side: Side, share: (typeof SHARES)[number]): ChooseFigure => {
    const place = SHARES.indexOf(share);
    return figure(`time to ${share}`, median(side.shares.map((one) => one[place]!)), 'ms', 'lower');
  };
  const figures = (side: Side, setUpMs: number | null): ChooseFigure[] => [
    time(side, '100 %'),
    side.memory,
    figure('time to set up a receiver', setUpMs, 'ms', 'lower'),
    time(side, '95 %'),
    time(side, '50 %'),
    figure('missing', side.missing, 'deliveries', 'lower'),
    figure('receivers', side.receivers, 'clients'),
    notConnected(crowd, side.receivers),
  ];
  return {
    mqtt: figures(sides[0]!, setUp.mqtt),
    mq: figures(sides[1]!, setUp.mq),
    method:
      `${crowd} subscribers of one MQTT topic and ${crowd} broadcasting consumers of MQ, each with a connection of its own, got ${repeats} messages, ` +
      'one by one, by turns. Measured from the send to the receipt by half, 95 % and all of them; medians of the messages. The memory, and the time to set one ' +
      'up, are those of clients of MQTT.js, and of the consumers of MQ.',
  };
};
