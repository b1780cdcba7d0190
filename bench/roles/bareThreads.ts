/** What threads of a run without measuring are told, and where they count. */
import type { Endpoint } from '../../core/swarm/types.ts';
import type { RunPlan } from './runScenario.ts';

export interface BareTask {
  readonly plan: RunPlan;
  readonly endpoint: Endpoint;
  readonly mq: { readonly host: string; readonly port: number };
  /** Float64 cells, see BARE. */
  readonly counts: SharedArrayBuffer;
}

export const BARE = { ready: 0, consumed: 1 } as const;
