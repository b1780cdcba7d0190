/** Which clients have been tried. */
import { figure, median } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqWay } from '../ways.ts';
import { mqttRoundTrips } from './deployment.ts';
import type { Experiment } from './types.ts';

const TRIPS = 20;

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
  const tried = (good: boolean) => (good ? 1 : 0);
  return {
    mqtt: [
      figure('clients that work', tried(tcp.length === TRIPS) + tried(ws.length === TRIPS), 'of 2 tried', 'higher'),
      figure('JavaScript, TCP', median(tcp), 'ms', 'lower'),
      figure('JavaScript, WebSocket', median(ws), 'ms', 'lower'),
    ],
    mq: [
      figure('clients that work', tried(book.distinct === TRIPS), 'of 1 tried', 'higher'),
      figure('JavaScript, TCP', median(book.latencies), 'ms', 'lower'),
    ],
    method:
      `A JavaScript client sent itself ${TRIPS} messages over each transport; medians. Other languages are not tried here: any client of ` +
      'MQTT 3.1.1 speaks to the gateway, and an MQ is spoken to with the libraries of that engine.',
  };
};
