import { afterEach, describe, expect, it } from 'vitest';
import { createTamper } from '../../../core/bridge/tampers.ts';
import { createEmbeddedMq } from '../../../core/mq/embedded/embeddedMq.ts';
import type { MqEngine, MqMessage } from '../../../core/mq/engine.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { aWorld, got, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const bodies = (messages: readonly MqMessage[]): string[] => messages.map(({ body }) => Buffer.from(body).toString());

describe('MQTT to MQ', () => {
  it('cases 6, 7: QoS of the PUBLISH and clean-session flag of the CONNECT, not those of subscribers', async () => {
    world = await aWorld('lenient');
    await world.device('S', { 'p/#': 0 });
    for (const clean of [true, false]) {
      const device = await world.device(`D-${clean}`, {}, { clean });
      for (const qos of [0, 1, 2] as const) await device.client.publishAsync('p/a', `${qos}`, { qos });
    }
    await waitFor('six messages', () => world.stored.length === 6);
    const seen = world.stored.map(
      ({ properties }) => `${properties.clientId} ${properties.qoslevel} ${properties.cleansessionflag}`,
    );
    expect(seen.sort()).toEqual([true, false].flatMap((clean) => [0, 1, 2].map((qos) => `D-${clean} ${qos} ${clean}`)).sort());
  });

  it('case 17: subtopics of every depth', async () => {
    world = await aWorld();
    const device = await world.device('D');
    const topics = ['p', 'p/a', 'p/a/b', 'p/a/b/c/d', 'p//a', 'p/'];
    for (const topic of topics) await device.client.publishAsync(topic, 'x', { qos: 1 });
    await waitFor('all messages', () => world.stored.length === topics.length);
    expect(world.stored.map(({ topic, properties }) => topic + (properties.mqttSecondTopic ?? ''))).toEqual(topics);
    expect('mqttSecondTopic' in world.stored[0]!.properties).toBe(false);
  });

  it('cases 27, 30: exactly the mapped properties; a Will carries its owner', async () => {
    world = await aWorld();
    const will = { topic: 'p/will', payload: Buffer.from('gone'), qos: 1 as const, retain: false };
    const device = await world.device('D', {}, { will });
    await device.client.publishAsync('p/a', 'x', { qos: 1 });
    device.client.stream.destroy();
    await waitFor('message and Will', () => world.stored.length === 2);
    expect(bodies(world.stored)).toEqual(['x', 'gone']);
    for (const { properties, key } of world.stored) {
      expect(Object.keys(properties).sort()).toEqual([
        'causewayId',
        'causewayOrigin',
        'cleansessionflag',
        'clientId',
        'mqttSecondTopic',
        'qoslevel',
      ]);
      expect([properties.clientId, key]).toEqual(['D', 'D']);
    }
  });

  it('case 31: payloads arrive byte for byte, both ways', async () => {
    world = await aWorld();
    const device = await world.device('D');
    const receiver = await world.device('R', { 'p/down': 1, 'p/marker': 2 });
    const payloads = [Buffer.alloc(0), Buffer.from([0, 1, 0]), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.alloc(65_536, 0xa5)];
    for (const payload of payloads) {
      await device.client.publishAsync('p/up', payload, { qos: 1 });
      await world.send({ mqttSecondTopic: '/down' }, payload);
    }
    await world.send({ mqttSecondTopic: '/down' }, Buffer.alloc(65_537));
    await world.marker(receiver);
    const down = receiver.messages.filter(({ topic }) => topic === 'p/down');
    expect(down.map(({ payload }, i) => payload.equals(payloads[i]!))).toEqual([true, true, true, true]);
    await waitFor('the way up', () => world.stored.filter(({ key }) => key === 'D').length === payloads.length);
    const up = world.stored.filter(({ key }) => key === 'D');
    expect(up.map(({ body }, i) => Buffer.from(body).equals(payloads[i]!))).toEqual([true, true, true, true]);
    await waitFor('the dead letter', () => world.letters.length === 1);
    expect(world.letters[0]!.properties).toMatchObject({ dlqReason: 'payload-too-large', dlqValue: '65537' });
  });

  it('case 35: what came from one side does not return to it', async () => {
    world = await aWorld();
    const device = await world.device('D');
    const receiver = await world.device('R', { 'p/#': 1 });
    await device.client.publishAsync('p/up', 'from MQTT', { qos: 1 });
    await world.send({ mqttSecondTopic: '/down' }, 'from MQ');
    await world.marker(receiver);
    expect(got(receiver).sort()).toEqual(['p/down 1 from MQ', 'p/up 1 from MQTT']);
    await device.client.publishAsync('p/up', 'last', { qos: 1 });
    await waitFor('the last message', () => bodies(world.stored).includes('last'));
    expect(bodies(world.stored)).toEqual(['from MQTT', 'from MQ', 'marker 1', 'last']);
    expect(world.bridge.stats()).toMatchObject({ up: { received: 2, stored: 2 }, down: { delivered: 2 } });
  });
});

