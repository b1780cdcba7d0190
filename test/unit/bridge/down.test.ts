import { afterEach, describe, expect, it } from 'vitest';
import { createBridge } from '../../../core/bridge/bridge.ts';
import type { Bridge, BridgeEvent, BridgeOptions } from '../../../core/bridge/types.ts';
import { aDelivery } from '../mapping/samples.ts';
import { FakeEngine, FakeGateway, settle } from './fakes.ts';

const opened: Bridge[] = [];
afterEach(async () => {
  for (const bridge of opened.splice(0)) await bridge.close(0);
});

interface World {
  readonly engine: FakeEngine;
  readonly gateway: FakeGateway;
  readonly bridge: Bridge;
  readonly events: BridgeEvent[];
}

async function aWorld(over: Partial<BridgeOptions> = {}, filter = true): Promise<World> {
  const engine = new FakeEngine(['p', 'up-only'], filter);
  const gateway = new FakeGateway();
  const events: BridgeEvent[] = [];
  const bridge = await createBridge({
    engine,
    topics: [
      { name: 'p', up: true, down: true },
      { name: 'up-only', up: true, down: false },
    ],
    profile: 'strict',
    limits: { payloadBytes: 65_536, topicChars: 64 },
    group: 'g',
    onEvent: (event) => events.push(event),
    ...over,
  });
  opened.push(bridge);
  await bridge.start(gateway);
  return { engine, gateway, bridge, events };
}

describe('taking from MQ', () => {
  it('joins one clustering group over the topics that go down, without what came from MQTT', async () => {
    const { engine } = await aWorld();
    expect(engine.consumers.map((consumer) => consumer.spec)).toEqual([
      { group: 'g', topics: ['p'], mode: 'clustering', ordered: false, filter: { without: ['causewayOrigin'] } },
    ]);
  });

  it('asks MQ to wait for a handover as long as it is told to', async () => {
    const { engine } = await aWorld({ handoverMs: 86_400_000 });
    expect(engine.consumers[0]!.spec.visibilityMs).toBe(86_400_000);
  });

  it('skips echoes by itself where the engine cannot filter', async () => {
    const { engine, gateway, bridge } = await aWorld({}, false);
    expect(engine.consumers[0]!.spec.filter).toBeUndefined();
    await engine.give(aDelivery({ causewayOrigin: 'mqtt' }));
    expect(gateway.delivered).toEqual([]);
    expect(bridge.stats().down).toMatchObject({ taken: 0, skippedEcho: 1 });
  });

  it('takes nothing where no topic goes down, and starts only once', async () => {
    const { engine, bridge, gateway } = await aWorld({ topics: [{ name: 'up-only', up: true, down: false }] });
    expect(engine.consumers).toEqual([]);
    expect(engine.existing.has('dlq.g')).toBe(false);
    await expect(bridge.start(gateway)).rejects.toMatchObject({ code: 'bridge.started' });
  });

  it('acknowledges only when the gateway has handed it to every session', async () => {
    const taken: number[] = [];
    const { engine, gateway, bridge } = await aWorld({ now: () => 9, observer: { downTaken: (_, atUs) => taken.push(atUs) } });
    let open = (): void => undefined;
    gateway.gate = new Promise((resolve) => {
      open = resolve;
    });
    gateway.report = { online: 3, stored: 2, dropped: 1 };
    let acknowledged = false;
    const given = engine.give(aDelivery({ mqttSecondTopic: '/a' })).then(() => {
      acknowledged = true;
    });
    await settle();
    expect(gateway.delivered).toHaveLength(1);
    expect(acknowledged).toBe(false);
    expect(taken).toEqual([9]);
    open();
    await given;
    expect(bridge.stats().down).toMatchObject({ taken: 1, delivered: 1, online: 3, stored: 2, dropped: 1 });
  });

  it('asks for a redelivery when the gateway fails', async () => {
    const { engine, gateway, bridge } = await aWorld();
    gateway.gate = Promise.reject(new Error('gateway gone'));
    await expect(engine.give(aDelivery())).rejects.toThrow('gateway gone');
    gateway.gate = Promise.resolve();
    await engine.give({ ...aDelivery(), deliveryCount: 2 });
    expect(bridge.stats().down).toMatchObject({ taken: 2, delivered: 1 });
  });

  it('hands over in the order of delivery without waiting for the one before', async () => {
    const { engine, gateway } = await aWorld();
    const bodies = ['1', '2', '3', '4'];
    await Promise.all(bodies.map((body) => engine.give(aDelivery({}, { body: Buffer.from(body) }))));
    expect(gateway.delivered.map((message) => message.payload.toString())).toEqual(bodies);
  });
});

