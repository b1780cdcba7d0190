import { afterEach, describe, expect, test } from 'vitest';
import { startEngineLab } from '../../../core/checks/engineLab.ts';
import type { LabUnderTest } from '../../../core/checks/labUnderTest.ts';
import { runChecks } from '../../../core/checks/runner.ts';
import { ALL_CASES } from '../../../core/checks/suite.ts';
import type { CaseResult, CheckCase } from '../../../core/checks/types.ts';

let lab: LabUnderTest | undefined;
afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

/** A machine under load is slow, not wrong. */
const patienceMs = 30_000;
const byNumber = (...numbers: readonly number[]): CheckCase[] => ALL_CASES.filter((check) => numbers.includes(check.number));
const ids = (results: readonly CaseResult[], verdict: CaseResult['verdict']): string[] =>
  results.filter((result) => result.verdict === verdict).map((result) => result.id);

describe('the lab itself', () => {
  test.each([
    ['strict' as const, ['4.number', '29.user-properties']],
    ['lenient' as const, ['4.number', '19.limit', '19.code-points', '19.real-topic', '19.client-id', '29.user-properties']],
  ])('%s profile: every case passes but those that cannot apply', async (profile, inapplicable) => {
    lab = await startEngineLab({ profile });
    const report = await runChecks(lab, { cases: ALL_CASES, patienceMs });
    const results = report.numbers.flatMap((number) => number.cases);
    expect(results.flatMap((result) => (result.verdict === 'fail' ? result.reasons : []))).toEqual([]);
    expect(ids(results, 'not-applicable')).toEqual(inapplicable);
    expect(results).toHaveLength(ALL_CASES.length);
    expect(report.verdict).toBe('pass');
  });

  test('cases share a few topics where there are no more', async () => {
    lab = await startEngineLab({ profile: 'strict', topics: ['one', 'two'] });
    const report = await runChecks(lab, { cases: byNumber(2, 9, 22, 24, 32, 33), patienceMs });
    expect(report.numbers.flatMap((number) => number.reasons)).toEqual([]);
  });
});

describe('a lab that has less', () => {
  const rest = (over: LabUnderTest, changes: Partial<LabUnderTest>): LabUnderTest => ({ ...over, ...changes });

  test('what cannot be looked at is not applicable, and says why; nothing passes for want of a look', async () => {
    lab = await startEngineLab({ profile: 'strict' });
    const { counters: _c, restartBridge: _r, passTime: _p, variant: _v, credentials: _k, isOnline: _o, ...bare } = lab;
    const less = rest(bare, {
      wsUrl: undefined,
      deadLetterTopic: undefined,
      unbridgedTopic: undefined,
      reservedTopic: undefined,
    });
    const cases = byNumber(2, 3, 5, 19, 21, 33, 36, 41, 42);
    const report = await runChecks(less, { cases, patienceMs });
    const results = report.numbers.flatMap((number) => number.cases);
    expect(ids(results, 'fail')).toEqual([]);
    for (const id of [
      '2.websocket',
      '3.three',
      '5.warned',
      '19.configured',
      '21.topic',
      '33.restart',
      '36.mqtt-only',
      '41.tokens',
      '42.offline-age',
    ]) {
      expect(ids(results, 'not-applicable'), id).toContain(id);
    }
    expect(ids(results, 'pass')).toEqual(expect.arrayContaining(['2.exact', '33.subscribers', '42.offline']));
    for (const result of results) if (result.verdict === 'not-applicable') expect(result.reasons[0]).toBeTruthy();
  });

  test('a gateway that is gone fails every case, with what was waited for, and the run ends', async () => {
    lab = await startEngineLab({ profile: 'strict' });
    const gone = rest(lab, { mqttUrl: 'mqtt://127.0.0.1:1' });
    const report = await runChecks(gone, { cases: byNumber(1, 6), patienceMs: 1_000 });
    const results = report.numbers.flatMap((number) => number.cases);
    expect(ids(results, 'pass')).toEqual(['6.websocket'].filter((id) => ids(results, 'pass').includes(id)));
    expect(ids(results, 'fail')).toEqual(expect.arrayContaining(['1.topic', '1.p2p', '6.publish']));
    for (const result of results) if (result.verdict === 'fail') expect(result.reasons[0]).toBeTruthy();
  });

  test('a lab without parent topics is refused', async () => {
    lab = await startEngineLab({ profile: 'strict' });
    await expect(runChecks(rest(lab, { topics: [] }), { cases: ALL_CASES })).rejects.toMatchObject({ code: 'input.argument' });
  });
});

