import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../cli/program.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';
import { type FakeHost, fakeHost, sampleLoaded } from './fakeHost.ts';

const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const made of hosts.splice(0)) await made.remove();
});

describe('list', () => {
  const services = {
    loadScenario: async (path: string) => {
      if (path.endsWith('broken.yaml')) throw new CausewayError('input.invalid', { path, count: 3 });
      return sampleLoaded({ path });
    },
  };

  test('shows shipped scenarios by their bare name, own ones by their path, broken ones with their fault', async () => {
    const host = fakeHost(['list'], { services });
    hosts.push(host);
    await mkdir(host.shippedScenarios);
    await mkdir(host.path('scenarios'));
    for (const file of [
      join(host.shippedScenarios, 'fleet.yaml'),
      host.path('scenarios/mine.yml'),
      host.path('scenarios/broken.yaml'),
    ]) {
      await writeFile(file, '');
    }
    await writeFile(host.path('scenarios/readme.txt'), '');
    expect(await runCli(host)).toBe(0);
    expect(host.out()).toContain('fleet  Sample  20 clients, 30.0 s\n  A small sample\n');
    expect(host.out()).toContain(host.path('scenarios/mine.yml'));
    expect(host.out()).toContain('3 problems: see causeway validate');
    expect(host.out()).not.toContain('readme');
    expect(host.out()).not.toContain('second line');
  });

  test('--json has the same as data, and no scenarios at all is no error', async () => {
    const host = fakeHost(['list', '--json'], { services });
    hosts.push(host);
    expect(await runCli(host)).toBe(0);
    expect(JSON.parse(host.out())).toEqual([]);
    await mkdir(host.shippedScenarios);
    await writeFile(join(host.shippedScenarios, 'fleet.yaml'), '');
    const filled = fakeHost(['list', '--json'], { services, shipped: host.shippedScenarios });
    hosts.push(filled);
    expect(await runCli(filled)).toBe(0);
    expect(JSON.parse(filled.out())).toMatchObject([{ name: 'Sample', shipped: true, clients: 20, durationMs: 30_000 }]);
  });
});
