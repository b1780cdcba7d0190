import { afterEach, describe, expect, it } from 'vitest';
import { createBridge } from '../../../core/bridge/bridge.ts';
import { createTamper, type FaultTamper } from '../../../core/bridge/tampers.ts';
import type { Bridge, Tamper } from '../../../core/bridge/types.ts';
import type { DownMessage } from '../../../core/gateway/types.ts';
import type { MqMessage } from '../../../core/mq/engine.ts';
import type { Fault } from '../../../core/scenario/model.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { aDelivery } from '../mapping/samples.ts';
import { FakeEngine, FakeGateway, up } from './fakes.ts';

const opened: Bridge[] = [];
afterEach(async () => {
  for (const bridge of opened.splice(0)) await bridge.close(0);
});

const fault = (inject: Fault['inject'], over: Partial<Fault> = {}): Fault => ({
  inject,
  direction: 'up',
  atMs: 0,
  every: 1,
  count: 1,
  ...over,
});

class World {
  us = 0;
  readonly made: FaultTamper;

  constructor(...faults: Fault[]) {
    this.made = createTamper(faults, { startUs: () => 0, now: () => this.us });
  }

  up(...messages: MqMessage[]): readonly MqMessage[] {
    return messages.flatMap((message) => this.made.tamper.up?.(message) ?? [message]);
  }

  names(...messages: MqMessage[]): string[] {
    return this.up(...messages).map((message) => Buffer.from(message.body).toString());
  }
}

const message = (body: string | Buffer, key = 'A', properties: Record<string, string> = {}): MqMessage => ({
  topic: 'p',
  key,
  properties: { qoslevel: '1', cleansessionflag: 'true', clientId: key, mqttSecondTopic: '/a', ...properties },
  body: Buffer.from(body),
});

const many = (n: number): MqMessage[] => Array.from({ length: n }, (_, i) => message(String(i + 1)));

describe('when a fault strikes', () => {
  it('every n-th message, at most so many times', () => {
    const world = new World(fault('drop', { every: 3, count: 2 }));
    expect(world.names(...many(12))).toEqual(['1', '2', '4', '5', '7', '8', '9', '10', '11', '12']);
    expect(world.made.injected()).toEqual({ 'up.drop': 2 });
  });

  it('not before its time, nor before traffic has started', () => {
    let startUs = Number.POSITIVE_INFINITY;
    let us = 5_000_000;
    const { tamper, injected } = createTamper([fault('drop', { atMs: 1000 })], { startUs: () => startUs, now: () => us });
    expect(tamper.up!(message('1'))).toHaveLength(1);
    startUs = us;
    expect(tamper.up!(message('2'))).toHaveLength(1);
    us += 999_999;
    expect(tamper.up!(message('3'))).toHaveLength(1);
    us += 1;
    expect(tamper.up!(message('4'))).toHaveLength(0);
    expect(injected()).toEqual({ 'up.drop': 1 });
  });

  it('in its own direction only', () => {
    const world = new World(fault('drop', { direction: 'down' }));
    expect(world.names(...many(2))).toEqual(['1', '2']);
    expect(world.made.injected()).toEqual({ 'down.drop': 0 });
  });

  it('two due at once take one message each', () => {
    const world = new World(fault('drop'), fault('duplicate'));
    expect(world.names(...many(3))).toEqual(['2', '2', '3']);
    expect(world.made.injected()).toEqual({ 'up.drop': 1, 'up.duplicate': 1 });
  });
});

