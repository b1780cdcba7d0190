import type { Frame, Latency, Ledger, RunResult } from '../../../core/protocol/result.ts';

export const latency = (mean: number, count = 1000): Latency => ({
  count,
  mean,
  min: mean / 4,
  p50: mean * 0.9,
  p90: mean * 1.5,
  p95: mean * 2,
  p99: mean * 3,
  p999: mean * 5,
  max: mean * 8,
});

export const ledger = (changes: Partial<Ledger> = {}): Ledger => ({
  offered: 0,
  sent: 0,
  acknowledged: 0,
  notSent: 0,
  expected: 0,
  delivered: 0,
  lost: 0,
  missingUnpromised: 0,
  duplicatesExplained: 0,
  duplicatesUnexplained: 0,
  reordered: 0,
  maxReorderDistance: 0,
  orderGuaranteed: true,
  corrupted: 0,
  unexpected: 0,
  ...changes,
});

/** A believable passing result; give what shall differ. */
export function sampleResult(changes: Partial<RunResult> = {}): RunResult {
  return {
    schema: 1,
    runId: 'r-1',
    verdict: 'pass',
    reasons: [],
    interrupted: false,
    scenario: {
      name: 'IoV fleet',
      path: 'iov-fleet.yaml',
      sha256: 'a'.repeat(64),
      seed: 42,
      scale: 1,
      durationMs: 30_000,
      overrides: [],
    },
    engine: { name: 'embedded', storage: 'memory', fsync: 'never' },
    environment: {
      causeway: '0.1.0',
      node: '20.20.0',
      os: 'linux 6.1',
      cpu: 'Some CPU',
      cores: 2,
      memoryMb: 8000,
      dependencies: { aedes: '1.2.0' },
    },
    startedAt: '2026-01-01T00:00:00.000Z',
    trafficMs: 30_000,
    totalMs: 36_000,
    clients: { planned: 1000, connected: 1000, reconnects: 150, refused: 0, connectMs: 4000 },
    rates: { offered: 1250, achieved: 1249.5, delivered: 2310, bytesIn: 312_000, bytesOut: 512_000 },
    ledger: {
      up: ledger({
        offered: 37_500,
        sent: 37_490,
        acknowledged: 37_490,
        expected: 37_490,
        delivered: 37_490,
        duplicatesExplained: 12,
      }),
      down: ledger({
        offered: 2070,
        sent: 2070,
        acknowledged: 2070,
        expected: 3000,
        delivered: 3000,
        reordered: 4,
        maxReorderDistance: 2,
        orderGuaranteed: false,
      }),
      device: ledger(),
    },
    paths: [
      {
        direction: 'up',
        hops: [
          { name: 'dueToSent', latency: latency(400) },
          { name: 'sentToGateway', latency: latency(900) },
          { name: 'gatewayToMq', latency: latency(300) },
          { name: 'mqToConsumer', latency: latency(1400) },
        ],
        endToEnd: latency(3001, 37_490),
        service: latency(2600, 37_490),
        untraced: 0,
        sumOfHopMeans: 3000,
      },
    ],
    mapping: [
      { direction: 'up', property: 'qoslevel', checked: 37_490, failed: 0, examples: [] },
      { direction: 'down', property: 'qoslevel', checked: 3000, failed: 0, examples: [] },
      { direction: 'up', property: 'clientId', checked: 37_490, failed: 0, examples: [] },
    ],
    waves: [
      { command: 'recall', target: 'all', sequence: 1, expected: 1000, answered: 998, t50: 120_000, t95: 310_000, t100: null },
    ],
    answers: [{ command: 'recall', sent: 2, expected: 2000, answered: 1998, latency: latency(140_000, 1998) }],
    perStream: [{ name: 'telemetry', direction: 'up', qos: 1, offered: 30_000, sent: 30_000, acknowledged: 30_000, notSent: 0 }],
    services: [
      {
        name: 'centre',
        group: 'GID_centre',
        mode: 'clustering',
        members: [
          { name: 'centre-0', received: 18_000 },
          { name: 'centre-1', received: 19_490 },
        ],
        received: 37_490,
      },
    ],
    saturation: {
      saturated: false,
      reasons: [],
      achievedShare: 0.9996,
      slip: latency(100),
      threads: [{ thread: 'main', utilisation: 0.42, utilisationMax: 0.71, eventLoopDelay: latency(300) }],
    },
    gateway: {},
    bridge: {},
    broker: {
      url: 'mqtt://127.0.0.1:1883',
      mqtt: '3.1.1',
      sharedSubscription: false,
      maximumQos: 1,
      limits: ['it grants QoS 1 at most'],
    },
    credentials: {
      issued: 7833,
      renewed: 6833,
      revoked: 50,
      notices: 0,
      refusedByCode: {},
      closedByCode: { '3': 50 },
      dismissed: 50,
    },
    faultsInjected: {},
    thresholds: [{ text: 'up.endToEnd.p99 < 250', metric: 'up.endToEnd.p99', found: 9.003, passed: true }],
    ...changes,
  };
}

/** One window of 250 ms. */
export function sampleFrame(changes: Partial<Frame> = {}): Frame {
  return {
    atMs: 250,
    state: 'running',
    connected: 1000,
    offered: 300,
    sent: 300,
    acknowledged: 300,
    up: 250,
    down: 50,
    device: 0,
    pending: 3,
    duplicates: 0,
    reordered: 0,
    corrupted: 0,
    mappingFailed: 0,
    answers: 0,
    latency: { up: { p50: 900, p99: 4000 }, down: { p50: 700, p99: 2500 }, device: { p50: null, p99: null } },
    slipP99: 300,
    utilisation: { main: 0.4 },
    ...changes,
  };
}
