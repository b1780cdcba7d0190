import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectEmbeddedMq } from '../../../core/mq/embedded/client.ts';
import { connectMqtt } from '../../helpers/mqttClient.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { type LabProcess, startLabProcess } from './lab.ts';

let folder: string;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-restart-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<LabProcess> {
  const lab = await startLabProcess(['--storage', 'file', '--folder', folder, '--topic', 'demo', '--topic', 'down:down']);
  closing.push(() => lab.close());
  return lab;
}

/** Consumes with a service's group until `count` messages are there and acknowledged; returns their bodies. */
async function consume(lab: LabProcess, count: number): Promise<string[]> {
  const engine = await connectEmbeddedMq({ host: '127.0.0.1', port: lab.port('mq'), name: 'service' });
  closing.push(() => engine.close());
  const bodies: string[] = [];
  const consumer = await engine.consume(
    { group: 'billing', topics: ['demo'], mode: 'clustering', ordered: true, from: 'earliest', prefetch: 1 },
    ({ body }) => {
      bodies.push(Buffer.from(body).toString());
    },
  );
  await waitFor(`${count} messages`, () => bodies.length >= count);
  await consumer.close();
  await engine.close();
  return bodies;
}

async function publish(lab: LabProcess, bodies: readonly string[]): Promise<void> {
  const device = await connectMqtt(lab.port('mqtt'), { clientId: 'GID@@@d1' });
  for (const body of bodies) await device.client.publishAsync('demo/x', body, { qos: 1 });
  await device.close(true);
}

describe.each([
  ['Ctrl-C', 'SIGINT', 0],
  ['kill -9', 'SIGKILL', null],
] as const)('causeway gateway --storage file, ended by %s and started again', (_, signal, code) => {
  const end = async (lab: LabProcess): Promise<void> => {
    lab.program.signal(signal);
    expect((await lab.program.ended).code).toBe(code);
  };

  test('every acknowledged message is still there, and a group goes on where it was', async () => {
    const first = await start();
    await publish(first, ['1', '2', '3']);
    expect(await consume(first, 3)).toEqual(['1', '2', '3']);
    await publish(first, ['4', '5']);
    await end(first);
    const second = await start();
    const all = await second.tail('demo', 5);
    expect(all.map(({ body }) => body.toString())).toEqual(['1', '2', '3', '4', '5']);
    expect(all[4]).toMatchObject({ key: 'GID@@@d1', properties: { mqttSecondTopic: '/x', qoslevel: '1' } });
    await publish(second, ['6']);
    expect(await consume(second, 3)).toEqual(['4', '5', '6']);
  });

  test('commands delivered before are not delivered to the devices again', async () => {
    const first = await start();
    const before = await connectMqtt(first.port('mqtt'), { clientId: 'GID@@@d1' });
    closing.push(() => before.close(true));
    await before.client.subscribeAsync('down/#', { qos: 1 });
    await first.send('down', { mqttSecondTopic: '/x' }, 'before');
    await waitFor('the command', () => before.messages.length === 1);
    if (signal === 'SIGKILL') {
      // The offset is committed after the device has the message; the next one tells that this has happened.
      await first.send('down', { mqttSecondTopic: '/y' }, 'after it');
      await waitFor('the next one', () => before.messages.length === 2);
    }
    await end(first);
    const second = await start();
    const after = await connectMqtt(second.port('mqtt'), { clientId: 'GID@@@d1' });
    closing.push(() => after.close(true));
    await after.client.subscribeAsync('down/#', { qos: 1 });
    await second.send('down', { mqttSecondTopic: '/x' }, 'now');
    await waitFor('the new command', () => after.messages.some(({ payload }) => payload.toString() === 'now'));
    expect(after.messages.map(({ payload }) => payload.toString())).not.toContain('before');
  });
});

test('a folder that another gateway uses is refused', async () => {
  await start();
  await expect(start()).rejects.toThrow(/error: /);
});
