import { describe, expect, it } from 'vitest';
import type { Distribution, RunStatus } from '../../../core/protocol/window.ts';
import { fakeFrame, fakeMapping, fakeStatus, fakeView } from '../../../renderer/client/fakeData.ts';
import { snapshotOf } from '../../../renderer/live/runSnapshot.ts';
import { latencyLimits, readThreshold } from '../../../renderer/screens/run/threshold.ts';
import { thresholdsSoFar } from '../../../renderer/screens/run/thresholdsSoFar.ts';

const written = (...texts: string[]): RunStatus['thresholds'] =>
  texts.map((text) => ({ text, metric: text.split(' ')[0] as string }));
/** 90 deliveries of more than 1 and at most 2 ms, 10 of more than 4 and at most 8 ms. */
const UP: Distribution = { direction: 'up', bounds: [1_000, 2_000, 4_000, 8_000], counts: [0, 90, 0, 10] };
const soFar = (text: string, change: Parameters<typeof fakeView>[0] = {}) =>
  thresholdsSoFar(snapshotOf(fakeView({ status: fakeStatus({ thresholds: written(text) }), distributions: [UP], ...change })))[0];

describe('a threshold', () => {
  it('is read with its unit: milliseconds where none is written', () => {
    expect(readThreshold('up.endToEnd.p99 < 250')).toEqual({ metric: 'up.endToEnd.p99', op: '<', value: 250 });
    expect(readThreshold('down.endToEnd.p95 <= 2s')?.value).toBe(2_000);
    expect(readThreshold('answers.stop.share >= 95%')?.value).toBe(0.95);
    expect(readThreshold('up.endToEnd.p99 is small')).toBeUndefined();
  });

  it('limits a percentile of a direction, the strictest one each', () => {
    const limits = latencyLimits(
      written(
        'up.endToEnd.p95 < 2s',
        'up.endToEnd.p95 < 1000',
        'down.endToEnd.max <= 5s',
        'up.endToEnd.p50 > 1',
        'ledger.up.lost == 0',
      ),
    );
    expect(limits).toEqual([
      { direction: 'up', share: 0.95, micros: 1_000_000 },
      { direction: 'down', share: 1, micros: 5_000_000 },
    ]);
  });
});

describe('thresholds of a run under way', () => {
  it.each([
    ['up.endToEnd.p50 < 2.1', true, 2],
    ['up.endToEnd.p50 < 1', false, 2],
    // Somewhere in a bucket: neither yes nor no.
    ['up.endToEnd.p50 < 1.5', null, 2],
    ['up.endToEnd.p99 < 8', null, 8],
    ['up.endToEnd.p99 <= 8', true, 8],
    ['up.endToEnd.max >= 4', true, 8],
    ['down.endToEnd.p99 < 8', null, null],
    ['up.mqToConsumer.p99 < 8', null, null],
  ])('%s: %s', (text, holds, atMost) => {
    expect(soFar(text)).toMatchObject({ holds, atMost });
  });

  it('are told where the live figures are exact, and left to the end where only it knows', () => {
    expect(soFar('mapping.failed == 0')).toMatchObject({ holds: true, atMost: 0 });
    expect(soFar('mapping.failed == 0', { mapping: fakeMapping(2) })).toMatchObject({ holds: false, atMost: 2 });
    expect(soFar('ledger.up.corrupted == 0')?.holds).toBe(true);
    // Of which direction, nobody has told yet.
    expect(soFar('ledger.up.corrupted == 0', { frames: [fakeFrame(0, { corrupted: 1 })] })?.holds).toBeNull();
    expect(soFar('ledger.up.lost == 0')?.holds).toBeNull();
  });
});
