/**
 * The ledger of a run: what senders say they sent, against what receivers say they saw, number by number. Nothing is
 * estimated except where a tracker had to forget gaps (see sequenceTracker.ts).
 */
import type { Direction, Ledger } from '../protocol/result.ts';
import { intersectRanges, type Ranges, rangesHave, rangesSize, subtractRanges } from './ranges.ts';
import { ReceiverLedger, type ReceiverSummary } from './receiverLedger.ts';
import type { StreamSummary } from './senderLedger.ts';

/** A receiver that should get a stream. */
export interface ExpectedReceiver {
  readonly receiver: number;
  readonly direction: Direction;
  /** Is what was acknowledged to the sender promised to this receiver (QoS of publish and subscription at least 1, and never away without a session)? */
  readonly promised: boolean;
  /** Where the promise holds for some messages only; asked for each missing sequence number. */
  readonly promisedSeq?: (seq: number) => boolean;
  /** Is order promised? */
  readonly ordered: boolean;
  /**
   * Never without a connection: then nothing is a redelivery, whatever its DUP flag says, as MQTT knows one only after
   * a reconnect [MQTT-4.4.0-1]. Default false; MQ consumers, to whom MQ may deliver again at any time, leave it.
   */
  readonly steady?: boolean;
  /** Neither it nor the sender was ever without a connection: nothing explains a missing message, not even at QoS 0. Default false. */
  readonly linked?: boolean;
}

export interface ExpectedStream {
  readonly stream: number;
  /** Whose ledger counts the sending when nobody is expected to receive; otherwise those of its receivers do. */
  readonly direction: Direction;
  /** Is every message acknowledged by its receiver, at QoS 1 and 2 or by MQ? Default false. */
  readonly confirmed?: boolean;
  readonly receivers: Iterable<ExpectedReceiver>;
}

export interface Expectation {
  readonly streams: Iterable<ExpectedStream>;
  /** Ledger that books what a receiver got and should not have. */
  directionOf(receiver: number): Direction;
}

/** One finding in detail; `to` is the last sequence number of a range of lost ones, otherwise equal to `from`. */
export interface LedgerExample {
  readonly kind: 'lost' | 'duplicate' | 'unexpected' | 'order';
  readonly direction: Direction;
  readonly stream: number;
  readonly receiver: number;
  readonly from: number;
  readonly to: number;
}

export interface Settlement {
  readonly ledger: Record<Direction, Ledger>;
  /** Messages out of order at receivers that were promised order. */
  readonly orderViolations: Record<Direction, number>;
  /** Sent with an acknowledgement due that never came, by the direction of the stream. */
  readonly unacknowledged: Record<Direction, number>;
  /** Deliveries that are missing although both ends were connected all the time and no promise covers them. */
  readonly vanished: Record<Direction, number>;
  /** The first findings of each kind and direction. */
  readonly examples: readonly LedgerExample[];
}

const EXAMPLES_EACH = 20;

/** Settles a run. Summaries may come in any order; a receiver whose members sat in several threads is put together. */
export function settle(
  expectation: Expectation,
  senders: Iterable<StreamSummary>,
  receivers: Iterable<ReceiverSummary>,
): Settlement {
  return new Settling(senders, receivers).run(expectation);
}

/** A stream and receiver in one of the threads' ledgers. */
interface Place {
  readonly ledger: ReceiverLedger;
  readonly pair: number;
}

