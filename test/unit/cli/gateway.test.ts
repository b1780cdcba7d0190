import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../cli/program.ts';
import type { BridgeStats } from '../../../core/bridge/types.ts';
import type { GatewayStats } from '../../../core/gateway/types.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';
import type { Lab, LabOptions } from '../../../core/run/lab.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { type FakeHost, fakeHost } from './fakeHost.ts';

const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const made of hosts.splice(0)) await made.remove();
});

const gatewayStats: GatewayStats = {
  connected: 1234,
  sessions: 1234,
  published: 0,
  delivered: 0,
  bytesIn: 0,
  bytesOut: 0,
  p2pUnknown: 0,
  p2pDropped: 0,
  offlineStored: 0,
  offlineDropped: 0,
  refused: { 'topic-invalid': 2, stalled: 1 },
};
const bridgeStats: BridgeStats = {
  up: { received: 0, stored: 0, failed: 0, inFlight: 0, inFlightBytes: 0, waiting: 0 },
  down: { taken: 0, delivered: 0, online: 0, stored: 0, dropped: 0, deadLettered: {}, skippedEcho: 0 },
  warnings: {},
};

/** A lab that listens nowhere: addresses are those asked for. */
function withLab(
  argv: readonly string[],
  parameters: Parameters<typeof fakeHost>[1] & { notDrained?: number; hang?: boolean } = {},
) {
  const seen: { options?: LabOptions; closed: (number | undefined)[] } = { closed: [] };
  const host = fakeHost(['gateway', ...argv], {
    ...parameters,
    services: {
      startLab: async (options) => {
        seen.options = options;
        const refuse = () => Promise.reject(new Error('not expected'));
        const lab: Lab = {
          gateway: {
            addresses: options.listeners,
            ca: options.listeners.some((l) => l.kind === 'tls') ? 'PEM' : undefined,
            deliver: refuse,
            stats: () => gatewayStats,
            online: () => false,
            session: () => undefined,
            close: async () => undefined,
          },
          engine: {
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
            createTopic: refuse,
            topics: refuse,
            partitionsOf: refuse,
            producer: refuse,
            consume: refuse,
            close: async () => undefined,
          },
          bridge: {
            uplink: { publish: refuse },
            start: refuse,
            stats: () => bridgeStats,
            close: async () => ({ notDrained: 0 }),
          },
          restartBridge: refuse,
          lag: async () => 0,
          overrun: async () => [],
          mqAddress: options.mqListen,
          close: (drainMs) => {
            seen.closed.push(drainMs);
            return parameters.hang === true
              ? new Promise(() => undefined)
              : Promise.resolve({ notDrained: parameters.notDrained ?? 0 });
          },
        };
        return lab;
      },
    },
  });
  hosts.push(host);
  return { host, seen };
}

async function untilReady(host: FakeHost): Promise<void> {
  await waitFor('the ready line', () => host.out().includes('ready '));
}

