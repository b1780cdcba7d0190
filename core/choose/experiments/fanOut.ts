/** One message to everybody: how long until 50, 95, 100 % have it. */
import { figure, median, quantile } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqttWay, mqWay, type Sender } from '../ways.ts';
import { setUpTimes } from './setup.ts';
import type { Experiment } from './types.ts';

export const fanOut: Experiment = async (scope) => {
  const { crowd, rounds } = scope.bench.sizes;
  const repeats = rounds + 2;
  const few = Math.max(3, Math.round(crowd / 3));
  const setUps = [mqttWay, mqWay].map((way) => ({
    open: async () => (await way(scope).receivers(few, 'all', () => undefined)).length,
  }));
  const setUpMs = await setUpTimes(scope, setUps);
  const sides: {
    name: string;
    sender: Sender;
    at: () => number[];
    begin: (n: number) => Buffer;
    shares: number[][];
    receivers: number;
    missing: number;
  }[] = [];
  for (const way of [mqttWay(scope), mqWay(scope)]) {
    scope.step(`${way.side}: ${crowd} receivers`);
    let book = new Book(scope.nonce);
    const names = await way.receivers(crowd, 'all', (receiver, body) => book.take(receiver, body));
    const [sender] = await way.senders(1);
    sides.push({
      name: way.side,
      sender: sender!,
      at: () => book.latencies,
      begin: (n) => {
        book = new Book(scope.nonce);
        return book.send(0, n);
      },
      shares: [],
      receivers: names.length,
      missing: 0,
    });
  }
  for (let n = 0; n < repeats; n += 1) {
    for (const side of sides) {
      scope.step(`${side.name}: message ${n + 1} of ${repeats}`);
      void side.sender.send(side.begin(n));
      await scope.until(() => side.at().length >= side.receivers, 4000);
      const times = side.at();
      side.missing += side.receivers - times.length;
      if (times.length === side.receivers) side.shares.push([0.5, 0.95, 1].map((share) => quantile(times, share) ?? 0));
    }
  }
  const figures = (side: (typeof sides)[number], setUp: number | null = null) => [
    ...['50 %', '95 %', '100 %'].map((share, i) =>
      figure(`time to ${share}`, median(side.shares.map((one) => one[i]!)), 'ms', 'lower'),
    ),
    figure('receivers', side.receivers, 'clients'),
    figure('missing', side.missing, 'deliveries', 'lower'),
    figure('time to set up a receiver', setUp, 'ms', 'lower'),
  ];
  return {
    mqtt: figures(sides[0]!, setUpMs[0]),
    mq: figures(sides[1]!, setUpMs[1]),
    method:
      `${crowd} subscribers of one MQTT topic and ${crowd} broadcasting consumers of MQ, each with a connection of its own, got ${repeats} messages, ` +
      'one by one, by turns. Measured from the send to the receipt by half, 95 % and all of them; medians of the messages.',
  };
};
