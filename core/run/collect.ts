/** Puts a run's result together: reports of the threads, shared figures, settlement and verdict. */

import type { BridgeStats } from '../bridge/types.ts';
import type { BrokerFacts, ExternalStats } from '../external/externalGateway.ts';
import type { GatewayStats } from '../gateway/types.ts';
import { MappingMatrix } from '../measure/mappingMatrix.ts';
import { DIRECT_HOPS, HOPS } from '../measure/metricNames.ts';
import { normaliseRanges, type Ranges } from '../measure/ranges.ts';
import { generatorThread, type ResourceMemory, readResources } from '../measure/resources.ts';
import { judgeSaturation } from '../measure/saturation.ts';
import { settle } from '../measure/settle.ts';
import { mergeHistograms, type SharedHistogram } from '../measure/sharedHistogram.ts';
import { evaluate } from '../measure/thresholds.ts';
import { judge, type Verdict } from '../measure/verdict.ts';
import { ENGINES } from '../mq/engines.ts';
import { type Direction, type MappingCell, type Path, RESULT_SCHEMA, type RunResult } from '../protocol/result.ts';
import { isManual } from '../scenario/byHand.ts';
import type { LoadedScenario } from '../scenario/loader.ts';
import type { MqSection } from '../scenario/model.ts';
import type { DrainEnd } from './drainWatch.ts';
import { dependencyVersion } from './environment.ts';
import { Expectations } from './expectations.ts';
import { type InstrumentMemory, Instruments, runCounters } from './instruments.ts';
import type { Overrun } from './lab.ts';
import { blockQos, ReceiverTable, StreamTable } from './streams.ts';
import type { ThreadReport } from './threads.ts';

const DIRECTIONS = ['up', 'down', 'device'] as const;

export interface Collected {
  readonly loaded: LoadedScenario;
  readonly runId: string;
  readonly environment: RunResult['environment'];
  readonly startedAt: string;
  readonly trafficMs: number;
  readonly totalMs: number;
  readonly connectMs: number;
  /** Clients connected when the run was over. */
  readonly connected: number;
  readonly interrupted: boolean;
  /** How draining ended; absent when there was no traffic. */
  readonly drain?: DrainEnd;
  readonly reports: readonly ThreadReport[];
  readonly memories: readonly InstrumentMemory[];
  readonly mainResources: ResourceMemory;
  /** Ranges per stream that the bridge has published to a broker outside more than once: second copies are explained. */
  readonly resentByBridge: ReadonlyMap<number, Ranges>;
  readonly overrun: readonly Overrun[];
  readonly gateway: GatewayStats | ExternalStats;
  /** The broker in the gateway's place. */
  readonly broker?: BrokerFacts;
  readonly bridge: BridgeStats;
  readonly faultsInjected: Record<string, number>;
  readonly credentials?: RunResult['credentials'];
}

