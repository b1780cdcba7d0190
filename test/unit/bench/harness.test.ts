import { describe, expect, it } from 'vitest';
import { type Bench, type Benchmark, met, type Report, ratios, runBenchmark } from '../../../bench/harness.ts';
import type { Machine } from '../../../bench/machine.ts';
import { toJson, toText } from '../../../bench/output.ts';

const EMPTY: Report = { samples: {}, comparisons: [], notes: [] };
const options = (rounds: number) => ({ rounds, quick: false, say: () => {} });
const program = (run: (bench: Bench) => Promise<Report>): Benchmark => ({ name: 'test', what: 'a test', run });

describe('interleave', () => {
  it('measures every subject once per round, every other round in reverse, and does not count warm-ups', async () => {
    const order: string[] = [];
    const subject = (name: string) => async () => {
      order.push(name);
      return { figure: order.length };
    };
    const report = await runBenchmark(
      program(async (bench) => ({ ...EMPTY, samples: await bench.interleave({ a: subject('a'), b: subject('b') }, 1) })),
      options(3),
    );
    expect(order).toEqual(['b', 'a', 'a', 'b', 'b', 'a', 'a', 'b']);
    expect(report.samples.a).toEqual([{ figure: 3 }, { figure: 6 }, { figure: 7 }]);
    expect(report.samples.b).toEqual([{ figure: 4 }, { figure: 5 }, { figure: 8 }]);
  });
});

describe('what a program keeps', () => {
  it('is closed in reverse order, also when it fails', async () => {
    const closed: string[] = [];
    const resource = (name: string) => ({
      close: async () => {
        closed.push(name);
      },
    });
    const failing = program(async (bench) => {
      bench.keep(resource('first'));
      bench.keep(resource('second'));
      throw new Error('no broker');
    });
    await expect(runBenchmark(failing, options(1))).rejects.toThrow('no broker');
    expect(closed).toEqual(['second', 'first']);
  });
});

describe('ratios', () => {
  const samples = { ours: [{ rate: 30 }, { rate: 50 }], peer: [{ rate: 10 }, { rate: 25 }] };
  it('are taken within each round', () => expect(ratios(samples, 'rate', 'ours', 'peer')).toEqual([3, 2]));
  it('of a figure that was not measured are an error that names it', () => {
    expect(() => ratios(samples, 'speed', 'ours', 'peer')).toThrow('ours has no figure "speed"; it has rate');
  });
});

describe('a target', () => {
  const claim = (op: '>=' | '<=', value: number) => ({
    what: 'x',
    unit: 'x' as const,
    values: [1, 2, 90],
    target: { op, value },
  });
  it('is met by the median', () => {
    expect(met(claim('>=', 2))).toBe(true);
    expect(met(claim('>=', 2.1))).toBe(false);
    expect(met(claim('<=', 2))).toBe(true);
    expect(met(claim('<=', 1.9))).toBe(false);
  });
  it('that was not set is neither met nor missed', () => expect(met({ what: 'x', unit: 'x', values: [1] })).toBeUndefined());
});

describe('a report', () => {
  const machine: Machine = {
    cpu: 'CPU',
    cores: 2,
    memoryMb: 1,
    system: 'Linux',
    node: 'v20',
    versions: { mosquitto: '2.0.11' },
    load: 0.5,
  };
  const report: Report = {
    samples: { ours: [{ rate: 30 }, { rate: 50 }] },
    comparisons: [{ what: 'ours / peer', unit: 'x', values: [3, 2], target: { op: '>=', value: 3 } }],
    notes: ['a note'],
  };
  const benchmark = program(async () => report);

  it('says in its text whether a target was missed, except in quick mode', () => {
    expect(toText(benchmark, report, machine, 2, false)).toMatch(/ours \/ peer.*>= 3 x.*2\.50 {2}\(2\.00 \.\. 3\.00\) x.*MISSED/);
    expect(toText(benchmark, report, machine, 2, true)).not.toContain('MISSED');
  });

  it('keeps every round, the machine and the verdicts in its JSON', () => {
    expect(JSON.parse(toJson(benchmark, report, machine, 2, '2024-01-01T00:00:00.000Z'))).toMatchObject({
      benchmark: 'test',
      machine: { cores: 2, versions: { mosquitto: '2.0.11' } },
      rounds: 2,
      compared: [{ what: 'ours / peer', met: false, median: 2.5, min: 2, max: 3, mad: 0.5, values: [3, 2] }],
      samples: { ours: [{ rate: 30 }, { rate: 50 }] },
    });
  });
});
