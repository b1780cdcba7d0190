import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairIndex } from '../../../core/measure/pairIndex.ts';
import { intersectRanges, normaliseRanges, rangesHave, rangesSize, subtractRanges } from '../../../core/measure/ranges.ts';
import { ReceiverLedger } from '../../../core/measure/receiverLedger.ts';
import { SenderLedger } from '../../../core/measure/senderLedger.ts';
import { SEEN, SequenceTrackers } from '../../../core/measure/sequenceTracker.ts';

const numbers = (ranges: readonly number[]): number[] => {
  const all: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) for (let n = ranges[i]!; n <= ranges[i + 1]!; n += 1) all.push(n);
  return all;
};

describe('ranges', () => {
  const set = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });
  const rangesOf = (values: readonly number[]): number[] => normaliseRanges(values.flatMap((v) => [v, v]));

  it('behave as sets', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const [x, y] = [rangesOf(a), rangesOf(b)];
        expect(numbers(x)).toEqual(a.toSorted((m, n) => m - n));
        expect(rangesSize(x)).toBe(a.length);
        expect(new Set(numbers(intersectRanges(x, y)))).toEqual(new Set(a.filter((v) => b.includes(v))));
        expect(new Set(numbers(subtractRanges(x, y)))).toEqual(new Set(a.filter((v) => !b.includes(v))));
        for (let v = 0; v <= 41; v += 1) expect(rangesHave(x, v)).toBe(a.includes(v));
      }),
    );
  });
});

describe('PairIndex', () => {
  it('numbers pairs in order of appearance and finds them again, also from a copy', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.nat(60),
            fc.integer({ min: 0, max: 0xffffffff }).map((n) => n % 60),
          ),
          { maxLength: 600 },
        ),
        (pairs) => {
          const index = new PairIndex();
          const model = new Map<string, number>();
          for (const [a, b] of pairs) {
            const known = model.get(`${a} ${b}`);
            expect(index.find(a, b)).toBe(known ?? -1);
            if (known === undefined) model.set(`${a} ${b}`, index.add(a, b));
          }
          expect(index.size).toBe(model.size);
          const copy = new PairIndex(index.toPlain());
          for (const [key, pair] of model) {
            const [a, b] = key.split(' ').map(Number);
            expect(copy.find(a!, b!)).toBe(pair);
            expect([copy.first(pair), copy.second(pair)]).toEqual([a, b]);
          }
        },
      ),
    );
  });
});

describe('SequenceTrackers', () => {
  const arrivals = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 60 }), fc.boolean()), { maxLength: 300 });

  it('agree with a plain set of numbers', () => {
    fc.assert(
      fc.property(arrivals, (events) => {
        const trackers = new SequenceTrackers();
        const models = [0, 1, 2].map(() => ({
          seen: new Set<number>(),
          top: 0,
          explained: 0,
          copies: [] as number[],
          late: 0,
          distance: 0,
        }));
        for (const _ of models) trackers.add();
        for (const [id, seq, marked] of events) {
          const model = models[id]!;
          const outcome = trackers.seen(id, seq, marked);
          if (model.seen.has(seq)) {
            expect(outcome).toBe(marked ? SEEN.duplicateExplained : SEEN.duplicateUnexplained);
            if (marked) model.explained += 1;
            else model.copies.push(seq);
          } else {
            expect(outcome).toBe(seq > model.top ? SEEN.next : SEEN.late);
            if (seq < model.top) {
              model.late += 1;
              model.distance = Math.max(model.distance, model.top - seq);
            }
            model.seen.add(seq);
            model.top = Math.max(model.top, seq);
          }
        }
        const copy = new SequenceTrackers(undefined, trackers.toPlain());
        for (const [id, model] of models.entries()) {
          for (const subject of [trackers, copy]) {
            expect(subject.figures(id)).toMatchObject({
              top: model.top,
              distinct: model.seen.size,
              duplicatesExplained: model.explained,
              duplicatesUnexplained: model.copies.length,
              reordered: model.late,
              maxReorderDistance: model.distance,
              forgotten: 0,
              undecided: 0,
            });
            for (const upTo of [0, 30, 60]) {
              expect(numbers(subject.missing(id, upTo))).toEqual(
                Array.from({ length: upTo }, (_, i) => i + 1).filter((seq) => !model.seen.has(seq)),
              );
            }
            expect(subject.copies(id).toSorted((a, b) => a - b)).toEqual(model.copies.toSorted((a, b) => a - b));
          }
        }
      }),
    );
  });

  it('keep their totals when gaps must be forgotten, and never call a late message a second copy', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 4 }), (events, maxRanges) => {
        const trackers = new SequenceTrackers(maxRanges);
        const seen = [new Set<number>(), new Set<number>(), new Set<number>()];
        for (let i = 0; i < 3; i += 1) trackers.add();
        for (const [id, seq, marked] of events) {
          const outcome = trackers.seen(id, seq, marked);
          if (outcome === SEEN.duplicateExplained || outcome === SEEN.duplicateUnexplained) expect(seen[id]!.has(seq)).toBe(true);
          if (outcome === SEEN.next || outcome === SEEN.late) expect(seen[id]!.has(seq)).toBe(false);
          seen[id]!.add(seq);
        }
        for (let id = 0; id < 3; id += 1) {
          const { top, distinct, forgotten } = trackers.figures(id);
          expect(distinct + forgotten + rangesSize(trackers.missing(id, top))).toBe(top);
        }
      }),
    );
  });

  it('need no memory for gaps that have closed', () => {
    const trackers = new SequenceTrackers(4);
    trackers.add();
    for (let seq = 1; seq < 4000; seq += 2) {
      expect(trackers.seen(0, seq + 1, false)).toBe(SEEN.next);
      expect(trackers.seen(0, seq, false)).toBe(SEEN.late);
    }
    expect(trackers.figures(0)).toMatchObject({ distinct: 4000, reordered: 2000, forgotten: 0, maxReorderDistance: 1 });
  });
});

