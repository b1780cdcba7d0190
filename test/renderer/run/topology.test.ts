import { describe, expect, it } from 'vitest';
import { fakeFrame, fakeStatus, fakeView } from '../../../renderer/client/fakeData.ts';
import { fakeResult } from '../../../renderer/client/fakeResult.ts';
import { snapshotOf } from '../../../renderer/live/runSnapshot.ts';
import { boxesOf, hopsOf, lanesOf, waitsOf } from '../../../renderer/screens/run/topology.ts';

const still = [fakeFrame(0, { up: 0, down: 0, device: 0, latency: fakeFrame(0, {}).latency })];

describe('the drawing of a run', () => {
  it('has boxes in order that never overlap, and room for a rate between them, at any width', () => {
    for (const width of [200, 900, 1_130, 1_800]) {
      const boxes = boxesOf(width);
      for (const [index, box] of boxes.entries()) {
        const next = boxes[index + 1];
        if (next !== undefined) expect(next.x - (box.x + box.width)).toBeGreaterThanOrEqual(98);
      }
    }
  });

  it('has a lane for every direction that the scenario or the figures know of', () => {
    const services = [{ name: 'a', consumes: ['t'], commands: [] }];
    const none = { p50: null, p99: null };
    const quiet = still.map((frame) => ({ ...frame, latency: { up: none, down: none, device: none } }));
    expect(lanesOf(snapshotOf(fakeView({ status: fakeStatus({ services }), frames: quiet })))).toEqual(['up']);
    const chat = [...quiet, fakeFrame(1, { up: 0, down: 0, device: 9 })];
    expect(lanesOf(snapshotOf(fakeView({ status: fakeStatus({ services }), frames: chat })))).toContain('device');
  });

  it('tells the rate of the last second on every hop that is counted, and no other', () => {
    const frames = Array.from({ length: 4 }, (_, index) =>
      fakeFrame(index, { sent: 30, up: 20, down: 8, hops: { commands: 5, stored: 24, taken: 4 } }),
    );
    const rate = Object.fromEntries(
      hopsOf(snapshotOf(fakeView({ frames }))).map(({ direction, from, to, rate }) => [`${direction} ${from} ${to}`, rate]),
    );
    expect(rate).toMatchObject({
      'up devices gateway': 100,
      'up bridge mq': 96,
      'up mq services': 80,
      'down services mq': 20,
      'down mq bridge': 16,
      'down gateway devices': 32,
    });
    const old = frames.map(({ hops: _, ...frame }) => frame);
    expect(hopsOf(snapshotOf(fakeView({ frames: old }))).find(({ to }) => to === 'mq')?.rate).toBeNull();
  });

  it('tells the latency of each hop when the run is over, and nothing flows any more', () => {
    const hops = hopsOf(snapshotOf(fakeView({ status: fakeStatus({ phase: 'done', engine: 'kafka' }), result: fakeResult() })));
    expect(hops.filter(({ name }) => name !== null).every(({ mean, p99 }) => mean !== null && p99 !== null)).toBe(true);
    expect(hops.some(({ flows }) => flows)).toBe(false);
  });

  it('gives no latency to the hop that has none with the embedded MQ', () => {
    const hop = (status: Partial<Parameters<typeof fakeStatus>[0]>) =>
      hopsOf(snapshotOf(fakeView({ status: fakeStatus({ phase: 'done', ...status }), result: fakeResult() }))).find(
        ({ name }) => name === 'mqToBridge',
      );
    expect(hop({})).toMatchObject({ mean: null, p99: null, atOnce: true });
    expect(hop({ engine: 'kafka' })).toMatchObject({ atOnce: false });
  });

  it('tells how long devices and services waited before they sent, so that hops and waits explain the whole', () => {
    const result = fakeResult();
    const waits = waitsOf(snapshotOf(fakeView({ status: fakeStatus({ phase: 'done' }), result })));
    const due = (direction: string) =>
      result.paths.find((path) => path.direction === direction)?.hops.find(({ name }) => name === 'dueToSent')?.latency;
    expect(waits).toEqual([
      { at: 'devices', mean: due('up')?.mean, p99: due('up')?.p99 },
      { at: 'services', mean: due('down')?.mean, p99: due('down')?.p99 },
    ]);
    expect(waitsOf(snapshotOf(fakeView()))).toEqual([]);
  });
});
