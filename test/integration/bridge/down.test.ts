import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../helpers/waitFor.ts';
import { aWorld, got, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

describe('MQ to MQTT: QoS', () => {
  it('cases 1, 5: without qoslevel, or with the key in another case, at 1', async () => {
    world = await aWorld();
    const device = await world.device('D', { 'p/#': 2 });
    await world.send({ mqttSecondTopic: '/a' }, 'none');
    await world.send({ mqttSecondTopic: '/a', qosLevel: '2' }, 'case');
    await world.marker(device);
    expect(got(device)).toEqual(['p/a 1 none', 'p/a 1 case']);
    expect(world.bridge.stats().warnings).toEqual({ 'wrong-case-key': 1 });
  });

  it('case 2: the lower of message and subscription, for exact and for wildcard filters', async () => {
    world = await aWorld();
    for (const sub of [0, 1, 2] as const) {
      const exact = await world.device(`E${sub}`, { 'p/a': sub, 'p/marker': 2 });
      const wild = await world.device(`W${sub}`, { 'p/+': sub });
      for (const qos of ['0', '1', '2']) await world.send({ mqttSecondTopic: '/a', qoslevel: qos }, qos);
      await world.marker(exact);
      await world.marker(wild);
      const expected = [0, 1, 2].map((qos) => `p/a ${Math.min(qos, sub)} ${qos}`);
      expect(got(exact)).toEqual(expected);
      expect(got(wild)).toEqual(expected);
      await exact.close();
      await wild.close();
    }
  });

  it('case 3: an invalid one reaches the dead letters, nobody else, and holds up nothing', async () => {
    world = await aWorld();
    const device = await world.device('D', { 'p/#': 2 });
    const values = ['3', '-1', '', '1.0', ' 1', 'abc'];
    for (const qoslevel of values) await world.send({ qoslevel }, `bad ${qoslevel}`);
    await world.send({ qoslevel: '2' }, 'good');
    await world.marker(device);
    expect(got(device)).toEqual(['p 2 good']);
    await waitFor('the dead letters', () => world.letters.length === values.length);
    expect(world.letters.map(({ properties }) => [properties.dlqReason, properties.dlqValue, properties.qoslevel])).toEqual(
      values.map((value) => ['qoslevel-invalid', value, value]),
    );
    expect(world.letters.map(({ body }) => Buffer.from(body).toString())).toEqual(values.map((value) => `bad ${value}`));
    expect(world.bridge.stats().down.deadLettered).toEqual({ 'qoslevel-invalid': values.length });
  });

  it('case 4: a number written as text is that number', async () => {
    world = await aWorld();
    const device = await world.device('D', { 'p/#': 2 });
    await world.send({ qoslevel: String(2) }, 'two');
    await world.marker(device);
    expect(got(device)).toEqual(['p 2 two']);
  });
});

describe('MQ to MQTT: topics', () => {
  it('cases 15, 16: the parent alone, and subtopics in every spelling', async () => {
    world = await aWorld();
    const device = await world.device('D', { 'p/#': 1 });
    await world.send({}, 'none');
    const seconds = ['/a', 'a', '/a/', '//a', '/'];
    for (const mqttSecondTopic of seconds) await world.send({ mqttSecondTopic }, mqttSecondTopic);
    await world.marker(device);
    expect(got(device)).toEqual(['p 1 none', 'p/a 1 /a', 'p/a 1 a', 'p/a/ 1 /a/', 'p//a 1 //a', 'p/ 1 /']);
  });

  it('case 20: wildcards reach nobody', async () => {
    world = await aWorld();
    const device = await world.device('D', { '#': 1 });
    for (const text of ['/+', '/a/#', 'a+b']) {
      await world.send({ mqttSecondTopic: text }, 'second');
      await world.send({ mqttRealTopic: text }, 'real');
    }
    await world.marker(device);
    expect(got(device)).toEqual([]);
    await waitFor('the dead letters', () => world.letters.length === 6);
    expect(world.bridge.stats().down.deadLettered).toEqual({ 'second-topic-wildcard': 3, 'real-topic-wildcard': 3 });
  });

  it('case 21: $SYS cannot be reached', async () => {
    world = await aWorld('lenient');
    const device = await world.device('D', { 'p/#': 1 });
    await world.send({ mqttSecondTopic: '/tokenExpireNotice' }, 'forged', '$SYS');
    await waitFor('the dead letter', () => world.letters.length === 1);
    expect(world.letters[0]!.properties).toMatchObject({ dlqReason: 'topic-reserved', dlqTopic: '$SYS', dlqValue: '$SYS' });
    await world.marker(device);
    expect(got(device)).toEqual([]);
  });

  it('case 26: mqttRealTopic is shown, the subtopic is matched', async () => {
    world = await aWorld();
    const matching = await world.device('M', { 'p/a': 1, 'p/marker': 2 });
    const other = await world.device('O', { 'p/real': 1, 'p/marker': 2 });
    await world.send({ mqttSecondTopic: '/a', mqttRealTopic: 'real' });
    await world.marker(matching);
    await world.marker(other);
    expect(got(matching)).toEqual(['p/real 1 x']);
    expect(got(other)).toEqual([]);
  });
});

describe('MQ to MQTT: P2P', () => {
  it('cases 22, 23: one copy to the target, subscribed or not, and none to anyone else', async () => {
    world = await aWorld();
    const target = await world.device('A', { 'p/#': 1 });
    const others = [];
    for (const filter of ['#', 'p/#', 'p/p2p/+', 'p/p2p/A']) {
      others.push(await world.device(`B${others.length}`, { [filter]: 2, 'p/marker': 2 }));
    }
    await world.send({ mqttSecondTopic: '/p2p/A' }, 'only you');
    await world.marker(target);
    for (const other of others) await world.marker(other);
    expect(got(target)).toEqual(['p/p2p/A 1 only you']);
    for (const other of others) expect(got(other)).toEqual([]);
  });

  it('cases 12, 13: the flag on a topic message does nothing, an invalid one on P2P is a dead letter', async () => {
    world = await aWorld();
    const device = await world.device('A', { 'p/#': 1 });
    await world.send({ mqttSecondTopic: '/a', cleansessionflag: 'maybe' }, 'topic');
    for (const cleansessionflag of ['TRUE', '1', '']) await world.send({ mqttSecondTopic: '/p2p/A', cleansessionflag }, 'p2p');
    await world.marker(device);
    expect(got(device)).toEqual(['p/a 1 topic']);
    expect(world.bridge.stats().warnings).toEqual({ 'cleansessionflag-ignored': 1 });
    await waitFor('the dead letters', () => world.letters.length === 3);
    expect(world.letters.map(({ properties }) => properties.dlqValue)).toEqual(['TRUE', '1', '']);
  });

  it('case 25: the fixed topic, or the real one', async () => {
    world = await aWorld();
    const device = await world.device('A', { 'p/marker': 2 });
    await world.send({ mqttSecondTopic: '/p2p/A' }, 'fixed');
    await world.send({ mqttSecondTopic: '/p2p/A', mqttRealTopic: '/command/door', qoslevel: '2' }, 'real');
    await world.marker(device);
    expect(got(device)).toEqual(['p/p2p/A 1 fixed', 'p/command/door 2 real']);
  });

  it('cases 8, 9, 11: the flag of the sender decides what an absent receiver finds', async () => {
    world = await aWorld();
    const away = async (clientId: string): Promise<void> => {
      await (await world.device(clientId, {}, { clean: false })).close();
      await waitFor(`${clientId} is gone`, () => world.gateway.session(clientId)?.connected === false);
    };
    await away('A');
    await away('C');
    const witness = await world.device('witness', { 'p/marker': 2 });
    for (const id of ['A', 'C']) {
      await world.send({ mqttSecondTopic: `/p2p/${id}` }, 'default');
      await world.send({ mqttSecondTopic: `/p2p/${id}`, cleansessionflag: 'false' }, 'kept');
      await world.send({ mqttSecondTopic: `/p2p/${id}`, cleansessionflag: 'false', qoslevel: '0' }, 'qos 0');
    }
    await world.marker(witness);
    expect(world.bridge.stats().down).toMatchObject({ stored: 2, dropped: 4 });
    const back = await world.device('A', {}, { clean: false });
    const clean = await world.device('C', {}, { clean: true });
    for (const device of [back, clean]) {
      await device.client.subscribeAsync('p/marker', { qos: 1 });
      await world.marker(device);
    }
    expect(got(back)).toEqual(['p/p2p/A 1 kept']);
    expect(got(clean)).toEqual([]);
  });

  it.each([
    ['strict' as const, []],
    ['lenient' as const, ['p/p2p/A 2 two']],
  ])('case 10: QoS 2 to be kept, %s profile', async (profile, found) => {
    world = await aWorld(profile);
    await (await world.device('A', {}, { clean: false })).close();
    await waitFor('A is gone', () => world.gateway.session('A')?.connected === false);
    const witness = await world.device('witness', { 'p/marker': 2 });
    await world.send({ mqttSecondTopic: '/p2p/A', cleansessionflag: 'false', qoslevel: '2' }, 'two');
    await world.marker(witness);
    // Not subscribed before it is back: in the strict profile a persistent session may not subscribe at QoS 2.
    const back = await world.device('A', {}, { clean: false });
    await world.send({ mqttSecondTopic: '/p2p/A', qoslevel: '2' }, 'marker of its own');
    await waitFor('its marker', () => back.messages.some(({ payload }) => payload.toString() === 'marker of its own'));
    expect(got(back)).toEqual(found);
    expect(world.bridge.stats().down.deadLettered).toEqual(profile === 'strict' ? { 'p2p-qos2-kept': 1 } : {});
  });

  it('case 28: a clientId set by MQ is stripped and does not address anyone', async () => {
    world = await aWorld();
    const device = await world.device('A', { 'p/#': 1 });
    await world.send({ mqttSecondTopic: '/a', clientId: 'someone else' });
    await world.marker(device);
    expect(got(device)).toEqual(['p/a 1 x']);
    expect(world.bridge.stats().warnings).toEqual({ 'client-id-stripped': 1 });
  });
});
