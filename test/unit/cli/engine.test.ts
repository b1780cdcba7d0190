/** Naming an MQ engine on the command line. */
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { brokerOverrides } from '../../../cli/brokerFlags.ts';
import { mqOverrides } from '../../../cli/mqFlags.ts';
import { runCli } from '../../../cli/program.ts';
import type { CheckRequest } from '../../../cli/services.ts';
import type { MqConnection } from '../../../core/mq/connect.ts';
import type { LabOptions } from '../../../core/run/lab.ts';
import { loadScenario } from '../../../core/scenario/loader.ts';
import type { Scenario } from '../../../core/scenario/model.ts';
import { type FakeHost, fakeHost } from './fakeHost.ts';

const SHIPPED = new URL('../../../scenarios', import.meta.url).pathname;
const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.remove();
});

interface Seen {
  scenario?: Scenario;
  overrides?: readonly string[];
  lab?: LabOptions;
  connection?: MqConnection;
  check?: CheckRequest;
}

/** Carries the command line out up to where something would be opened. */
async function understood(argv: readonly string[], env: Record<string, string> = {}) {
  const seen: Seen = {};
  const stop = new Error('as far as this test goes');
  const host = fakeHost(argv, {
    env,
    shipped: SHIPPED,
    services: {
      loadScenario,
      startRun: async ({ loaded }) => {
        seen.scenario = loaded.scenario;
        seen.overrides = loaded.overrides;
        throw stop;
      },
      startLab: async (options) => {
        seen.lab = options;
        throw stop;
      },
      checkPlan: async () => [],
      check: async (request) => {
        seen.check = request;
        throw stop;
      },
      connectMq: async (connection) => {
        seen.connection = connection;
        throw stop;
      },
    },
  });
  hosts.push(host);
  const exit = await runCli(host);
  return { seen, exit, err: host.err() };
}

describe('run', () => {
  test('--engine takes the place of the mq section, and the result says so', async () => {
    const { seen } = await understood(['run', 'iot-sensors', '--engine', 'kafka', '--mq', '127.0.0.1:9999']);
    expect(seen.scenario?.mq).toMatchObject({ engine: 'kafka', address: '127.0.0.1:9999' });
    expect(seen.overrides).toEqual(['mq={"engine":"kafka","address":"127.0.0.1:9999"}']);
  });

  test('--set has the last word, and --mq without --engine changes the address of the engine in the file', async () => {
    const set = ['--set', 'mq.address=127.0.0.1:2'];
    expect((await understood(['run', 'iot-sensors', '--engine', 'rabbitmq', ...set])).seen.scenario?.mq).toMatchObject({
      engine: 'rabbitmq',
      address: '127.0.0.1:2',
    });
    const { exit, seen } = await understood(['run', 'iot-sensors', '--mq', '9092']);
    expect(exit).toBe(2);
    expect(seen.scenario).toBeUndefined();
  });

  test('files of certificates are those of where the command is typed, not of the scenario’s folder', () => {
    // As in the process itself, where paths stay as they were typed.
    const fake = fakeHost([]);
    hosts.push(fake);
    const typed = { ...fake, path: (file: string) => file };
    expect(mqOverrides(typed, { mqTls: 'mq.pem' })[0]?.value).toContain(JSON.stringify(resolve('mq.pem')));
    expect(brokerOverrides(typed, { brokerCa: 'broker.pem' })[0]?.value).toContain(JSON.stringify(resolve('broker.pem')));
  });

  test('the password never stands on the command line nor in the scenario', async () => {
    const argv = ['run', 'iot-sensors', '--engine', 'kafka', '--mq-user', 'me'];
    const { seen } = await understood(argv, { CAUSEWAY_MQ_PASSWORD: 'secret' });
    expect(seen.scenario?.mq).toMatchObject({ user: 'me', passwordFrom: 'CAUSEWAY_MQ_PASSWORD' });
    expect(JSON.stringify(seen.scenario)).not.toContain('"secret"');
  });
});

describe('an MQ beyond this machine', () => {
  const far = ['--engine', 'kafka', '--mq', '127.0.0.1:9092,10.0.0.1:9092'];
  test.each([[['run', 'iot-sensors']], [['gateway']], [['check']]])('has to be confirmed: %s', async (command) => {
    const asked = await understood([...command, ...far]);
    expect(asked).toMatchObject({ seen: {}, exit: 2 });
    expect(asked.err).toContain('10.0.0.1');
    // As far as this test goes.
    expect((await understood([...command, ...far, '--allow-network'])).exit).toBe(3);
  });
});

describe('gateway, check and mq', () => {
  test('connect to it', async () => {
    const argv = ['--engine', 'rabbitmq', '--mq', '5673', '--mq-user', 'me'];
    const env = { CAUSEWAY_MQ_PASSWORD: 'secret' };
    const connection = { engine: 'rabbitmq', address: '127.0.0.1:5673', user: 'me', password: 'secret' };
    const { seen } = await understood(['gateway', ...argv], env);
    expect(seen.lab?.mq).toEqual(connection);
    expect(seen.lab?.mqListen).toBeUndefined();
    expect((await understood(['check', ...argv], env)).seen.check?.mq).toEqual(connection);
    expect((await understood(['mq', 'topics', ...argv], env)).seen.connection).toEqual(connection);
  });

  test('without it mean the embedded one, as ever', async () => {
    expect((await understood(['gateway'])).seen.lab).toMatchObject({ mqListen: { host: '127.0.0.1', port: 7883 } });
    expect((await understood(['check'])).seen.check?.mq).toBeUndefined();
    const embedded = { engine: 'embedded', host: '127.0.0.1', port: 7883 };
    expect((await understood(['mq', 'topics'])).seen.connection).toEqual(embedded);
  });

  test.each([
    [['gateway', '--mq', '9092']],
    [['gateway', '--engine', 'kafka', '--mq-port', '7883']],
    [['gateway', '--engine', 'kafka', '--storage', 'file', '--folder', 'x']],
    [['check', '--mq-user', 'me']],
    [['mq', 'topics', '--mq-tls']],
    [['gateway', '--engine', 'kafka', '--mq', 'kafka://a:1']],
  ])('refuse what has no meaning together: %s', async (argv) => {
    const { seen, exit } = await understood(argv);
    expect({ seen, exit }).toEqual({ seen: {}, exit: 2 });
  });

  test('say which variable holds the password', async () => {
    const { exit, err } = await understood(['mq', 'topics', '--engine', 'kafka', '--mq-user', 'me']);
    expect(exit).toBe(2);
    expect(err).toContain('CAUSEWAY_MQ_PASSWORD');
  });
});
