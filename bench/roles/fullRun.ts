/** A run as `causeway run` does it, with everything that it measures. */
import { startRun } from '../../core/run/runner.ts';
import { type RunFigures, type RunPlan, runScenario, Window } from './runScenario.ts';

export const role = {
  async run(plan: RunPlan): Promise<RunFigures> {
    let total = 0;
    let window: Window | undefined;
    let figures: RunFigures | undefined;
    const { done } = startRun({
      loaded: runScenario(plan),
      // This file runs as dist/bench/roles/fullRun.js.
      workersUrl: new URL('../../workers/', import.meta.url),
      threads: 1,
      onFrame: ({ state, atMs, up }) => {
        total += up;
        if (state !== 'running') return;
        if (window === undefined && atMs >= plan.skipSeconds * 1000) window = new Window(total);
        else if (window !== undefined && atMs <= plan.seconds * 1000) figures = window.end(total);
      },
      onEvent: () => {},
    });
    const { verdict, reasons, ledger } = await done;
    // A saturated generator is the purpose here; anything else would make the figures worthless.
    if (verdict === 'fail' || ledger.up.lost > 0) throw new Error(`the run failed: ${JSON.stringify(reasons)}`);
    if (figures === undefined) throw new Error('the run was too short for figures');
    return figures;
  },
};
