/** Everything to each, or each message to one: exact counts. */
import { LOCAL_TOPIC } from '../bench.ts';
import { figure } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqttWay, mqWay, NAMES, openDevices, type Way } from '../ways.ts';
import type { Experiment } from './types.ts';

const MEMBERS = 3;

export const consumption: Experiment = async (scope) => {
  const count = Math.max(30, Math.round(scope.bench.sizes.messages / 5));
  const run = async (way: Way, how: 'all' | 'share'): Promise<Book> => {
    scope.step(`${NAMES[way.side]}: ${how === 'all' ? 'everything to each' : 'shared'}`);
    const book = new Book(scope.nonce);
    await way.receivers(MEMBERS, how, (receiver, body) => book.take(receiver, body));
    // Several, so that their keys spread over the members.
    const senders = await way.senders(10);
    await Promise.all(
      senders.map(async (sender, s) => {
        for (let i = 0; i < count / senders.length; i += 1) await sender.send(book.send(s, i));
      }),
    );
    await scope.arrived(() => book.received, how === 'all' ? book.sent * MEMBERS : book.sent);
    // Copies too many would come now.
    await scope.pause(100);
    return book;
  };
  const all = await run(mqttWay(scope), 'all');
  scope.step('MQTT: a shared subscription');
  const sharers = await openDevices(scope, MEMBERS);
  const topic = `${LOCAL_TOPIC}/${scope.name()}`;
  const granted = await Promise.all(sharers.clients.map((c) => c.subscribe([{ filter: `$share/g/${topic}`, qos: 1 }])));
  const broadcast = await run(mqWay(scope), 'all');
  const clustering = await run(mqWay(scope), 'share');
  const per = (book: Book) => book.received / Math.max(1, book.sent);
  const busiest = Math.max(0, ...clustering.perReceiver.values()) / Math.max(1, clustering.received);
  return {
    mqtt: [
      figure('broadcasting: copies per message', per(all), ''),
      figure('shared subscriptions granted', granted.flat().filter((qos) => qos < 128).length, `of ${MEMBERS}`),
      figure('members', MEMBERS, 'members'),
    ],
    mq: [
      figure('broadcasting: copies per message', per(broadcast), ''),
      figure('clustering: copies per message', per(clustering), ''),
      figure('clustering: members that worked', clustering.perReceiver.size, 'members'),
      figure('clustering: busiest member', busiest * 100, '% of all'),
      figure('members', MEMBERS, 'members'),
    ],
    method:
      `${all.sent} messages of 10 senders went to ${MEMBERS} receivers, and every receipt was counted: MQTT subscribers of one topic; MQ ` +
      'consumers of one group, broadcasting and clustering. MQTT was also asked for a shared subscription.',
  };
};
