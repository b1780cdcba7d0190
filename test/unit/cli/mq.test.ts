import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../cli/program.ts';
import type { MqConsumerSpec, MqDelivery, MqEngine, MqHandler, MqMessage } from '../../../core/mq/engine.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { type FakeHost, fakeHost } from './fakeHost.ts';

const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const made of hosts.splice(0)) await made.remove();
});

function withMq(argv: readonly string[], parameters: Parameters<typeof fakeHost>[1] = {}, more: Partial<MqEngine> = {}) {
  const seen: {
    connection?: unknown;
    spec?: MqConsumerSpec;
    handler?: MqHandler;
    lose?: (error: Error) => void;
    sent: MqMessage[];
    closed: string[];
  } = {
    sent: [],
    closed: [],
  };
  const engine: MqEngine = {
    name: 'fake',
    capabilities: {
      durable: false,
      keyOrder: true,
      broadcasting: true,
      delayed: true,
      filter: true,
      redelivery: true,
      deadLetter: true,
      history: true,
    },
    createTopic: async () => undefined,
    topics: async () => [{ name: 'demo\x1b[2J', partitions: 4, stored: 12_345, retained: 100, retainedBytes: 65_536 }],
    partitionsOf: async () => 4,
    producer: async () => ({
      send: async (message) => {
        if (message.topic === 'nowhere') throw new CausewayError('mq.topic-unknown', { topic: message.topic });
        seen.sent.push(message);
        return { topic: message.topic, partition: 2, offset: 41 };
      },
      flush: async () => undefined,
      close: async () => void seen.closed.push('producer'),
    }),
    consume: async (spec, handler) => {
      seen.spec = spec;
      seen.handler = handler;
      return { close: async () => void seen.closed.push('consumer') };
    },
    close: async () => void seen.closed.push('engine'),
    ...more,
  };
  const host = fakeHost(['mq', ...argv], {
    ...parameters,
    services: {
      connectMq: async (connection, onLost) => {
        seen.connection = connection;
        seen.lose = onLost;
        return engine;
      },
    },
  });
  hosts.push(host);
  return { host, seen };
}

const delivery = (changes: Partial<MqDelivery> = {}): MqDelivery => ({
  topic: 'demo',
  partition: 3,
  offset: 17,
  key: 'GID@@@d1',
  properties: { causewayId: 'x-1', clientId: 'GID@@@d1', mqttSecondTopic: '/a', cleansessionflag: 'true', qoslevel: '1' },
  body: Buffer.from('{"celsius":21}'),
  storedAtMs: 1000,
  deliveryCount: 1,
  ...changes,
});

