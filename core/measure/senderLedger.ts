/**
 * What the senders of one thread did, stream by stream. A message that is due is `offered`; when the client takes it, it
 * is `handed` and has used up its sequence number; `sent` when it is first written; `acknowledged` in any order.
 */
import { PairIndex } from './pairIndex.ts';
import { normaliseRanges, type Ranges } from './ranges.ts';
import { grow, SequenceTrackers } from './sequenceTracker.ts';

const OFFERED = 0;
const HANDED = 1;
const SENT = 2;
const STRIDE = 3;

/** One stream's figures, plain, as posted at the end of a run. */
export interface StreamSummary {
  readonly stream: number;
  readonly offered: number;
  /** Highest sequence number given to a client; never more than `offered`. */
  readonly lastSeq: number;
  /** Sequence numbers 1..sent went to the wire at least once. */
  readonly sent: number;
  readonly acknowledged: number;
  /** Due and never written: refused, dropped without network, or still queued at the end. */
  readonly notSent: number;
  /** Within 1..sent, not acknowledged. Ranges, see ranges.ts. */
  readonly unacked: Ranges;
  /** Written more than once. Ranges. */
  readonly resent: Ranges;
}

export class SenderLedger {
  readonly #streams = new PairIndex();
  readonly #acks = new SequenceTrackers();
  readonly #resent = new Map<number, number[]>();
  #state: Uint32Array = new Uint32Array(64 * STRIDE);

  /** Counts a message that is due; returns the sequence number it gets if the client takes it. */
  offered(stream: number): number {
    const at = this.#at(stream);
    this.#state[at + OFFERED]! += 1;
    return this.#state[at + HANDED]! + 1;
  }

  /** The client has taken the message offered last ('sent' or 'queued'). One that it refuses needs no call: its number is used for the next. */
  handed(stream: number): void {
    this.#state[this.#at(stream) + HANDED]! += 1;
  }

  /** First write. Streams are written in order, so the highest number tells them all. */
  sent(stream: number, seq: number): void {
    const at = this.#at(stream) + SENT;
    if (seq > this.#state[at]!) this.#state[at] = seq;
  }

  /** Written again (DUP) after a reconnect: a second copy of it is explained. */
  resent(stream: number, seq: number): void {
    let ranges = this.#resent.get(stream);
    if (ranges === undefined) {
      ranges = [];
      this.#resent.set(stream, ranges);
    }
    const last = ranges.length - 1;
    // What is resent together has consecutive numbers: a whole window becomes one range.
    if (last > 0 && seq === ranges[last]! + 1) ranges[last] = seq;
    else if (last < 0 || seq < ranges[last - 1]! || seq > ranges[last]!) ranges.push(seq, seq);
  }

  /** QoS 0: written. QoS 1, 2: PUBACK, PUBCOMP. MQ: the engine's receipt. Any order; a second one for a number is ignored. */
  acknowledged(stream: number, seq: number): void {
    this.#acks.seen(this.#at(stream) / STRIDE, seq, true);
  }

  /** One entry per stream that was offered anything. */
  summary(): StreamSummary[] {
    const summaries: StreamSummary[] = [];
    for (let i = 0; i < this.#streams.size; i += 1) {
      const stream = this.#streams.first(i);
      const offered = this.#state[i * STRIDE + OFFERED]!;
      const sent = this.#state[i * STRIDE + SENT]!;
      summaries.push({
        stream,
        offered,
        lastSeq: this.#state[i * STRIDE + HANDED]!,
        sent,
        acknowledged: this.#acks.figures(i).distinct,
        notSent: offered - sent,
        unacked: this.#acks.missing(i, sent),
        resent: normaliseRanges(this.#resent.get(stream) ?? []),
      });
    }
    return summaries;
  }

  #at(stream: number): number {
    let index = this.#streams.find(stream, 0);
    if (index < 0) {
      index = this.#streams.add(stream, 0);
      this.#acks.add();
      if ((index + 1) * STRIDE > this.#state.length) this.#state = grow(this.#state, STRIDE);
    }
    return index * STRIDE;
  }
}
