/** The result of a made-up run of the vehicles. */
import type { Latency, Ledger, RunResult } from '../../core/protocol/result.ts';
import { fakeMapping, fakeStatus, HOSTILE } from './fakeData.ts';

const latency = (p50: number, count = 30_000): Latency => ({
  count,
  mean: p50 * 1.2,
  min: p50 / 4,
  p50,
  p90: p50 * 2,
  p95: p50 * 2.6,
  p99: p50 * 4,
  p999: p50 * 7,
  max: p50 * 12,
});

const ledger = (count: number, change: Partial<Ledger> = {}): Ledger => ({
  offered: count,
  sent: count,
  acknowledged: count,
  notSent: 0,
  expected: count,
  delivered: count,
  lost: 0,
  missingUnpromised: 0,
  duplicatesExplained: 0,
  duplicatesUnexplained: 0,
  reordered: 0,
  maxReorderDistance: 0,
  orderGuaranteed: true,
  corrupted: 0,
  unexpected: 0,
  ...change,
});

/** `failed`: mapping failures, with hostile examples; the verdict then is a fail. */
export function fakeResult(change: Partial<RunResult> = {}, failed = 0): RunResult {
  const status = fakeStatus();
  const hops = (names: readonly string[], p50: number) => names.map((name) => ({ name, latency: latency(p50 / names.length) }));
  return {
    schema: 1,
    runId: status.id,
    verdict: failed > 0 ? 'fail' : 'pass',
    reasons: failed > 0 ? [{ code: 'mapping.failed', text: `${failed} messages arrived with a wrong property` }] : [],
    interrupted: false,
    scenario: {
      name: status.scenario,
      path: '/opt/causeway/scenarios/iov-fleet.yaml',
      sha256: '9f2c'.repeat(16),
      seed: 7,
      scale: 1,
      durationMs: status.durationMs,
      overrides: [],
    },
    engine: { name: 'embedded', storage: 'memory', fsync: 'none' },
    environment: {
      causeway: '0.1.0',
      node: '20.20.0',
      os: 'Linux 6.8',
      cpu: 'AMD Ryzen 7 7840U',
      cores: 8,
      memoryMb: 32_000,
      dependencies: { aedes: '1.2.0', mqtt: '5.16.0' },
    },
    startedAt: status.startedAt,
    trafficMs: 30_000,
    totalMs: 34_200,
    clients: { planned: 1000, connected: 1000, reconnects: 104, refused: 0, connectMs: 2_050 },
    rates: { offered: 1_010, achieved: 1_009.4, delivered: 1_129, bytesIn: 262_000, bytesOut: 41_000 },
    ledger: { up: ledger(30_300), down: ledger(3_600, { orderGuaranteed: false, duplicatesExplained: 4 }), device: ledger(0) },
    paths: [
      {
        direction: 'up',
        hops: hops(['dueToSent', 'sentToGateway', 'gatewayToMq', 'mqToConsumer'], 1_900),
        endToEnd: latency(1_900),
        service: latency(1_700),
        untraced: 0,
        sumOfHopMeans: 2_280,
      },
      {
        direction: 'down',
        hops: hops(['dueToSent', 'sentToMq', 'mqToBridge', 'bridgeToDevice'], 2_600),
        endToEnd: latency(2_600, 3_600),
        service: latency(2_300, 3_600),
        untraced: 0,
        sumOfHopMeans: 3_120,
      },
    ],
    mapping: fakeMapping(failed).map((cell) => ({
      ...cell,
      examples:
        cell.failed === 0
          ? []
          : [
              {
                stream: 'fleet.telemetry',
                sequence: 17,
                receiver: 'monitoring-1',
                expected: '1',
                found: HOSTILE,
                message: {
                  topic: 'vehicle',
                  key: HOSTILE,
                  properties: { qoslevel: HOSTILE, clientId: 'GID_vehicle@@@03-0017' },
                  payloadBytes: 4,
                  payloadHex: '7b7d0a00',
                },
              },
            ],
    })),
    waves: [
      {
        command: 'stop',
        target: 'all',
        sequence: 0,
        expected: 1000,
        answered: 1000,
        t50: 310_000,
        t95: 640_000,
        t100: 4_100_000,
      },
    ],
    answers: [{ command: 'stop', sent: 1, expected: 1000, answered: 1000, latency: latency(310_000, 1000) }],
    perStream: [
      { name: 'fleet.telemetry', direction: 'up', qos: 1, offered: 30_000, sent: 30_000, acknowledged: 30_000, notSent: 0 },
      { name: 'centre.stop', direction: 'down', qos: 1, offered: 4, sent: 4, acknowledged: 4, notSent: 0 },
    ],
    services: [
      {
        name: 'monitoring',
        group: 'GID_monitoring',
        mode: 'clustering',
        members: [
          { name: 'monitoring-1', received: 15_000 },
          { name: 'monitoring-2', received: 15_000 },
        ],
        received: 30_000,
      },
    ],
    saturation: {
      saturated: false,
      reasons: [],
      achievedShare: 0.9994,
      slip: latency(300),
      threads: [{ thread: 'main', utilisation: 0.34, utilisationMax: 0.52, eventLoopDelay: latency(400) }],
    },
    gateway: {},
    bridge: {},
    faultsInjected: {},
    thresholds: [
      { text: 'ledger.up.lost == 0', metric: 'ledger.up.lost', found: 0, passed: true },
      { text: 'up.endToEnd.p99 < 1000', metric: 'up.endToEnd.p99', found: 7.6, passed: true },
    ],
    ...change,
  };
}