describe('what a fault does', () => {
  it('duplicate: an exact copy', () => {
    const [first, second] = new World(fault('duplicate')).up(message('x'));
    expect(second).toEqual(first);
    expect(second!.properties.causewayDup).toBeUndefined();
  });

  it('corrupt: one bit behind the stamp, in a copy; a message without anything behind it waits for the next', () => {
    const world = new World(fault('corrupt'));
    const short = message(Buffer.alloc(90, 65));
    expect(world.up(short)).toEqual([short]);
    const long = message(Buffer.alloc(91, 65));
    const [corrupted] = world.up(long);
    expect(Buffer.from(long.body).equals(Buffer.alloc(91, 65))).toBe(true);
    expect(Buffer.from(corrupted!.body.subarray(0, 90)).equals(Buffer.alloc(90, 65))).toBe(true);
    expect(corrupted!.body[90]).not.toBe(65);
    expect(world.made.injected()).toEqual({ 'up.corrupt': 1 });
  });

  it('property: one mapped property after another', () => {
    const world = new World(fault('property', { count: 5 }));
    const original = message('x');
    const changed = world.up(original, original, original, original, original).map((m) => m.properties);
    const differing = changed.map((properties) =>
      Object.keys(properties).filter((key) => properties[key] !== original.properties[key]),
    );
    expect(differing).toEqual([['qoslevel'], ['cleansessionflag'], ['mqttSecondTopic'], ['clientId'], ['mqttRealTopic']]);
    expect(['0', '1', '2']).toContain(changed[0]!.qoslevel);
  });

  it('property, down: the QoS, then the topic shown', () => {
    const { tamper } = createTamper([fault('property', { direction: 'down', count: 2 })], { startUs: () => 0, now: () => 0 });
    const down: DownMessage = { kind: 'topic', topic: 'p/a', shownTopic: 'p/a', qos: 1, payload: Buffer.from('x') };
    expect(tamper.down!(down)).toEqual([{ ...down, qos: 0 }]);
    expect(tamper.down!(down)).toEqual([{ ...down, shownTopic: 'p/a/tampered' }]);
    expect(tamper.down!(down)).toEqual([down]);
  });

  it('swap: with the next of the same client, others in between pass', () => {
    const world = new World(fault('swap'));
    expect(world.names(message('A1'), message('B1', 'B'), message('A2'), message('A3'))).toEqual(['B1', 'A2', 'A1', 'A3']);
    expect(world.made.injected()).toEqual({ 'up.swap': 1 });
  });

  it('swap: without a successor the message goes out late but unswapped, and the fault is still to come', () => {
    const world = new World(fault('swap', { every: 2 }));
    expect(world.names(message('1'), message('2'))).toEqual(['1']);
    const release = world.made.tamper.release!;
    world.us = 2_999_999;
    expect(release(false).up).toEqual([]);
    world.us = 3_000_000;
    expect(release(false).up.map((m) => Buffer.from(m.body).toString())).toEqual(['2']);
    expect(world.made.injected()).toEqual({ 'up.swap': 0 });
    expect(world.names(message('3'), message('4'), message('5'))).toEqual(['4', '3', '5']);
    expect(world.made.injected()).toEqual({ 'up.swap': 1 });
  });
});

describe('in a bridge', () => {
  async function aBridge(tamper: Tamper): Promise<{ engine: FakeEngine; gateway: FakeGateway; bridge: Bridge }> {
    const engine = new FakeEngine(['p']);
    const gateway = new FakeGateway();
    const bridge = await createBridge({
      engine,
      topics: [{ name: 'p', up: true, down: true }],
      profile: 'strict',
      limits: { payloadBytes: 65_536, topicChars: 64 },
      tamper,
    });
    opened.push(bridge);
    await bridge.start(gateway);
    return { engine, gateway, bridge };
  }

  it('a dropped message is acknowledged to its device all the same; a doubled one is stored twice', async () => {
    const faults = [fault('drop'), fault('duplicate', { every: 2 })];
    const { engine, bridge } = await aBridge(createTamper(faults, { startUs: () => 0 }).tamper);
    for (const body of ['1', '2', '3']) await bridge.uplink.publish(up('A', body));
    expect(engine.bodies()).toEqual(['2', '2', '3']);
    expect(bridge.stats().up).toMatchObject({ received: 3, stored: 2, failed: 0 });
  });

  it('a swapped message is acknowledged at once and stored after its successor', async () => {
    const { engine, bridge } = await aBridge(createTamper([fault('swap')], { startUs: () => 0 }).tamper);
    for (const body of ['1', '2', '3']) await bridge.uplink.publish(up('A', body));
    expect(engine.bodies()).toEqual(['2', '1', '3']);
  });

  it('a message held for a swap is let go in time, and at the latest when the bridge closes', async () => {
    const quick = await aBridge(createTamper([fault('swap')], { startUs: () => 0, holdMs: 1 }).tamper);
    await quick.bridge.uplink.publish(up('A', 'held'));
    await waitFor('the held message', () => quick.engine.sent.length === 1);

    const slow = await aBridge(createTamper([fault('swap'), fault('swap', { direction: 'down' })], { startUs: () => 0 }).tamper);
    await slow.bridge.uplink.publish(up('A', 'held'));
    await slow.engine.give(aDelivery({ mqttSecondTopic: '/a' }));
    expect(slow.engine.sent).toEqual([]);
    expect(slow.gateway.delivered).toEqual([]);
    expect(await slow.bridge.close()).toEqual({ notDrained: 0 });
    expect(slow.engine.bodies()).toEqual(['held']);
    expect(slow.gateway.delivered).toHaveLength(1);
  });

  it('down: drop and duplicate', async () => {
    const faults = [fault('drop', { direction: 'down' }), fault('duplicate', { direction: 'down', every: 2 })];
    const { engine, gateway } = await aBridge(createTamper(faults, { startUs: () => 0 }).tamper);
    for (const body of ['1', '2', '3']) await engine.give(aDelivery({}, { body: Buffer.from(body) }));
    expect(gateway.delivered.map((m) => m.payload.toString())).toEqual(['2', '2', '3']);
  });
});
