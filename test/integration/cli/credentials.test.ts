/** `causeway account`, `token` and `gateway --credentials` together, as a user would type them. */
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { labServices } from '../../../cli/labServices.ts';
import { runCli } from '../../../cli/program.ts';
import { connectMqtt } from '../../helpers/mqttClient.ts';
import { waitFor } from '../../helpers/waitFor.ts';
import { type FakeHost, fakeHost } from '../../unit/cli/fakeHost.ts';

const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.remove();
});

const services = labServices(new URL('file:///unused/'));

function start(argv: readonly string[], folder: string | undefined, env: Record<string, string> = {}) {
  const host = fakeHost(argv, { services, env });
  hosts.push(host);
  const shared = folder ?? host.folder;
  return { host, folder: shared, done: runCli({ ...host, path: (file) => join(shared, file) }) };
}

test('a token lets a device in, and its revocation on the command line closes it with code 3', async () => {
  const account = start(['account', 'add', '--id', 'fleet', '--instance', 'one', '--credentials', 'store.json'], undefined);
  expect(await account.done).toBe(0);
  const { folder } = account;
  const call = async (...argv: string[]): Promise<string> => {
    const { host, done } = start([...argv, '--credentials', 'store.json'], folder);
    expect(await done).toBe(0);
    return host.out();
  };
  const token = JSON.parse(await call('token', 'issue', '--account', 'fleet', '--resource', 'demo/#', '--json')) as {
    id: string;
    token: string;
  };

  const ports = ['--port', '0', '--ws-port', 'off', '--mq-port', '0'];
  const gateway = start(['gateway', ...ports, '--credentials', 'store.json', '--events'], folder);
  await waitFor('the gateway', () => gateway.host.out().startsWith('ready '));
  const [, mqttPort, mqPort] = /mqtt=127\.0\.0\.1:(\d+) mq=127\.0\.0\.1:(\d+)/.exec(gateway.host.out())!;
  const device = (clientId: string, password: string) =>
    connectMqtt(Number(mqttPort), { clientId, username: 'Token|fleet|one', password });

  await expect(device('GID@@@1', 'RW|forged')).rejects.toMatchObject({ code: 4 });
  const client = await device('GID@@@1', `RW|${token.token}`);
  await client.client.publishAsync('demo/a', 'hello', { qos: 1 });

  const anonymous = start(['mq', 'topics', '--mq', String(mqPort)], folder);
  expect(await anonymous.done).toBe(3);
  expect(anonymous.host.err()).toContain('refused the credentials');
  const variables = await call('token', 'issue', '--account', 'fleet', '--mq');
  const env = Object.fromEntries(
    variables
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  ) as Record<string, string>;
  const topics = start(['mq', 'topics', '--mq', String(mqPort)], folder, env);
  expect(await topics.done).toBe(0);
  expect(topics.host.out()).toContain('GID_MQTT');

  await call('token', 'revoke', token.id);
  await waitFor('the device is closed', () => !client.client.connected);
  expect(client.messages.map((m) => [m.topic, m.payload.toString()])).toEqual([
    ['$SYS/tokenInvalidNotice', '{"code":3,"type":"RW"}'],
  ]);
  expect(gateway.host.err()).not.toContain(token.token);
  gateway.host.signal();
  expect(await gateway.done).toBe(0);
});

test('a file that is not there is refused before anything listens', async () => {
  const { host, done } = start(['gateway', '--credentials', 'missing.json'], undefined);
  expect(await done).toBe(2);
  expect(host.err()).toContain('missing.json');
});
