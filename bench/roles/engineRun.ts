/** One run of the lab on one engine, for the comparison of engines. */
import type { EngineName } from '../../core/mq/engines.ts';
import type { RunResult } from '../../core/protocol/result.ts';
import { startRun } from '../../core/run/runner.ts';
import { parseScenario } from '../../core/scenario/loader.ts';

export interface EnginePlan {
  readonly engine: EngineName;
  readonly address?: string;
  readonly seconds: number;
  readonly devices: number;
  /** Reports a second of all devices together; 0: each sends as soon as MQ has its last report. */
  readonly perSecond: number;
}

export interface EngineFigures {
  /** What consumers had. */
  readonly perSecond: number;
  /** Of the lab's process: gateway, bridge, devices and services; the engine itself only where it is the embedded one. */
  readonly cpuUsPerMessage: number;
  readonly up: { readonly p50Ms: number; readonly p99Ms: number };
  readonly down: { readonly p50Ms: number; readonly p99Ms: number } | undefined;
}

const scenario = ({ engine, address, seconds, devices, perSecond }: EnginePlan): string => `
causeway: 1
name: engines
duration: ${seconds}s
gateway: { profile: strict, topics: { report: { direction: up, partitions: 4 }, order: { direction: down, partitions: 4 } } }
mq: { engine: ${engine}${address === undefined ? '' : `, address: "${address}"`} }
populations:
  devices:
    actor: sensor
    count: ${devices}
    clientId: "GID_bench@@@{id}"
    client: { cleanSession: true, keepAlive: 300s }
    connect: { over: 1s }
    publish:
      value:
        topic: "report/{id}/value"
        qos: 1
        schedule: ${perSecond === 0 ? '{ closed: { think: 0s } }' : `{ rate: ${perSecond}/s }`}
        body: { value: { uniform: { min: 0, max: 100, decimals: 2 } }, at: { timestamp: true } }
services:
  centre:
    consume: { topics: [report], group: GID_bench, mode: clustering, members: 1, ordered: true }
${
  perSecond === 0
    ? ''
    : `    commands:
      set:
        topic: order
        population: devices
        target: one
        qosLevel: 1
        schedule: { rate: ${Math.max(1, Math.round(perSecond / 10))}/s }
        body: { action: set }
`
}`;

export const role = {
  async run(plan: EnginePlan): Promise<EngineFigures> {
    const cpu = process.cpuUsage();
    let atGo = cpu;
    let going = false;
    const { done } = startRun({
      loaded: parseScenario(scenario(plan), 'bench'),
      // This file runs as dist/bench/roles/engineRun.js.
      workersUrl: new URL('../../workers/', import.meta.url),
      threads: 1,
      onFrame: ({ state }) => {
        if (state === 'running' && !going) {
          going = true;
          atGo = process.cpuUsage();
        }
      },
      onEvent: () => {},
    });
    const result = await done;
    // A saturated generator says how fast it went; anything lost or mapped wrongly makes the figures worthless.
    if (result.verdict === 'fail') throw new Error(`the run on ${plan.engine} failed: ${JSON.stringify(result.reasons)}`);
    const { user, system } = process.cpuUsage(atGo);
    const delivered = result.ledger.up.delivered + result.ledger.down.delivered;
    return {
      perSecond: (result.ledger.up.delivered * 1000) / result.trafficMs,
      cpuUsPerMessage: (user + system) / delivered,
      up: latencyOf(result, 'up')!,
      down: latencyOf(result, 'down'),
    };
  },
};

function latencyOf(result: RunResult, direction: 'up' | 'down'): { p50Ms: number; p99Ms: number } | undefined {
  const { p50, p99 } = result.paths.find((path) => path.direction === direction)?.endToEnd ?? {};
  return p50 == null || p99 == null ? undefined : { p50Ms: p50 / 1000, p99Ms: p99 / 1000 };
}
