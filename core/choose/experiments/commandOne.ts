/** A command to one of many: P2P over MQTT, a filter per receiver in MQ. */

import type { Scope } from '../bench.ts';
import { figure } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqttWay, mqWay, NAMES, type Way } from '../ways.ts';
import { notConnected } from './counted.ts';
import { setUpTimes } from './setup.ts';
import type { Experiment } from './types.ts';

async function side(scope: Scope, way: Way, devices: number, commands: number, setUpMs: number | null) {
  scope.step(`${NAMES[way.side]}: ${devices} devices`);
  const book = new Book(scope.nonce);
  let wrong = 0;
  const targets = new Map<number, number>();
  const names = await way.receivers(devices, 'addressed', (receiver, body) => {
    if (targets.get(Buffer.from(body.buffer, body.byteOffset, body.byteLength).readUInt32BE(8)) === receiver)
      book.take(receiver, body);
    else wrong += 1;
  });
  const [sender] = await way.senders(1);
  scope.step(`${NAMES[way.side]}: ${commands} commands`);
  for (let i = 0; i < commands && names.length > 0; i += 1) {
    const target = (i * 7) % names.length;
    targets.set(i, target);
    void sender!.send(book.send(0, i), names[target]!);
    await scope.until(() => book.distinct > i, 2000);
  }
  await scope.arrived(() => book.distinct, book.sent);
  await scope.pause(100);
  return [
    figure('latency p50', book.latency(0.5), 'ms', 'lower'),
    figure('latency p99', book.latency(0.99), 'ms', 'lower'),
    figure('missing', book.sent - book.distinct, 'commands', 'lower'),
    figure('at the wrong device', wrong, 'commands', 'lower'),
    figure('time to set up a device', setUpMs, 'ms', 'lower'),
    figure('devices', names.length, 'devices'),
    notConnected(devices, names.length),
  ];
}

export const commandOne: Experiment = async (scope) => {
  const devices = scope.bench.sizes.crowd;
  const commands = Math.max(5, Math.min(60, Math.round(scope.bench.sizes.messages / 10)));
  const few = Math.max(3, Math.round(devices / 3));
  const setUp = await setUpTimes(scope, few, ['receiver'], true);
  return {
    mqtt: await side(scope, mqttWay(scope), devices, commands, setUp.mqtt),
    mq: await side(scope, mqWay(scope), devices, commands, setUp.mq),
    method:
      `${commands} commands, one at a time, each to one of ${devices} devices. Over MQTT: P2P, to clients that have subscribed to nothing. In MQ: a broadcasting ` +
      'consumer per device with a filter on the device’s name, since a topic per device is no plan for many devices. The time to set up a device, of MQTT.js and of the MQ, is a median of rounds by turns.',
  };
};
