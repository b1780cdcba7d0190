import { afterEach, describe, expect, test } from 'vitest';
import type { DownReport, GatewayOptions, QoS } from '../../../core/gateway/types.ts';
import { type GatewayRig, gatewayRig } from '../../helpers/gatewayRig.ts';
import type { TestClient } from '../../helpers/mqttClient.ts';
import { waitFor } from '../../helpers/waitFor.ts';

let rig: GatewayRig;
const start = async (options: Partial<GatewayOptions> = {}): Promise<void> => {
  rig = await gatewayRig(options);
};
afterEach(() => rig.close());

const p2p = (clientId: string, qos: QoS, cleanSession: boolean, shownTopic = `p/p2p/${clientId}`): Promise<DownReport> =>
  rig.gateway.deliver({ kind: 'p2p', clientId, shownTopic, qos, cleanSession, payload: Buffer.from(`q${qos}`) });
const leave = async (client: TestClient, clientId: string): Promise<void> => {
  await client.close();
  await waitFor('gone', () => rig.gateway.session(clientId)?.connected !== true);
};
/** A round trip through the gateway: what was under way to this client before has arrived. */
const settled = async (client: TestClient): Promise<void> => {
  await client.client.subscribeAsync('m/mark', { qos: 1 });
  const before = client.messages.length;
  await client.client.publishAsync('m/mark', 'mark', { qos: 1 });
  await waitFor('mark', () => client.messages.slice(before).some(({ topic }) => topic === 'm/mark'));
  await client.client.unsubscribeAsync('m/mark');
};
const topicsOf = (client: TestClient): string[] =>
  client.messages.map(({ topic }) => topic).filter((topic) => topic !== 'm/mark');

describe('P2P', () => {
  test('only the target gets it, whatever others subscribe; a matching filter of its own makes no second copy', async () => {
    await start();
    const target = await rig.connect('A');
    await target.client.subscribeAsync('p/#', { qos: 0 });
    const other = await rig.connect('B');
    await other.client.subscribeAsync(['#', 'p/#', 'p/p2p/+', 'p/p2p/A'], { qos: 2 });
    const sender = await rig.connect('S');
    await sender.client.publishAsync('p/p2p/A', 'from a device', { qos: 1 });
    expect(await p2p('A', 2, true)).toEqual({ online: 1, stored: 0, dropped: 0 });
    await settled(target);
    await settled(other);
    expect(target.messages.filter(({ topic }) => topic === 'p/p2p/A').map(({ qos }) => qos)).toEqual([1, 2]);
    expect(topicsOf(other)).toEqual([]);
    expect(rig.up.map(({ topic }) => topic)).toEqual(['p/p2p/A']);
  });

  test('the target needs no subscription; the shown topic is as asked', async () => {
    await start();
    const target = await rig.connect('G@@@D');
    await p2p('G@@@D', 1, true, 'p/orders/new');
    await waitFor('message', () => target.messages.length === 1);
    expect(target.messages[0]).toMatchObject({ topic: 'p/orders/new', qos: 1, payload: Buffer.from('q1') });
  });

  test('look-alikes are plain topics', async () => {
    await start();
    const target = await rig.connect('A');
    const other = await rig.connect('B');
    await other.client.subscribeAsync('p/#', { qos: 1 });
    const topics = ['p/p2p', 'p/p2p/', 'p/p2p/A/x', 'p/P2P/A'];
    for (const topic of topics) await other.client.publishAsync(topic, 'x', { qos: 1 });
    await settled(other);
    await settled(target);
    expect(topicsOf(other)).toEqual(topics);
    expect(topicsOf(target)).toEqual([]);
  });

  test('an unknown target is dropped and counted', async () => {
    await start();
    const sender = await rig.connect('S');
    await sender.client.publishAsync('p/p2p/nobody', 'x', { qos: 1 });
    expect(await p2p('nobody', 1, false)).toEqual({ online: 0, stored: 0, dropped: 1 });
    expect(rig.gateway.stats().p2pUnknown).toBe(2);
  });

  test('retain does not keep it: nobody can fetch it by subscribing', async () => {
    await start();
    await rig.connect('A');
    const sender = await rig.connect('S');
    await sender.client.publishAsync('p/p2p/A', 'secret', { qos: 1, retain: true });
    await sender.client.subscribeAsync('p/#', { qos: 1 });
    await settled(sender);
    expect(topicsOf(sender)).toEqual([]);
  });
});

describe('P2P to an offline receiver', () => {
  test.each([
    ['flag=true keeps nothing', 'strict', 1, true, 0],
    ['flag=false, QoS 1 is kept', 'strict', 1, false, 1],
    ['QoS 0 is dropped', 'strict', 0, false, 0],
    ['QoS 2 is dropped in the strict profile', 'strict', 2, false, 0],
    ['QoS 2 is kept in the lenient profile', 'lenient', 2, false, 1],
  ] as const)('%s', async (_name, profile, qos, cleanSession, stored) => {
    await start({ profile });
    await leave(await rig.connect('A', { clean: false }), 'A');
    expect(await p2p('A', qos, cleanSession)).toEqual({ online: 0, stored, dropped: 1 - stored });
    expect(rig.gateway.stats()).toMatchObject({ offlineStored: stored, p2pDropped: 1 - stored });
    const back = await rig.connect('A', { clean: false });
    await settled(back);
    expect(back.messages.filter(({ topic }) => topic === 'p/p2p/A').map((m) => m.qos)).toEqual(stored === 1 ? [qos] : []);
  });

  test('a receiver back with clean=1 gets nothing', async () => {
    await start();
    await leave(await rig.connect('A', { clean: false }), 'A');
    await p2p('A', 1, false);
    const back = await rig.connect('A', { clean: true });
    await settled(back);
    expect(topicsOf(back)).toEqual([]);
  });

  test("a device's own clean-session flag decides about what it sends", async () => {
    await start();
    await leave(await rig.connect('A', { clean: false }), 'A');
    const persistent = await rig.connect('keeper', { clean: false });
    const clean = await rig.connect('dropper', { clean: true });
    await persistent.client.publishAsync('p/p2p/A', 'kept', { qos: 1 });
    await clean.client.publishAsync('p/p2p/A', 'not kept', { qos: 1 });
    const back = await rig.connect('A', { clean: false });
    await settled(back);
    expect(back.messages.filter(({ topic }) => topic === 'p/p2p/A').map(({ payload }) => payload.toString())).toEqual(['kept']);
  });
});
