import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../../core/scenario/defaults.ts';
import { readDuration, readFactor, readRate, readShare } from '../../../core/scenario/units.ts';
import { changed, load } from './sample.ts';

const MINIMAL = `causeway: 1
name: Minimal
gateway: { topics: { t: {} } }
populations:
  p:
    actor: sensor
    count: 3
    publish: { m: { topic: t, schedule: { rate: 1/s } } }
services:
  s:
    consume: { topics: [t], group: g }
    commands: { c: { topic: t, population: p, target: one, schedule: { every: 1s } } }
`;

describe('defaults', () => {
  const { scenario, warnings } = load(MINIMAL);

  test('a minimal file is complete after loading', () => {
    expect(warnings).toEqual([]);
    expect(scenario).toMatchObject({
      durationMs: 30_000,
      seed: 42,
      description: '',
      gateway: {
        profile: 'strict',
        host: '127.0.0.1',
        port: 0,
        topics: [{ name: 't', direction: 'both', partitions: 8 }],
        limits: {},
      },
      mq: { engine: 'embedded', storage: 'memory', fsync: 'interval' },
      phases: [],
      faults: [],
      thresholds: [],
    });
    expect(scenario.populations[0]).toMatchObject({
      clientId: 'GID_p@@@{id}',
      group: undefined,
      client: { transport: 'tcp', cleanSession: true, keepAliveMs: 60_000, maxInflight: 20, maxQueued: 1000, will: undefined },
      connect: { overMs: 6 },
      publish: [
        {
          name: 'm',
          qos: 1,
          retain: false,
          schedule: { kind: 'rate', perSecond: 1, pick: 'round-robin' },
          onChange: undefined,
          body: [],
        },
      ],
      subscribe: [],
      react: [],
      outages: undefined,
    });
    expect(scenario.services[0]).toMatchObject({
      consume: { mode: 'clustering', members: 1, ordered: false, workMs: 0 },
      commands: [{ qosLevel: undefined, cleanSessionFlag: undefined, schedule: { kind: 'periodic', everyMs: 1000, jitter: 0 } }],
    });
  });

  test('the reference tells the defaults that the code has', () => {
    const reference = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');
    for (const [key, value] of [
      ['duration', '30s'],
      ['seed', DEFAULTS.seed],
      ['host', DEFAULTS.host],
      ['partitions', DEFAULTS.partitions],
      ['keepAlive', '60s'],
      ['maxInflight', DEFAULTS.maxInflight],
      ['maxQueued', DEFAULTS.maxQueued],
      ['look', '1s'],
      ['pick', DEFAULTS.pick],
      ['decimals', DEFAULTS.decimals],
    ]) {
      expect(reference).toMatch(new RegExp(`\\| \`${key}\` \\|.*\`${value}\``));
    }
  });
});

describe('body', () => {
  test('plain values stand for themselves, generators get their defaults, fields keep their order', () => {
    const body = load(
      changed(
        '{ talk: true }',
        '{ talk: true }\n          fixed: 2.5\n          none: null\n          on: true\n          n: { sequence: {} }\n          g: { gaussian: { mean: 10, deviation: 2 } }\n          w: { choice: { values: [1, b] } }',
      ),
    ).scenario.populations[1]!.publish[0]!.body;
    expect(body).toEqual([
      { field: 'text', make: { kind: 'talk' } },
      { field: 'fixed', make: { kind: 'constant', value: 2.5 } },
      { field: 'none', make: { kind: 'constant', value: null } },
      { field: 'on', make: { kind: 'constant', value: true } },
      { field: 'n', make: { kind: 'sequence', start: 0, step: 1 } },
      { field: 'g', make: { kind: 'gaussian', mean: 10, deviation: 2, min: 2, max: 18, decimals: 2 } },
      { field: 'w', make: { kind: 'choice', values: [1, 'b'], weights: undefined } },
    ]);
  });
});

describe('units', () => {
  test('durations, rates, shares and factors', () => {
    expect(['500ms', '30s', '2m', '2min', '1h', '1.5s', '2 s'].map((text) => readDuration(text))).toEqual(
      [500, 30_000, 120_000, 120_000, 3_600_000, 1500, 2000].map((value) => ({ ok: true, value })),
    );
    expect(['500/s', '30/min', '36/h', '0.5 / s'].map((text) => readRate(text))).toEqual(
      [500, 0.5, 0.01, 0.5].map((value) => ({ ok: true, value })),
    );
    expect([readShare('5%'), readShare(0.05), readShare('100%'), readFactor('150%'), readFactor(3)]).toEqual(
      [0.05, 0.05, 1, 1.5, 3].map((value) => ({ ok: true, value })),
    );
  });

  test('thresholds take a plain number, a time or a share, each in the unit of the metric', () => {
    const threshold = (text: string) => load(changed('up.endToEnd.p99 < 250', text)).scenario.thresholds[0];
    expect(threshold('up.endToEnd.p99 < 2s')).toMatchObject({
      metric: 'up.endToEnd.p99',
      op: '<',
      value: 2000,
      text: 'up.endToEnd.p99 < 2s',
    });
    expect(threshold('saturation.achievedShare>=99%')).toMatchObject({ op: '>=', value: 0.99 });
    expect(threshold('waves.all.t95 <= 500')).toMatchObject({ value: 500 });
  });
});
