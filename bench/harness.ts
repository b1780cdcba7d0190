/**
 * What all benchmark programs share: subjects measured in turn within each round, so that what else the machine does
 * meets all of them alike; ratios taken within a round; medians over the rounds, with their spread.
 */
import { spread } from './statistics.ts';

/** Figures of one subject in one round, by name; the name says the unit. */
export type Figures = Readonly<Record<string, number>>;
/** By subject, one entry per round. */
export type Samples = Readonly<Record<string, readonly Figures[]>>;

/** One claim: what is compared, its value in each round, and what it should be. */
export interface Comparison {
  readonly what: string;
  readonly unit: 'x' | 'B' | 'ms' | 'frames/s';
  readonly values: readonly number[];
  /** Absent: shown for information. */
  readonly target?: { readonly op: '>=' | '<='; readonly value: number };
}

export interface Report {
  readonly samples: Samples;
  readonly comparisons: readonly Comparison[];
  /** What the reader must know to read the figures. */
  readonly notes: readonly string[];
}

export interface Closeable {
  close(): Promise<unknown>;
}

/** What a program gets from the harness. */
export interface Bench {
  readonly rounds: number;
  /** Shorter and smaller: shows that the program works, not how fast anything is. */
  readonly quick: boolean;
  /** Progress, to the person waiting. */
  say(text: string): void;
  /** Closed at the end, in reverse order, also when something fails. */
  keep<T extends Closeable>(resource: T): T;
  /**
   * Measures every subject once per round; every other round in reverse order, so that none is always first.
   * `warmups` rounds come before and are not counted.
   */
  interleave(subjects: Readonly<Record<string, () => Promise<Figures>>>, warmups?: number): Promise<Samples>;
}

export interface Benchmark {
  readonly name: string;
  /** One line: what is measured against what. */
  readonly what: string;
  run(bench: Bench): Promise<Report>;
}

/** The quotient of two figures, round by round. @throws Error for a subject or figure that was not measured */
export function ratios(samples: Samples, figure: string, numerator: string, denominator: string): number[] {
  const above = valuesOf(samples, numerator, figure);
  const below = valuesOf(samples, denominator, figure);
  return above.map((value, round) => value / below[round]!);
}

export function valuesOf(samples: Samples, subject: string, figure: string): number[] {
  return (samples[subject] ?? []).map((figures) => {
    const value = figures[figure];
    if (value === undefined) throw new Error(`${subject} has no figure "${figure}"; it has ${Object.keys(figures).join(', ')}`);
    return value;
  });
}

/** Undefined without a target. Judged by the median. */
export function met({ values, target }: Comparison): boolean | undefined {
  if (target === undefined) return undefined;
  const { median } = spread(values);
  return target.op === '>=' ? median >= target.value : median <= target.value;
}

/** Runs a program and closes what it kept. */
export async function runBenchmark(
  benchmark: Benchmark,
  options: { readonly rounds: number; readonly quick: boolean; say(text: string): void },
): Promise<Report> {
  const kept: Closeable[] = [];
  const { rounds, quick, say } = options;
  try {
    return await benchmark.run({
      rounds,
      quick,
      say,
      keep: (resource) => {
        kept.push(resource);
        return resource;
      },
      interleave: (subjects, warmups = 0) => interleave(subjects, rounds, warmups, say),
    });
  } finally {
    for (const resource of kept.reverse()) await resource.close();
  }
}

async function interleave(
  subjects: Readonly<Record<string, () => Promise<Figures>>>,
  rounds: number,
  warmups: number,
  say: (text: string) => void,
): Promise<Samples> {
  const samples: Record<string, Figures[]> = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = -warmups; round < rounds; round += 1) {
    const entries = Object.entries(subjects);
    if (round % 2 !== 0) entries.reverse();
    for (const [name, measure] of entries) {
      say(round < 0 ? `warm-up: ${name}` : `round ${round + 1} of ${rounds}: ${name}`);
      const figures = await measure();
      if (round >= 0) samples[name]!.push(figures);
    }
  }
  return samples;
}
