/** A benchmark's report as tables for people and as JSON for keeping. */
import Table from 'cli-table3';
import { type Benchmark, type Comparison, met, type Report, valuesOf } from './harness.ts';
import type { Machine } from './machine.ts';
import { format, type Spread, spread } from './statistics.ts';

const range = ({ median, min, max }: Spread): string => `${format(median)}  (${format(min)} .. ${format(max)})`;

/** Medians with their smallest and largest round, then the claims. */
export function toText(benchmark: Benchmark, report: Report, machine: Machine, rounds: number, quick: boolean): string {
  const columns = [...new Set(Object.values(report.samples).flatMap((all) => Object.keys(all[0] ?? {})))];
  const figures = new Table({ head: ['', ...columns], style: { head: [], border: [] } });
  for (const [subject, all] of Object.entries(report.samples)) {
    const cell = (name: string): string =>
      all[0]?.[name] === undefined ? '' : range(spread(valuesOf(report.samples, subject, name)));
    figures.push([subject, ...columns.map(cell)]);
  }
  const claims = new Table({
    head: ['compared', 'target', `median of ${rounds} (min .. max)`, ''],
    style: { head: [], border: [] },
  });
  for (const comparison of report.comparisons) {
    const { what, unit, target, values } = comparison;
    const verdict = quick ? undefined : met(comparison);
    claims.push([
      what,
      target === undefined ? '' : `${target.op} ${target.value} ${unit}`,
      `${range(spread(values))} ${unit}`,
      verdict === undefined ? '' : verdict ? 'met' : 'MISSED',
    ]);
  }
  const { cpu, cores, node, versions, load } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${benchmark.name}: ${benchmark.what}`,
    figures.toString(),
    claims.toString(),
    ...report.notes.map((note) => `- ${note}`),
    ...(quick
      ? ['- With --quick everything is too small and too short for its figures to mean anything: nothing is judged.']
      : []),
    `${cpu}, ${cores} cores, Node ${node}, ${programs.join(', ')}; load when it began ${load}`,
    '',
  ].join('\n');
}

/** What `--save` writes: everything that was measured, not only its medians. */
export function toJson(benchmark: Benchmark, report: Report, machine: Machine, rounds: number, at: string): string {
  const compared = report.comparisons.map((comparison: Comparison) => ({
    what: comparison.what,
    unit: comparison.unit,
    ...(comparison.target === undefined ? {} : { target: comparison.target, met: met(comparison) }),
    ...rounded(spread(comparison.values)),
    values: comparison.values.map(digits),
  }));
  const samples = Object.fromEntries(
    Object.entries(report.samples).map(([subject, all]) => [
      subject,
      all.map((figures) => Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, digits(value)]))),
    ]),
  );
  const { name, what } = benchmark;
  return `${JSON.stringify({ benchmark: name, what, at, machine, rounds, compared, notes: report.notes, samples }, null, 2)}\n`;
}

const digits = (value: number): number => Number(value.toPrecision(5));

function rounded({ median, min, max, mad }: Spread): Spread {
  return { median: digits(median), min: digits(min), max: digits(max), mad: digits(mad) };
}
