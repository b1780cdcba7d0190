/** How many clients, and what one costs. */
import type { ChooseFigure } from '../../protocol/choose.ts';
import { figure } from '../figures.ts';
import { type Devices, openDevices } from '../ways.ts';
import { memoryNote, memoryOf } from './memory.ts';
import type { Experiment } from './types.ts';

export const connections: Experiment = async (scope) => {
  const { sizes } = scope.bench;
  const measure = async (side: 'mqtt' | 'mq', asked: number, open: () => Promise<number>): Promise<ChooseFigure[]> => {
    let ms = 0;
    const timed = async (): Promise<number> => {
      const start = performance.now();
      const came = await open();
      ms = performance.now() - start;
      return came;
    };
    const note = memoryNote(scope, side);
    const { opened: connected, memory } = await memoryOf(scope, 'memory per client', timed, (came) => came, note);
    const bound = connected < asked ? 'stopped by the time allowed' : 'stopped by the limit asked for';
    return [
      memory,
      figure('time per client', connected === 0 ? null : ms / connected, 'ms', 'lower'),
      figure('clients connected', connected, 'clients', undefined, bound),
      figure('clients asked', asked, 'clients'),
    ];
  };
  let opened: Devices | undefined;
  scope.step(`connecting ${sizes.mqttClients} MQTT clients`);
  const mqtt = await measure('mqtt', sizes.mqttClients, async () => {
    opened = await openDevices(scope, sizes.mqttClients, { withinMs: scope.leftMs * 0.6 });
    return opened.swarm.stats().connected;
  });
  // Those that are not connected yet would go on trying.
  await opened?.swarm.close();
  scope.step(`connecting ${sizes.mqClients} MQ clients`);
  const mq = await measure('mq', sizes.mqClients, async () => {
    const engines = await scope.connections(sizes.mqClients);
    await Promise.all(engines.map((engine) => engine.producer()));
    return engines.length;
  });
  return {
    mqtt,
    mq,
    method:
      `${sizes.mqttClients} MQTT clients were connected to the gateway, at most 200 at a time, then ${sizes.mqClients} clients to ` +
      'the MQ, 10 at a time, each with a connection and a producer of its own. Memory is what this process had in use afterwards, ' +
      'less what it had before, garbage collected. Which number of clients a side bears at most is not tried.',
  };
};
