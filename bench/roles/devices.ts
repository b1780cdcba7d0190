/** A device thread as runs have it (schedules, actors, stamps, ledger, swarm), in a process of its own, against any broker. */
import { randomInt } from 'node:crypto';
import { nowUs } from '../../core/clock.ts';
import { TraceTable } from '../../core/measure/traceTable.ts';
import { DeviceThread } from '../../core/run/deviceThread.ts';
import { Instruments, runCounters } from '../../core/run/instruments.ts';
import { StreamTable } from '../../core/run/streams.ts';
import { parseScenario } from '../../core/scenario/loader.ts';
import type { Scenario } from '../../core/scenario/model.ts';
import { createSchedule } from '../../core/schedule/create.ts';
import { Pacer } from '../../core/schedule/pacer.ts';
import { readLimits } from '../../core/swarm/limits.ts';
import { preflight } from '../../core/swarm/preflight.ts';
import { cpuUs, waitedUs } from '../processUsage.ts';

export interface DevicesPlan {
  readonly port: number;
  readonly brokerPid: number;
  readonly clients: number;
  readonly perSecond: number;
  readonly qos: 0 | 1;
  readonly seconds: number;
}

/** Milliseconds that events were fired after they were due. */
export interface Slip {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** So long the thread waited for a core that others had: slip that is none of its doing. */
  readonly waitedMs: number;
}

export interface DevicesRun extends Slip {
  /** Handed to the wire. */
  readonly messages: number;
  /** CPU time while there was traffic, microseconds, of this process and of the broker's. */
  readonly cpuUs: number;
  readonly brokerCpuUs: number;
}

const LEAD_US = 200_000;

function scenarioOf({ clients, perSecond, qos, seconds }: Omit<DevicesPlan, 'port' | 'brokerPid'>): Scenario {
  const text = `
causeway: 1
name: bench
duration: ${seconds}s
gateway: { profile: lenient, topics: { bench: { direction: none } } }
populations:
  devices:
    actor: sensor
    count: ${clients}
    clientId: "device-{id}"
    client: { cleanSession: true, keepAlive: 300s }
    connect: { over: 1s }
    publish:
      value:
        topic: "bench/{id}/value"
        qos: ${qos}
        schedule: { rate: ${perSecond}/s }
        body:
          value: { uniform: { min: 0, max: 100, decimals: 2 } }
          at: { timestamp: true }
`;
  return parseScenario(text, 'bench').scenario;
}

/** The clock, and nothing else: what a timer's lateness costs. */
const wait = (untilUs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, (untilUs - nowUs()) / 1000)));

function slipOf(instruments: Instruments, waitedBeforeUs: number): Slip {
  const values = instruments.histograms.slip.snapshot();
  const ms = (percent: number): number => (values.percentile(percent) ?? Number.NaN) / 1000;
  return { p50Ms: ms(50), p99Ms: ms(99), maxMs: ms(100), waitedMs: (waitedUs(process.pid) - waitedBeforeUs) / 1000 };
}

export const role = {
  /** Connects, sends for so long, and ends all connections again. */
  async run(plan: DevicesPlan): Promise<DevicesRun> {
    const scenario = scenarioOf(plan);
    const { problems, localAddresses } = preflight({ clients: plan.clients, inProcessServer: false }, readLimits());
    if (problems[0] !== undefined) throw problems[0];
    const memory = Instruments.allocate('devices');
    const instruments = new Instruments(memory);
    let failure: string | undefined;
    const thread = new DeviceThread(
      {
        scenario,
        runId: randomInt(1, 2 ** 31),
        trace: TraceTable.create(new StreamTable(scenario).size).memory,
        instruments: memory,
        slices: [{ population: 'devices', from: 0, to: plan.clients }],
        endpoints: { tcp: { transport: 'tcp', host: '127.0.0.1', port: plan.port } },
        localAddresses,
        secrets: {},
      },
      (message) => {
        if (message.kind === 'failed') failure = `${message.code} ${JSON.stringify(message.details)}`;
      },
    );
    await thread.prepare();
    const epochUs = nowUs() + LEAD_US;
    thread.go(epochUs);
    await wait(epochUs);
    const waitedBefore = waitedUs(process.pid);
    const own = process.cpuUsage();
    const brokerBefore = cpuUs(plan.brokerPid);
    await wait(epochUs + plan.seconds * 1e6);
    const { user, system } = process.cpuUsage(own);
    const brokerCpuUs = cpuUs(plan.brokerPid) - brokerBefore;
    const messages = instruments.counters.get(runCounters.at.sent);
    const slip = slipOf(instruments, waitedBefore);
    thread.stop();
    const { reconnects } = await thread.finish();
    if (failure !== undefined || reconnects > 0) throw new Error(failure ?? `${reconnects} clients lost their connection`);
    return { ...slip, messages, cpuUs: user + system, brokerCpuUs };
  },

  /** The same schedule with nothing to do: how late the machine and its timers are by themselves. */
  async nothing({ clients, perSecond, seconds }: { clients: number; perSecond: number; seconds: number }): Promise<Slip> {
    const instruments = new Instruments(Instruments.allocate('nothing'));
    const pacer = new Pacer();
    const schedule = createSchedule(
      { kind: 'rate', perSecond, pick: 'round-robin' },
      { seed: 1, name: 'nothing', count: clients, from: 0, to: clients, durationUs: seconds * 1e6 },
    );
    pacer.add(schedule, (_event, _dueUs, lateUs) => instruments.histograms.slip.record(lateUs));
    const epochUs = nowUs() + LEAD_US;
    pacer.start(epochUs);
    await wait(epochUs);
    const waitedBefore = waitedUs(process.pid);
    await wait(epochUs + seconds * 1e6);
    pacer.stop();
    return slipOf(instruments, waitedBefore);
  },
};
