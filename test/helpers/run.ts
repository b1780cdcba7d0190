/** Whole runs for tests: YAML text in, result, frames and events out. The worker threads are the compiled ones of dist/workers. */
import { expect } from 'vitest';
import type { LogEvent } from '../../core/protocol/events.ts';
import { type Frame, frameSchema, type RunResult, resultSchema } from '../../core/protocol/result.ts';
import { type Run, type RunOptions, startRun } from '../../core/run/runner.ts';
import { type LoadOptions, parseScenario } from '../../core/scenario/loader.ts';
import { waitFor } from './waitFor.ts';

export const WORKERS = new URL('../../dist/workers/', import.meta.url);

export interface Started {
  readonly run: Run;
  readonly frames: Frame[];
  readonly events: LogEvent[];
  /** Resolves when traffic flows. */
  running(): Promise<void>;
}

export interface Ran {
  readonly result: RunResult;
  readonly frames: readonly Frame[];
  readonly events: readonly LogEvent[];
}

type Options = Partial<Pick<RunOptions, 'threads' | 'outDir' | 'workersUrl'>> & LoadOptions;

/** Starts a run; the test awaits `run.done`, or stops or aborts it. */
export function begin(yaml: string, options: Options = {}): Started {
  const { threads, outDir, workersUrl, ...load } = options;
  const frames: Frame[] = [];
  const events: LogEvent[] = [];
  const run = startRun({
    loaded: parseScenario(yaml, 'test.yaml', load),
    workersUrl: workersUrl ?? WORKERS,
    ...(threads === undefined ? {} : { threads }),
    ...(outDir === undefined ? {} : { outDir }),
    onFrame: (frame) => frames.push(frame),
    onEvent: (event) => events.push(event),
  });
  return {
    run,
    frames,
    events,
    running: () => waitFor('traffic', () => frames.some((frame) => frame.state === 'running' && frame.offered > 0)),
  };
}

/** A run from its start to its result, which is checked against its schema and against itself. */
export async function ran(yaml: string, options: Options = {}): Promise<Ran> {
  const { run, frames, events } = begin(yaml, options);
  const result = await run.done;
  expectConsistent(result, frames);
  return { result, frames, events };
}

/** What must hold of every result, whatever its verdict. */
export function expectConsistent(result: RunResult, frames: readonly Frame[]): void {
  expect(resultSchema.safeParse(result).error).toBeUndefined();
  for (const frame of frames) expect(frameSchema.safeParse(frame).error).toBeUndefined();
  expect(frames.at(-1)?.state).toBe('done');

  const sum = (pick: (frame: Frame) => number): number => frames.reduce((total, frame) => total + pick(frame), 0);
  const streams = (pick: (stream: RunResult['perStream'][number]) => number): number =>
    result.perStream.reduce((total, stream) => total + pick(stream), 0);
  expect(sum((f) => f.offered)).toBe(streams((s) => s.offered));
  expect(sum((f) => f.acknowledged)).toBe(streams((s) => s.acknowledged));

  for (const { direction, hops, endToEnd, untraced, sumOfHopMeans } of result.paths) {
    expect(hops.length, direction).toBeGreaterThan(1);
    for (const hop of hops) expect(hop.latency.count, `${direction}.${hop.name}`).toBe(endToEnd.count - untraced);
    if (untraced > 0 || endToEnd.mean === null) continue;
    // Within 1 %, or a few microseconds: stamps hold whole ones.
    expect(Math.abs(sumOfHopMeans! - endToEnd.mean), direction).toBeLessThanOrEqual(Math.max(5, endToEnd.mean * 0.01));
  }
  for (const direction of ['up', 'down', 'device'] as const) {
    const ledger = result.ledger[direction];
    expect(ledger.delivered + ledger.lost + ledger.missingUnpromised, direction).toBe(ledger.expected);
    // As many arrivals as the frames showed: first copies, second copies, and those nobody was to get.
    expect(
      sum((f) => f[direction]),
      direction,
    ).toBeGreaterThanOrEqual(ledger.delivered + ledger.duplicatesExplained + ledger.duplicatesUnexplained);
  }
}

/** How a run ends, asked before it does: its verdict, or the code of its error. */
export function ending({ run }: Started): Promise<string> {
  return run.done.then(
    (result) => result.verdict,
    (error: { readonly code?: string }) => error.code ?? String(error),
  );
}

/** The codes of a result's reasons, each once. */
export function codes(result: RunResult): string[] {
  return [...new Set(result.reasons.map((reason) => reason.code))];
}

/** Where the lab of a started run listens, from its event log. */
export async function addressesOf({ events }: Started): Promise<{ readonly mqtt: number; readonly mq: number }> {
  const line = (): string => events.find((event) => event.text.startsWith('gateway on'))?.text ?? '';
  await waitFor('the lab', () => line() !== '');
  const match = /tcp [\d.]+:(\d+).*MQ on [\d.]+:(\d+)/.exec(line());
  return { mqtt: Number(match?.[1]), mq: Number(match?.[2]) };
}