class Settling {
  readonly #senders = new Map<number, StreamSummary>();
  readonly #ledgers: ReceiverLedger[];
  readonly #settled: Uint8Array[];
  readonly #ledger: Record<Direction, Ledger> = { up: emptyLedger(), down: emptyLedger(), device: emptyLedger() };
  readonly #pairs: Record<Direction, { ordered: number; unordered: number }> = {
    up: { ordered: 0, unordered: 0 },
    down: { ordered: 0, unordered: 0 },
    device: { ordered: 0, unordered: 0 },
  };
  readonly #violations: Record<Direction, number> = { up: 0, down: 0, device: 0 };
  readonly #unacknowledged: Record<Direction, number> = { up: 0, down: 0, device: 0 };
  readonly #vanished: Record<Direction, number> = { up: 0, down: 0, device: 0 };
  readonly #examples: LedgerExample[] = [];
  readonly #exampleCounts = new Map<string, number>();

  constructor(senders: Iterable<StreamSummary>, receivers: Iterable<ReceiverSummary>) {
    for (const summary of senders) this.#senders.set(summary.stream, summary);
    this.#ledgers = Array.from(receivers, (summary) => new ReceiverLedger({ summary }));
    this.#settled = this.#ledgers.map((ledger) => new Uint8Array(ledger.pairs.size));
  }

  run(expectation: Expectation): Settlement {
    for (const stream of expectation.streams) this.#stream(stream);
    this.#rest(expectation);
    for (const direction of ['up', 'down', 'device'] as const) {
      const ledger = this.#ledger[direction];
      for (const { oddities } of this.#ledgers) {
        ledger.corrupted += oddities[direction].corrupted;
        ledger.unexpected += oddities[direction].foreign;
      }
      // Where some receivers have the promise and some not, `orderViolations` tells them apart.
      ledger.orderGuaranteed = this.#pairs[direction].ordered > 0 && this.#pairs[direction].unordered === 0;
    }
    return {
      ledger: this.#ledger,
      orderViolations: this.#violations,
      unacknowledged: this.#unacknowledged,
      vanished: this.#vanished,
      examples: this.#examples,
    };
  }

  #stream(expected: ExpectedStream): void {
    const sender = this.#senders.get(expected.stream);
    const directions = new Set<Direction>();
    for (const receiver of expected.receivers) {
      directions.add(receiver.direction);
      this.#receiver(expected.stream, receiver, sender);
    }
    if (sender === undefined) return;
    if (expected.confirmed === true) this.#unacknowledged[expected.direction] += rangesSize(sender.unacked);
    if (directions.size === 0) directions.add(expected.direction);
    for (const direction of directions) {
      const ledger = this.#ledger[direction];
      ledger.offered += sender.offered;
      ledger.sent += sender.sent;
      ledger.acknowledged += sender.acknowledged;
      ledger.notSent += sender.notSent;
    }
  }

  #receiver(stream: number, expected: ExpectedReceiver, sender: StreamSummary | undefined): void {
    const { receiver, direction } = expected;
    const ledger = this.#ledger[direction];
    if (expected.ordered) this.#pairs[direction].ordered += 1;
    else this.#pairs[direction].unordered += 1;
    const sent = sender?.sent ?? 0;
    ledger.expected += sent;

    const places = this.#find(receiver, stream);
    const { missing, forgotten, exact } = this.#union(places, sent, ledger);
    ledger.delivered += sent - rangesSize(missing) - forgotten;
    this.#missing(stream, expected, sender, missing, forgotten);

    let firstCopies = 0;
    let markedFirst = 0;
    for (const { ledger: at, pair } of places) {
      const figures = at.trackers.figures(pair);
      if (expected.steady === true) {
        ledger.duplicatesUnexplained += figures.duplicatesExplained;
        if (figures.duplicatesExplained > 0) this.#example('duplicate', direction, stream, receiver, figures.top, figures.top);
      } else ledger.duplicatesExplained += figures.duplicatesExplained;
      this.#copies(stream, expected, sender, at.trackers.copies(pair), figures.duplicatesUnexplained);
      ledger.reordered += figures.reordered;
      ledger.maxReorderDistance = Math.max(ledger.maxReorderDistance, figures.maxReorderDistance);
      if (expected.ordered && figures.reordered > 0) {
        this.#violations[direction] += figures.reordered;
        this.#example('order', direction, stream, receiver, figures.top, figures.top);
      }
      markedFirst += figures.markedFirst;
      const within = sent - rangesSize(at.trackers.missing(pair, sent)) - figures.forgotten;
      firstCopies += within;
      const beyond = figures.distinct - within;
      if (beyond > 0) {
        ledger.unexpected += beyond;
        this.#example('unexpected', direction, stream, receiver, figures.top, figures.top);
      }
    }
    if (places.length > 1 && exact) {
      // Members in different threads each saw a first copy; that there were two shows only here.
      const again = firstCopies - (sent - rangesSize(missing));
      const explained = Math.min(again, markedFirst + rangesSize(sender?.resent ?? []));
      ledger.duplicatesExplained += explained;
      ledger.duplicatesUnexplained += again - explained;
      if (again > explained) this.#example('duplicate', direction, stream, receiver, 0, 0);
    }
  }

  /** What none of the places saw of 1..sent: by number, and how many more of those whose gaps were forgotten. */
  #union(places: readonly Place[], sent: number, ledger: Ledger): { missing: Ranges; forgotten: number; exact: boolean } {
    if (places.length === 0) return { missing: sent > 0 ? [1, sent] : [], forgotten: 0, exact: true };
    const figures = places.map(({ ledger: at, pair }) => at.trackers.figures(pair));
    if (places.length > 1 && figures.some((f) => f.forgotten > 0)) {
      // Which number was seen where is no longer known: by count alone, so that a copy may stand for a lost one.
      const seen = figures.reduce((sum, f) => sum + f.distinct + f.undecided, 0);
      return { missing: [], forgotten: Math.max(0, sent - seen), exact: false };
    }
    let missing: Ranges | undefined;
    for (const { ledger: at, pair } of places) {
      const here = at.trackers.missing(pair, sent);
      missing = missing === undefined ? here : intersectRanges(missing, here);
    }
    // One place: what came from among the forgotten fills them first; beyond their number it must be second copies.
    const { forgotten, undecided } = figures[0]!;
    ledger.duplicatesUnexplained += Math.max(0, undecided - forgotten);
    return { missing: missing ?? [], forgotten: Math.max(0, forgotten - undecided), exact: true };
  }

  #missing(
    stream: number,
    expected: ExpectedReceiver,
    sender: StreamSummary | undefined,
    missing: Ranges,
    forgotten: number,
  ): void {
    const ledger = this.#ledger[expected.direction];
    let lost = expected.promised || expected.promisedSeq !== undefined ? subtractRanges(missing, sender?.unacked ?? []) : [];
    const { promisedSeq } = expected;
    if (promisedSeq !== undefined) lost = filterRanges(lost, promisedSeq);
    const size = rangesSize(lost);
    ledger.lost += size + (expected.promised ? forgotten : 0);
    ledger.missingUnpromised += rangesSize(missing) - size + (expected.promised ? 0 : forgotten);
    // Of QoS 0, `acknowledged` means written; what is still due an acknowledgement is counted there.
    if (expected.linked === true && !expected.promised)
      this.#vanished[expected.direction] += rangesSize(subtractRanges(missing, sender?.unacked ?? [])) + forgotten;
    for (let i = 0; i < lost.length; i += 2) {
      if (!this.#example('lost', expected.direction, stream, expected.receiver, lost[i]!, lost[i + 1]!)) break;
    }
  }

  #copies(
    stream: number,
    expected: ExpectedReceiver,
    sender: StreamSummary | undefined,
    copies: readonly number[],
    all: number,
  ): void {
    const ledger = this.#ledger[expected.direction];
    let explained = 0;
    for (const seq of copies) {
      if (sender !== undefined && rangesHave(sender.resent, seq)) explained += 1;
      else this.#example('duplicate', expected.direction, stream, expected.receiver, seq, seq);
    }
    ledger.duplicatesExplained += explained;
    ledger.duplicatesUnexplained += all - explained;
  }

  /** Whatever nobody expected: unknown streams, and receivers that should not have got a stream. */
  #rest(expectation: Expectation): void {
    for (const [i, { pairs, trackers }] of this.#ledgers.entries()) {
      for (let pair = 0; pair < pairs.size; pair += 1) {
        if (this.#settled[i]![pair] === 1) continue;
        const direction = expectation.directionOf(pairs.first(pair));
        const figures = trackers.figures(pair);
        this.#ledger[direction].unexpected +=
          figures.distinct + figures.duplicatesExplained + figures.duplicatesUnexplained + figures.undecided;
        this.#example('unexpected', direction, pairs.second(pair), pairs.first(pair), figures.top, figures.top);
      }
    }
  }

  #find(receiver: number, stream: number): Place[] {
    const places: Place[] = [];
    for (const [i, ledger] of this.#ledgers.entries()) {
      const pair = ledger.pairs.find(receiver, stream);
      if (pair < 0) continue;
      this.#settled[i]![pair] = 1;
      places.push({ ledger, pair });
    }
    return places;
  }

  /** False when there are enough of this kind. */
  #example(
    kind: LedgerExample['kind'],
    direction: Direction,
    stream: number,
    receiver: number,
    from: number,
    to: number,
  ): boolean {
    const key = `${kind} ${direction}`;
    const count = this.#exampleCounts.get(key) ?? 0;
    if (count >= EXAMPLES_EACH) return false;
    this.#exampleCounts.set(key, count + 1);
    this.#examples.push({ kind, direction, stream, receiver, from, to });
    return true;
  }
}

function filterRanges(ranges: Ranges, keep: (seq: number) => boolean): number[] {
  const kept: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    for (let seq = ranges[i]!; seq <= ranges[i + 1]!; seq += 1) {
      if (!keep(seq)) continue;
      if (kept.at(-1) === seq - 1) kept[kept.length - 1] = seq;
      else kept.push(seq, seq);
    }
  }
  return kept;
}

/** A ledger in which nothing has happened. */
export function emptyLedger(): Ledger {
  return {
    offered: 0,
    sent: 0,
    acknowledged: 0,
    notSent: 0,
    expected: 0,
    delivered: 0,
    lost: 0,
    missingUnpromised: 0,
    duplicatesExplained: 0,
    duplicatesUnexplained: 0,
    reordered: 0,
    maxReorderDistance: 0,
    orderGuaranteed: false,
    corrupted: 0,
    unexpected: 0,
  };
}
