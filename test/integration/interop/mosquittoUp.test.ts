import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LabProcess, startLabProcess, type Tailed } from './lab.ts';
import { brief, hasMosquitto, launchSub, type MosquittoSub, mosquittoPub, mosquittoSub } from './mosquitto.ts';

const TOPICS = ['levels', 'bytes', 'qos', 'will', 'retain', 'p2p', 'rules'] as const;
const closing: { close(): Promise<void> }[] = [];

/** The five mapped properties of a message, whatever others it has. */
function mapped({ properties }: Tailed): Record<string, string | undefined> {
  const { qoslevel, cleansessionflag, mqttSecondTopic, mqttRealTopic, clientId } = properties;
  return { qoslevel, cleansessionflag, mqttSecondTopic, mqttRealTopic, clientId };
}

describe.skipIf(!hasMosquitto())('mosquitto_pub to MQ', () => {
  let lab: LabProcess;
  beforeAll(async () => {
    lab = await startLabProcess([...TOPICS.flatMap((topic) => ['--topic', topic]), '--partitions', '1']);
  });
  afterAll(() => lab.close());
  afterEach(async () => {
    for (const open of closing.splice(0).reverse()) await open.close();
  });

  const port = (): number => lab.port('mqtt');
  const pub = async (...argv: Parameters<typeof mosquittoPub> extends [number, ...infer Rest] ? Rest : never) => {
    const { code, err } = await mosquittoPub(port(), ...argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  };
  const sub = async (clientId: string, ...more: readonly string[]): Promise<MosquittoSub> => {
    const made = await mosquittoSub(port(), clientId, ...more);
    closing.push(made);
    return made;
  };

  test('QoS 0, 1, 2 with and without a clean session: the properties say so, and mqttRealTopic is never there', async () => {
    for (const qos of ['0', '1', '2']) {
      await pub('GID@@@clean', 'qos/a/b', `clean ${qos}`, '-q', qos);
      await pub('GID@@@kept', 'qos/a/b', `kept ${qos}`, '-q', qos, '-c');
    }
    const tailed = await lab.tail('qos', 6);
    expect(tailed.map((message) => [message.body.toString(), message.key, mapped(message)])).toEqual(
      ['0', '1', '2'].flatMap((qoslevel) =>
        [
          ['clean', 'true'],
          ['kept', 'false'],
        ].map(([name, cleansessionflag]) => [
          `${name} ${qoslevel}`,
          `GID@@@${name}`,
          { qoslevel, cleansessionflag, mqttSecondTopic: '/a/b', mqttRealTopic: undefined, clientId: `GID@@@${name}` },
        ]),
      ),
    );
  });

  test('the subtopic travels with its leading slash, every level of it, and is absent for the parent alone', async () => {
    const topics = ['levels', 'levels/a', 'levels/a/b/c/d', 'levels/a//b/', 'levels/Küche 😀.%'];
    for (const topic of topics) await pub('GID@@@d', topic, topic, '-q', '1');
    const tailed = await lab.tail('levels', topics.length);
    const seen = tailed.map((message) => [message.body.toString(), message.properties.mqttSecondTopic]);
    expect(seen).toEqual(topics.map((topic) => [topic, topic === 'levels' ? undefined : topic.slice('levels'.length)]));
  });

  test('payloads arrive byte for byte: empty, all byte values, not UTF-8, exactly 64 KiB', async () => {
    const bodies = [
      Buffer.alloc(0),
      Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]),
      Buffer.from('\ufeffGrüße 😀\r\n'),
      Buffer.alloc(65_536, 0xa5),
    ];
    for (const body of bodies) await pub('GID@@@d', 'bytes/x', body, '-q', '1');
    const tailed = await lab.tail('bytes', bodies.length);
    expect(tailed.map(({ body }) => body.toString('hex'))).toEqual(bodies.map((body) => body.toString('hex')));
  });

  test('what is refused does not reach MQ, is acknowledged, and is told on stderr', async () => {
    await pub('GID@@@d', 'rules/big', Buffer.alloc(65_537), '-q', '1');
    await pub('GID@@@d', 'nowhere/x', 'unknown parent', '-q', '1');
    await pub('GID@@@d', `rules/${'x'.repeat(59)}`, 'topic of 65 characters', '-q', '1');
    await pub('GID@@@d', `rules/${'x'.repeat(58)}`, 'topic of 64 characters', '-q', '1');
    const [first] = await lab.tail('rules', 1);
    expect(first?.body.toString()).toBe('topic of 64 characters');
    for (const reason of ['payload-too-large', 'topic-unknown-parent', 'topic-too-long']) {
      await lab.program.until(reason, () => lab.program.err().includes(reason));
    }
  });

  test('a client that is refused at CONNECT says why: no ID, an ID too long, MQTT 5', async () => {
    const long = await mosquittoPub(port(), 'x'.repeat(65), 'rules/x', 'x');
    expect(long.code).not.toBe(0);
    expect(long.err).toContain('identifier rejected');
    const empty = await mosquittoPub(port(), '', 'rules/x', 'x');
    expect(empty.code).not.toBe(0);
    const newer = await mosquittoPub(port(), 'GID@@@d', 'rules/x', 'x', '-V', 'mqttv5');
    expect(newer.code).not.toBe(0);
    expect(newer.err).toContain('Unsupported Protocol Version');
  });

  test('a Will reaches MQ and subscribers with the ID, QoS and flag of the client that died', async () => {
    const watcher = await sub('GID@@@watcher', '-t', 'will/#', '-q', '2');
    const will = ['--will-topic', 'will/gone', '--will-payload', 'last words', '--will-qos', '1'];
    const dying = await sub('GID@@@dying', '-t', 'will/nothing', '-c', ...will);
    const leaving = await sub('GID@@@leaving', '-t', 'will/nothing', ...will);
    // mosquitto_sub sends DISCONNECT at SIGTERM: no Will then.
    leaving.program.signal('SIGTERM');
    await leaving.program.ended;
    dying.program.signal('SIGKILL');
    expect((await watcher.received(1)).map(brief)).toEqual(['will/gone 1 0 last words']);
    const [message] = await lab.tail('will', 1);
    expect(message?.body.toString()).toBe('last words');
    expect(mapped(message!)).toEqual({
      qoslevel: '1',
      cleansessionflag: 'false',
      mqttSecondTopic: '/gone',
      mqttRealTopic: undefined,
      clientId: 'GID@@@dying',
    });
    expect(await lab.stored('will')).toBe(1);
  });

  test('a retained message is replayed to later subscribers and stays one message in MQ', async () => {
    const early = await sub('GID@@@early', '-t', 'retain/#', '-q', '1');
    await pub('GID@@@d', 'retain/state', 'on', '-r', '-q', '1');
    const late = await sub('GID@@@late', '-t', 'retain/state', '-q', '2');
    expect((await early.received(1)).map(brief)).toEqual(['retain/state 1 0 on']);
    expect((await late.received(1)).map(brief)).toEqual(['retain/state 1 1 on']);
    // An empty retained message clears it [MQTT-3.3.1-10]: the next subscriber gets only what is published from then on.
    await pub('GID@@@d', 'retain/state', '', '-r', '-q', '1');
    const last = await sub('GID@@@last', '-t', 'retain/state', '-q', '1');
    await pub('GID@@@d', 'retain/state', 'off', '-q', '1');
    expect((await last.received(1)).map(brief)).toEqual(['retain/state 1 0 off']);
    expect((await lab.tail('retain', 3)).map(({ body }) => body.toString())).toEqual(['on', '', 'off']);
    expect(await lab.stored('retain')).toBe(3);
  });

  test('P2P between devices: the target alone gets it, and it is kept only for a sender without clean session', async () => {
    const target = await sub('GID@@@target', '-t', 'p2p/else', '-q', '1', '-c');
    const nosy = await sub(
      'GID@@@nosy',
      '-q',
      '2',
      ...['#', 'p2p/#', 'p2p/p2p/+', 'p2p/p2p/GID@@@target'].flatMap((t) => ['-t', t]),
    );
    await pub('GID@@@sender', 'p2p/p2p/GID@@@target', 'now', '-q', '1');
    expect((await target.received(1)).map(brief)).toEqual(['p2p/p2p/GID@@@target 1 0 now']);
    target.program.signal('SIGTERM');
    await target.program.ended;
    await pub('GID@@@sender', 'p2p/p2p/GID@@@target', 'lost', '-q', '1');
    await pub('GID@@@sender', 'p2p/p2p/GID@@@target', 'kept', '-q', '1', '-c');
    const back = launchSub(port(), 'GID@@@target', '-t', 'p2p/else', '-q', '1', '-c');
    closing.push(back);
    expect((await back.received(1)).map(brief)).toEqual(['p2p/p2p/GID@@@target 1 0 kept']);
    // The nosy one is connected and served, so what it has not seen by now was not sent to it.
    await pub('GID@@@sender', 'p2p/for-all', 'end', '-q', '1');
    expect((await nosy.received(1)).map(brief)).toEqual(['p2p/for-all 1 0 end']);
  });
});
