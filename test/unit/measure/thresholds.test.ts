import { describe, expect, it } from 'vitest';
import { isKnownMetric, knownMetrics, metricUnit, suggestMetric } from '../../../core/measure/metricNames.ts';
import { evaluate, metricValue } from '../../../core/measure/thresholds.ts';
import type { Threshold } from '../../../core/scenario/model.ts';
import { measured, noLatency } from './fixtures.ts';

const threshold = (metric: string, op: Threshold['op'], value: number): Threshold => ({
  metric,
  op,
  value,
  text: `${metric} ${op} ${value}`,
});

describe('metric names', () => {
  it.each([
    'up.endToEnd.p99',
    'up.mqToConsumer.mean',
    'down.endToEnd.p95',
    'device.service.max',
    'ledger.up.lost',
    'rates.achieved',
    'answers.unlock.p95',
    'answers.unlock.doors.p95',
    'answers.unlock.share',
    'waves.stop.t95',
    'services.monitoring.received',
    'clients.reconnects',
    'saturation.slip.p99',
    'mapping.failed',
  ])('knows %s', (name) => expect(isKnownMetric(name)).toBe(true));

  it.each([
    'up',
    'up.endToEnd',
    'up.endToEnd.p98',
    'up.mqToBridge.mean',
    'ledger.up.orderGuaranteed',
    'answers..p95',
    'answers.p95',
    'toString',
    'constructor.x.y',
    '',
  ])('refuses %j', (name) => expect(isKnownMetric(name)).toBe(false));

  it('names the unit a value is written in', () => {
    expect(metricUnit('up.endToEnd.p99')).toBe('ms');
    expect(metricUnit('ledger.up.lost')).toBe('messages');
    expect(metricUnit('answers.any name.share')).toBe('share');
  });

  it('suggests the nearest name, keeping the command as written', () => {
    expect(suggestMetric('up.endtoend.p99')).toBe('up.endToEnd.p99');
    expect(suggestMetric('ledger.up.losts')).toBe('ledger.up.lost');
    expect(suggestMetric('answer.unlockDoors.p95')).toBe('answers.unlockDoors.p95');
    expect(suggestMetric('completely different')).toBeUndefined();
  });

  it('lists only names that a threshold may use', () => {
    for (const name of knownMetrics()) expect(isKnownMetric(name), name).toBe(true);
    expect(knownMetrics()).toContain('answers.<command>.p95');
  });
});

describe('thresholds', () => {
  it('finds a figure for every metric that the run has', () => {
    const result = measured();
    expect(metricValue('up.endToEnd.p99', result)).toBe(2.5);
    expect(metricValue('up.mqToConsumer.mean', result)).toBe(0.75);
    expect(metricValue('ledger.down.delivered', result)).toBe(50);
    expect(metricValue('rates.achieved', result)).toBe(99);
    expect(metricValue('clients.connectMs', result)).toBe(12);
    expect(metricValue('mapping.checked', result)).toBe(200);
    expect(metricValue('saturation.slip.p99', result)).toBe(0.3);
    expect(metricValue('saturation.utilisation', result)).toBe(0.5);
    expect(metricValue('answers.unlock.doors.p95', result)).toBe(8);
    expect(metricValue('answers.unlock.doors.share', result)).toBe(0.75);
    expect(metricValue('services.monitoring.received', result)).toBe(100);
    expect(metricValue('up.endToEnd.count', result)).toBe(100);
  });

  it('takes the slowest wave, and none at all when one was never complete', () => {
    expect(metricValue('waves.stop.t95', measured())).toBe(2.5);
    expect(metricValue('waves.stop.t100', measured())).toBeNull();
  });

  it.each([
    ['<', 2.5, false],
    ['<', 2.6, true],
    ['<=', 2.5, true],
    ['>', 2.5, false],
    ['>=', 2.5, true],
    ['==', 2.5, true],
    ['==', 2.4, false],
  ] as const)('compares with %s %d', (op, value, passed) => {
    expect(evaluate(threshold('up.endToEnd.p99', op, value), measured())).toEqual({
      text: `up.endToEnd.p99 ${op} ${value}`,
      metric: 'up.endToEnd.p99',
      found: 2.5,
      passed,
    });
  });

  it('does not pass where nothing was measured', () => {
    const [path] = measured().paths;
    const empty = measured({ paths: [{ ...path!, endToEnd: noLatency }] });
    expect(evaluate(threshold('up.endToEnd.p99', '<', 1000), empty)).toMatchObject({ found: null, passed: false });
    expect(evaluate(threshold('down.endToEnd.p99', '<', 1000), empty)).toMatchObject({ found: null, passed: false });
    expect(evaluate(threshold('answers.unknown.p95', '<', 1000), empty)).toMatchObject({ found: null, passed: false });
  });
});
