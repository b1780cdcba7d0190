import { describe, expect, test } from 'vitest';
import { advise, type ChooseAsked } from '../../../core/choose/advise.ts';
import { figure } from '../../../core/choose/figures.ts';
import { type KeptRow, tableOf } from '../../../core/choose/table.ts';
import { parseScenario } from '../../../core/scenario/loader.ts';

const rows = tableOf('embedded', new Map(), null).rows;
const base: ChooseAsked = {
  engine: 'embedded',
  clients: 10_000,
  where: 'devices',
  messageBytes: 100,
  messagesPerSecondPerClient: 0.1,
  fanOut: 'one-to-one',
  order: 'none',
  offline: 'none',
};
const uses = (asked: Partial<ChooseAsked>) => advise({ ...base, ...asked }, rows).components.map(({ use }) => use);

test('the scenario of every combination of answers loads', () => {
  for (const clients of [1, 1_000_000_000])
    for (const where of ['devices', 'browsers', 'servers', 'mixed'] as const)
      for (const [messageBytes, rate] of [
        [0, 0],
        [200, 1.5],
        [10_000_000, 1_000_000],
      ] as const)
        for (const fanOut of ['one-to-one', 'work-sharing', 'few', 'all'] as const)
          for (const order of ['none', 'per-client', 'total'] as const)
            for (const offline of ['none', 'store'] as const) {
              const asked = { ...base, clients, where, messageBytes, messagesPerSecondPerClient: rate, fanOut, order, offline };
              const { scenario } = advise(asked, rows);
              const { populations } = parseScenario(scenario.text, 'advice.yaml').scenario;
              expect(populations[0]!.count).toBeLessThanOrEqual(1000);
              expect(populations.some(({ client }) => client.transport === 'ws')).toBe(where === 'browsers' || where === 'mixed');
              expect(populations.some(({ outages }) => outages !== undefined)).toBe(offline === 'store');
            }
}, 120_000);

test('devices on MQTT, shared work and order on MQ, a bridge where both are', () => {
  expect(uses({ fanOut: 'work-sharing' })).toEqual(['mqtt', 'mq', 'bridge']);
  expect(uses({ order: 'per-client' })).toEqual(['mqtt', 'mq', 'bridge']);
  expect(uses({ clients: 50, where: 'servers', fanOut: 'work-sharing' })).toEqual(['mq', 'mq', 'none']);
  expect(uses({ clients: 50, where: 'browsers', fanOut: 'all' })).toEqual(['mqtt', 'mqtt', 'none']);
  // What is kept for clients that are away is kept in their sessions.
  expect(uses({ offline: 'store' })).toEqual(['mqtt', 'mqtt', 'none']);
  // More than an MQ is meant for, wherever they run.
  expect(uses({ clients: 10_000, where: 'servers' })[0]).toBe('mq');
  expect(uses({ clients: 10_001, where: 'servers' })[0]).toBe('mqtt');
});

const scenarioOf = (asked: Partial<ChooseAsked>) => advise({ ...base, ...asked }, rows).scenario.text;

test('the scenario has the parts that the advice has, and says what it does not test', () => {
  const alone = parseScenario(scenarioOf({ fanOut: 'few' }), 'advice.yaml').scenario;
  expect(alone.services).toEqual([]);
  expect(alone.gateway.topics.every(({ direction }) => direction === 'none')).toBe(true);
  expect(parseScenario(scenarioOf({ fanOut: 'work-sharing' }), 'advice.yaml').scenario.services).toHaveLength(1);
  expect(scenarioOf({ order: 'total' })).toMatch(/# Does not test:[\s\S]*# - total order[\s\S]*causeway: 1/);
  expect(scenarioOf({ where: 'servers' })).toMatch(/# Does not test:[\s\S]*# - clients that are on the MQ/);
});

test('a message that does not fit the gateway is said not to, where clients are on it', () => {
  const told = (asked: Partial<ChooseAsked>) => advise({ ...base, ...asked }, rows);
  expect(told({ messageBytes: 65_536 }).summary).not.toContain('fit');
  const large = told({ messageBytes: 65_537 });
  expect(large.summary).toContain('do not fit the gateway');
  expect(large.components[0]!.text).toContain('payloadBytes');
  expect(told({ messageBytes: 65_537, where: 'servers' }).summary).not.toContain('fit');
});

const reasonsOf = (asked: Partial<ChooseAsked>, table = rows) =>
  advise({ ...base, ...asked }, table).components.flatMap((one) => one.reasons);

test('each reason names its row; without a measurement it stands on the claim', () => {
  const reasons = reasonsOf({ fanOut: 'work-sharing' });
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toMatchObject({ row: expect.any(String), measured: null, holds: null });
});

test('each answer has its reason', () => {
  const named = (asked: Partial<ChooseAsked>) => reasonsOf(asked).map(({ row }) => row);
  expect(named({ fanOut: 'few' })).toContain('consumption');
  expect(named({ fanOut: 'all', where: 'servers' })).toContain('fan-out');
  expect(named({ fanOut: 'one-to-one', where: 'servers' })).toContain('command-one');
  expect(named({ offline: 'store' })).toContain('churn');
  expect(named({ offline: 'store' })).not.toContain('control');
  expect(named({ offline: 'store', where: 'servers' })).toContain('control');
});

describe('with measured rows', () => {
  const kept = (id: KeptRow['id'], mqtt: KeptRow['mqtt'], mq: KeptRow['mq']): readonly [KeptRow['id'], KeptRow] => [
    id,
    { id, mqtt, mq, method: 'm', at: '2026-01-01T00:00:00.000Z', engine: 'e', seconds: 1, machine: 'm', overloaded: false },
  ];
  const table = (copies: number) =>
    tableOf(
      'embedded',
      new Map([
        kept('processing', [figure('copies per message', 3, 'copies')], [figure('copies per message', copies, 'copies')]),
        kept('churn', [figure('time to recover', 10, 'ms')], [figure('time to recover', 10, 'ms')]),
      ]),
      null,
    ).rows;
  const reason = (id: string, copies: number) =>
    reasonsOf({ fanOut: 'work-sharing' }, table(copies)).find(({ row }) => row === id);

  test('a reason says what was measured, and whether that bears it out', () => {
    expect(reason('processing', 1)).toMatchObject({
      holds: true,
      measured: expect.stringContaining('MQTT 3 copies, MQ 1 copy'),
    });
    expect(reason('processing', 9)).toMatchObject({
      holds: false,
      measured: expect.stringContaining('MQTT 3 copies, MQ 9 copies'),
    });
    expect(reason('churn', 1)).toMatchObject({ holds: null, measured: expect.any(String) });
  });

  test('a summary does not keep quiet about what was measured otherwise', () => {
    const summary = (copies: number) => advise({ ...base, fanOut: 'work-sharing' }, table(copies)).summary;
    expect(summary(1)).not.toContain('measured otherwise');
    expect(summary(9)).toContain('measured otherwise on this engine: Services process what devices report');
  });

  test('two reasons that stand on one row are told as one', () => {
    const asked = { fanOut: 'work-sharing', clients: 1_000_000, messagesPerSecondPerClient: 1 } as const;
    const reasons = reasonsOf(asked, table(1)).filter(({ row }) => row === 'processing');
    expect(reasons).toHaveLength(1);
    expect(reasons[0]!.text).toContain('1,000,000');
  });
});
