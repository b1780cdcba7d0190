import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiverLedger } from '../../../core/measure/receiverLedger.ts';
import { SenderLedger } from '../../../core/measure/senderLedger.ts';
import { type Expectation, type ExpectedReceiver, type ExpectedStream, settle } from '../../../core/measure/settle.ts';
import type { Direction } from '../../../core/protocol/result.ts';

const STREAM = 3;
const GROUP = 10;

const group = (changes: Partial<ExpectedReceiver> = {}): ExpectedReceiver => ({
  receiver: GROUP,
  direction: 'up',
  promised: true,
  ordered: true,
  ...changes,
});

function expecting(receivers: ExpectedReceiver[], direction: Direction = 'up'): Expectation {
  const streams: ExpectedStream[] = [{ stream: STREAM, direction, receivers }];
  return { streams, directionOf: (receiver) => (receiver >= GROUP ? 'up' : 'down') };
}

/** A sender of one stream: `count` messages, of which those in `unacked` got no acknowledgement. */
function sender(count: number, unacked: readonly number[] = [], resent: readonly number[] = []): SenderLedger {
  const ledger = new SenderLedger();
  for (let seq = 1; seq <= count; seq += 1) {
    ledger.offered(STREAM);
    ledger.handed(STREAM);
    ledger.sent(STREAM, seq);
    if (!unacked.includes(seq)) ledger.acknowledged(STREAM, seq);
  }
  for (const seq of resent) ledger.resent(STREAM, seq);
  return ledger;
}

function receiver(sequence: readonly number[], marked: readonly number[] = [], who = GROUP, stream = STREAM): ReceiverLedger {
  const ledger = new ReceiverLedger();
  for (const [i, seq] of sequence.entries()) ledger.seen(who, stream, seq, marked.includes(i));
  return ledger;
}

const run = (expectation: Expectation, from: SenderLedger, to: ReceiverLedger[]) =>
  settle(
    expectation,
    structuredClone(from.summary()),
    to.map((ledger) => structuredClone(ledger.summary())),
  );