describe('the runner', () => {
  const check = (run: CheckCase['run'], changes: Partial<CheckCase> = {}): CheckCase => ({
    id: '1.own',
    number: 1,
    title: 'a case of the test',
    why: 'case 1: to see what the runner does',
    covers: ['topic:up'],
    run,
    ...changes,
  });

  test('a case that compares nothing, throws or waits in vain fails', async () => {
    lab = await startEngineLab({ profile: 'strict', topics: ['one'] });
    const cases = [
      check(async () => {}, { id: '1.nothing' }),
      check(
        async () => {
          throw new Error('broken in the middle');
        },
        { id: '1.throws' },
      ),
      check((s) => s.until('a miracle', () => false), { id: '1.waits' }),
      check(async (s) => s.notApplicable('a reason'), { id: '1.inapplicable' }),
      check(async (s) => void s.equal('one', 1, 1, 'arithmetic'), { id: '1.passes' }),
    ];
    const report = await runChecks(lab, { cases, patienceMs: 50 });
    const results = report.numbers[0]?.cases ?? [];
    expect(results.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['1.nothing', 'fail'],
      ['1.throws', 'fail'],
      ['1.waits', 'fail'],
      ['1.inapplicable', 'not-applicable'],
      ['1.passes', 'pass'],
    ]);
    expect(results[1]?.reasons.join()).toContain('broken in the middle');
    expect(results[2]?.reasons.join()).toContain('a miracle');
    expect(results[3]?.reasons).toEqual(['a reason']);
  });

  test('a comparison that failed counts even where the case then does not apply', async () => {
    lab = await startEngineLab({ profile: 'strict', topics: ['one'] });
    const run: CheckCase['run'] = async (s) => {
      s.equal('one', 1, 2, 'arithmetic');
      s.notApplicable('a reason');
    };
    const report = await runChecks(lab, { cases: [check(run)], patienceMs });
    expect(report.verdict).toBe('fail');
  });

  test('a case that runs alone has nobody beside it; stopped() leaves out what has not begun', async () => {
    lab = await startEngineLab({ profile: 'strict' });
    let running = 0;
    let beside = 0;
    let most = 0;
    const run =
      (alone: boolean): CheckCase['run'] =>
      async (s) => {
        running += 1;
        most = Math.max(most, running);
        if (alone) beside = Math.max(beside, running - 1);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        s.equal('one', 1, 1, 'arithmetic');
      };
    const cases = Array.from({ length: 12 }, (_, i) => check(run(i % 3 === 0), { id: `1.${i}`, alone: i % 3 === 0 }));
    await runChecks(lab, { cases, patienceMs });
    expect(beside).toBe(0);
    expect(most).toBeGreaterThan(1);
    let done = 0;
    const report = await runChecks(lab, {
      cases,
      patienceMs,
      concurrency: 1,
      onResult: () => {
        done += 1;
      },
      stopped: () => done >= 3,
    });
    expect(report.numbers[0]?.cases).toHaveLength(3);
  });

  test('what a case leaves in the lab is taken away: sessions, retained messages, connections', async () => {
    lab = await startEngineLab({ profile: 'strict', topics: ['one'] });
    const before = lab.counters!().gateway;
    const run: CheckCase['run'] = async (s) => {
      const device = await s.device('A', { clean: false, subscribe: { [s.topic('/a')]: 1 } });
      await s.publish(device, s.topic('/state'), s.body('on'), { qos: 1, retain: true });
      s.equal('one', 1, 1, 'arithmetic');
    };
    await runChecks(lab, { cases: [check(run)], patienceMs });
    const look: CheckCase['run'] = async (s) => {
      const device = await s.device('B', { subscribe: { [s.topic('/#')]: 1 } });
      await s.arrives(device, [], 'nothing retained is left');
    };
    expect((await runChecks(lab, { cases: [check(look)], patienceMs })).verdict).toBe('pass');
    const { waitFor } = await import('../../helpers/waitFor.ts');
    const { counters } = lab;
    await waitFor('no session left', () => counters!().gateway.sessions === before.sessions);
  });
});