describe('ReceiverLedger', () => {
  it('tells a receiver’s streams apart, and receivers of one stream', () => {
    const ledger = new ReceiverLedger();
    expect(ledger.seen(1, 1, 1, false)).toBe(SEEN.next);
    expect(ledger.seen(2, 1, 1, false)).toBe(SEEN.next);
    expect(ledger.seen(1, 2, 1, false)).toBe(SEEN.next);
    expect(ledger.seen(1, 2, 1, false)).toBe(SEEN.duplicateUnexplained);
  });

  it('stays within 60 bytes for each of 300,000 pairs', () => {
    const ledger = new ReceiverLedger();
    for (let seq = 1; seq <= 2; seq += 1) {
      for (let stream = 0; stream < 300; stream += 1)
        for (let receiver = 0; receiver < 1000; receiver += 1) ledger.seen(receiver, stream, seq, false);
    }
    const { pairs, trackers } = ledger.summary();
    expect(pairs.length / 2).toBe(300_000);
    // The hash table beside them: a power of two of at least twice as many 4-byte places.
    expect((pairs.byteLength + trackers.state.byteLength + trackers.odd.byteLength + 2 ** 20 * 4) / 300_000).toBeLessThan(60);
  });
});

describe('SenderLedger', () => {
  it('books what was offered, taken, written and acknowledged', () => {
    const ledger = new SenderLedger();
    for (let i = 0; i < 5; i += 1) {
      const seq = ledger.offered(7);
      expect(seq).toBe(i < 3 ? i + 1 : 4);
      // The fourth is refused: its number goes to the fifth.
      if (i === 3) continue;
      ledger.handed(7);
      if (seq <= 3) ledger.sent(7, seq);
    }
    ledger.acknowledged(7, 3);
    ledger.acknowledged(7, 1);
    ledger.acknowledged(7, 1);
    ledger.resent(7, 2);
    ledger.resent(7, 3);
    ledger.resent(7, 2);
    expect(ledger.summary()).toEqual([
      { stream: 7, offered: 5, lastSeq: 4, sent: 3, acknowledged: 2, notSent: 2, unacked: [2, 2], resent: [2, 3] },
    ]);
  });

  it('keeps many streams apart', () => {
    const ledger = new SenderLedger();
    for (let stream = 1; stream <= 500; stream += 1) {
      for (let i = 0; i < stream % 5; i += 1) {
        const seq = ledger.offered(stream);
        ledger.handed(stream);
        ledger.sent(stream, seq);
        if (seq % 2 === 1) ledger.acknowledged(stream, seq);
      }
    }
    const summary = ledger.summary();
    expect(summary).toHaveLength(400);
    for (const s of summary) {
      expect(s).toMatchObject({ offered: s.stream % 5, sent: s.stream % 5, acknowledged: Math.ceil((s.stream % 5) / 2) });
      expect(numbers(s.unacked)).toEqual([2, 4].filter((seq) => seq <= s.stream % 5));
    }
  });
});
