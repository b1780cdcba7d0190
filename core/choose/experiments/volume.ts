/** What one client can send and another receive: small messages at intervals, and large ones as fast as they are taken. */
import type { Scope } from '../bench.ts';
import { figure, median } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqttWay, mqWay, NAMES, type Sender, type Way } from '../ways.ts';
import type { Experiment } from './types.ts';

const LARGE_BYTES = 32 * 1024;
const SMALL_BYTES = 64;
const WINDOW = 100;
const EVERY_MS = 20;

/** Keeps up to `WINDOW` unacknowledged; messages a second until the last one was received, null when some were not, or not sent in time. */
async function flood(
  scope: Scope,
  sender: Sender,
  book: Book,
  from: number,
  count: number,
  bytes: number,
): Promise<number | null> {
  const before = book.distinct;
  const start = performance.now();
  let underWay = 0;
  let sent = 0;
  while (sent < count && scope.leftMs > 0) {
    underWay += 1;
    void sender.send(book.send(0, from + sent, bytes)).finally(() => {
      underWay -= 1;
    });
    sent += 1;
    if (underWay >= WINDOW) await scope.until(() => underWay < WINDOW, 10_000);
  }
  const whole = await scope.arrived(() => book.distinct, before + sent);
  return whole && sent === count ? (count * 1000) / (performance.now() - start) : null;
}

async function pair(scope: Scope, way: Way): Promise<{ sender: Sender; book: Book }> {
  const book = new Book(scope.nonce);
  await way.receivers(1, 'all', (receiver, body) => book.take(receiver, body));
  const [sender] = await way.senders(1);
  return { sender: sender!, book };
}

export const volume: Experiment = async (scope) => {
  const { messages } = scope.bench.sizes;
  // Rates differ much from round to round.
  const rounds = scope.bench.sizes.rounds + 2;
  const large = Math.max(5, Math.round(messages / 5));
  const steady = Math.max(5, Math.round(messages / 25));
  scope.step('a sender and a receiver on each side');
  const sides = [];
  // Without order, which MQTT does not promise to a receiver either.
  for (const way of [mqttWay(scope), mqWay(scope, false)]) {
    sides.push({ way, ...(await pair(scope, way)), next: 0, small: [] as (number | null)[], large: [] as (number | null)[] });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const side of sides) {
      scope.step(`${NAMES[side.way.side]}: round ${round + 1} of ${rounds}`);
      side.small.push(await flood(scope, side.sender, side.book, side.next, messages, SMALL_BYTES));
      side.large.push(await flood(scope, side.sender, side.book, side.next + messages, large, LARGE_BYTES));
      side.next += messages + large;
    }
  }
  const stored = scope.bench.embedded ? 'in memory' : 'as it does by its own settings';
  const figures = [];
  for (const side of sides) {
    scope.step(`${NAMES[side.way.side]}: small messages at intervals`);
    const before = side.book.latencies.length;
    const wanted = side.book.distinct + steady;
    for (let i = 0; i < steady; i += 1) {
      void side.sender.send(side.book.send(0, side.next + i, SMALL_BYTES));
      await scope.pause(EVERY_MS);
    }
    await scope.arrived(() => side.book.distinct, wanted);
    const calm = side.book.latencies.slice(before);
    const bytesPerSecond = median(side.large.map((perSecond) => (perSecond === null ? null : perSecond * LARGE_BYTES)));
    figures.push([
      figure('small messages', median(side.small), 'messages/s', 'higher'),
      figure('large messages', bytesPerSecond === null ? null : bytesPerSecond / 1e6, 'MB/s', 'higher'),
      figure('latency at intervals', median(calm), 'ms', 'lower'),
      figure('missing', side.book.sent - side.book.distinct, 'messages', 'lower'),
    ]);
  }
  return {
    mqtt: figures[0]!,
    mq: figures[1]!,
    method:
      `One client sent to one other, by turns over MQTT (QoS 1) and over MQ, ${rounds} times: ${messages} messages of ${SMALL_BYTES} ` +
      `bytes and ${large} of ${LARGE_BYTES / 1024} KiB, at most ${WINDOW} unacknowledged at a time; medians. The MQ kept each message for its consumers (${stored}), the gateway none; the consumer in MQ asked for no order. Then ${steady} small ones, one every ` +
      `${EVERY_MS} ms: the median of the time from send to receipt.`,
  };
};
