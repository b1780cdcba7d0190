/** Everything to each, or each message to one: exact counts. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import { LOCAL_TOPIC } from '../bench.ts';
import { figure } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqttWay, mqWay, NAMES, openDevices, type Way } from '../ways.ts';
import { notConnected } from './counted.ts';
import type { Experiment } from './types.ts';

const MEMBERS = 3;

export const consumption: Experiment = async (scope) => {
  const count = Math.max(30, Math.round(scope.bench.sizes.messages / 5));
  const run = async (way: Way, how: 'all' | 'share') => {
    scope.step(`${NAMES[way.side]}: ${how === 'all' ? 'everything to each' : 'shared'}`);
    const book = new Book(scope.nonce);
    const { length: members } = await way.receivers(MEMBERS, how, (receiver, body) => book.take(receiver, body));
    // Several, so that their keys spread over the members.
    const senders = await way.senders(10);
    await Promise.all(
      senders.map(async (sender, s) => {
        for (let i = 0; i < count / senders.length; i += 1) await sender.send(book.send(s, i));
      }),
    );
    // Of a group each message comes once, wherever; else once at each member.
    const firsts = (): number => (how === 'all' ? book.received - book.duplicates : book.distinct);
    const wanted = how === 'all' ? book.sent * members : book.sent;
    await scope.arrived(firsts, wanted);
    // Copies too many would come now.
    await scope.pause(100);
    const mode = how === 'all' ? 'broadcasting' : 'clustering';
    const figures: ChooseFigure[] = [
      figure(`${mode}: missing`, wanted - firsts(), 'copies', 'lower'),
      figure(`${mode}: copies too many`, book.received - firsts(), 'copies', 'lower'),
    ];
    return { book, figures, members };
  };
  const all = await run(mqttWay(scope), 'all');
  scope.step('MQTT: a shared subscription');
  const sharers = await openDevices(scope, MEMBERS);
  const topic = `${LOCAL_TOPIC}/${scope.name()}`;
  const granted = await Promise.all(sharers.clients.map((c) => c.subscribe([{ filter: `$share/g/${topic}`, qos: 1 }])));
  const broadcast = await run(mqWay(scope), 'all');
  const clustering = await run(mqWay(scope), 'share');
  const { received, perReceiver } = clustering.book;
  const busiest = Math.max(0, ...perReceiver.values()) / Math.max(1, received);
  return {
    mqtt: [
      ...all.figures,
      figure('shared subscriptions granted', granted.flat().filter((qos) => qos < 128).length, `of ${MEMBERS}`),
      figure('members', all.members, 'members'),
      notConnected(MEMBERS, all.members),
    ],
    mq: [
      ...broadcast.figures,
      ...clustering.figures,
      figure('clustering: members that worked', perReceiver.size, 'members'),
      figure('clustering: busiest member', busiest * 100, '% of all'),
      figure('members', clustering.members, 'members'),
      notConnected(2 * MEMBERS, broadcast.members + clustering.members),
    ],
    method:
      `${all.book.sent} messages of 10 senders went to ${MEMBERS} receivers, and every receipt was counted, by message and receiver: MQTT subscribers of one ` +
      'topic; MQ consumers of one group, broadcasting and clustering. MQTT was also asked for a shared subscription.',
  };
};