describe('an engine that refuses', () => {
  it('leaves a message unacknowledged: the device is closed, sends again, and nothing is lost or overtaken', async () => {
    const engine = await createEmbeddedMq({ storage: 'memory' });
    let refuse = true;
    const failing: MqEngine = {
      name: engine.name,
      capabilities: engine.capabilities,
      createTopic: (spec) => engine.createTopic(spec),
      topics: () => engine.topics(),
      partitionsOf: (topic) => engine.partitionsOf(topic),
      consume: (spec, handler) => engine.consume(spec, handler),
      close: () => engine.close(),
      producer: async () => {
        const producer = await engine.producer();
        return {
          send: (message) => {
            if (!refuse || Buffer.from(message.body).toString() !== '2') return producer.send(message);
            refuse = false;
            return Promise.reject(new Error('engine down'));
          },
          flush: () => producer.flush(),
          close: () => producer.close(),
        };
      },
    };
    world = await aWorld('lenient', { engine: failing });
    const device = await world.device('D', {}, { clean: false, reconnectPeriod: 10 });
    const names = ['1', '2', '3', '4', '5'];
    await Promise.all(names.map((name) => device.client.publishAsync('p/a', name, { qos: 1 })));
    const stored = (): string[] => bodies(world.stored.filter(({ key }) => key === 'D'));
    await waitFor('all messages', () => names.every((name) => stored().includes(name)));
    // 1 may be there twice (its PUBACK was lost with the connection), but nothing stands before what was sent before it.
    const firsts = [...new Set(stored())];
    expect(firsts).toEqual(names);
    expect(world.gateway.stats().refused['uplink-failed']).toBeGreaterThan(0);
    await device.close();
  });
});

describe('deliberate faults', () => {
  it('are done to messages of real devices, and the devices are answered all the same', async () => {
    const { tamper, injected } = createTamper(
      [
        { inject: 'drop', direction: 'up', atMs: 0, every: 2, count: 1 },
        { inject: 'duplicate', direction: 'down', atMs: 0, every: 1, count: 1 },
      ],
      { startUs: () => 0 },
    );
    world = await aWorld('strict', { tamper });
    const device = await world.device('D', { 'p/#': 1 });
    for (const name of ['1', '2', '3']) await device.client.publishAsync('p', name, { qos: 1 });
    await world.send({ mqttSecondTopic: '/a' }, 'twice');
    await world.marker(device);
    await waitFor('the way up', () => world.stored.filter(({ key }) => key === 'D').length === 2);
    expect(bodies(world.stored.filter(({ key }) => key === 'D'))).toEqual(['1', '3']);
    expect(got(device).filter((line) => line.startsWith('p/a'))).toEqual(['p/a 1 twice', 'p/a 1 twice']);
    expect(injected()).toEqual({ 'up.drop': 1, 'down.duplicate': 1 });
  });
});
