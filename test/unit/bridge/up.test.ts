import { afterEach, describe, expect, it } from 'vitest';
import { createBridge } from '../../../core/bridge/bridge.ts';
import type { Bridge, BridgeEvent, BridgeOptions } from '../../../core/bridge/types.ts';
import type { UpPublish } from '../../../core/gateway/types.ts';
import { FakeEngine, settle, up } from './fakes.ts';

const opened: Bridge[] = [];
afterEach(async () => {
  for (const bridge of opened.splice(0)) await bridge.close(0);
});

async function aBridge(engine: FakeEngine, over: Partial<BridgeOptions> = {}): Promise<Bridge> {
  const bridge = await createBridge({
    engine,
    topics: [
      { name: 'p', up: true, down: true },
      { name: 'down-only', up: false, down: true },
    ],
    profile: 'strict',
    limits: { payloadBytes: 65_536, topicChars: 64 },
    ...over,
  });
  opened.push(bridge);
  return bridge;
}

const anEngine = (): FakeEngine => new FakeEngine(['p', 'down-only']);

/** Outcomes in the order in which they come: `name ok` or `name code`. */
function follow(log: string[], name: string, promise: Promise<void>): void {
  promise.then(
    () => log.push(`${name} ok`),
    (error: { code?: string }) => log.push(`${name} ${error.code}`),
  );
}

describe('the acknowledgement', () => {
  it('comes when the engine has acknowledged, not before', async () => {
    const engine = anEngine();
    engine.manual = true;
    const seen: string[] = [];
    const bridge = await aBridge(engine, {
      now: () => 42,
      observer: {
        upReceived: (publish: UpPublish) => seen.push(`received ${publish.receivedUs}`),
        upStored: (_, atUs) => seen.push(`stored ${atUs}`),
      },
    });
    const log: string[] = [];
    follow(log, 'a', bridge.uplink.publish(up('A', 'a')));
    await settle();
    expect(log).toEqual([]);
    expect(bridge.stats().up).toMatchObject({ received: 1, stored: 0, inFlight: 1, inFlightBytes: 1 });
    engine.open[0]!.answer();
    await settle();
    expect(log).toEqual(['a ok']);
    expect(seen).toEqual(['received 5', 'stored 42']);
    expect(bridge.stats().up).toEqual({ received: 1, stored: 1, failed: 0, inFlight: 0, inFlightBytes: 0, waiting: 0 });
  });

  it('is refused when the engine refuses, and the next attempt goes through', async () => {
    const engine = anEngine();
    engine.failNext = 1;
    const bridge = await aBridge(engine);
    await expect(bridge.uplink.publish(up('A', 'a'))).rejects.toMatchObject({ code: 'mq.closed' });
    await bridge.uplink.publish(up('A', 'a'));
    expect(engine.bodies()).toEqual(['a']);
    expect(bridge.stats().up).toMatchObject({ received: 2, stored: 1, failed: 1, inFlight: 0 });
  });

  it('comes at once for a topic that is not carried up', async () => {
    const engine = anEngine();
    const bridge = await aBridge(engine);
    await bridge.uplink.publish(up('A', 'a', 'down-only/x'));
    await bridge.uplink.publish(up('A', 'a', 'other/x'));
    expect(engine.sent).toEqual([]);
    expect(bridge.stats().up.received).toBe(0);
  });

  it('is refused for what cannot be mapped', async () => {
    const engine = anEngine();
    const bridge = await aBridge(engine);
    await expect(bridge.uplink.publish(up('A', 'a', `p/${'x'.repeat(80)}`))).rejects.toMatchObject({ code: 'bridge.refused' });
    expect(engine.sent).toEqual([]);
    expect(bridge.stats().up.failed).toBe(1);
  });
});