describe('mq tail', () => {
  test('prints place, key, the mapped properties first, and the body; ends after --count', async () => {
    const { host, seen } = withMq(['tail', 'demo', '--count', '1', '--from', 'earliest', '--mq', '127.0.0.1:9999']);
    const exit = runCli(host);
    await waitFor('the consumer', () => seen.handler !== undefined);
    expect(seen.connection).toEqual({ engine: 'embedded', host: '127.0.0.1', port: 9999 });
    expect(seen.spec).toMatchObject({ topics: ['demo'], mode: 'broadcasting', from: 'earliest' });
    seen.handler?.(delivery());
    seen.handler?.(delivery({ offset: 18 }));
    expect(await exit).toBe(0);
    expect(host.out()).toBe(
      [
        'demo  partition 3  offset 17  key GID@@@d1',
        '  qoslevel = 1',
        '  cleansessionflag = true',
        '  mqttSecondTopic = /a',
        '  clientId = GID@@@d1',
        '  causewayId = x-1',
        '  {"celsius":21}',
        '',
      ].join('\n'),
    );
    expect(seen.closed).toEqual(['consumer', 'engine']);
  });

  test('Ctrl-C ends it with 0', async () => {
    const { host, seen } = withMq(['tail', 'demo']);
    const exit = runCli(host);
    await waitFor('the consumer', () => seen.handler !== undefined);
    host.signal();
    expect(await exit).toBe(0);
    expect(host.signalled()).toBe(0);
  });

  test('a lab that goes away ends it with 3', async () => {
    const { host, seen } = withMq(['tail', 'demo']);
    const exit = runCli(host);
    await waitFor('the consumer', () => seen.handler !== undefined);
    seen.lose?.(new CausewayError('connect.failed', { address: '127.0.0.1:7883', reason: 'connection lost' }));
    expect(await exit).toBe(3);
    expect(host.err()).toContain('connection lost');
    expect(host.signalled()).toBe(0);
  });

  test('bytes that are not text are hex, control characters are escaped, long bodies are cut unless --full', async () => {
    const { host, seen } = withMq(['tail', 'demo', '--count', '4']);
    const exit = runCli(host);
    await waitFor('the consumer', () => seen.handler !== undefined);
    seen.handler?.(delivery({ body: Buffer.alloc(3) }));
    seen.handler?.(delivery({ body: Buffer.from([0xff, 0x00, 0x1b]), properties: { 'e\x07vil': '\x1b[2J' } }));
    seen.handler?.(delivery({ body: Buffer.from('a\x1b]0;title\x07\nb'), properties: {} }));
    seen.handler?.(delivery({ body: Buffer.alloc(5000, 'y'), properties: {} }));
    expect(await exit).toBe(0);
    expect(host.out()).toContain('hex 00 00 00');
    expect(host.out()).toContain('hex ff 00 1b');
    expect(host.out()).toContain('a\\x1b]0;title\\x07\\nb');
    expect(host.out()).toContain('e\\x07vil = \\x1b[2J');
    expect(host.out()).toContain('5,000 bytes in all');
    expect(host.out()).not.toContain('\x1b');
    const full = withMq(['tail', 'demo', '--count', '1', '--full']);
    const exitFull = runCli(full.host);
    await waitFor('the consumer', () => full.seen.handler !== undefined);
    full.seen.handler?.(delivery({ body: Buffer.alloc(5000, 'y') }));
    await exitFull;
    expect(full.host.out()).toContain('y'.repeat(5000));
  });

  test('--json is one object a line; bodies that are not text as base64', async () => {
    const { host, seen } = withMq(['tail', 'demo', '--json', '--count', '2']);
    const exit = runCli(host);
    await waitFor('the consumer', () => seen.handler !== undefined);
    seen.handler?.(delivery());
    seen.handler?.(delivery({ body: Buffer.from([0xff]) }));
    await exit;
    const [text, binary] = host
      .out()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(text).toMatchObject({
      topic: 'demo',
      partition: 3,
      offset: 17,
      body: '{"celsius":21}',
      properties: { qoslevel: '1' },
    });
    expect(binary.bodyBase64).toBe('/w==');
    expect(binary.body).toBeUndefined();
  });
});

