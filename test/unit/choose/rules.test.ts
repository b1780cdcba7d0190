import { describe, expect, test } from 'vitest';
import { ahead, type Figures } from '../../../core/choose/ahead.ts';
import { EXPIRY_SLACK_MS } from '../../../core/choose/featureRules.ts';
import { figure, median } from '../../../core/choose/figures.ts';
import { judge } from '../../../core/choose/rules.ts';
import { AHEAD, AHEAD_OVERLOADED, SAME_MS } from '../../../core/protocol/choose.ts';

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

  test('bounds: only where what is not known could not turn it round', () => {
    const bounds = (mqtt: number, mq: number) =>
      ahead(
        {
          mqtt: [{ ...figure('x', mqtt, 'KiB'), bound: 'at most' }],
          mq: [{ ...figure('x', mq, 'KiB'), bound: 'at least' }],
        },
        'x',
        'lower',
        false,
      );
    expect(bounds(10, 100)).toBe('mqtt');
    expect(bounds(100, 10)).toBe('same');
  });

  test('nobody where a side was not measured, nor where both are nothing', () => {
    expect(ahead(times(null, 5), 'x', 'lower', false)).toBeNull();
    expect(ahead(times(0, 0), 'x', 'lower', false)).toBe('same');
  });
});

describe('verdicts', () => {
  const consumption = (mqtt: number, broadcasting: number, clustering: number, members = 3) => {
    const side = (mode: string, missing: number, tooMany: number) => [
      figure(`${mode}: missing`, missing, 'copies'),
      figure(`${mode}: copies too many`, tooMany, 'copies'),
      figure('members', members, 'members'),
    ];
    const mq = [...side('broadcasting', broadcasting, 0), ...side('clustering', 0, clustering)];
    return judge('consumption', { mqtt: side('broadcasting', mqtt, 0), mq }, false);
  };

  test('consumption is counted exactly: one copy in thousands decides', () => {
    expect(consumption(0, 0, 0)).toMatchObject({ mqtt: { holds: true }, mq: { holds: true }, recommended: 'both' });
    expect(consumption(0, 0, 1)).toMatchObject({ mq: { holds: false }, recommended: 'mqtt' });
    expect(consumption(1, 0, 0)).toMatchObject({ mqtt: { holds: false }, recommended: 'mq' });
    expect(consumption(0, 1, 0)).toMatchObject({ mq: { holds: false } });
    expect(consumption(1, 1, 1)).toMatchObject({ mqtt: { holds: false }, mq: { holds: false }, recommended: null });
  });

  test('that thousands connect proves no millions; that they do not is told, but for a machine that is overloaded', () => {
    const verdict = (connected: number, overloaded: boolean) => {
      const mqtt = [
        figure('memory per client', 10, 'KiB'),
        figure('clients asked', 2000, 'clients'),
        figure('clients connected', connected, 'clients'),
        figure('not connected', 2000 - connected, 'clients'),
      ];
      return judge('connections', { mqtt, mq: [figure('memory per client', 100, 'KiB')] }, overloaded);
    };
    expect(verdict(2000, false)).toMatchObject({ mqtt: { holds: null }, mq: { holds: null }, recommended: 'mqtt' });
    expect(verdict(1999, false)).toMatchObject({ mqtt: { holds: false }, mq: { holds: null }, recommended: 'mq' });
    expect(verdict(1999, true)).toMatchObject({ mqtt: { holds: null }, recommended: 'mqtt' });
  });

  test('MQ is recommended for the order it promises; that MQTT kept it as well is not kept quiet', () => {
    const mq = (three: number) => [
      figure('reordered, one ordered consumer', 0, 'messages'),
      figure('reordered, three ordered consumers', three, 'messages'),
      figure('missing', 0, 'messages'),
    ];
    const mqtt = (up: number, down: number, missing: number) => [
      figure('reordered as sent', up, 'messages'),
      figure('reordered as received', down, 'messages'),
      figure('missing', missing, 'messages'),
    ];
    const verdict = (left: ReturnType<typeof mqtt>, right: ReturnType<typeof mq>) =>
      judge('sequence', { mqtt: left, mq: right }, false);
    expect(verdict(mqtt(0, 0, 0), mq(0))).toMatchObject({ recommended: 'mq', reason: expect.stringContaining('both kept') });
    expect(verdict(mqtt(0, 4, 0), mq(0)).reason).not.toContain('both kept');
    expect(verdict(mqtt(0, 0, 1), mq(0))).toMatchObject({ mqtt: { holds: false }, recommended: 'mq' });
    expect(verdict(mqtt(0, 0, 0), mq(1))).toMatchObject({ recommended: 'mqtt', mq: { holds: false } });
    expect(verdict(mqtt(1, 0, 0), mq(1)).recommended).toBeNull();
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

  test('neither side is recommended where both lose messages, or nothing was measured', () => {
    const side = (ms: number | null, missing: number) => [
      figure('time to join', ms, 'ms'),
      figure('missing', missing, 'deliveries'),
    ];
    expect(judge('chat', { mqtt: side(1, 1), mq: side(100, 2) }, false)).toMatchObject({
      recommended: null,
      mqtt: { holds: null },
    });
    expect(judge('chat', { mqtt: side(null, 0), mq: side(null, 0) }, false).recommended).toBeNull();
  });

  test('a side that refuses clients is not recommended, but for a machine that is overloaded', () => {
    const side = (ms: number, refused: number) => [figure('time to join', ms, 'ms'), figure('not connected', refused, 'clients')];
    const verdict = (overloaded: boolean) => judge('chat', { mqtt: side(1, 3), mq: side(100, 0) }, overloaded);
    expect(verdict(false)).toMatchObject({ recommended: 'mq', reason: expect.stringContaining('not connected: 3 clients') });
    expect(verdict(true).recommended).toBe('mqtt');
  });

  describe('credentials', () => {
    const permanent = (letIn: number | null, refused: number | null) => [
      figure('permanent: let in', letIn, 'yes/no'),
      figure('permanent, wrong: refused', refused, 'yes/no'),
    ];
    const ends = (closed: number | null) => [figure('closed after', closed, 'ms'), figure('good for', 2000, 'ms')];
    const mqtt = [
      ...permanent(1, 1),
      ...ends(2010),
      figure('told before expiry', 1000, 'ms before'),
      figure('closed as expired', 1, 'yes/no'),
    ];
    const verdict = (mq: ReturnType<typeof permanent>) => judge('credentials', { mqtt, mq }, false);

    test('end in time: not before their expiry, and not long after', () => {
      const at = (closed: number | null) => verdict([...permanent(1, 1), ...ends(closed)]).mq.holds;
      expect(at(2000 + EXPIRY_SLACK_MS)).toBe(true);
      expect(at(2001 + EXPIRY_SLACK_MS)).toBe(false);
      expect(at(1500)).toBe(false);
      expect(at(null)).toBe(false);
    });

    test('nothing holds that was not tried, and who lets in anybody does not hold', () => {
      expect(verdict(permanent(null, null))).toMatchObject({ mqtt: { holds: true }, mq: { holds: null }, recommended: null });
      expect(verdict(permanent(1, 1)).mq.holds).toBeNull();
      expect(verdict(permanent(1, 0))).toMatchObject({ mq: { holds: false }, recommended: 'mqtt' });
      expect(verdict([...permanent(1, 1), ...ends(2010)]).recommended).toBe('both');
    });
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

test('the middle of an even number of values is between the two', () => {
  expect([median([4, null, 1, 3, 2]), median([3, 1, 2]), median([null])]).toEqual([2.5, 2, null]);
});

test('counts stay exact, and other figures have three digits', () => {
  expect([figure('x', 123_457, 'clients').value, figure('x', 1234.567, 'ms').value, figure('x', Number.NaN, 'ms').value]).toEqual(
    [123_457, 1230, null],
  );
});
