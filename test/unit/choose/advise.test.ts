import { expect, test } from 'vitest';
import { advise, type ChooseAsked } from '../../../core/choose/advise.ts';
import { tableOf } from '../../../core/choose/table.ts';
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
              expect(parseScenario(scenario.text, 'advice.yaml').scenario.populations[0]!.count).toBeLessThanOrEqual(1000);
            }
}, 120_000);

test('devices on MQTT, shared work and order on MQ, a bridge where both are', () => {
  expect(uses({ fanOut: 'work-sharing' })).toEqual(['mqtt', 'mq', 'bridge']);
  expect(uses({ order: 'per-client' })).toEqual(['mqtt', 'mq', 'bridge']);
  expect(uses({ clients: 50, where: 'servers', fanOut: 'work-sharing' })).toEqual(['mq', 'mq', 'none']);
  expect(uses({ clients: 50, where: 'browsers', fanOut: 'all' })).toEqual(['mqtt', 'mqtt', 'none']);
  // More than an MQ is meant for, wherever they run.
  expect(uses({ clients: 10_000, where: 'servers' })[0]).toBe('mq');
  expect(uses({ clients: 10_001, where: 'servers' })[0]).toBe('mqtt');
});

test('each reason names its row; without a measurement it stands on the claim', () => {
  const reasons = advise({ ...base, fanOut: 'work-sharing' }, rows).components.flatMap((one) => one.reasons);
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toMatchObject({ row: expect.any(String), figure: null });
});
