/** Runs the experiments of rows one after the other on one bench, and judges what they measured. */
import type { ExternalConnection } from '../mq/connect.ts';
import type { MqEngine } from '../mq/engine.ts';
import { ENGINES, type EngineName } from '../mq/engines.ts';
import { CHOOSE_ROWS, type ChooseRow, type ChooseRowId } from '../protocol/choose.ts';
import { CausewayError } from '../protocol/errors.ts';
import { dependencyVersion, environmentNow } from '../run/environment.ts';
import { openBench, Scope } from './bench.ts';
import { EXPERIMENTS } from './experiments/all.ts';
import type { Experiment } from './experiments/types.ts';
import { ENOUGH, machineNow, processorShare } from './machine.ts';
import { type Sizes, sizesFor } from './sizes.ts';
import { type KeptRow, rowOf } from './table.ts';

export interface ChooseProgress {
  readonly id: ChooseRowId;
  readonly text: string;
  readonly step: number;
  readonly steps: number;
  /** The row as it has been measured; undefined while it is under way. */
  readonly row?: ChooseRow;
}

export interface ChooseRunOptions {
  /** Absent: the embedded MQ. */
  readonly mq?: ExternalConnection;
  /** Default: all. */
  readonly rows?: readonly ChooseRowId[];
  readonly sizes?: Sizes;
  readonly signal: AbortSignal;
  onProgress?(progress: ChooseProgress): void;
  /** Called with each row as soon as it is measured. */
  onMeasured?(row: KeptRow): void | Promise<void>;
  /** A row that could not be measured: the others still are. */
  onFailed?(id: ChooseRowId, error: unknown): void;
  /** For tests. */
  readonly wrapEngine?: (engine: MqEngine) => MqEngine;
  readonly experiments?: Readonly<Partial<Record<ChooseRowId, Experiment>>>;
}

/**
 * Resolves when all rows are done; what one row opened is closed before the next begins.
 * @throws CausewayError choose.cancelled, and those of opening the lab
 */
export async function runChoose(options: ChooseRunOptions): Promise<void> {
  const { mq, signal } = options;
  const sizes = options.sizes ?? sizesFor(mq === undefined);
  const cancelled = () => new CausewayError('choose.cancelled');
  if (signal.aborted) throw cancelled();
  const engine: EngineName = mq?.engine ?? 'embedded';
  const bench = await openBench({
    sizes,
    signal,
    ...(mq === undefined ? {} : { mq }),
    ...(options.wrapEngine === undefined ? {} : { wrapEngine: options.wrapEngine }),
  });
  try {
    const asked = options.rows ?? CHOOSE_ROWS;
    for (const id of CHOOSE_ROWS.filter((row) => asked.includes(row))) {
      const experiment = options.experiments?.[id] ?? EXPERIMENTS[id];
      let step = 0;
      const tell = (text: string): void => {
        step += 1;
        options.onProgress?.({ id, text, step, steps: 0 });
      };
      const scope = new Scope(bench, sizes.budgetMs, tell);
      try {
        const before = processorShare();
        const start = performance.now();
        const measured = await experiment(scope);
        const seconds = (performance.now() - start) / 1000;
        const kept: KeptRow = {
          id,
          ...measured,
          at: new Date().toISOString(),
          engine: engineLabel(engine, bench.lab.engine),
          seconds: Math.round(seconds * 10) / 10,
          machine: machineNow(),
          overloaded: Math.min(before, processorShare()) < ENOUGH,
        };
        await options.onMeasured?.(kept);
        options.onProgress?.({ id, text: 'measured', step: step + 1, steps: step + 1, row: rowOf(id, kept) });
      } catch (error) {
        if (signal.aborted) throw cancelled();
        options.onFailed?.(id, error);
      } finally {
        await scope.close();
      }
    }
  } finally {
    await bench.close();
  }
}

/** The engine with the version of what the lab speaks to it with. */
function engineLabel(name: EngineName, { name: connected }: MqEngine): string {
  const { title, client } = ENGINES[name];
  const known = connected.toLowerCase() === name ? '' : ` (${connected})`;
  const by = client === undefined ? `Causeway ${environmentNow().causeway}` : `${client} ${dependencyVersion(client)}`;
  return `${title}${known}, by ${by}`;
}
