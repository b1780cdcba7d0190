import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LabProcess, startLabProcess } from './lab.ts';
import { brief, hasMosquitto, launchSub, type MosquittoSub, mosquittoSub } from './mosquitto.ts';
import { runCli } from './program.ts';

const closing: { close(): Promise<void> }[] = [];

describe.skipIf(!hasMosquitto())('MQ to mosquitto_sub', () => {
  let lab: LabProcess;
  beforeAll(async () => {
    lab = await startLabProcess(['--topic', 'demo', '--topic', 'shy:none', '--partitions', '2']);
  });
  afterAll(() => lab.close());
  afterEach(async () => {
    for (const open of closing.splice(0).reverse()) await open.close();
  });

  const sub = async (clientId: string, ...more: readonly string[]): Promise<MosquittoSub> => {
    const made = await mosquittoSub(lab.port('mqtt'), clientId, ...more);
    closing.push(made);
    return made;
  };
  const P2P = { mqttSecondTopic: '/p2p/GID@@@car' } as const;

  test('the QoS is the lower of qoslevel (default 1) and the subscription, for exact and wildcard filters', async () => {
    const filters = ['demo/q', 'demo/+'];
    const subs = await Promise.all(
      filters.flatMap((filter, f) => [0, 1, 2].map((qos) => sub(`GID@@@${f}${qos}`, '-t', filter, '-q', String(qos)))),
    );
    await lab.send('demo', { mqttSecondTopic: '/q' }, 'default');
    for (const qoslevel of ['0', '1', '2']) await lab.send('demo', { mqttSecondTopic: '/q', qoslevel }, qoslevel);
    for (const [at, one] of subs.entries()) {
      const granted = at % 3;
      const seen = (await one.received(4)).map(brief).sort();
      const expected = ['default', '0', '1', '2'].map((body) => {
        const qos = Math.min(body === 'default' ? 1 : Number(body), granted);
        return `demo/q ${qos} 0 ${body}`;
      });
      expect(seen).toEqual(expected.sort());
    }
  });

  test('the subtopic with or without its slash, and without one the parent alone', async () => {
    const one = await sub('GID@@@levels', '-t', 'demo/#', '-q', '1');
    await lab.send('demo', {}, 'parent');
    await lab.send('demo', { mqttSecondTopic: '/a/b' }, 'slash');
    await lab.send('demo', { mqttSecondTopic: 'a/b' }, 'no slash');
    await lab.send('demo', { mqttSecondTopic: '/shown/not', mqttRealTopic: 'shown' }, 'real');
    const seen = (await one.received(4)).map(brief);
    expect(seen.sort()).toEqual(['demo 1 0 parent', 'demo/a/b 1 0 no slash', 'demo/a/b 1 0 slash', 'demo/shown 1 0 real']);
  });

  test('payloads arrive byte for byte', async () => {
    const bodies = [
      Buffer.alloc(0),
      Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0xc3, 0x28]),
      Buffer.alloc(65_536, 0x5a),
    ];
    const one = await sub('GID@@@bytes', '-t', 'demo/bytes', '-q', '1');
    for (const [at, body] of bodies.entries()) {
      await lab.send('demo', { mqttSecondTopic: '/bytes' }, body);
      // One by one: no order is promised towards devices.
      const seen = await one.received(at + 1);
      expect(seen[at]?.body.equals(body), `body ${at}`).toBe(true);
    }
  });

  test('P2P reaches its target without a subscription, under the fixed topic or that of mqttRealTopic, and nobody else', async () => {
    const car = await sub('GID@@@car', '-t', 'demo/unrelated');
    const nosy = await sub(
      'GID@@@nosy',
      '-q',
      '2',
      '-t',
      '#',
      '-t',
      'demo/p2p/+',
      '-t',
      'demo/p2p/GID@@@car',
      '-t',
      'demo/command',
    );
    await lab.send('demo', P2P, 'plain');
    await lab.send('demo', { ...P2P, qoslevel: '2', mqttRealTopic: '/command' }, 'real');
    await lab.send('demo', { ...P2P, qoslevel: '0', cleansessionflag: 'false' }, 'zero');
    const seen = (await car.received(3)).map(brief);
    expect(seen.sort()).toEqual(['demo/command 2 0 real', 'demo/p2p/GID@@@car 0 0 zero', 'demo/p2p/GID@@@car 1 0 plain']);
    await lab.send('demo', { mqttSecondTopic: '/all' }, 'end');
    expect((await nosy.received(1)).map(brief)).toEqual(['demo/all 1 0 end']);
  });

  test('a command to a car that is away: kept for its persistent session if cleansessionflag=false, else not', async () => {
    const before = await sub('GID@@@car', '-t', 'demo/district', '-q', '1', '-c', '-E');
    await before.program.ended;
    await lab.send('demo', P2P, 'flag absent');
    await lab.send('demo', { ...P2P, cleansessionflag: 'true' }, 'flag true');
    await lab.send('demo', { ...P2P, cleansessionflag: 'false', qoslevel: '0' }, 'QoS 0');
    await lab.send('demo', { ...P2P, cleansessionflag: 'false' }, 'kept');
    await lab.send('demo', { mqttSecondTopic: '/district' }, 'to the district');
    const back = launchSub(lab.port('mqtt'), 'GID@@@car', '-t', 'demo/district', '-q', '1', '-c');
    closing.push(back);
    await back.program.until('the SUBACK', () => back.program.out().includes('received SUBACK'));
    await lab.send('demo', P2P, 'now');
    const seen = (await back.received(3)).map(brief).sort();
    expect(seen).toEqual(['demo/district 1 0 to the district', 'demo/p2p/GID@@@car 1 0 kept', 'demo/p2p/GID@@@car 1 0 now']);
    // Coming back with a clean session ends the kept one [MQTT-3.1.2-6].
    await back.close();
    await lab.send('demo', { ...P2P, cleansessionflag: 'false' }, 'never seen');
    const clean = await sub('GID@@@car', '-t', 'demo/district');
    await lab.send('demo', P2P, 'to the clean one');
    expect((await clean.received(1)).map(brief)).toEqual(['demo/p2p/GID@@@car 1 0 to the clean one']);
  });

  test('an invalid property makes a dead letter that mq tail shows; the next message is delivered', async () => {
    const one = await sub('GID@@@dead', '-t', 'demo/dead', '-q', '2');
    const poison = Buffer.from([0x00, 0xff, 0x70]);
    await lab.send('demo', { mqttSecondTopic: '/dead', qoslevel: '3', mine: 'kept' }, poison);
    await lab.send('demo', { ...P2P, cleansessionflag: 'TRUE' }, 'flag');
    await lab.send('demo', { mqttSecondTopic: '/a/#' }, 'wildcard');
    await lab.send('demo', { mqttSecondTopic: '/dead', qoslevel: '2' }, 'fine');
    expect((await one.received(1)).map(brief)).toEqual(['demo/dead 2 0 fine']);
    const dead = await lab.tail('dlq.causeway-bridge', 3);
    const byReason = new Map(dead.map((message) => [message.properties.dlqReason, message]));
    expect([...byReason.keys()].sort()).toEqual(['cleansessionflag-invalid', 'qoslevel-invalid', 'second-topic-wildcard']);
    expect(byReason.get('qoslevel-invalid')).toMatchObject({
      body: poison,
      properties: { qoslevel: '3', mine: 'kept', dlqTopic: 'demo', dlqProperty: 'qoslevel', dlqValue: '3' },
    });
    await lab.program.until('the line', () => lab.program.err().includes('dead letter: demo'));
  });

  test('what an MQ sender must not set is ignored, and said once', async () => {
    const one = await sub('GID@@@odd', '-t', 'demo/odd', '-q', '2');
    for (const body of ['1', '2']) {
      await lab.send('demo', { mqttSecondTopic: '/odd', cleansessionflag: 'x', clientId: 'me', qosLevel: '2' }, body);
    }
    expect((await one.received(2)).map(brief).sort()).toEqual(['demo/odd 1 0 1', 'demo/odd 1 0 2']);
    for (const warning of ['cleansessionflag-ignored', 'client-id-stripped clientId', 'wrong-case-key qosLevel']) {
      await lab.program.until(warning, () => lab.program.err().includes(warning));
      expect(lab.program.err().split(warning)).toHaveLength(2);
    }
  });

  test('mq send to a topic that is not bridged, or not there, ends with 3 and names it', async () => {
    for (const topic of ['shy', 'nowhere']) {
      const sent = await runCli(['mq', 'send', topic, '--mq', lab.mq, '--body', 'x']);
      expect(sent.code).toBe(3);
      expect(sent.err).toContain(`MQ topic ${topic} does not exist`);
      expect(sent.out).toBe('');
    }
  });
});
