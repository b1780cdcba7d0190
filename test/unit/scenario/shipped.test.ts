import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { explainScenario, formatExplanation } from '../../../core/scenario/explain.ts';
import { loadScenario } from '../../../core/scenario/loader.ts';

const folder = fileURLToPath(new URL('../../../scenarios/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

test('three scenarios come with the lab', () => {
  expect(files).toEqual(expect.arrayContaining(['iot-sensors.yaml', 'iov-fleet.yaml', 'chat-rooms.yaml']));
});

describe.each(files)('%s', (file) => {
  test('loads without a problem or a warning, and lasts 30 s, the demo long enough to be shown', async () => {
    const { scenario, warnings, sha256 } = await loadScenario(folder + file);
    expect(warnings).toEqual([]);
    expect(scenario.durationMs).toBe(file === 'iov-demo.yaml' ? 600_000 : 30_000);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([0.01, 0.1, 2])('is just as good at scale %f', async (scale) => {
    const { warnings } = await loadScenario(folder + file, { scale, durationMs: 3000 });
    expect(warnings).toEqual([]);
  });

  test('fits a laptop of two cores: at most 4,000 messages and deliveries a second', async () => {
    const { totals } = explainScenario(await loadScenario(folder + file));
    expect(totals.messagesPerSecond + totals.deliveriesPerSecond).toBeLessThanOrEqual(4000);
  });
});

const explained = async (file: string) => explainScenario(await loadScenario(folder + file));
const flowOf = async (file: string, name: string) => (await explained(file)).flows.find((flow) => flow.name === name);

describe('the figures of the explanation', () => {
  test('sensors: each message goes to one clustering group and two broadcasting members', async () => {
    const { clients, totals, resources } = await explained('iot-sensors.yaml');
    expect(clients).toBe(2000);
    // 2,000 every 5 s, every 10 s and every 60 s.
    expect(totals.messagesPerSecond).toBeCloseTo(400 + 200 + 2000 / 60, 6);
    expect(totals.deliveriesPerSecond).toBeCloseTo(totals.messagesPerSecond * 3, 6);
    expect(totals.estimated).toBe(true);
    expect(resources.localPorts).toBe(2000);
    expect(resources.fileDescriptors).toBeGreaterThan(4000);
  });

  test('fleet: commands reach one, a tenth, or all, and each is answered', async () => {
    expect(await flowOf('iov-fleet.yaml', 'command-centre.unlock')).toMatchObject({ perSecond: 2, devices: 1, bridged: 'down' });
    expect(await flowOf('iov-fleet.yaml', 'command-centre.slow-down')).toMatchObject({
      devices: 100,
      topic: 'command/district/{district}',
    });
    const recall = await flowOf('iov-fleet.yaml', 'command-centre.recall');
    expect(recall?.devices).toBe(1000);
    expect(recall?.perSecond).toBeCloseTo(2 / 30, 6);
    expect((await flowOf('iov-fleet.yaml', 'fleet.acknowledge'))?.perSecond).toBeCloseTo(2 + 100 / 5 + 2000 / 30, 6);
  });

  test('chat: a line reaches its room and its answers are counted, answers to answers too', async () => {
    expect(await flowOf('chat-rooms.yaml', 'people.line')).toMatchObject({
      perSecond: 20,
      devices: 20,
      consumers: 2,
      bridged: 'up',
    });
    // 20 lines, a fifth of an answer to each, a fifth of an answer to those: 20 x (0.2 + 0.04 + ...) = 5.
    expect((await flowOf('chat-rooms.yaml', 'people.answer'))?.perSecond).toBeCloseTo(5, 6);
    const bullet = await flowOf('chat-rooms.yaml', 'viewers.bullet');
    expect(bullet).toMatchObject({ devices: 1000, consumers: 1, peakPerSecond: 6 });
    expect(bullet?.perSecond).toBeCloseTo(2.8, 6);
  });

  test('the text names everything and lets nothing hostile through', async () => {
    const loaded = await loadScenario(`${folder}iov-fleet.yaml`, { overrides: [{ path: 'name', value: '"a\\u001b[2Jb"' }] });
    const text = formatExplanation(explainScenario(loaded));
    for (const part of ['fleet.telemetry', 'command-centre', '1,000', 'threshold: waves.recall.t95 < 5000', 'lose the network'])
      expect(text).toContain(part);
    expect(text).not.toContain('\x1b');
  });
});
