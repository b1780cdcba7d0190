import { afterEach, expect, test } from 'vitest';
import type { GatewayOptions } from '../../../core/gateway/types.ts';
import { type GatewayRig, gatewayRig } from '../../helpers/gatewayRig.ts';
import { type RawClient, rawConnected } from '../../helpers/rawMqtt.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let rig: GatewayRig;
const raws: RawClient[] = [];
const start = async (options: Partial<GatewayOptions> = {}): Promise<void> => {
  rig = await gatewayRig(options);
};
afterEach(async () => {
  for (const client of raws.splice(0)) client.destroy();
  await rig.close();
});

const granted = async (
  clientId: string,
  clean: boolean,
  filters: readonly (readonly [string, 0 | 1 | 2])[],
): Promise<number[]> => {
  const client = await rawConnected(rig.port, clientId, { clean });
  raws.push(client);
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: filters.map(([topic, qos]) => ({ topic, qos })) } as never);
  return (await client.next('suback')) ? ((client.packets.at(-1) as unknown as { granted: number[] }).granted ?? []) : [];
};

test('each filter has its own answer; refused ones do not close the connection', async () => {
  await start();
  const codes = await granted('a', true, [
    ['p/a', 0],
    ['p/a#', 1],
    ['$SYS/#', 1],
    ['p/+/b', 2],
    [`p/${'x'.repeat(63)}`, 1],
    ['unknown/+', 1],
  ]);
  expect(codes).toEqual([0, 128, 128, 2, 128, 1]);
  expect(rig.gateway.stats().refused).toEqual({ 'filter-invalid': 1, 'topic-reserved': 1, 'topic-too-long': 1 });
  expect(rig.gateway.session('a')?.subscriptions).toEqual([
    { filter: 'p/a', qos: 0 },
    { filter: 'p/+/b', qos: 2 },
    { filter: 'unknown/+', qos: 1 },
  ]);
});

test('QoS 2 with clean=0: refused in the strict profile, granted in the lenient one and with clean=1', async () => {
  await start();
  expect(
    await granted('a', false, [
      ['p/a', 2],
      ['p/b', 1],
    ]),
  ).toEqual([128, 1]);
  expect(await granted('b', true, [['p/a', 2]])).toEqual([2]);
  expect(rig.gateway.stats().refused).toEqual({ 'qos2-persistent-session': 1 });
  await rig.close();
  await start({ profile: 'lenient' });
  expect(await granted('a', false, [['p/a', 2]])).toEqual([2]);
});

test('the 31st subscription is refused in the strict profile; renewing one of the thirty is not', async () => {
  await start();
  const filters = Array.from({ length: 31 }, (_, i) => [`p/${i}`, 1] as const);
  expect(await granted('a', false, filters)).toEqual([...Array<number>(30).fill(1), 128]);
  expect(
    await granted('a', false, [
      ['p/0', 0],
      ['p/30', 1],
    ]),
  ).toEqual([0, 128]);
  expect(rig.gateway.stats().refused).toEqual({ 'too-many-subscriptions': 2 });
  await rig.close();
  await start({ profile: 'lenient' });
  expect(await granted('a', false, filters)).toEqual(Array<number>(31).fill(1));
});

test('after UNSUBSCRIBE nothing comes any more, and the subscription stays gone after a reconnect', async () => {
  await start();
  const client = await rig.connect('a', { clean: false });
  await client.client.subscribeAsync(['p/x', 'p/y'], { qos: 1 });
  await client.client.unsubscribeAsync('p/x');
  await client.close();
  const again = await rig.connect('a', { clean: false });
  for (const topic of ['p/x', 'p/y']) await again.client.publishAsync(topic, topic, { qos: 1 });
  await waitFor('message', () => again.messages.length > 0);
  expect(again.messages.map(({ topic }) => topic)).toEqual(['p/y']);
});

test('a resumed session gets messages without subscribing again', async () => {
  await start();
  const client = await rig.connect('a', { clean: false });
  await client.client.subscribeAsync('p/+', { qos: 1 });
  await client.close(true);
  await waitFor('offline', () => rig.gateway.session('a')?.connected === false);
  const again = await rig.connect('a', { clean: false });
  expect(again.sessionPresent).toBe(true);
  await again.client.publishAsync('p/x', '1', { qos: 1 });
  await waitFor('message', () => again.messages.length === 1);
});
