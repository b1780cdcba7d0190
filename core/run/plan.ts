/** How a run is laid out over threads, and what each thread is told when it starts. Plain data: it crosses threads. */
import type { TraceMemory } from '../measure/traceTable.ts';
import type { MqConnection } from '../mq/connect.ts';
import type { Scenario } from '../scenario/model.ts';
import type { Endpoint } from '../swarm/types.ts';
import type { InstrumentMemory } from './instruments.ts';
import type { DeviceCredentials } from './runCredentials.ts';

/** Members [from, to) of a population. */
export interface Slice {
  readonly population: string;
  readonly from: number;
  readonly to: number;
}

/** What both kinds of thread need. */
export interface ThreadTask {
  readonly scenario: Scenario;
  readonly runId: number;
  readonly trace: TraceMemory;
  readonly instruments: InstrumentMemory;
}

export interface DeviceTask extends ThreadTask {
  readonly slices: readonly Slice[];
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** Source addresses that clients are spread over. */
  readonly localAddresses: readonly string[];
  /** On a broker outside: the login of members that have none of their own. */
  readonly login?: { readonly username: string; readonly password?: string };
  /** For members that sign in with credentials. */
  readonly credentials?: DeviceCredentials;
  /** Passwords by the name of the environment variable that holds them. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface ServiceTask extends ThreadTask {
  readonly services: readonly string[];
  readonly mq: MqConnection;
  /** Put behind the name of each consumer group, see `groupSuffix`. */
  readonly groupSuffix: string;
  /** What is known of each vehicle, see FleetMemory; absent: the scenario has none that a map can show. */
  readonly fleet?: SharedArrayBuffer;
}

/**
 * What a run puts behind the names of its consumer groups. An engine that runs by itself outlives the run: there each run
 * has groups of its own, so that what an aborted one has left is not delivered to the next, and two do not share messages.
 */
export function groupSuffix(scenario: Scenario, runId: number): string {
  return scenario.mq.engine === 'embedded' ? '' : `-${runIdText(runId)}`;
}

/** As results and file names show it. */
export function runIdText(runId: number): string {
  return runId.toString(16).padStart(8, '0');
}

export interface ThreadPlan {
  readonly devices: readonly { readonly name: string; readonly slices: readonly Slice[] }[];
  readonly services: readonly { readonly name: string; readonly services: readonly string[] }[];
}

/**
 * Members go to device threads in equal contiguous slices; services go to one service thread, as they share little work.
 * Without `threads`: one device thread for every core but one (the main process's), at least one and at most eight.
 */
export function planThreads(scenario: Scenario, cores: number, threads?: number): ThreadPlan {
  const members = scenario.populations.reduce((sum, p) => sum + p.count, 0);
  const wanted = threads ?? Math.max(1, Math.min(8, cores - 1));
  const count = members === 0 ? 0 : Math.max(1, Math.min(wanted, members));
  const devices = Array.from({ length: count }, (_, t) => ({
    name: `devices-${t + 1}`,
    slices: scenario.populations.flatMap((p) => {
      const from = Math.floor((p.count * t) / count);
      const to = Math.floor((p.count * (t + 1)) / count);
      return to > from ? [{ population: p.name, from, to }] : [];
    }),
  }));
  const services = scenario.services.map((s) => s.name);
  return { devices, services: services.length === 0 ? [] : [{ name: 'services', services }] };
}
