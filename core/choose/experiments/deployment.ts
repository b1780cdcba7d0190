/** Can a browser's page be a client? It has WebSockets and nothing else. */
import { WebSocket } from 'ws';
import type { Scope } from '../bench.ts';
import { LOCAL_TOPIC } from '../bench.ts';
import { figure, median } from '../figures.ts';
import { Book } from '../numbered.ts';
import { openDevices } from '../ways.ts';
import type { Experiment } from './types.ts';

/** Connects one client and sends itself messages; milliseconds of each, in order. */
export async function mqttRoundTrips(scope: Scope, transport: 'tcp' | 'ws', count: number): Promise<readonly number[]> {
  const book = new Book(scope.nonce);
  const topic = `${LOCAL_TOPIC}/${scope.name()}`;
  const devices = await openDevices(scope, 1, {
    endpoint: transport === 'ws' ? scope.ws : scope.tcp,
    onMessage: (_, __, payload) => book.take(0, payload),
  });
  if (devices.clients.length === 0) return [];
  await devices.subscribe(topic);
  for (let i = 0; i < count; i += 1) {
    void devices.publish(devices.clients[0]!, topic, book.send(0, i));
    await scope.until(() => book.distinct > i, 3000);
  }
  return book.latencies;
}

/** What comes of a WebSocket to this address: undefined when it opens, else why not. */
function knock(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://${address}/`, { handshakeTimeout: 1500 });
    socket.on('open', () => {
      socket.terminate();
      resolve(undefined);
    });
    // A parser's words on an answer that is not HTTP say nothing to people.
    socket.on('error', (error) => resolve(/parse error/i.test(error.message) ? 'its answer is not HTTP' : error.message));
    socket.on('close', () => resolve('the connection was closed'));
  });
}

export const deployment: Experiment = async (scope) => {
  scope.step('MQTT over WebSocket');
  const trips = await mqttRoundTrips(scope, 'ws', 20);
  scope.step('WebSocket to the MQ');
  const why = await knock(scope.bench.mqAddress);
  return {
    mqtt: [
      figure('browser can connect', trips.length > 0 ? 1 : 0, 'yes/no', 'higher'),
      figure('round trips over WebSocket', trips.length, 'messages', 'higher'),
      figure('time to receive', median(trips), 'ms', 'lower'),
    ],
    mq: [figure('browser can connect', why === undefined ? 1 : 0, 'yes/no', 'higher', why && `it answers no WebSocket: ${why}`)],
    method:
      'A client connected to the gateway over WebSocket, as a page in a browser would, and sent itself 20 messages. A WebSocket was ' +
      'then tried on the port of the MQ: all that a page can open.',
  };
};