describe('order per client', () => {
  it('holds when a client’s calls overlap; other clients are not held up', async () => {
    const engine = anEngine();
    engine.manual = true;
    const bridge = await aBridge(engine);
    const log: string[] = [];
    follow(log, 'A1', bridge.uplink.publish(up('A', 'A1')));
    follow(log, 'A2', bridge.uplink.publish(up('A', 'A2')));
    follow(log, 'B1', bridge.uplink.publish(up('B', 'B1')));
    follow(log, 'A3', bridge.uplink.publish(up('A', 'A3')));
    await settle();
    expect(engine.bodies()).toEqual(['A1', 'B1']);
    expect(bridge.stats().up).toMatchObject({ inFlight: 2, waiting: 2 });
    for (let i = 0; i < 4; i += 1) {
      engine.open[i]!.answer();
      await settle();
    }
    expect(engine.bodies()).toEqual(['A1', 'B1', 'A2', 'A3']);
    expect(log).toEqual(['A1 ok', 'B1 ok', 'A2 ok', 'A3 ok']);
  });

  it('survives a failure: what waits behind it is refused too, never stored ahead of it', async () => {
    const engine = anEngine();
    engine.manual = true;
    const bridge = await aBridge(engine);
    const log: string[] = [];
    for (const name of ['A1', 'A2', 'A3']) follow(log, name, bridge.uplink.publish(up('A', name)));
    follow(log, 'B1', bridge.uplink.publish(up('B', 'B1')));
    engine.open[0]!.answer(new Error('engine down'));
    await settle();
    expect(log).toEqual(['A2 bridge.predecessor-failed', 'A3 bridge.predecessor-failed', 'A1 undefined']);
    // The device comes back and sends all three again.
    engine.open[1]!.answer();
    engine.manual = false;
    for (const name of ['A1', 'A2', 'A3']) await bridge.uplink.publish(up('A', name));
    expect(engine.bodies().filter((body) => body.startsWith('A'))).toEqual(['A1', 'A1', 'A2', 'A3']);
    expect(log).toContain('B1 ok');
  });
});

describe('a failed message that nobody sends again', () => {
  it.each([
    ['QoS 0', { qos: 0 as const }],
    ['a Will', { will: true }],
  ])('%s does not take along what waits behind it', async (_, over) => {
    const engine = anEngine();
    engine.manual = true;
    const bridge = await aBridge(engine);
    const log: string[] = [];
    follow(log, 'A1', bridge.uplink.publish({ ...up('A', 'A1'), ...over }));
    follow(log, 'A2', bridge.uplink.publish(up('A', 'A2')));
    engine.open[0]!.answer(new Error('engine down'));
    await settle();
    engine.open[1]!.answer();
    await settle();
    expect(log).toEqual(['A1 undefined', 'A2 ok']);
    expect(bridge.stats().up).toMatchObject({ stored: 1, failed: 1, waiting: 0 });
  });
});

