import { describe, expect, it } from 'vitest';
import { judgeSaturation, type SaturationInput } from '../../../core/measure/saturation.ts';
import { judge, type VerdictInput } from '../../../core/measure/verdict.ts';
import type { Ledger } from '../../../core/protocol/result.ts';
import { latency, ledger, measured } from './fixtures.ts';

function input(changes: Partial<VerdictInput> = {}): VerdictInput {
  return { ...measured(), thresholds: [], interrupted: false, ...changes };
}
const withLedger = (up: Partial<Ledger>): VerdictInput =>
  input({ ledger: { ...measured().ledger, up: ledger(100, { orderGuaranteed: true, ...up }) } });
const saturated = { ...measured().saturation, saturated: true, reasons: ['p99 of the schedule slip is 900 ms'] };
const codes = (given: VerdictInput): string[] => judge(given).reasons.map((reason) => reason.code);

describe('verdict', () => {
  it('passes a clean run without a reason', () => {
    expect(judge(input())).toEqual({ verdict: 'pass', reasons: [], warnings: [] });
  });

  it.each([
    [{ lost: 1 }, 'messages-lost'],
    [{ duplicatesUnexplained: 1 }, 'duplicates-unexplained'],
    [{ corrupted: 1 }, 'messages-corrupted'],
    [{ unexpected: 1 }, 'messages-unexpected'],
    [{ reordered: 1 }, 'order-broken'],
  ] as const)('fails on %j', (change, code) => {
    expect(judge(withLedger(change)).verdict).toBe('fail');
    expect(codes(withLedger(change))).toEqual([code]);
  });

  it.each([{ missingUnpromised: 5 }, { duplicatesExplained: 5 }, { reordered: 5, orderGuaranteed: false }, { notSent: 3 }])(
    'does not fail on %j',
    (change) => expect(judge(withLedger(change)).verdict).toBe('pass'),
  );

  it('goes by the settlement where only some receivers are promised order', () => {
    const some = withLedger({ reordered: 5, orderGuaranteed: false });
    expect(codes({ ...some, orderViolations: { up: 2 } })).toEqual(['order-broken']);
    expect(codes({ ...some, orderViolations: { up: 0 } })).toEqual([]);
  });

  it('fails on a single wrong property', () => {
    const mapping = measured().mapping.map((cell, i) => (i === 0 ? { ...cell, failed: 1 } : cell));
    expect(codes(input({ mapping }))).toEqual(['mapping-failed']);
  });

  it('fails when nothing was measured', () => {
    const nothing = { up: ledger(0, { sent: 5 }), down: ledger(0), device: ledger(0) };
    expect(judge(input({ ledger: nothing })).verdict).toBe('fail');
    expect(codes(input({ ledger: nothing }))).toEqual(['nothing-measured']);
  });

  it('is invalid when nothing was sent: that says nothing about the system', () => {
    const nothing = { up: ledger(0), down: ledger(0), device: ledger(0) };
    expect(judge(input({ ledger: nothing, interrupted: true })).verdict).toBe('invalid');
    const thresholds = [{ text: 'up.endToEnd.p95 < 9', metric: 'up.endToEnd.p95', found: null, passed: false }];
    expect(codes(input({ ledger: nothing, thresholds }))).toEqual(['nothing-measured']);
  });

  describe('at the end of draining', () => {
    const none = { up: 0, down: 0, device: 0 };

    it('fails when something was never acknowledged, although it promises nothing about its delivery', () => {
      const swallowed = input({ drain: 'stuck', unacknowledged: { ...none, up: 3 } });
      expect(judge(swallowed).verdict).toBe('fail');
      expect(codes(swallowed)).toEqual(['not-acknowledged']);
      expect(codes(input({ drain: 'settled', unacknowledged: none }))).toEqual([]);
    });

    it('fails when clients found no way back', () => {
      const clients = { planned: 10, connected: 8, reconnects: 40, refused: 0, connectMs: 1 };
      expect(judge(input({ drain: 'stuck', clients }))).toMatchObject({
        verdict: 'fail',
        reasons: [{ code: 'clients-away', text: '2 of 10 clients had no connection at the end' }],
      });
      // Stopped while connecting: nobody said that they cannot.
      expect(codes(input({ clients }))).toEqual([]);
    });

    it('fails when QoS 0 messages vanished between connected ends, unless somebody counted drops', () => {
      const vanished = { ...none, device: 4 };
      expect(codes(input({ drain: 'settled', vanished }))).toEqual(['messages-vanished']);
      expect(judge(input({ drain: 'settled', vanished, dropsCounted: 1 }))).toMatchObject({
        verdict: 'pass',
        warnings: [{ code: 'vanished' }],
      });
    });

    it('tells of whom retention has overtaken: a failure, unless the machine or the generator was too slow', () => {
      const overrun = [{ group: 'GID_slow', topic: 'cars', messages: 7 }];
      const vanished = { ...none, up: 7 };
      const slow = input({ drain: 'stuck', vanished, dropsCounted: 7, overrun });
      expect(judge(slow)).toMatchObject({ verdict: 'fail', reasons: [{ code: 'retention-overrun' }] });
      expect(judge(slow).reasons[0]!.text).toMatch(/GID_slow.*cars.*7/);
      const saturation = { ...slow.saturation, saturated: true, reasons: ['busy'] };
      expect(judge({ ...slow, saturation })).toMatchObject({ verdict: 'invalid' });
    });

    it('is invalid when there was still something under way: what is missing may only be late', () => {
      const thresholds = [{ text: 'ledger.up.lost == 0', metric: 'ledger.up.lost', found: 9, passed: false }];
      const late = { ...withLedger({ lost: 9 }), thresholds, unacknowledged: { ...none, up: 2 } };
      expect(judge({ ...late, drain: 'late' })).toMatchObject({ verdict: 'invalid', reasons: [{ code: 'not-drained' }] });
      expect(judge({ ...late, drain: 'stuck' }).verdict).toBe('fail');
      // Facts of what did arrive stay facts.
      expect(judge({ ...late, ...withLedger({ corrupted: 1 }), drain: 'late' }).verdict).toBe('fail');
    });
  });

  it('fails when the hops do not add up, beyond 1 % and 5 µs', () => {
    const path = measured().paths[0]!;
    const sum = (sumOfHopMeans: number | null, meanUs: number, untraced = 0) =>
      input({ paths: [{ ...path, endToEnd: latency(meanUs), sumOfHopMeans, untraced }] });
    expect(codes(sum(2526, 2500))).toEqual(['hops-inconsistent']);
    expect(codes(sum(2474, 2500))).toEqual(['hops-inconsistent']);
    expect(codes(sum(2524, 2500))).toEqual([]);
    expect(codes(sum(104, 100))).toEqual([]);
    expect(codes(sum(106, 100))).toEqual(['hops-inconsistent']);
    expect(codes(sum(null, 100))).toEqual([]);
  });

  it('compares the hops with the traced deliveries only, and warns when many have no trace', () => {
    const path = { ...measured().paths[0]!, untraced: 10, endToEnd: latency(9000), sumOfHopMeans: 2500 };
    expect(judge(input({ paths: [path] }))).toMatchObject({ verdict: 'pass', warnings: [{ code: 'untraced' }] });
    expect(codes(input({ paths: [path], tracedMean: { up: 2500 } }))).toEqual([]);
    expect(codes(input({ paths: [path], tracedMean: { up: 5000 } }))).toEqual(['hops-inconsistent']);
  });

  it('fails a threshold that was not met, and calls the run invalid instead when the generator was the limit', () => {
    const thresholds = [{ text: 'up.endToEnd.p99 < 1', metric: 'up.endToEnd.p99', found: 2.5, passed: false }];
    expect(codes(input({ thresholds }))).toEqual(['threshold-failed']);
    expect(judge(input({ thresholds, saturation: saturated }))).toMatchObject({
      verdict: 'invalid',
      reasons: [{ code: 'generator-saturated' }],
    });
  });

  it('calls the run invalid when a threshold is about a command that was not due once', () => {
    const thresholds = [{ text: 'waves.recall.t95 < 5000', metric: 'waves.recall.t95', found: null, passed: false }];
    expect(judge(input({ thresholds, neverDue: ['recall'] }))).toMatchObject({
      verdict: 'invalid',
      reasons: [{ code: 'threshold-unmeasured' }],
    });
    // Sent, and never answered by enough: that is a failure.
    expect(judge(input({ thresholds, neverDue: ['reca'] })).verdict).toBe('fail');
  });

  it('calls a missed latency invalid where the machine had no core left for the lab, and a fact a fact', () => {
    const thresholds = [{ text: 'up.endToEnd.p99 < 1', metric: 'up.endToEnd.p99', found: 2.5, passed: false }];
    const starved = { ...measured().saturation, starved: ['thread main waited for a core 40.0 % of the time'] };
    expect(judge(input({ thresholds, saturation: starved }))).toMatchObject({
      verdict: 'invalid',
      reasons: [{ code: 'machine-overloaded' }],
    });
    for (const metric of ['ledger.up.reordered', 'ledger.up.delivered', 'answers.unlock.share', 'clients.connected']) {
      const counted = [{ text: `${metric} == 0`, metric, found: 4, passed: false }];
      expect(judge(input({ thresholds: counted, saturation: starved })).verdict, metric).toBe('fail');
    }
    for (const metric of ['waves.stop.t95', 'answers.unlock.p99', 'rates.achieved', 'device.service.mean']) {
      const timed = [{ text: `${metric} < 1`, metric, found: 4, passed: false }];
      expect(judge(input({ thresholds: timed, saturation: starved })).verdict, metric).toBe('invalid');
    }
    // Met in spite of it: all the better.
    expect(judge(input({ saturation: starved })).verdict).toBe('pass');
  });

  it('is invalid when saturated, although every threshold was met', () => {
    expect(judge(input({ saturation: saturated })).verdict).toBe('invalid');
  });

  it('lets facts weigh more than saturation', () => {
    const lossy = { ...withLedger({ lost: 3 }), saturation: saturated };
    expect(judge(lossy).verdict).toBe('fail');
    expect(codes(lossy)).toEqual(['messages-lost', 'generator-saturated']);
    const thresholds = [{ text: 'ledger.up.reordered == 0', metric: 'ledger.up.reordered', found: 4, passed: false }];
    expect(judge(input({ thresholds, saturation: saturated })).verdict).toBe('fail');
  });

  it('does not fail a run because its user ended it', () => {
    expect(judge(input({ interrupted: true }))).toMatchObject({ verdict: 'pass', warnings: [{ code: 'interrupted' }] });
  });
});

