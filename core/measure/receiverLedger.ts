/** What all receivers of one thread have seen, stream by stream: about 35 bytes per pair of receiver and stream. */
import type { Direction } from '../protocol/result.ts';
import { PairIndex } from './pairIndex.ts';
import { type PlainTrackers, type Seen, SequenceTrackers } from './sequenceTracker.ts';

/** Messages that belong to no stream: `corrupted` (stamp or body damaged), `foreign` (another run's, or no stamp at all). */
export type Oddity = 'corrupted' | 'foreign';
export type Oddities = Record<Direction, Record<Oddity, number>>;

/** A ledger as it is posted at the end of a run. */
export interface ReceiverSummary {
  readonly pairs: Uint32Array;
  readonly trackers: PlainTrackers;
  readonly oddities: Oddities;
}

export class ReceiverLedger {
  readonly #pairs: PairIndex;
  readonly #trackers: SequenceTrackers;
  readonly oddities: Oddities;

  /** `summary`: one posted by another thread, to be read. `maxRanges`: see SequenceTrackers. */
  constructor(options: { readonly summary?: ReceiverSummary; readonly maxRanges?: number } = {}) {
    this.#pairs = new PairIndex(options.summary?.pairs);
    this.#trackers = new SequenceTrackers(options.maxRanges, options.summary?.trackers);
    this.oddities = options.summary?.oddities ?? {
      up: { corrupted: 0, foreign: 0 },
      down: { corrupted: 0, foreign: 0 },
      device: { corrupted: 0, foreign: 0 },
    };
  }

  /**
   * Notes that a receiver got message `seq` of a stream of this run (`marked`: DUP flag or delivery count above 1).
   * Returns what it was, SEEN.next or SEEN.late for a first copy. A message with a damaged body is seen as well as noted.
   */
  seen(receiver: number, stream: number, seq: number, marked: boolean): Seen {
    let pair = this.#pairs.find(receiver, stream);
    if (pair < 0) {
      pair = this.#pairs.add(receiver, stream);
      this.#trackers.add();
    }
    return this.#trackers.seen(pair, seq, marked);
  }

  /** Counts a message that cannot be booked to a stream, or whose body is damaged. */
  note(direction: Direction, oddity: Oddity): void {
    this.oddities[direction][oddity] += 1;
  }

  get pairs(): PairIndex {
    return this.#pairs;
  }

  get trackers(): SequenceTrackers {
    return this.#trackers;
  }

  /** Copies everything, to be posted (the arrays may be transferred). */
  summary(): ReceiverSummary {
    return { pairs: this.#pairs.toPlain(), trackers: this.#trackers.toPlain(), oddities: structuredClone(this.oddities) };
  }
}
