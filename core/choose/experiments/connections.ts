/** How many clients, and what one costs. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import { figure } from '../figures.ts';
import { openLibraryClients } from '../libraryClients.ts';
import { openDevices } from '../ways.ts';
import { notConnected } from './counted.ts';
import { gatewayMemory, memoryOf } from './memory.ts';
import type { Experiment } from './types.ts';

const NAME = 'memory per client';

export const connections: Experiment = async (scope) => {
  const { mqttClients, mqClients } = scope.bench.sizes;
  const reached = (asked: number, came: number): ChooseFigure[] => [
    figure(
      'clients connected',
      came,
      'clients',
      undefined,
      came < asked ? 'stopped by the time allowed, or the first that was refused' : 'stopped by the limit asked for',
    ),
    figure('clients asked', asked, 'clients'),
    notConnected(asked, came),
  ];
  const perClient = (ms: number, came: number): ChooseFigure =>
    figure('time per client', came === 0 ? null : ms / came, 'ms', 'lower');

  scope.step(`connecting ${mqttClients} simulated MQTT clients`);
  const many = await scope.apart(() =>
    gatewayMemory(
      scope,
      async () => (await openDevices(scope, mqttClients, { withinMs: scope.leftMs * 0.3 })).clients.length,
      (came) => came,
    ),
  );
  scope.step(`connecting ${mqClients} clients of MQTT.js`);
  const mqttTime = await scope.apart(async () => {
    const start = performance.now();
    const { length } = await openLibraryClients(scope, mqClients);
    return perClient(performance.now() - start, length);
  });
  const { memory: mqttMemory } = await memoryOf(scope, 'mqtt', {
    name: NAME,
    clients: mqClients,
    connections: ['sender'],
    open: async () => undefined,
    count: () => 0,
  });
  scope.step(`connecting ${mqClients} MQ clients`);
  let mqMs = 0;
  const { opened: came, memory: mqMemory } = await memoryOf(scope, 'mq', {
    name: NAME,
    clients: mqClients,
    connections: [],
    open: async () => {
      const start = performance.now();
      const engines = await scope.connections(mqClients);
      await Promise.all(engines.map((engine) => engine.producer()));
      mqMs = performance.now() - start;
      return engines.length;
    },
    count: (length) => length,
  });
  return {
    mqtt: [mqttMemory, mqttTime, many.memory, ...reached(mqttClients, many.opened)],
    mq: [mqMemory, perClient(mqMs, came), ...reached(mqClients, came)],
    method:
      `${mqttClients} simulated MQTT clients were connected to the gateway, at most 200 at a time, to see that it bears them. What one client costs ` +
      `was then measured with ${mqClients} on either side, 10 at a time: clients of MQTT.js, and clients of the MQ with a producer each. Memory is what ` +
      'this process had in use afterwards, less what it had before, garbage collected. Which number of clients a side bears at most is not tried.',
  };
};
