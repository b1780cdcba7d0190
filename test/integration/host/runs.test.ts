/** Runs as a window sees them: started, followed, ended, and looked at again from their folders. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunStatus } from '../../../core/protocol/window.ts';
import { type TestLab, type TestWindow, testLab } from '../../helpers/labHost.ts';
import { waitFor } from '../../helpers/waitFor.ts';

const YAML = (duration: string): string => `causeway: 1
name: Short run
description: Ten devices
duration: ${duration}
gateway: { topics: { up: { direction: up }, down: { direction: down } } }
populations:
  devices:
    actor: sensor
    count: 10
    connect: { over: 100ms }
    publish: { value: { topic: "up/{id}", qos: 1, schedule: { rate: 200/s } } }
services:
  back:
    consume: { topics: [up], group: G, members: 2, ordered: true }
    commands: { one: { topic: down, population: devices, target: one, qosLevel: 1, schedule: { rate: 50/s } } }
`;

let lab: TestLab | undefined;
afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

async function started(duration: string): Promise<{ window: TestWindow; status: RunStatus }> {
  lab = await testLab();
  const window = lab.window();
  const status = await window.call('runs.start', { scenario: { text: YAML(duration), name: 'short.yaml' } });
  return { window, status };
}

const phase = (window: TestWindow): string | undefined => window.pushed('status').at(-1)?.status.phase;
const ended = (window: TestWindow): Promise<void> => waitFor('the end', () => phase(window) === 'done');
const running = (window: TestWindow): Promise<void> =>
  waitFor('traffic', () => window.pushed('frame').some(({ frame }) => frame.state === 'running' && frame.offered > 0));

describe('a run', () => {
  it('is told as it goes, and its folder shows the same afterwards', async () => {
    const { window, status } = await started('2s');
    expect(status).toMatchObject({ scenario: 'Short run', engine: 'embedded', plannedClients: 10, orderPromised: true });
    expect(status.services).toEqual([{ name: 'back', consumes: ['up'], commands: ['one'] }]);
    await ended(window);
    const { result } = window.pushed('result')[0]!;
    expect(result.ledger.up.delivered).toBeGreaterThan(0);
    const phases = window.pushed('status').map((push) => push.status.phase);
    expect([...new Set(phases)]).toEqual(['starting', 'connecting', 'running', 'draining', 'done']);

    const live = await window.call('runs.current', {});
    const again = lab!.window();
    const entries = await again.call('runs.list', {});
    expect(entries).toMatchObject([
      { id: status.id, scenario: 'Short run', verdict: result.verdict, clients: 10, problem: null },
    ]);

    // Another lab on the same folders knows it from its files alone.
    const other = await testLab({ runsFolder: join(lab!.folder, 'runs') });
    try {
      const view = await other.window().call('runs.view', { id: status.id });
      expect(view.result).toEqual(live?.result);
      expect(view.frames).toEqual(window.pushed('frame').map(({ frame }) => frame));
      expect(view.events).toEqual(live?.events);
      expect(view.scenarioText).toBe(YAML('2s'));
      const { startedAt: _, ...described } = live!.status;
      expect(view.status).toMatchObject(described);
    } finally {
      await other.close();
    }
  });

  it('is one at a time, is stopped with a result, and cannot be stopped twice', async () => {
    const { window, status } = await started('10m');
    expect(await window.refusal('runs.start', { scenario: { text: YAML('1s'), name: 'x' } })).toBe('run.busy');
    expect(await window.refusal('runs.remove', { id: status.id })).toBe('run.busy');
    expect(await window.call('runs.list', {})).toEqual([]);
    await running(window);
    await window.call('runs.stop', { id: status.id });
    await ended(window);
    expect(window.pushed('result')[0]?.result.interrupted).toBe(true);
    expect(await window.refusal('runs.stop', { id: status.id })).toBe('run.not-under-way');
    await window.call('runs.remove', { id: status.id });
    expect(await readdir(join(lab!.folder, 'runs'))).toEqual([]);
    expect(await window.refusal('runs.view', { id: status.id })).toBe('run.unknown');
  });

  it('that is aborted has no result, and says so in the list', async () => {
    const { window, status } = await started('10m');
    await running(window);
    await window.call('runs.abort', { id: status.id });
    expect(phase(window)).toBe('aborted');
    expect(await window.call('runs.list', {})).toMatchObject([{ id: status.id, verdict: null, problem: expect.any(String) }]);
    expect((await window.call('runs.view', { id: status.id })).frames.length).toBeGreaterThan(0);
  });

  it('is ended properly by the host', async () => {
    const { window } = await started('10m');
    await running(window);
    expect(lab!.host.running).toBe(true);
    await lab!.host.stop();
    expect(lab!.host.running).toBe(false);
    expect(await window.call('runs.list', {})).toMatchObject([{ verdict: expect.any(String) }]);
  });

  it('that leaves this machine must be allowed', async () => {
    lab = await testLab();
    const text = YAML('1s').replace('gateway: {', 'gateway: { host: 0.0.0.0,');
    expect(await lab.window().refusal('runs.start', { scenario: { text, name: 'far' } })).toBe('network.unconfirmed');
    const gateway = 'gateway: { url: "mqtt://192.0.2.1:1884", user: a, passwordFrom: CAUSEWAY_A,';
    const mq = 'mq: { engine: kafka, address: "127.0.0.1:9092,192.0.2.2:9093", user: b, passwordFrom: CAUSEWAY_B }';
    const both = `${YAML('1s').replace('gateway: {', gateway)}${mq}\n`;
    const start = lab.window().call('runs.start', { scenario: { text: both, name: 'far' } });
    // Whoever is asked must know all places, and what they are given.
    await expect(start).rejects.toThrow(/^network\.unconfirmed.*192\.0\.2\.1:1884.*192\.0\.2\.2:9093.*CAUSEWAY_A.*CAUSEWAY_B/);
  });
});

describe('export', () => {
  it('gives every format, and hostile texts stay texts', async () => {
    lab = await testLab();
    const window = lab.window();
    const evil = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'&';
    const text = `${YAML('1s').replace('name: Short run', `name: ${JSON.stringify(evil)}`)}thresholds: ["ledger.up.lost == 0"]\n`;
    const { id } = await window.call('runs.start', { scenario: { text, name: evil } });
    await ended(window);
    const get = (format: 'json' | 'csv' | 'html' | 'junit' | 'text') => window.call('runs.export', { id, format });
    const html = await get('html');
    expect(html).toMatchObject({ fileName: `${id}.html`, mediaType: 'text/html' });
    expect(html.text).not.toMatch(/<script|<img/i);
    expect(html.text).toContain('&lt;script&gt;');
    expect(html.text).not.toMatch(/<[^>]*\b(src|href)=/);
    expect(html.text).toContain("default-src 'none'");
    expect((await get('junit')).text).not.toContain('<script>');
    expect(JSON.parse((await get('json')).text)).toEqual(window.pushed('result')[0]!.result);
    const csv = (await get('csv')).text.trimEnd().split('\r\n');
    expect(csv.length).toBe(window.pushed('frame').length + 1);
    expect(csv[0]).toMatch(/^atMs,state,connected/);
    expect((await get('text')).text).toContain('alert(1)');
    expect(await window.refusal('runs.export', { id: 'none', format: 'csv' })).toBe('run.unknown');
  });
});

describe('damaged run folders', () => {
  it('are listed with what is wrong, and those that are no runs are not', async () => {
    lab = await testLab();
    const runs = join(lab.folder, 'runs');
    for (const name of ['broken', 'empty', 'no-run']) await mkdir(join(runs, name), { recursive: true });
    await writeFile(join(runs, 'broken', 'result.json'), '{ "schema": 1');
    await writeFile(join(runs, 'broken', 'frames.jsonl'), '{"atMs":1}\n{"atM');
    await writeFile(join(runs, 'empty', 'frames.jsonl'), '');
    await writeFile(join(runs, 'no-run', 'notes.txt'), 'mine');
    const window = lab.window();
    const entries = await window.call('runs.list', {});
    expect(entries.map(({ id }) => id).sort()).toEqual(['broken', 'empty']);
    for (const { problem } of entries) expect(problem).not.toBeNull();
    const view = await window.call('runs.view', { id: 'broken' });
    expect(view).toMatchObject({ result: null, frames: [], status: { phase: 'failed' } });
    // Mended meanwhile: the entry is not the one remembered.
    await rm(join(runs, 'broken'), { recursive: true });
    expect((await window.call('runs.list', {})).map(({ id }) => id)).toEqual(['empty']);
    for (const id of ['no-run', '..', '../runs/empty', 'empty/../../x', '.', '/etc', 'a\0b'])
      expect(await window.refusal('runs.remove', { id }), id).toBe('run.unknown');
    expect((await readdir(runs)).sort()).toEqual(['empty', 'no-run']);
  });
});
