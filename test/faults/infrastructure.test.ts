/** What breaks under a run ends it with an error that says what it was, and leaves nothing behind. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Lab, LabOptions } from '../../core/run/lab.ts';
import { begin, ending, WORKERS } from '../helpers/run.ts';

const labs = vi.hoisted(() => [] as unknown[]);
const changes = vi.hoisted((): { options: object } => ({ options: {} }));
vi.mock('../../core/run/lab.ts', async (original) => {
  const lab = await original<typeof import('../../core/run/lab.ts')>();
  return {
    ...lab,
    startLab: async (options: Parameters<typeof lab.startLab>[0]) => {
      const started = await lab.startLab({ ...options, ...changes.options });
      labs.push(started);
      return started;
    },
  };
});

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  labs.length = 0;
  changes.options = {};
  for (const close of closing.splice(0).reverse()) await close();
});

const scenario = (gateway = '', client = ''): string => `causeway: 1
name: Infrastructure
duration: 60s
gateway: { topics: { up: {} }${gateway} }
populations:
  devices:
    actor: sensor
    count: 3
    client: { ${client} }
    publish: { value: { topic: "up/{id}", schedule: { rate: 50/s } } }
services:
  back: { consume: { topics: [up], group: G } }
`;

/** A folder of worker entries of which `file` holds `source`; the other is the real one. */
async function workers(file: 'device' | 'service', source: string): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'workers-'));
  closing.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of ['device', 'service'] as const) {
    const real = new URL(`${name}.js`, WORKERS).href;
    await writeFile(
      join(folder, `${name}.js`),
      name === file ? source.replace('REAL', real) : `export { default } from '${real}';\n`,
    );
  }
  return pathToFileURL(`${folder}/`);
}

async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return { server, port: (server.address() as { port: number }).port };
}

describe('a run whose infrastructure fails', () => {
  it('port.taken: names the port', async () => {
    const { port } = await listening();
    const { run } = begin(scenario(`, port: ${port}`));
    await expect(run.done).rejects.toMatchObject({ code: 'port.taken', details: { port } });
  });

  it('secret.missing: names the variable before anything is opened', async () => {
    const { run } = begin(scenario('', 'username: u, passwordFrom: CAUSEWAY_TEST_UNSET'));
    await expect(run.done).rejects.toMatchObject({ code: 'secret.missing', details: { variable: 'CAUSEWAY_TEST_UNSET' } });
    expect(labs).toEqual([]);
  });

  it('mq.connection-lost: the MQ engine goes away in the middle of the traffic', async () => {
    const started = begin(scenario());
    const end = ending(started);
    await started.running();
    await (labs[0] as Lab).engine.close();
    expect(await end).toBe('mq.connection-lost');
  });

  it.each([
    ['throws while it starts', 'device', 'throw new Error("broken on purpose");'],
    ['has no task', 'device', 'export const other = 1;'],
    ['exits while it connects', 'device', 'export default () => process.exit(1);'],
    [
      'throws in a callback',
      'device',
      'export default () => { setTimeout(() => { throw new Error("broken on purpose"); }, 10); return new Promise(() => undefined); };',
    ],
    ['rejects', 'service', 'export default async () => { throw new Error("broken on purpose"); };'],
  ] as const)('a thread that %s: an error that names the thread', async (_, file, source) => {
    const { run } = begin(scenario(), { workersUrl: await workers(file, source) });
    const name = file === 'device' ? 'devices-1' : 'services';
    await expect(run.done).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining(name) });
  });

  it('a device thread that crashes in the middle of the traffic: the same', async () => {
    const source = `import run from 'REAL';
export default (data) => { setTimeout(() => { throw new Error('broken on purpose'); }, 1500); return run(data); };`;
    const { run } = begin(scenario(), { workersUrl: await workers('device', source), threads: 2 });
    await expect(run.done).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('broken on purpose') });
  });

  it.each([
    ['a subscription', { limits: { subscriptionsPerClient: 0 } }, /up\/a/],
    ['a connection', { users: { somebody: 'else' } }, /./],
  ] as [string, Partial<LabOptions>, RegExp][])(
    'mqtt.refused: the gateway refuses %s, and the client is named',
    async (_, options, reason) => {
      // The lab is made stricter than the scenario says: the loader would have refused such a file.
      changes.options = options;
      const { run } = begin(scenario().replace('    publish:', '    subscribe: [{ topic: "up/a" }]\n    publish:'));
      await expect(run.done).rejects.toMatchObject({
        code: 'mqtt.refused',
        details: { client: expect.stringMatching(/^GID_devices@@@\d$/), reason: expect.stringMatching(reason) },
      });
    },
  );
});
