/** A run that is paused and resumed, and one whose messages are damaged by hand: the verdict must notice. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Frame, RunResult } from '../../../core/protocol/result.ts';
import { type TestLab, type TestWindow, testLab } from '../../helpers/labHost.ts';
import { waitFor } from '../../helpers/waitFor.ts';

const BODY = 'body: { filler: { text: { bytes: 60 } } }';
const YAML = (duration: string, body = BODY): string => `causeway: 1
name: Steered
duration: ${duration}
gateway: { topics: { up: { direction: up }, down: { direction: down } } }
populations:
  devices:
    actor: sensor
    count: 10
    connect: { over: 100ms }
    client: { cleanSession: false }
    publish: { value: { topic: "up/{id}", qos: 1, schedule: { rate: 200/s }, ${body} } }
    subscribe: [ { topic: "down/all", qos: 1 } ]
services:
  back:
    consume: { topics: [up], group: G, members: 2, ordered: true }
    commands:
      one: { topic: down, population: devices, target: one, qosLevel: 1, schedule: { rate: 50/s }, body: { filler: { text: { bytes: 60 } } } }
`;

let lab: TestLab | undefined;
afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

async function running(duration: string, body?: string): Promise<{ window: TestWindow; id: string }> {
  lab = await testLab();
  const window = lab.window();
  const { id } = await window.call('runs.start', { scenario: { text: YAML(duration, body), name: 'steered.yaml' } });
  await waitFor('traffic', () =>
    window.pushed('frame').some(({ frame }) => frame.state === 'running' && frame.up > 0 && frame.down > 0),
  );
  return { window, id };
}

async function result(window: TestWindow): Promise<RunResult> {
  await waitFor('the result', () => window.pushed('status').at(-1)?.status.phase === 'done', 50_000);
  return window.pushed('result')[0]!.result;
}

const frames = (window: TestWindow, state: string) => window.pushed('frame').filter(({ frame }) => frame.state === state);

describe('pause', () => {
  it('stops traffic, keeps clients, and counts neither as duration nor as latency', async () => {
    const { window, id } = await running('3s');
    await window.call('runs.pause', { id });
    expect(window.pushed('status').at(-1)?.status.phase).toBe('paused');
    expect(await window.refusal('runs.pause', { id })).toBe('run.state');
    // Threads hear of it a little later, and what was under way goes on.
    const quiet = ({ frame }: { readonly frame: Frame }): boolean => frame.offered + frame.up + frame.down === 0;
    await waitFor('silence longer than the traffic', () => {
      const paused = frames(window, 'paused');
      return paused.length > 13 && paused.slice(-13).every(quiet);
    });
    for (const { frame } of frames(window, 'paused').slice(-13)) expect(frame.connected).toBe(10);
    await window.call('runs.resume', { id });
    expect(await window.refusal('runs.resume', { id })).toBe('run.state');
    const { trafficMs, totalMs, ledger, paths, saturation, perStream } = await result(window);
    expect(trafficMs).toBe(3000);
    expect(totalMs - trafficMs).toBeGreaterThan(3000);
    // All that is due in three seconds, and no more.
    const offered = perStream.find(({ name }) => name === 'devices.value')?.offered ?? 0;
    expect(Math.abs(offered - 600)).toBeLessThanOrEqual(20);
    expect(ledger.up).toMatchObject({ lost: 0, duplicatesUnexplained: 0 });
    expect(ledger.up.delivered).toBe(ledger.up.acknowledged);
    // Three seconds of pause would stand out.
    for (const { endToEnd } of paths) expect(endToEnd.max).toBeLessThan(2_900_000);
    expect(saturation.slip.max).toBeLessThan(2_900_000);
  });

  it('ends with a stop, and the run is judged', async () => {
    const { window, id } = await running('10m');
    await window.call('runs.pause', { id });
    await waitFor('the pause', () => frames(window, 'paused').length > 2);
    await window.call('runs.stop', { id });
    const { interrupted, ledger } = await result(window);
    expect(interrupted).toBe(true);
    expect(ledger.up.delivered).toBe(ledger.up.acknowledged);
    expect(await window.refusal('runs.resume', { id })).toBe('run.not-under-way');
  });
});

describe('faults put in by hand', () => {
  const COUNT = 3;
  const FINDS: Record<string, (result: RunResult, direction: 'up' | 'down') => number> = {
    drop: ({ ledger }, direction) => ledger[direction].lost,
    duplicate: ({ ledger }, direction) => ledger[direction].duplicatesUnexplained,
    corrupt: ({ ledger }, direction) => ledger[direction].corrupted,
    swap: ({ ledger }, direction) => ledger[direction].reordered,
    property: ({ mapping }, direction) =>
      mapping.reduce((sum, cell) => sum + (cell.direction === direction && cell.property !== 'payload' ? cell.failed : 0), 0),
  };

  for (const [inject, find] of Object.entries(FINDS)) {
    it(`${inject}: is found in both directions, and counted`, async () => {
      const { window, id } = await running('10m');
      for (const direction of ['up', 'down'] as const) {
        await window.call('runs.inject', { id, inject: inject as 'drop', direction, count: COUNT });
      }
      // Enough messages behind it for all to take effect.
      const seen = window.pushed('frame').length;
      const down = (): number =>
        window
          .pushed('frame')
          .slice(seen)
          .reduce((sum, { frame }) => sum + frame.down, 0);
      await waitFor('messages to be damaged', () => down() > 100);
      await window.call('runs.stop', { id });
      const found = await result(window);
      expect(found.verdict).toBe('fail');
      for (const direction of ['up', 'down'] as const) {
        expect(found.faultsInjected[`${direction}.${inject}`], direction).toBe(COUNT);
        expect(find(found, direction), direction).toBeGreaterThanOrEqual(COUNT);
      }
      expect(await window.refusal('runs.inject', { id, inject, direction: 'up', count: 1 })).toBe('run.not-under-way');
    });
  }
});

describe('a fault that finds nothing to act on', () => {
  it('is told in the event log, with how often it took effect', async () => {
    const { window, id } = await running('10m', 'body: {}');
    await window.call('runs.inject', { id, inject: 'corrupt', direction: 'up', count: 2 });
    await window.call('runs.inject', { id, inject: 'drop', direction: 'up', count: 1 });
    const seen = window.pushed('frame').length;
    await waitFor('messages behind it', () =>
      window
        .pushed('frame')
        .slice(seen)
        .some(({ frame }) => frame.up > 0),
    );
    await window.call('runs.stop', { id });
    const { faultsInjected } = await result(window);
    expect(faultsInjected).toMatchObject({ 'up.corrupt': 0, 'up.drop': 1 });
    const told = window.pushed('event').filter(({ event }) => event.text.includes('took effect'));
    expect(told.map(({ event }) => [event.level, event.text])).toEqual([['warn', expect.stringMatching(/corrupt .*0 of 2/)]]);
  });
});

describe('live figures', () => {
  it('come while traffic flows, agree with the result in the end, and stand in the folder', async () => {
    const { window, id } = await running('3s');
    await waitFor('live figures', () => window.pushed('live').length > 1);
    const found = await result(window);
    const last = window.pushed('live').at(-1)!;
    for (const path of found.paths) {
      const distribution = last.distributions.find(({ direction }) => direction === path.direction)!;
      expect(distribution.bounds.length).toBeLessThanOrEqual(80);
      expect(distribution.counts.reduce((sum, count) => sum + count, 0)).toBe(path.endToEnd.count);
    }
    expect(last.mapping).toEqual(
      found.mapping.map(({ direction, property, checked, failed }) => ({ direction, property, checked, failed })),
    );
    const other = await testLab({ runsFolder: `${lab!.folder}/runs` });
    try {
      expect((await other.window().call('runs.view', { id })).distributions).toEqual(last.distributions);
    } finally {
      await other.close();
    }
  });
});
