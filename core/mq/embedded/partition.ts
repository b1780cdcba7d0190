/** One partition of a topic: messages by offset, in chunks, so that dropping the oldest costs nothing and growing never copies. */
import type { MqDelivery } from '../engine.ts';

const CHUNK_BITS = 10;
const CHUNK = 1 << CHUNK_BITS;

/** Told when a partition has more to read. */
export interface PartitionReader {
  wake(): void;
}

/** Reads back a message that is no longer in memory; undefined when it is lost. */
export type ColdReader = (partition: number, offset: number) => MqDelivery | undefined;

export class Partition {
  readonly index: number;
  /** Oldest offset retained. */
  first: number;
  /** Offset of the next message appended. */
  next: number;
  /** Consumers see offsets below this one; behind `next` while messages wait for the disk. */
  visible: number;
  readers: PartitionReader[] = [];
  readonly #cold: ColdReader | undefined;
  readonly #chunks: (MqDelivery | undefined)[][] = [];
  /** Offset of the first slot of the first chunk, and the oldest offset in memory. */
  #base: number;
  #hot: number;

  constructor(index: number, first: number, next: number, cold?: ColdReader) {
    this.index = index;
    this.first = first;
    this.next = next;
    this.visible = next;
    this.#cold = cold;
    this.#base = next;
    this.#hot = next;
  }

  /** Oldest offset held in memory. */
  get hot(): number {
    return this.#hot;
  }

  push(delivery: MqDelivery): void {
    const slot = this.next - this.#base;
    const index = slot >> CHUNK_BITS;
    if (index === this.#chunks.length) this.#chunks.push([]);
    this.#chunks[index]!.push(delivery);
    this.next += 1;
  }

  /** The message at `offset`; undefined when retention (or damage) took it, or it is not yet there. */
  get(offset: number): MqDelivery | undefined {
    if (offset < this.first || offset >= this.next) return undefined;
    if (offset < this.#hot) return this.#cold?.(this.index, offset);
    const slot = offset - this.#base;
    return this.#chunks[slot >> CHUNK_BITS]![slot & (CHUNK - 1)];
  }

  /** Gives up the oldest message. */
  dropOldest(): void {
    this.first += 1;
    if (this.first > this.#hot) this.forgetBelow(this.first);
  }

  /** Lets go of the memory of messages below `offset`; with a cold reader they stay readable. */
  forgetBelow(offset: number): void {
    while (this.#hot < offset) {
      const slot = this.#hot - this.#base;
      const chunk = this.#chunks[0];
      if (chunk !== undefined) chunk[slot] = undefined;
      this.#hot += 1;
      if (slot === CHUNK - 1) {
        this.#chunks.shift();
        this.#base += CHUNK;
      }
    }
  }

  /** Offsets below `visible` may be delivered from now on. */
  show(visible: number): void {
    this.visible = visible;
    const readers = this.readers;
    for (let i = 0; i < readers.length; i += 1) readers[i]!.wake();
  }
}