describe('saturation', () => {
  const calm: SaturationInput = {
    offered: 1000,
    sent: 990,
    excused: 0,
    slip: latency(2_000),
    generators: [{ thread: 'devices-1', generator: true, busyShare: 0 }],
    threads: [],
  };
  const isSaturated = (changes: Partial<SaturationInput>): boolean => judgeSaturation({ ...calm, ...changes }).saturated;

  it('is not found in a calm run, nor in one without load', () => {
    expect(isSaturated({})).toBe(false);
    expect(judgeSaturation({ ...calm, offered: 0, sent: 0 })).toMatchObject({ saturated: false, achievedShare: 1 });
  });

  it('is found when too little was sent, unless the scenario itself kept it back', () => {
    expect(isSaturated({ sent: 949 })).toBe(true);
    expect(isSaturated({ sent: 950 })).toBe(false);
    expect(isSaturated({ sent: 600, excused: 390 })).toBe(false);
    expect(isSaturated({ sent: 300, excused: 390 })).toBe(true);
  });

  it('is found when messages left too late', () => {
    expect(isSaturated({ slip: latency(500_001) })).toBe(true);
    expect(isSaturated({ slip: latency(499_000) })).toBe(false);
  });

  it('tells which threads got no core, without calling the generator saturated', () => {
    const thread = (name: string, waitingShare?: number) => ({
      thread: name,
      utilisation: 0.5,
      utilisationMax: 1,
      eventLoopDelay: latency(100),
      ...(waitingShare === undefined ? {} : { waitingShare }),
    });
    const judged = judgeSaturation({ ...calm, threads: [thread('main', 0.3), thread('devices-1', 0.02), thread('services')] });
    expect(judged).toMatchObject({ saturated: false, starved: [expect.stringMatching(/^thread main .* 30\.0 %/)] });
  });

  it('is found in a thread that is always busy and late, not in one that is busy and on time, nor in one that only receives', () => {
    const busy = [{ thread: 'devices-1', generator: true, busyShare: 0.8 }];
    expect(isSaturated({ generators: busy })).toBe(false);
    expect(isSaturated({ generators: busy, slip: latency(150_000) })).toBe(true);
    expect(isSaturated({ generators: [{ ...busy[0]!, generator: false }], slip: latency(150_000) })).toBe(false);
    expect(isSaturated({ generators: [{ ...busy[0]!, busyShare: 0.4 }], slip: latency(150_000) })).toBe(false);
  });
});