describe('settle', () => {
  it('balances when everything arrived once and in order', () => {
    const { ledger, orderViolations, examples } = run(expecting([group()]), sender(5), [receiver([1, 2, 3, 4, 5])]);
    expect(ledger.up).toEqual({
      offered: 5,
      sent: 5,
      acknowledged: 5,
      notSent: 0,
      expected: 5,
      delivered: 5,
      lost: 0,
      missingUnpromised: 0,
      duplicatesExplained: 0,
      duplicatesUnexplained: 0,
      reordered: 0,
      maxReorderDistance: 0,
      orderGuaranteed: true,
      corrupted: 0,
      unexpected: 0,
    });
    expect(orderViolations.up).toBe(0);
    expect(examples).toEqual([]);
    expect(ledger.down).toMatchObject({ offered: 0, expected: 0, unexpected: 0 });
  });

  it('calls lost what was acknowledged and promised, and says which', () => {
    const { ledger, examples } = run(expecting([group()]), sender(9, [8]), [receiver([1, 2, 5, 6, 7])]);
    // 3, 4 and 9 were acknowledged; 8 was not, so nothing was promised for it.
    expect(ledger.up).toMatchObject({ expected: 9, delivered: 5, lost: 3, missingUnpromised: 1 });
    expect(examples).toEqual([
      { kind: 'lost', direction: 'up', stream: STREAM, receiver: GROUP, from: 3, to: 4 },
      { kind: 'lost', direction: 'up', stream: STREAM, receiver: GROUP, from: 9, to: 9 },
    ]);
  });

  it('is not surprised by a message that arrived without its acknowledgement', () => {
    expect(run(expecting([group()]), sender(3, [2, 3]), [receiver([1, 2, 3])]).ledger.up).toMatchObject({
      acknowledged: 1,
      delivered: 3,
      lost: 0,
      unexpected: 0,
    });
  });

  it('counts what is missing without a promise apart', () => {
    expect(run(expecting([group({ promised: false })]), sender(4), [receiver([2, 4])]).ledger.up).toMatchObject({
      lost: 0,
      missingUnpromised: 2,
    });
    const partly = group({ promised: false, promisedSeq: (seq) => seq >= 3 });
    expect(run(expecting([partly]), sender(4), [receiver([2])]).ledger.up).toMatchObject({ lost: 2, missingUnpromised: 1 });
  });

  it('loses everything at a receiver that saw nothing', () => {
    expect(run(expecting([group()]), sender(4), []).ledger.up).toMatchObject({ expected: 4, delivered: 0, lost: 4 });
  });

  it('expects every message at every receiver, each in its own direction', () => {
    const devices = [1, 2].map((who) => group({ receiver: who, direction: 'device', ordered: false }));
    const all = receiver([1, 2, 3]);
    for (const seq of [1, 2, 3]) all.seen(1, STREAM, seq, false);
    all.seen(2, STREAM, 2, false);
    const { ledger } = run(expecting([group(), ...devices]), sender(3), [all]);
    expect(ledger.up).toMatchObject({ offered: 3, expected: 3, delivered: 3, lost: 0 });
    expect(ledger.device).toMatchObject({ offered: 3, expected: 6, delivered: 4, lost: 2, orderGuaranteed: false });
  });

  it('explains second copies that are marked, or that the sender wrote twice', () => {
    const twice = receiver([1, 2, 2, 3, 3, 4, 4], [4]);
    const { ledger, examples } = run(expecting([group()]), sender(4, [], [2]), [twice]);
    expect(ledger.up).toMatchObject({ delivered: 4, duplicatesExplained: 2, duplicatesUnexplained: 1 });
    expect(examples).toEqual([{ kind: 'duplicate', direction: 'up', stream: STREAM, receiver: GROUP, from: 4, to: 4 }]);
  });

  it('holds disorder against those alone who were promised order', () => {
    const both = receiver([1, 3, 2]);
    for (const seq of [3, 2, 1]) both.seen(GROUP + 1, STREAM, seq, false);
    const mixed = run(expecting([group(), group({ receiver: GROUP + 1, ordered: false })]), sender(3), [both]);
    expect(mixed.ledger.up).toMatchObject({ reordered: 3, maxReorderDistance: 2, orderGuaranteed: false });
    expect(mixed.orderViolations.up).toBe(1);
  });

  it('does not expect what was never written', () => {
    const ledger = new SenderLedger();
    for (let seq = 1; seq <= 5; seq += 1) {
      ledger.offered(STREAM);
      ledger.handed(STREAM);
      if (seq <= 3) ledger.sent(STREAM, seq);
    }
    ledger.acknowledged(STREAM, 1);
    expect(run(expecting([group()]), ledger, [receiver([1])]).ledger.up).toMatchObject({
      offered: 5,
      sent: 3,
      notSent: 2,
      expected: 3,
      lost: 0,
      missingUnpromised: 2,
    });
  });

  it('calls unexpected what was not sent, not sent to this receiver, or not of this run', () => {
    const odd = receiver([1, 2, 3, 4]);
    odd.seen(1, STREAM, 1, false);
    odd.seen(GROUP, 99, 1, false);
    odd.seen(GROUP, 99, 1, false);
    odd.note('up', 'foreign');
    odd.note('down', 'corrupted');
    const { ledger } = run(expecting([group()]), sender(2), [odd]);
    // 3 and 4 beyond what was sent, stream 99 twice, one foreign; stream 3 at device 1.
    expect(ledger.up).toMatchObject({ delivered: 2, unexpected: 5 });
    expect(ledger.down).toMatchObject({ unexpected: 1, corrupted: 1 });
  });

  it('puts a group together whose members sat in different threads', () => {
    const parts = [receiver([1, 3, 5]), receiver([2, 4, 6])];
    expect(run(expecting([group()]), sender(7), parts).ledger.up).toMatchObject({
      delivered: 6,
      lost: 1,
      duplicatesUnexplained: 0,
      reordered: 0,
    });
    const overlapping = [receiver([1, 3, 5]), receiver([2, 3, 4, 5], [3])];
    expect(run(expecting([group()]), sender(5), overlapping).ledger.up).toMatchObject({
      delivered: 5,
      duplicatesExplained: 1,
      duplicatesUnexplained: 1,
    });
  });

  it('agrees with counting by hand, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 20 })),
        fc.array(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 25 }), { minLength: 1, maxLength: 3 }),
        (count, unacked, threads) => {
          const { up } = run(
            expecting([group()]),
            sender(count, unacked),
            threads.map((t) => receiver(t)),
          ).ledger;
          const inside = threads.flat().filter((seq) => seq <= count);
          const distinct = new Set(inside);
          const missing = Array.from({ length: count }, (_, i) => i + 1).filter((seq) => !distinct.has(seq));
          expect(up.delivered).toBe(distinct.size);
          expect(up.lost).toBe(missing.filter((seq) => !unacked.includes(seq)).length);
          expect(up.lost + up.missingUnpromised + up.delivered).toBe(up.expected);
          if (threads.flat().every((seq) => seq <= count)) expect(up.duplicatesUnexplained).toBe(inside.length - distinct.size);
          expect(up.unexpected > 0).toBe(threads.flat().some((seq) => seq > count));
        },
      ),
    );
  });

  it('still balances when gaps had to be forgotten', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 40 }, (_, i) => i + 1)), (sequence) => {
        const small = new ReceiverLedger({ maxRanges: 2 });
        for (const seq of sequence) small.seen(GROUP, STREAM, seq, false);
        const { up } = run(expecting([group()]), sender(40), [small]).ledger;
        expect(up).toMatchObject({
          delivered: sequence.length,
          lost: 40 - sequence.length,
          duplicatesUnexplained: 0,
          unexpected: 0,
        });
      }),
    );
  });

  it('counts what was sent and never acknowledged where an acknowledgement is due', () => {
    const streams = (confirmed: boolean): Expectation => ({
      streams: [{ stream: STREAM, direction: 'up', confirmed, receivers: [group()] }],
      directionOf: () => 'up',
    });
    const from = sender(5, [2, 4]);
    expect(run(streams(true), from, [receiver([1, 3, 5])]).unacknowledged).toEqual({ up: 2, down: 0, device: 0 });
    expect(run(streams(false), from, [receiver([1, 3, 5])]).unacknowledged.up).toBe(0);
  });

  it('counts what vanished between two that were connected, where nothing is promised', () => {
    const place = (linked: boolean, promised = false): Expectation => expecting([group({ promised, linked })]);
    expect(run(place(true), sender(6), [receiver([1, 2, 5, 6])]).vanished).toEqual({ up: 2, down: 0, device: 0 });
    expect(run(place(true), sender(6), [])).toMatchObject({ vanished: { up: 6 }, ledger: { up: { missingUnpromised: 6 } } });
    expect(run(place(false), sender(6), [receiver([1, 2, 5, 6])]).vanished.up).toBe(0);
    // Promised ones are lost, and written once.
    expect(run(place(true, true), sender(6), [receiver([1, 2])])).toMatchObject({
      vanished: { up: 0 },
      ledger: { up: { lost: 4 } },
    });
    // One that still waits for its acknowledgement is counted there.
    expect(run(place(true), sender(6, [6]), [receiver([1, 2, 3, 4])]).vanished.up).toBe(1);
  });

  it('does not believe a DUP flag at a receiver that never lost its connection', () => {
    const twice = (): ReceiverLedger => receiver([1, 2, 2, 3], [2]);
    const device = (steady: boolean): Expectation => expecting([group({ direction: 'device', ordered: false, steady })]);
    expect(run(device(true), sender(3), [twice()])).toMatchObject({
      ledger: { device: { delivered: 3, duplicatesExplained: 0, duplicatesUnexplained: 1 } },
      examples: [{ kind: 'duplicate' }],
    });
    expect(run(device(false), sender(3), [twice()]).ledger.device).toMatchObject({
      duplicatesExplained: 1,
      duplicatesUnexplained: 0,
    });
  });
});
