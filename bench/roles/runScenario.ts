/** The load that a run with measuring and one without have in common: devices that send as soon as MQ has the last message. */

import type { LoadedScenario } from '../../core/scenario/loader.ts';
import { parseScenario } from '../../core/scenario/loader.ts';

export interface RunPlan {
  readonly clients: number;
  /** Traffic, and how much of its beginning is not counted: code is compiled then, and devices start one by one. */
  readonly seconds: number;
  readonly skipSeconds: number;
}

export interface RunFigures {
  /** Messages that the MQ consumer had, per second and per CPU-second of the whole process. */
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

export const TOPIC = 'bench';
export const GROUP = 'GID_bench';

export function runScenario({ clients, seconds }: RunPlan): LoadedScenario {
  return parseScenario(
    `
causeway: 1
name: bench
duration: ${seconds}s
gateway: { profile: strict, topics: { ${TOPIC}: { direction: up, partitions: 4 } } }
populations:
  devices:
    actor: sensor
    count: ${clients}
    clientId: "GID_bench@@@{id}"
    client: { cleanSession: true, keepAlive: 300s }
    connect: { over: 100ms }
    publish:
      value:
        topic: "${TOPIC}/{id}/value"
        qos: 1
        schedule: { closed: { think: 0s } }
        body:
          value: { uniform: { min: 0, max: 100, decimals: 2 } }
          at: { timestamp: true }
services:
  analysis:
    consume: { topics: [${TOPIC}], group: ${GROUP}, mode: clustering, members: 1, ordered: true }
`,
    'bench',
  );
}

/** Counts between two moments: told the total so far, it gives the figures of what came since. */
export class Window {
  readonly #from: number;
  readonly #cpu = process.cpuUsage();
  readonly #start = performance.now();

  constructor(total: number) {
    this.#from = total;
  }

  end(total: number): RunFigures {
    const messages = total - this.#from;
    const { user, system } = process.cpuUsage(this.#cpu);
    return { perSecond: (messages * 1000) / (performance.now() - this.#start), perCpuSecond: (messages * 1e6) / (user + system) };
  }
}
