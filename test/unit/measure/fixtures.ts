/** Results as a small clean run would give them, for tests to spoil. */
import type { Measured } from '../../../core/measure/thresholds.ts';
import type { Direction, Latency, Ledger } from '../../../core/protocol/result.ts';

export function latency(meanUs: number, count = 100): Latency {
  return { count, mean: meanUs, min: meanUs, p50: meanUs, p90: meanUs, p95: meanUs, p99: meanUs, p999: meanUs, max: meanUs };
}

export const noLatency: Latency = {
  count: 0,
  mean: null,
  min: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  p999: null,
  max: null,
};

export function ledger(delivered = 100, changes: Partial<Ledger> = {}): Ledger {
  return {
    offered: delivered,
    sent: delivered,
    acknowledged: delivered,
    notSent: 0,
    expected: delivered,
    delivered,
    lost: 0,
    missingUnpromised: 0,
    duplicatesExplained: 0,
    duplicatesUnexplained: 0,
    reordered: 0,
    maxReorderDistance: 0,
    orderGuaranteed: false,
    corrupted: 0,
    unexpected: 0,
    ...changes,
  };
}

export function measured(changes: Partial<Measured> = {}): Measured {
  const ledgers: Record<Direction, Ledger> = { up: ledger(100, { orderGuaranteed: true }), down: ledger(50), device: ledger(0) };
  return {
    paths: [
      {
        direction: 'up',
        hops: [
          { name: 'dueToSent', latency: latency(500) },
          { name: 'sentToGateway', latency: latency(1000) },
          { name: 'gatewayToMq', latency: latency(250) },
          { name: 'mqToConsumer', latency: latency(750) },
        ],
        endToEnd: latency(2500),
        service: latency(2000),
        untraced: 0,
        sumOfHopMeans: 2500,
      },
    ],
    ledger: ledgers,
    rates: { offered: 100, achieved: 99, delivered: 99, bytesIn: 1000, bytesOut: 2000 },
    clients: { planned: 10, connected: 10, reconnects: 2, refused: 0, connectMs: 12 },
    mapping: [
      { direction: 'up', property: 'topic', checked: 100, failed: 0, examples: [] },
      { direction: 'up', property: 'qoslevel', checked: 100, failed: 0, examples: [] },
    ],
    saturation: {
      saturated: false,
      reasons: [],
      achievedShare: 0.99,
      slip: latency(300),
      threads: [
        { thread: 'devices-1', utilisation: 0.4, utilisationMax: 0.6, eventLoopDelay: latency(100) },
        { thread: 'main', utilisation: 0.5, utilisationMax: 0.7, eventLoopDelay: latency(100) },
      ],
    },
    answers: [{ command: 'unlock.doors', sent: 10, expected: 40, answered: 30, latency: latency(8000) }],
    waves: [
      { command: 'stop', target: 'all', sequence: 1, expected: 5, answered: 5, t50: 1000, t95: 2000, t100: 3000 },
      { command: 'stop', target: 'all', sequence: 2, expected: 5, answered: 4, t50: 1500, t95: 2500, t100: null },
    ],
    services: [{ name: 'monitoring', group: 'g', mode: 'clustering', members: [{ name: 'm1', received: 100 }], received: 100 }],
    ...changes,
  };
}
