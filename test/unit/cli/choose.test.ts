import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { runCli } from '../../../cli/program.ts';
import type { ChooseRequest } from '../../../cli/services.ts';
import { type KeptRow, tableOf } from '../../../core/choose/table.ts';
import { CHOOSE_ROWS } from '../../../core/protocol/choose.ts';
import { type FakeHost, fakeHost } from './fakeHost.ts';

const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const made of hosts.splice(0)) await made.remove();
});

const HOSTILE: KeptRow = {
  id: 'chat',
  mqtt: [{ name: '<script>alert(1)</script>', value: 1, unit: '"ms"' }],
  mq: [],
  method: '<img src=x>',
  at: '2026-01-01T00:00:00.000Z',
  engine: '<b>e</b>',
  seconds: 1,
  machine: 'm',
  overloaded: true,
};

function withChoose(argv: readonly string[], act: (request: ChooseRequest, host: FakeHost) => void = () => undefined) {
  const requests: ChooseRequest[] = [];
  const host: FakeHost = fakeHost(['choose', ...argv], {
    services: {
      choose: async (request) => {
        requests.push(request);
        act(request, host);
        return tableOf(request.engine, new Map([['chat', HOSTILE]]), null);
      },
    },
  });
  hosts.push(host);
  return { host, requests };
}

test('0 when all is measured, 3 when a row could not be, 130 when it is ended', async () => {
  expect(await runCli(withChoose([]).host)).toBe(0);
  const failing = withChoose([], (request) => request.onFailed?.('chat', new Error('no way')));
  expect(await runCli(failing.host)).toBe(3);
  expect(failing.host.err()).toContain('no way');
  const ended = withChoose([], (_, host) => host.signal());
  expect(await runCli(ended.host)).toBe(130);
  expect(ended.requests[0]!.signal.aborted).toBe(true);
  expect(ended.host.signalled()).toBe(0);
});

test('2 for a row that does not exist, with the list of those that do; nothing is started', async () => {
  const { host, requests } = withChoose(['--row', 'chess']);
  expect(await runCli(host)).toBe(2);
  for (const row of CHOOSE_ROWS) expect(host.err()).toContain(row);
  expect(requests).toEqual([]);
});

test('rows, limit and engine are passed on; a far MQ has to be confirmed', async () => {
  const { host, requests } = withChoose(['--row', 'chat', '--row', 'churn', '--limit', '50', '--show']);
  expect(await runCli(host)).toBe(0);
  expect(requests[0]).toMatchObject({ engine: 'embedded', rows: ['chat', 'churn'], limit: 50, measure: false });
  const far = withChoose(['--engine', 'kafka', '--mq', 'kafka.example:9092']);
  expect(await runCli(far.host)).not.toBe(0);
  expect(far.requests).toEqual([]);
});

test('--json prints the table and nothing else; text names the embedded MQ for what it is', async () => {
  const json = withChoose(['--json']).host;
  expect(await runCli(json)).toBe(0);
  expect(JSON.parse(json.out())).toMatchObject({ schema: 1, embedded: true });
  const text = withChoose([]).host;
  await runCli(text);
  expect(text.out()).toContain('say nothing about Kafka');
});

test('--out leaves what was there until the new file is whole, and nothing besides', async () => {
  const file = (host: FakeHost): string => join(host.folder, 'table.json');
  const kept = withChoose(['--json', '--out', 'table.json'], () => {
    throw new Error('no engine');
  });
  await writeFile(file(kept.host), 'old');
  await runCli(kept.host).catch(() => undefined);
  expect(await readFile(file(kept.host), 'utf8')).toBe('old');
  expect(await readdir(kept.host.folder)).toEqual(['table.json']);

  const { host } = withChoose(['--json', '--out', 'table.json']);
  await writeFile(file(host), 'old');
  expect(await runCli(host)).toBe(0);
  expect(JSON.parse(await readFile(file(host), 'utf8'))).toMatchObject({ schema: 1 });
  expect(await readdir(host.folder)).toEqual(['table.json']);
});

test('--html writes a page in which nothing measured is markup', async () => {
  const { host } = withChoose(['--html', '--out', 'page.html']);
  expect(await runCli(host)).toBe(0);
  const page = await readFile(join(host.folder, 'page.html'), 'utf8');
  expect(page).toContain('&lt;script&gt;');
  expect(page).not.toMatch(/<script|<img|<b>e</);
  expect(page).toContain('say nothing about Kafka');
  expect(await runCli(withChoose(['--out', join('no', 'folder', 'x')]).host)).toBe(3);
});