export function collectResult(run: Collected): { readonly result: RunResult; readonly warnings: Verdict['warnings'] } {
  const { scenario } = run.loaded;
  const streams = new StreamTable(scenario);
  const receivers = new ReceiverTable(scenario);
  const all = run.memories.map((memory) => new Instruments(memory));
  const totals = runCounters.sum(all.map((i) => i.counters));
  const seconds = Math.max(0.001, run.trafficMs / 1000);

  const senders = run.reports
    .flatMap((report) => report.senders)
    .map((sender) => {
      const again = run.resentByBridge.get(sender.stream);
      return again === undefined ? sender : { ...sender, resent: normaliseRanges([...sender.resent, ...again]) };
    });
  const wasAway = new Set(run.reports.flatMap((report) => (report.kind === 'devices' ? report.wasAway : [])));
  const dismissed = new Set(run.reports.flatMap((report) => (report.kind === 'devices' ? report.dismissed : [])));
  const settlement = settle(
    new Expectations(scenario, streams, receivers, wasAway, dismissed),
    senders,
    run.reports.map((report) => report.receivers),
  );

  const matrix = new MappingMatrix();
  for (const report of run.reports) matrix.merge(report.mapping);
  const cells = matrix.cells(
    (stream) => streams.describe(stream),
    (receiver) => receivers.describe(receiver),
  );
  const mapping = run.broker === undefined ? cells : cells.map(withUnknown);

  const tracedMean: Partial<Record<Direction, number | null>> = {};
  const paths = DIRECTIONS.flatMap((direction): Path[] => {
    const merged = (part: string) =>
      mergeHistograms(all.map((i) => (i.histograms as Readonly<Record<string, SharedHistogram>>)[`${direction}.${part}`]!));
    const endToEnd = merged('endToEnd');
    if (endToEnd.count === 0) return [];
    const names = direction === 'device' && run.broker !== undefined ? DIRECT_HOPS : HOPS[direction];
    const hops = names.map((name) => ({ name, latency: merged(name).toLatency() }));
    tracedMean[direction] = merged('traced').mean;
    const means = hops.map((hop) => hop.latency.mean);
    return [
      {
        direction,
        hops,
        endToEnd: endToEnd.toLatency(),
        service: merged('service').toLatency(),
        untraced: { up: totals.untracedUp, down: totals.untracedDown, device: totals.untracedDevice }[direction],
        sumOfHopMeans: means.includes(null) ? null : means.reduce<number>((sum, mean) => sum + mean!, 0),
      },
    ];
  });

  const readings = run.memories.map((memory) => readResources(memory.thread, memory.resources));
  const main = readResources('main', run.mainResources);
  const saturation = judgeSaturation({
    offered: totals.offered,
    sent: senders.reduce((sum, stream) => sum + stream.sent, 0),
    excused: totals.excused,
    slip: mergeHistograms(all.map((i) => i.histograms.slip)).toLatency(),
    generators: readings.map((reading) => generatorThread(reading, true)),
    threads: [main, ...readings].map((reading) => reading.sample),
  });

  const commands = scenario.services.flatMap((service) => service.commands);
  const booked = run.reports.flatMap((report) => (report.kind === 'services' ? report.answers : []));
  const answers = commands.flatMap((command, position) => {
    const counts = booked.find((b) => b.command === command.name);
    if (command.answer === undefined || counts === undefined) return [];
    return [{ ...counts, latency: mergeHistograms(all.flatMap((i) => i.answers[position] ?? [])).toLatency() }];
  });

  const measured = {
    paths,
    ledger: settlement.ledger,
    rates: {
      offered: totals.offered / seconds,
      achieved: totals.acknowledged / seconds,
      delivered: (totals.up + totals.down + totals.device) / seconds,
      // The clients count from their side; the result counts as the gateway and `explain` do: in is what devices send.
      bytesIn: totals.bytesOut / seconds,
      bytesOut: totals.bytesIn / seconds,
    },
    clients: {
      planned: scenario.populations.reduce((sum, p) => sum + p.count, 0),
      connected: run.connected,
      reconnects: totals.reconnects,
      refused: totals.refusedConnects,
      connectMs: run.connectMs,
    },
    mapping,
    saturation,
    answers,
    waves: run.reports.flatMap((report) => (report.kind === 'services' ? report.waves : [])),
    services: run.reports.flatMap((report) =>
      report.kind === 'services'
        ? report.services.map((s) => ({
            ...s,
            members: [...s.members],
            received: s.members.reduce((sum, m) => sum + m.received, 0),
          }))
        : [],
    ),
  };
  const thresholds = scenario.thresholds.map((threshold) => evaluate(threshold, measured));
  const verdict = judge({
    ...measured,
    // Whoever was shut out is not away.
    clients: { ...measured.clients, planned: measured.clients.planned - dismissed.size },
    thresholds,
    interrupted: run.interrupted,
    ...(run.drain === undefined ? {} : { drain: run.drain }),
    unacknowledged: settlement.unacknowledged,
    vanished: settlement.vanished,
    neverDue: answers.filter((a) => a.sent === 0).map((a) => a.command),
    dropsCounted: dropsCounted(run.gateway, run.bridge) + run.overrun.reduce((sum, { messages }) => sum + messages, 0),
    overrun: run.overrun,
    orderViolations: settlement.orderViolations,
    tracedMean,
  });

  const result: RunResult = {
    schema: RESULT_SCHEMA,
    runId: run.runId,
    verdict: verdict.verdict,
    reasons: verdict.reasons,
    interrupted: run.interrupted,
    scenario: {
      name: scenario.name,
      path: run.loaded.path,
      sha256: run.loaded.sha256,
      seed: scenario.seed,
      scale: run.loaded.scale,
      durationMs: scenario.durationMs,
      overrides: [...run.loaded.overrides],
    },
    engine: engineOf(scenario.mq),
    environment: run.environment,
    startedAt: run.startedAt,
    trafficMs: run.trafficMs,
    totalMs: run.totalMs,
    ...measured,
    ...(run.broker === undefined ? {} : { broker: { ...run.broker, limits: [...run.broker.limits] } }),
    perStream: perStream(streams, senders),
    gateway: { ...run.gateway },
    bridge: run.broker === undefined ? { ...run.bridge } : { ...run.bridge, down: withoutSessions(run.bridge.down) },
    faultsInjected: run.faultsInjected,
    ...(run.credentials === undefined ? {} : { credentials: run.credentials }),
    thresholds,
  };
  return { result, warnings: verdict.warnings };
}

