import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../core/protocol/result.ts';
import { fakeFrame } from '../../../renderer/client/fakeData.ts';
import { fakeResult } from '../../../renderer/client/fakeResult.ts';
import { deltaOf, knownMetrics, METRICS } from '../../../renderer/screens/compare/metrics.ts';
import { deliveredPerSecond, overlay } from '../../../renderer/screens/compare/overlay.ts';
import { differing, environmentFacts, scenarioFacts } from '../../../renderer/screens/compare/sameness.ts';

const base = fakeResult();
const delta = (key: string, change: Partial<RunResult>, baseline: RunResult = base) =>
  deltaOf(METRICS.find((metric) => metric.key === key)!, fakeResult(change), baseline);
const delivered = (perSecond: number) => ({ rates: { ...base.rates, delivered: perSecond } });
const p99 = (factor: number) => ({
  paths: base.paths.map((path) => ({ ...path, endToEnd: { ...path.endToEnd, p99: (path.endToEnd.p99 ?? 0) * factor } })),
});
const lost = (count: number) => ({ ledger: { ...base.ledger, up: { ...base.ledger.up, lost: count } } });

describe('a figure against the baseline', () => {
  it('is better where more is better, and where less is better', () => {
    expect(delta('delivered', delivered(2_258))).toMatchObject({ kind: 'differs', judged: 'better', share: 1 });
    expect(delta('delivered', delivered(500))).toMatchObject({ kind: 'differs', judged: 'worse' });
    expect(delta('up.p99', p99(0.5))).toMatchObject({ kind: 'differs', judged: 'better', share: -0.5 });
    expect(delta('up.p99', p99(3))).toMatchObject({ kind: 'differs', judged: 'worse', share: 2 });
    expect(delta('offered', { rates: { ...base.rates, offered: 1 } })).toMatchObject({ judged: 'neither' });
  });

  it('is the same within the noise of rates and times, but not of counts', () => {
    expect(delta('up.p99', p99(1.02)).kind).toBe('same');
    expect(delta('lost', lost(1))).toEqual({ kind: 'differs', judged: 'worse', difference: 1, share: null });
  });

  it('of an invalid run is not compared, except counts', () => {
    expect(delta('up.p99', { ...p99(0.1), verdict: 'invalid' }).kind).toBe('notComparable');
    expect(delta('delivered', delivered(9), fakeResult({ verdict: 'invalid' })).kind).toBe('notComparable');
    expect(delta('lost', { ...lost(2), verdict: 'invalid' }).kind).toBe('differs');
  });

  it('is left out where nobody has it, and unknown where one has not', () => {
    expect(knownMetrics([base]).some(({ direction }) => direction === 'device')).toBe(false);
    expect(delta('down.p99', { paths: base.paths.slice(0, 1) }).kind).toBe('unknown');
  });
});

describe('conditions', () => {
  const scenario = (change: Partial<RunResult['scenario']>) => fakeResult({ scenario: { ...base.scenario, ...change } });
  const environment = (change: Partial<RunResult['environment']>) =>
    fakeResult({ environment: { ...base.environment, ...change } });

  it('agree for two runs of the same', () => {
    expect(differing(scenarioFacts([base, fakeResult()], base))).toEqual([]);
    expect(differing(environmentFacts([base, fakeResult()], base))).toEqual([]);
  });

  it.each([
    ['sha256', scenario({ sha256: 'other' })],
    ['seed', scenario({ seed: 8 })],
    ['scale', scenario({ scale: 2 })],
    ['durationMs', scenario({ durationMs: 1 })],
    ['overrides', scenario({ overrides: ['populations.fleet.count=5'] })],
  ])('flag another %s of the scenario', (key, other) => {
    expect(differing(scenarioFacts([base, other], base))).toEqual([key]);
  });

  it.each([
    ['cpu', environment({ cpu: 'another' })],
    ['cores', environment({ cores: 2 })],
    ['node', environment({ node: '22.0.0' })],
    ['causeway', environment({ causeway: '0.2.0' })],
    ['dependencies', environment({ dependencies: { ...base.environment.dependencies, aedes: '2.0.0' } })],
    ['engine', fakeResult({ engine: { ...base.engine, name: 'kafka', title: 'Apache Kafka' } })],
    ['threads', fakeResult({ saturation: { ...base.saturation, threads: [] } })],
  ])('flag another %s', (key, other) => {
    const facts = environmentFacts([base, other], base);
    expect(differing(facts)).toEqual([key]);
    expect(facts.find((fact) => fact.key === key)?.differs).toEqual([false, true]);
  });
});

describe('runs over each other', () => {
  it('stand at the same times from the start of traffic, however finely each was kept, and leave gaps where one is over', () => {
    const fine = Array.from({ length: 16 }, (_, index) => fakeFrame(index, { up: 10, down: 0, device: 0 }));
    const coarse = [fakeFrame(3, { up: 80, down: 0, device: 0 }), fakeFrame(7, { up: 80, down: 0, device: 0 })];
    const connecting = fakeFrame(0, { atMs: -500, up: 999 });
    const { times, spans } = overlay([[connecting, ...fine], coarse], 6);
    expect(times).toEqual([1_000, 2_000, 3_000, 4_000]);
    expect(deliveredPerSecond(spans[0]!)).toEqual([40, 40, 40, 40]);
    expect(deliveredPerSecond(spans[1]!).slice(2)).toEqual([null, null]);
    expect(deliveredPerSecond(spans[1]!)[1]).toBe(80);
  });
});
