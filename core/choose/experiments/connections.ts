/** How many clients, and what one costs. */
import { figure } from '../figures.ts';
import { type Devices, openDevices } from '../ways.ts';
import { memoryInUse } from './memory.ts';
import type { Experiment } from './types.ts';

const KIB = 1024;

export const connections: Experiment = async (scope) => {
  const { sizes, embedded } = scope.bench;
  const side = async (asked: number, open: () => Promise<number>, note: string) => {
    const before = memoryInUse();
    const start = performance.now();
    const connected = await open();
    const ms = performance.now() - start;
    const memory = Math.max(0, memoryInUse() - before);
    const bound = connected < asked ? 'stopped by the time allowed' : 'stopped by the limit asked for';
    return [
      figure('clients connected', connected, 'clients', 'higher', bound),
      figure('clients asked', asked, 'clients'),
      figure('time per client', connected === 0 ? null : ms / connected, 'ms', 'lower'),
      figure('memory per client', connected === 0 ? null : memory / KIB / connected, 'KiB', 'lower', note),
    ];
  };
  let opened: Devices | undefined;
  scope.step(`connecting ${sizes.mqttClients} MQTT clients`);
  const mqtt = await side(
    sizes.mqttClients,
    async () => {
      opened = await openDevices(scope, sizes.mqttClients, { withinMs: scope.leftMs * 0.6 });
      return opened.swarm.stats().connected;
    },
    'gateway and simulated client together, this process',
  );
  // Those that are not connected yet would go on trying.
  await opened?.swarm.close();
  scope.step(`connecting ${sizes.mqClients} MQ clients`);
  const mq = await side(
    sizes.mqClients,
    async () => {
      const engines = await scope.connections(sizes.mqClients);
      await Promise.all(engines.map((engine) => engine.producer()));
      return engines.length;
    },
    embedded ? 'MQ and its client together, this process' : 'the client alone; what the engine needs for it is not known here',
  );
  return {
    mqtt,
    mq,
    method:
      `${sizes.mqttClients} MQTT clients were connected to the gateway, at most 200 at a time, then ${sizes.mqClients} clients to ` +
      'the MQ, 10 at a time, each with a connection and a producer of its own. Memory is what this process had in use afterwards, ' +
      'less what it had before, garbage collected.',
  };
};