describe('dead letters', () => {
  it('keep body, key, tag and properties, and say why; the next message is unaffected', async () => {
    const { engine, gateway, bridge, events } = await aWorld();
    expect(engine.existing.has('dlq.g')).toBe(true);
    const body = Buffer.from([0, 255, 1]);
    await engine.give(aDelivery({ qoslevel: 3, mine: 'x' }, { body, key: 'k', tag: 't', offset: 11 }));
    await engine.give(aDelivery({ qoslevel: '2' }));
    expect(engine.sent).toEqual([
      {
        topic: 'dlq.g',
        key: 'k',
        tag: 't',
        body,
        properties: {
          qoslevel: '3',
          mine: 'x',
          dlqReason: 'qoslevel-invalid',
          dlqTopic: 'p',
          dlqPartition: '0',
          dlqOffset: '11',
          dlqProperty: 'qoslevel',
          dlqValue: '3',
        },
      },
    ]);
    expect(gateway.delivered.map((message) => message.qos)).toEqual([2]);
    expect(bridge.stats().down).toMatchObject({ taken: 2, delivered: 1, deadLettered: { 'qoslevel-invalid': 1 } });
    expect(events).toEqual([{ kind: 'dead-letter', topic: 'p', offset: 11, reason: 'qoslevel-invalid' }]);
  });

  it('are tried again while the dead-letter topic cannot store them', async () => {
    const { engine, bridge } = await aWorld();
    engine.failNext = 1;
    await expect(engine.give(aDelivery({ qoslevel: 'x' }))).rejects.toMatchObject({ code: 'mq.closed' });
    expect(bridge.stats().down.deadLettered).toEqual({});
    await engine.give({ ...aDelivery({ qoslevel: 'x' }), deliveryCount: 2 });
    expect(bridge.stats().down.deadLettered).toEqual({ 'qoslevel-invalid': 1 });
  });

  it('shorten a value that has no end', async () => {
    const { engine } = await aWorld();
    await engine.give(aDelivery({ qoslevel: 'x'.repeat(10_000) }));
    expect(engine.sent[0]!.properties.dlqValue).toBe('x'.repeat(256));
    expect(engine.sent[0]!.properties.qoslevel).toHaveLength(10_000);
  });
});

describe('warnings', () => {
  it('are all counted, once per message; the event log hears of each kind once', async () => {
    const { engine, gateway, bridge, events } = await aWorld();
    for (let i = 0; i < 3; i += 1) await engine.give(aDelivery({ clientId: 'x', qosLevel: '2', cleansessionflag: 'false' }));
    await engine.give({ ...aDelivery({ clientId: 'x' }), deliveryCount: 2 });
    expect(bridge.stats().warnings).toEqual({ 'client-id-stripped': 3, 'wrong-case-key': 3, 'cleansessionflag-ignored': 3 });
    expect(events).toEqual([
      { kind: 'warning', topic: 'p', warning: 'client-id-stripped clientId' },
      { kind: 'warning', topic: 'p', warning: 'wrong-case-key qosLevel' },
      { kind: 'warning', topic: 'p', warning: 'cleansessionflag-ignored cleansessionflag' },
    ]);
    expect(gateway.delivered).toHaveLength(4);
  });
});

describe('closing', () => {
  it('counts a message that the gateway never finishes, and closes the consumer', async () => {
    const { engine, gateway, bridge } = await aWorld();
    gateway.gate = new Promise(() => undefined);
    void engine.give(aDelivery());
    expect(await bridge.close(1)).toEqual({ notDrained: 1 });
    expect(engine.closedConsumers).toBe(1);
  });
});