describe('the bound', () => {
  it('by count: more wait, first come first served, and all get through', async () => {
    const engine = anEngine();
    engine.manual = true;
    const bridge = await aBridge(engine, { maxInFlight: { messages: 2 } });
    const log: string[] = [];
    const names = ['A', 'B', 'C', 'D', 'E'];
    for (const name of names) follow(log, name, bridge.uplink.publish(up(name, name)));
    await settle();
    expect(engine.bodies()).toEqual(['A', 'B']);
    expect(bridge.stats().up).toMatchObject({ inFlight: 2, waiting: 3 });
    for (let i = 0; i < names.length; i += 1) {
      engine.open[i]!.answer();
      await settle();
      expect(bridge.stats().up.inFlight).toBeLessThanOrEqual(2);
    }
    expect(engine.bodies()).toEqual(names);
    expect(log).toEqual(names.map((name) => `${name} ok`));
  });

  it('by bytes: nothing small slips past a large one, and one larger than the bound goes alone', async () => {
    const engine = anEngine();
    engine.manual = true;
    const bridge = await aBridge(engine, { maxInFlight: { bytes: 10 } });
    const log: string[] = [];
    follow(log, 'six', bridge.uplink.publish(up('A', 'a'.repeat(6))));
    follow(log, 'twenty', bridge.uplink.publish(up('B', 'b'.repeat(20))));
    follow(log, 'one', bridge.uplink.publish(up('C', 'c')));
    expect(engine.sent).toHaveLength(1);
    engine.open[0]!.answer();
    await settle();
    expect(engine.sent).toHaveLength(2);
    expect(bridge.stats().up.inFlightBytes).toBe(20);
    engine.open[1]!.answer();
    await settle();
    engine.open[2]!.answer();
    await settle();
    expect(log).toEqual(['six ok', 'twenty ok', 'one ok']);
  });

  it('stays fair and complete under lasting overload by many clients', async () => {
    const engine = anEngine();
    engine.manual = true;
    const bridge = await aBridge(engine, { maxInFlight: { messages: 7 } });
    const total = 5000;
    let done = 0;
    for (let i = 0; i < total; i += 1) {
      void bridge.uplink.publish(up(`C${i % 500}`, String(i))).then(() => {
        done += 1;
      });
    }
    for (let answered = 0; answered < total; ) {
      while (answered < engine.open.length) {
        engine.open[answered]!.answer();
        answered += 1;
      }
      await settle();
    }
    expect(done).toBe(total);
    const perClient = new Map<string, number[]>();
    for (const message of engine.sent) {
      const list = perClient.get(message.key!) ?? [];
      list.push(Number(Buffer.from(message.body).toString()));
      perClient.set(message.key!, list);
    }
    expect(perClient.size).toBe(500);
    for (const list of perClient.values()) expect(list).toEqual([...list].sort((a, b) => a - b));
    expect(bridge.stats().up).toMatchObject({ stored: total, inFlight: 0, inFlightBytes: 0, waiting: 0 });
  });

  it('below 1 is refused, and so is an unknown or doubled topic', async () => {
    const engine = anEngine();
    await expect(aBridge(engine, { maxInFlight: { messages: 0 } })).rejects.toMatchObject({ code: 'input.argument' });
    await expect(aBridge(engine, { topics: [{ name: 'nowhere', up: true, down: false }] })).rejects.toMatchObject({
      code: 'mq.topic-unknown',
      details: { topic: 'nowhere' },
    });
    const topic = { name: 'p', up: true, down: false };
    await expect(aBridge(engine, { topics: [topic, topic] })).rejects.toMatchObject({ code: 'input.argument' });
  });
});

describe('closing', () => {
  it('waits for what is under way, refuses what comes later, closes what it opened, and may be asked twice', async () => {
    const engine = anEngine();
    engine.manual = true;
    const bridge = await aBridge(engine);
    const log: string[] = [];
    follow(log, 'A1', bridge.uplink.publish(up('A', 'A1')));
    follow(log, 'A2', bridge.uplink.publish(up('A', 'A2')));
    const closed = bridge.close();
    follow(log, 'late', bridge.uplink.publish(up('B', 'late')));
    expect(bridge.close()).toBe(closed);
    await settle();
    engine.open[0]!.answer();
    await settle();
    engine.open[1]!.answer();
    expect(await closed).toEqual({ notDrained: 0 });
    expect(log).toEqual(['late bridge.closed', 'A1 ok', 'A2 ok']);
    expect(engine.closedProducers).toBe(1);
  });

  it('says why messages are not stored, once for all that fail alike', async () => {
    const engine = anEngine();
    const events: BridgeEvent[] = [];
    const bridge = await aBridge(engine, { onEvent: (event) => events.push(event) });
    engine.failNext = 3;
    const outcomes = await Promise.allSettled(['A', 'B', 'C', 'D'].map((client) => bridge.uplink.publish(up(client, 'x'))));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
    expect(events).toEqual([{ kind: 'mq', text: expect.stringContaining('the MQ engine is closed') }]);
    expect(bridge.stats().up).toMatchObject({ failed: 3, stored: 1 });
  });

  it('says what it could not drain', async () => {
    const engine = anEngine();
    engine.manual = true;
    const events: BridgeEvent[] = [];
    const bridge = await aBridge(engine, { maxInFlight: { messages: 1 }, onEvent: (event) => events.push(event) });
    const log: string[] = [];
    follow(log, 'A1', bridge.uplink.publish(up('A', 'A1')));
    follow(log, 'A2', bridge.uplink.publish(up('A', 'A2')));
    follow(log, 'B1', bridge.uplink.publish(up('B', 'B1')));
    expect(await bridge.close(1)).toEqual({ notDrained: 3 });
    expect(events).toEqual([{ kind: 'not-drained', messages: 3 }]);
    expect(log.sort()).toEqual(['A2 bridge.closed', 'B1 bridge.closed']);
    expect(engine.bodies()).toEqual(['A1']);
  });
});
