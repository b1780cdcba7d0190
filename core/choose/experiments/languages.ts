/** From which languages either side has been used: JavaScript here and now, others as recorded. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import { figure, median } from '../figures.ts';
import { Book } from '../numbered.ts';
import { ROW_FACTS } from '../rows.ts';
import { triedClients } from '../triedClients.ts';
import { mqWay } from '../ways.ts';
import { mqttRoundTrips } from './deployment.ts';
import type { Experiment } from './types.ts';

const TRIPS = 20;
const HERE = 'JavaScript';

export const languages: Experiment = async (scope) => {
  scope.step('JavaScript over TCP');
  const tcp = await mqttRoundTrips(scope, 'tcp', TRIPS);
  scope.step('JavaScript over WebSocket');
  const ws = await mqttRoundTrips(scope, 'ws', TRIPS);
  scope.step('JavaScript to the MQ');
  const book = new Book(scope.nonce);
  const way = mqWay(scope);
  await way.receivers(1, 'all', (receiver, body) => book.take(receiver, body));
  const [sender] = await way.senders(1);
  for (let i = 0; i < TRIPS; i += 1) {
    void sender!.send(book.send(0, i));
    await scope.until(() => book.distinct > i, 3000);
  }
  const record = triedClients();
  const mqttWorks = tcp.length === TRIPS && ws.length === TRIPS;
  const when = record === undefined ? '' : `; recorded on ${record.date} with Causeway ${record.causeway}`;
  return {
    mqtt: [
      ...tried('mqtt', [...(mqttWorks ? [HERE] : []), ...(record?.languages.filter((name) => name !== HERE) ?? [])], when),
      figure('JavaScript, TCP', median(tcp), 'ms'),
      figure('JavaScript, WebSocket', median(ws), 'ms'),
    ],
    mq: [...tried('mq', book.distinct === TRIPS ? [HERE] : []), figure('JavaScript, TCP', median(book.latencies), 'ms')],
    method:
      `A JavaScript client sent itself ${TRIPS} messages over each transport; medians. MQTT clients of other languages were tried with the gateway ` +
      'before, both ways, with bodies of every kind (docs/clients.md), and that record is counted here. Other clients of the MQ are not tried: they come with the engine.',
  };
};

/** How many of the languages that are named have been seen to work, and which have not been tried. */
function tried(side: 'mqtt' | 'mq', works: readonly string[], when = ''): ChooseFigure[] {
  const named = ROW_FACTS.languages[side].split(', ').filter((name) => !name.startsWith('and '));
  const open = named.filter((name) => !works.includes(name));
  return [
    figure('languages that work', works.length, 'languages', undefined, `${works.join(', ') || 'none'}${when}`),
    figure('named, and not tried', open.length, 'languages', undefined, open.join(', ') || 'none'),
  ];
}