describe('mq send', () => {
  test('sends body, properties, key, tag and delay, and tells where it went', async () => {
    const { host, seen } = withMq([
      ...['send', 'demo', '--body', 'héllo', '--property', 'qoslevel=2', '--property', 'mqttSecondTopic=/a=b'],
      ...['--key', 'k', '--tag', 't', '--delay', '500'],
    ]);
    expect(await runCli(host)).toBe(0);
    expect(seen.sent).toHaveLength(1);
    const [message] = seen.sent;
    expect(message).toMatchObject({ topic: 'demo', key: 'k', tag: 't', delayMs: 500 });
    expect({ ...message?.properties }).toEqual({ qoslevel: '2', mqttSecondTopic: '/a=b' });
    expect(Buffer.from(message!.body).toString()).toBe('héllo');
    expect(host.out()).toContain('partition 2, offset 41');
    expect(seen.closed).toEqual(['producer', 'engine']);
  });

  test('places that the engine does not tell are left out', async () => {
    const producer = async () => ({
      send: async ({ topic }: MqMessage) => ({ topic, partition: -1, offset: 0 }),
      flush: async () => undefined,
      close: async () => undefined,
    });
    const capabilities = { history: false } as MqEngine['capabilities'];
    const { host } = withMq(['send', 'demo', '--body', 'x'], {}, { producer, capabilities });
    expect(await runCli(host)).toBe(0);
    expect(host.out()).toBe('stored in demo: 1 B\n');
    const json = withMq(['send', 'demo', '--body', 'x', '--json'], {}, { producer, capabilities });
    expect(await runCli(json.host)).toBe(0);
    expect(JSON.parse(json.host.out())).toEqual({ topic: 'demo', partition: null, offset: null });
  });

  test('the body comes from stdin, or from a file byte for byte; an empty --body is a body', async () => {
    const piped = withMq(['send', 'demo'], { stdin: 'from the pipe' });
    expect(await runCli(piped.host)).toBe(0);
    expect(Buffer.from(piped.seen.sent[0]!.body).toString()).toBe('from the pipe');
    const file = withMq(['send', 'demo', '--body-file', 'b.bin']);
    await writeFile(file.host.path('b.bin'), Buffer.from([0, 255, 1]));
    expect(await runCli(file.host)).toBe(0);
    expect([...file.seen.sent[0]!.body]).toEqual([0, 255, 1]);
    const empty = withMq(['send', 'demo', '--body', ''], { stdin: 'unused' });
    expect(await runCli(empty.host)).toBe(0);
    expect(empty.seen.sent[0]!.body).toHaveLength(0);
  });

  test.each([
    [['--body', 'a', '--body-file', 'b'], '--body is given as well'],
    [['--body-file', 'missing.bin'], 'missing.bin'],
  ])('%j is bad input', async (argv, text) => {
    const { host, seen } = withMq(['send', 'demo', ...argv]);
    expect(await runCli(host)).toBe(2);
    expect(host.err()).toContain(text);
    expect(seen.sent).toEqual([]);
  });

  test('an unknown topic ends with 3, and the connection is closed', async () => {
    const { host, seen } = withMq(['send', 'nowhere', '--body', 'x']);
    expect(await runCli(host)).toBe(3);
    expect(host.err()).toContain('nowhere does not exist');
    expect(seen.closed).toContain('engine');
  });

  test('nobody there: 3, with the hint how to start one', async () => {
    const host = fakeHost(['mq', 'send', 'demo', '--body', 'x'], {
      services: {
        connectMq: async () =>
          Promise.reject(new CausewayError('connect.failed', { address: '127.0.0.1:7883', reason: 'refused' })),
      },
    });
    hosts.push(host);
    expect(await runCli(host)).toBe(3);
    expect(host.err()).toContain('causeway gateway');
  });
});

describe('mq topics', () => {
  test('prints a table, or JSON', async () => {
    const { host } = withMq(['topics']);
    expect(await runCli(host)).toBe(0);
    expect(host.out()).toMatch(/demo\\x1b\[2J\s+4\s+12,345\s+100\s+65\.5 kB/);
    const json = withMq(['topics', '--json']);
    expect(await runCli(json.host)).toBe(0);
    expect(JSON.parse(json.host.out())[0]).toMatchObject({ partitions: 4, stored: 12_345 });
  });

  test('figures that an engine does not tell are left out, and estimates are marked', async () => {
    const figures = { stored: undefined, retained: 3, retainedBytes: undefined };
    const stats = [
      { name: 'unknown', partitions: 2, ...figures },
      { name: 'estimated', partitions: 1, stored: 7, retained: 7, retainedBytes: 1_000, bytesEstimated: true },
    ];
    const { host } = withMq(['topics'], {}, { topics: async () => stats });
    expect(await runCli(host)).toBe(0);
    expect(host.out()).toMatch(/unknown\s+2\s+-\s+3\s+-\n/);
    expect(host.out()).toMatch(/estimated\s+1\s+7\s+7\s+~1/);
    const json = withMq(['topics', '--json'], {}, { topics: async () => stats });
    expect(await runCli(json.host)).toBe(0);
    expect(JSON.parse(json.host.out())[0]).toMatchObject({ stored: null, retained: 3, retainedBytes: null });
  });
});

describe('mq engines', () => {
  test('says of every engine what it can do, and who does it', async () => {
    const { host, seen } = withMq(['engines']);
    expect(await runCli(host)).toBe(0);
    expect(host.out()).toMatch(/^\s+embedded\s+kafka\s+rocketmq\s+rabbitmq\n/);
    expect(host.out()).toMatch(/filter\s+yes\s+by the lab\s+by the lab\s+by the lab\n/);
    expect(host.out()).toMatch(/history\s+yes\s+yes\s+yes\s+no\n/);
    expect(seen.connection).toBeUndefined();
    const json = withMq(['engines', '--json']);
    expect(await runCli(json.host)).toBe(0);
    expect(JSON.parse(json.host.out())[1]).toMatchObject({ engine: 'kafka', delayed: 'no', deadLetter: 'by the lab' });
  });
});