describe('causeway gateway', () => {
  test('prints one stable ready line on stdout, addresses on stderr, and drains at Ctrl-C', async () => {
    const { host, seen } = withLab([]);
    const exit = runCli(host);
    await untilReady(host);
    expect(host.out()).toBe('ready mqtt=127.0.0.1:1883 ws=127.0.0.1:8083 mq=127.0.0.1:7883\n');
    expect(host.err()).toContain('mqtt://127.0.0.1:1883');
    expect(seen.options).toMatchObject({
      profile: 'strict',
      storage: 'memory',
      topics: [{ name: 'demo', direction: 'both', partitions: 4 }],
    });
    host.signal();
    expect(await exit).toBe(0);
    expect(seen.closed).toEqual([10_000]);
    expect(host.signalled()).toBe(0);
  });

  test('options become listeners, topics and storage', async () => {
    const { host, seen } = withLab([
      ...['--host', '::1', '--port', '0', '--ws-port', 'off', '--tls-port', '8883', '--mq-port', 'off', '--profile', 'lenient'],
      ...[
        '--topic',
        'vehicle:up',
        '--topic',
        'chat',
        '--partitions',
        '8',
        '--storage',
        'file',
        '--folder',
        'data',
        '--write-ca',
        'ca.pem',
      ],
    ]);
    const exit = runCli(host);
    await untilReady(host);
    expect(host.out()).toBe('ready mqtt=[::1]:0 mqtts=[::1]:8883\n');
    expect(seen.options).toEqual({
      profile: 'lenient',
      listeners: [
        { kind: 'tcp', host: '::1', port: 0 },
        { kind: 'tls', host: '::1', port: 8883 },
      ],
      topics: [
        { name: 'vehicle', direction: 'up', partitions: 8 },
        { name: 'chat', direction: 'both', partitions: 8 },
      ],
      storage: 'file',
      folder: host.path('data'),
      fsync: 'always',
      onEvent: expect.any(Function),
    });
    expect(await readFile(host.path('ca.pem'), 'utf8')).toBe('PEM');
    host.signal();
    expect(await exit).toBe(0);
  });

  test('other machines need a user, and the password comes from the environment', async () => {
    const open = withLab(['--host', '0.0.0.0']);
    expect(await runCli(open.host)).toBe(2);
    expect(open.host.err()).toContain('CAUSEWAY_PASSWORD');
    expect(open.seen.options).toBeUndefined();
    const noPassword = withLab(['--host', '0.0.0.0', '--user', 'fleet']);
    expect(await runCli(noPassword.host)).toBe(2);
    expect(noPassword.seen.options).toBeUndefined();
    const safe = withLab(['--host', '0.0.0.0', '--user', 'fleet'], { env: { CAUSEWAY_PASSWORD: 's3cret' } });
    const exit = runCli(safe.host);
    await untilReady(safe.host);
    expect(safe.seen.options?.users).toEqual({ fleet: 's3cret' });
    // The MQ port has no credentials: it stays on loopback.
    expect(safe.seen.options?.mqListen).toEqual({ host: '127.0.0.1', port: 7883 });
    expect(safe.host.err() + safe.host.out()).not.toContain('s3cret');
    safe.host.signal();
    expect(await exit).toBe(0);
  });

  test.each([[['--storage', 'file']], [['--folder', 'x']]])('%j: storage and folder go together', async (argv) => {
    const { host } = withLab(argv);
    expect(await runCli(host)).toBe(2);
    expect(host.err()).toContain('--storage');
  });

  test('a port that is taken ends with 3', async () => {
    const host = fakeHost(['gateway'], {
      services: {
        startLab: async () =>
          Promise.reject(new CausewayError('port.taken', { port: 1883, host: '127.0.0.1', option: '--port' })),
      },
    });
    hosts.push(host);
    expect(await runCli(host)).toBe(3);
    expect(host.err()).toContain('choose another port (--port)');
    expect(host.signalled()).toBe(0);
  });

  test('what could not be drained is said, and is no success', async () => {
    const { host } = withLab([], { notDrained: 7 });
    const exit = runCli(host);
    await untilReady(host);
    host.signal();
    expect(await exit).toBe(3);
    expect(host.err()).toContain('7 messages could not be drained');
  });

  test('Ctrl-C twice does not wait for the drain', async () => {
    const { host, seen } = withLab([], { hang: true });
    const exit = runCli(host);
    await untilReady(host);
    host.signal();
    await waitFor('the drain', () => seen.closed.length === 1);
    host.signal();
    expect(await exit).toBe(130);
  });

  test('on a terminal a live line tells the rates; off it, nothing', async () => {
    const tty = withLab([], { tty: true, env: { NO_COLOR: '1' } });
    const exit = runCli(tty.host);
    await untilReady(tty.host);
    tty.host.tick();
    expect(tty.host.err()).toContain('\r\x1b[2K1,234 connected');
    expect(tty.host.err()).toContain('refused 3');
    tty.host.signal();
    expect(await exit).toBe(0);
    const plain = withLab([]);
    const exitPlain = runCli(plain.host);
    await untilReady(plain.host);
    plain.host.tick();
    expect(plain.host.err()).not.toContain('connected');
    plain.host.signal();
    await exitPlain;
  });

  test('events: hostile client IDs are escaped, a flood is counted, connects only with --verbose', async () => {
    const { host, seen } = withLab([]);
    const exit = runCli(host);
    await untilReady(host);
    const refused = { kind: 'refused', what: 'publish', reason: 'topic-invalid', value: 'a\x1b[0m' } as const;
    seen.options?.onEvent?.({ kind: 'connected', clientId: 'quiet' });
    for (let i = 0; i < 20; i += 1) seen.options?.onEvent?.({ ...refused, clientId: `c\x07${i}` });
    host.tick();
    expect(host.err()).toContain('refused publish of c\\x070: topic-invalid (a\\x1b[0m)');
    expect(host.err()).toContain('(15 more refusals and warnings in this second)');
    expect(host.err()).not.toContain('quiet');
    expect(host.err()).not.toContain('\x1b');
    host.signal();
    await exit;
  });

  test('with --verbose, a flood of connects does not push aside the line that says why a device was refused', async () => {
    const { host, seen } = withLab(['--verbose']);
    const exit = runCli(host);
    await untilReady(host);
    for (let i = 0; i < 20; i += 1) seen.options?.onEvent?.({ kind: 'connected', clientId: `c${i}` });
    seen.options?.onEvent?.({ kind: 'refused', what: 'connect', clientId: '', reason: 'client-id-empty', value: '' });
    host.tick();
    expect(host.err()).toContain('\nrefused connect of a client without an ID: client-id-empty\n');
    expect(host.err()).toContain('(15 more connects and disconnects in this second)');
    host.signal();
    await exit;
  });

  test('a client ID of thousands of characters does not fill the terminal', async () => {
    const { host, seen } = withLab([]);
    const exit = runCli(host);
    await untilReady(host);
    const before = host.err().length;
    const clientId = 'x'.repeat(5000);
    seen.options?.onEvent?.({ kind: 'refused', what: 'connect', clientId, reason: 'client-id-too-long', value: clientId });
    expect(host.err().slice(before)).toMatch(/^refused connect of x{50,}…: client-id-too-long\n$/);
    expect(host.err().length - before).toBeLessThan(200);
    host.signal();
    await exit;
  });

  test('at Ctrl-C the live line goes away before the last words are printed', async () => {
    const { host } = withLab([], { tty: true, env: { NO_COLOR: '1' } });
    const exit = runCli(host);
    await untilReady(host);
    host.tick();
    host.signal();
    await exit;
    expect(host.err().split('\n').slice(-3)).toEqual([expect.stringContaining('\r\x1b[2Kdraining'), 'all drained', '']);
  });

  test('--write-ca without a port that has a certificate is refused, not ignored', async () => {
    const { host, seen } = withLab(['--write-ca', 'ca.pem']);
    expect(await runCli(host)).toBe(2);
    expect(host.err()).toContain('--tls-port');
    expect(seen.options).toBeUndefined();
  });

  test('it names a topic to look at that devices can write to', async () => {
    const { host } = withLab(['--topic', 'command:down', '--topic', 'telemetry:up']);
    const exit = runCli(host);
    await untilReady(host);
    expect(host.err()).toContain('causeway mq tail telemetry\n');
    host.signal();
    await exit;
  });
});