function engineOf(mq: MqSection): RunResult['engine'] {
  if (mq.engine === 'embedded') return { name: mq.engine, storage: mq.storage, fsync: mq.fsync };
  const { title, client } = ENGINES[mq.engine];
  const version = client === undefined ? {} : { client: `${client} ${dependencyVersion(client)}` };
  return { name: mq.engine, title, storage: 'external', fsync: 'external', address: mq.address, ...version };
}

function dropsCounted(gateway: GatewayStats | ExternalStats, bridge: BridgeStats): number {
  const refused = Object.values(gateway.refused).reduce((sum, count) => sum + count, 0);
  const letters = Object.values(bridge.down.deadLettered).reduce((sum, count) => sum + count, 0);
  // A broker outside may drop what was sent at QoS 0, and tells nobody.
  if ('echoes' in gateway) return Number.POSITIVE_INFINITY;
  return (gateway.slowDropped ?? 0) + gateway.offlineDropped + refused + bridge.up.failed + letters;
}

/** Properties that nobody can know where a broker outside stands between. */
const UNKNOWN: Readonly<Record<string, string>> = {
  'up cleansessionflag': 'an external broker does not tell the session of a publisher',
  'up clientId': 'an external broker does not tell who published',
  'down cleansessionflag': 'an external broker keeps messages as the session of the receiver says',
  'down mqttRealTopic': 'an external broker shows no other topic than the one published to',
};

/** Whom a message reached a broker outside does not tell. */
function withoutSessions({ online: _, stored: __, dropped: ___, ...known }: BridgeStats['down']): object {
  return known;
}

function withUnknown(cell: MappingCell): MappingCell {
  const unknown = UNKNOWN[`${cell.direction} ${cell.property}`];
  return unknown === undefined ? cell : { ...cell, unknown };
}

/** Sums per publication, reaction and command. */
function perStream(streams: StreamTable, senders: readonly ThreadReport['senders'][number][]): RunResult['perStream'] {
  const sums = streams.blocks.map((block) => ({
    name:
      block.kind === 'command'
        ? `${block.service.name}.${block.command.name}`
        : `${block.population.name}.${block.kind === 'publication' ? block.publication.name : block.reaction.name}`,
    direction: (block.kind === 'command' ? 'down' : 'up') as Direction,
    qos: blockQos(block) as number,
    offered: 0,
    sent: 0,
    acknowledged: 0,
    notSent: 0,
  }));
  const bases = new Map(streams.blocks.map((block, i) => [block.base, sums[i]!]));
  for (const sender of senders) {
    const sum = bases.get(streams.find(sender.stream)?.base ?? -1);
    if (sum === undefined) continue;
    sum.offered += sender.offered;
    sum.sent += sender.sent;
    sum.acknowledged += sender.acknowledged;
    sum.notSent += sender.notSent;
  }
  // Of what could have been sent by hand only what was sent is told.
  return sums.filter((sum, i) => {
    const block = streams.blocks[i]!;
    return sum.offered > 0 || block.kind !== 'command' || !isManual(block.command);
  });
}
