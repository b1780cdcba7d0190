import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../core/protocol/result.ts';
import { fakeFrame, fakeMapping, fakeStatus, fakeView } from '../../../renderer/client/fakeData.ts';
import { fakeResult } from '../../../renderer/client/fakeResult.ts';
import { snapshotOf } from '../../../renderer/live/runSnapshot.ts';
import { type ChipKey, chipsOf } from '../../../renderer/screens/run/chips.ts';

const over = (change: Partial<RunResult>) =>
  chipsOf(snapshotOf(fakeView({ status: fakeStatus({ phase: 'done' }), result: fakeResult(change) })));
const live = (change: Parameters<typeof fakeView>[0] = {}) => chipsOf(snapshotOf(fakeView(change)));
const toned = (chips: ReturnType<typeof chipsOf>, tone: string) =>
  chips.filter((chip) => chip.tone === tone).map(({ key }) => key);
const one = (chips: ReturnType<typeof chipsOf>, key: ChipKey) => chips.find((chip) => chip.key === key);

describe('chips of a run that is over', () => {
  it('are all kept for a pass', () => {
    expect(toned(over({}), 'pass')).toHaveLength(6);
  });

  it.each<[string, ChipKey, 'fail' | 'invalid']>([
    ['messages-lost', 'lost', 'fail'],
    ['messages-vanished', 'lost', 'fail'],
    ['not-acknowledged', 'lost', 'fail'],
    ['nothing-measured', 'lost', 'fail'],
    ['clients-away', 'lost', 'fail'],
    ['duplicates-unexplained', 'intact', 'fail'],
    ['messages-corrupted', 'intact', 'fail'],
    ['messages-unexpected', 'intact', 'fail'],
    ['order-broken', 'order', 'fail'],
    ['mapping-failed', 'mapping', 'fail'],
    ['threshold-failed', 'thresholds', 'fail'],
    ['hops-inconsistent', 'generator', 'fail'],
    ['not-drained', 'lost', 'invalid'],
    ['threshold-unmeasured', 'thresholds', 'invalid'],
    ['machine-overloaded', 'generator', 'invalid'],
    ['generator-saturated', 'generator', 'invalid'],
  ])('%s belongs to %s', (code, key, tone) => {
    const chips = over({ verdict: tone, reasons: [{ code, text: 'why' }] });
    expect(toned(chips, tone)).toEqual([key]);
    expect(one(chips, key)?.reasons).toEqual([{ code, text: 'why' }]);
    expect(['kept', 'met', 'healthy']).not.toContain(one(chips, key)?.note.kind);
  });

  it('show a limit beside a failure as what it is', () => {
    const chips = over({
      verdict: 'fail',
      reasons: [
        { code: 'messages-lost', text: '' },
        { code: 'generator-saturated', text: '' },
      ],
    });
    expect(one(chips, 'lost')?.tone).toBe('fail');
    expect(one(chips, 'generator')?.tone).toBe('invalid');
  });

  it('never hide a reason that this window does not know', () => {
    expect(toned(over({ verdict: 'fail', reasons: [{ code: 'of-the-future', text: '' }] }), 'fail')).toHaveLength(1);
  });

  it('call nothing kept that was not promised, asked for or checked', () => {
    const ledger = fakeResult().ledger;
    const unordered = { ...ledger.up, orderGuaranteed: false, reordered: 12 };
    const chips = chipsOf(
      snapshotOf(
        fakeView({
          status: fakeStatus({ phase: 'done', orderPromised: false }),
          result: fakeResult({ ledger: { ...ledger, up: unordered }, thresholds: [], mapping: [] }),
        }),
      ),
    );
    expect(toned(chips, 'none')).toEqual(['order', 'mapping', 'thresholds']);
  });

  it('a threshold missed by a saturated generator is not held against the system', () => {
    const chips = over({
      verdict: 'invalid',
      reasons: [{ code: 'generator-saturated', text: '' }],
      thresholds: [{ text: 'up.endToEnd.p99 < 1', metric: 'up.endToEnd.p99', found: 9, passed: false }],
    });
    expect(one(chips, 'thresholds')).toMatchObject({ tone: 'invalid', note: { kind: 'missed', count: 1, of: 1 } });
  });

  it('say nothing where there is no result', () => {
    expect(toned(live({ status: fakeStatus({ phase: 'aborted' }) }), 'none')).toHaveLength(6);
  });
});

describe('chips of a run under way', () => {
  it('are neutral as long as nothing is wrong', () => {
    const chips = live();
    expect(toned(chips, 'good')).toEqual(['intact', 'order', 'mapping', 'thresholds', 'generator']);
    // What only the end can tell is not called good before.
    expect(toned(chips, 'none')).toEqual(['lost']);
    expect(toned(chips, 'pass')).toEqual([]);
  });

  it('tell a wrong mapping and a damaged message at once; what may yet be explained, as something to watch', () => {
    expect(one(live({ mapping: fakeMapping(3) }), 'mapping')).toMatchObject({ tone: 'fail', note: { count: 3 } });
    expect(one(live({ frames: [fakeFrame(0, { corrupted: 2 })] }), 'intact')).toMatchObject({ tone: 'fail', note: { count: 2 } });
    expect(one(live({ frames: [fakeFrame(0, { duplicates: 4 })] }), 'intact')).toMatchObject({
      tone: 'watch',
      note: { count: 4 },
    });
    expect(one(live({ frames: [fakeFrame(0, { reordered: 5 })] }), 'order')).toMatchObject({ tone: 'watch', note: { count: 5 } });
  });

  it('tell how many thresholds hold so far, and warn of those that do not', () => {
    const of = (...texts: string[]) =>
      one(
        live({ status: fakeStatus({ thresholds: texts.map((text) => ({ text, metric: text.split(' ')[0] as string })) }) }),
        'thresholds',
      );
    expect(of('up.endToEnd.p99 < 1000', 'ledger.up.lost == 0')).toMatchObject({
      tone: 'good',
      note: { kind: 'holding', count: 1, of: 2 },
    });
    expect(of('up.endToEnd.p99 < 1000', 'up.endToEnd.p50 < 0.1')).toMatchObject({
      tone: 'watch',
      note: { kind: 'failing', count: 1, of: 2 },
    });
    expect(of('ledger.up.lost == 0')).toMatchObject({ tone: 'none', note: { kind: 'atTheEnd' } });
  });

  it('warn of a generator that is about to be the limit', () => {
    expect(one(live({ frames: [fakeFrame(0, { utilisation: { main: 0.2, 'devices-1': 0.97 } })] }), 'generator')).toMatchObject({
      tone: 'watch',
      note: { thread: 'devices-1' },
    });
    expect(one(live({ frames: [fakeFrame(0, { slipP99: 400_000 })] }), 'generator')).toMatchObject({ tone: 'watch' });
  });
});
