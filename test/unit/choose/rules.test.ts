import { describe, expect, test } from 'vitest';
import { AHEAD, AHEAD_OVERLOADED, ahead, type Figures, SAME_MS } from '../../../core/choose/ahead.ts';
import { figure } from '../../../core/choose/figures.ts';
import { EXPIRY_SLACK_MS, judge } from '../../../core/choose/rules.ts';

const times = (mqtt: number | null, mq: number | null, unit = 'messages/s'): Figures => ({
  mqtt: [figure('x', mqtt, unit)],
  mq: [figure('x', mq, unit)],
});

describe('who is ahead', () => {
  test('from the factor on, and not below it', () => {
    expect(ahead(times(100 * AHEAD, 100), 'x', 'higher', false)).toBe('mqtt');
    expect(ahead(times(100 * AHEAD - 1, 100), 'x', 'higher', false)).toBe('same');
    expect(ahead(times(100, 100 * AHEAD), 'x', 'lower', false)).toBe('mqtt');
    expect(ahead(times(100 * AHEAD, 100), 'x', 'lower', false)).toBe('mq');
  });

  test('by more on an overloaded machine', () => {
    expect(ahead(times(100 * AHEAD, 100), 'x', 'higher', true)).toBe('same');
    expect(ahead(times(100 * AHEAD_OVERLOADED, 100), 'x', 'higher', true)).toBe('mqtt');
  });

  test('memory and counts are not worse on an overloaded machine', () => {
    expect(ahead(times(100, 100 * AHEAD, 'KiB'), 'x', 'lower', true)).toBe('mqtt');
    expect(ahead(times(100, 100 * AHEAD, ''), 'x', 'lower', true)).toBe('mqtt');
    expect(ahead(times(100, 100 * AHEAD, 'ms'), 'x', 'lower', true)).toBe('same');
  });

  test('times too close to each other to say anything', () => {
    expect(ahead(times(0.1, 0.1 + SAME_MS / 2, 'ms'), 'x', 'lower', false)).toBe('same');
    expect(ahead(times(1, 1 + SAME_MS, 'ms'), 'x', 'lower', false)).toBe('mqtt');
  });

  test('nobody where a side was not measured, nor where both are nothing', () => {
    expect(ahead(times(null, 5), 'x', 'lower', false)).toBeNull();
    expect(ahead(times(0, 0), 'x', 'lower', false)).toBe('same');
  });
});

describe('verdicts', () => {
  const consumption = (mqtt: number, broadcasting: number, clustering: number) =>
    judge(
      'consumption',
      {
        mqtt: [figure('broadcasting: copies per message', mqtt, 'copies'), figure('members', 3, 'members')],
        mq: [
          figure('broadcasting: copies per message', broadcasting, 'copies'),
          figure('clustering: copies per message', clustering, 'copies'),
        ],
      },
      false,
    );

  test('consumption is counted exactly', () => {
    expect(consumption(3, 3, 1)).toMatchObject({ mqtt: { holds: true }, mq: { holds: true }, recommended: 'both' });
    expect(consumption(3, 3, 1.01)).toMatchObject({ mq: { holds: false }, recommended: 'mqtt' });
    expect(consumption(2.99, 3, 1)).toMatchObject({ mqtt: { holds: false }, recommended: 'mq' });
  });

  test('a side that loses messages is not recommended, however quick it is', () => {
    const side = (ms: number, missing: number) => [figure('time to join', ms, 'ms'), figure('missing', missing, 'deliveries')];
    expect(judge('chat', { mqtt: side(1, 1), mq: side(100, 0) }, false)).toMatchObject({
      recommended: 'mq',
      mqtt: { holds: false },
    });
    expect(judge('chat', { mqtt: side(1, 0), mq: side(100, 0) }, false)).toMatchObject({
      recommended: 'mqtt',
      mqtt: { holds: true },
    });
    expect(judge('chat', { mqtt: side(10, 0), mq: side(10, 0) }, false)).toMatchObject({
      recommended: 'both',
      mqtt: { holds: null },
    });
  });

  test('credentials end in time: not before their expiry, and not long after', () => {
    const at = (closed: number | null) =>
      judge('credentials', { mqtt: [], mq: [figure('closed after', closed, 'ms'), figure('good for', 2000, 'ms')] }, false).mq
        .holds;
    expect(at(2000 + EXPIRY_SLACK_MS)).toBe(true);
    expect(at(2001 + EXPIRY_SLACK_MS)).toBe(false);
    expect(at(1500)).toBe(false);
    expect(at(null)).toBe(false);
    expect(judge('credentials', { mqtt: [], mq: [] }, false).mq.holds).toBeNull();
  });

  test('a client that costs more memory bears the claim out, whatever the time to connect it', () => {
    const side = (kib: number | null, ms: number) => [
      figure('memory per client', kib, 'KiB'),
      figure('time per client', ms, 'ms'),
      figure('clients asked', 20_000, 'clients'),
      figure('clients connected', 20_000, 'clients'),
    ];
    const verdict = (mqtt: number | null, mq: number | null) =>
      judge('connections', { mqtt: side(mqtt, 9), mq: side(mq, 1) }, false);
    expect(verdict(10, 100)).toMatchObject({ mq: { holds: true }, recommended: 'mqtt' });
    expect(verdict(100, 10)).toMatchObject({ mq: { holds: false }, recommended: 'mq' });
    // Where it is not known, the time decides.
    expect(verdict(null, 100)).toMatchObject({ mq: { holds: false }, recommended: 'mq' });
  });

  test('an engine that keeps nothing for later services is judged by those that were away', () => {
    const side = (away: number, later: number | null) => [
      figure('commands known to a service that was away', away, 'of 10'),
      figure('commands known to a service that comes later', later, 'of 10', 'higher', 'this engine cannot'),
    ];
    expect(judge('control', { mqtt: side(0, 0), mq: side(10, null) }, true).recommended).toBe('mq');
    expect(judge('control', { mqtt: side(0, 0), mq: side(0, null) }, true).recommended).toBe('both');
  });
});

test('counts stay exact, and other figures have three digits', () => {
  expect([figure('x', 123_457, 'clients').value, figure('x', 1234.567, 'ms').value, figure('x', Number.NaN, 'ms').value]).toEqual(
    [123_457, 1230, null],
  );
});
