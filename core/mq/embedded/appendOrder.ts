/**
 * The order in which a topic's messages came over all its partitions, with their sizes: retention takes the oldest of
 * the topic, not of a partition, or a topic with one busy key would keep only a fraction of what it promises.
 * Six bytes a message, in chunks, so that growing never copies a million entries.
 */
const CHUNK = 8192;

interface Chunk {
  readonly partitions: Uint16Array;
  readonly sizes: Uint32Array;
}

export class AppendOrder {
  readonly #chunks: Chunk[] = [];
  #head = 0;
  #tail = CHUNK;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(partition: number, size: number): void {
    if (this.#tail === CHUNK) {
      this.#chunks.push({ partitions: new Uint16Array(CHUNK), sizes: new Uint32Array(CHUNK) });
      this.#tail = 0;
    }
    const chunk = this.#chunks[this.#chunks.length - 1]!;
    chunk.partitions[this.#tail] = partition;
    chunk.sizes[this.#tail] = size;
    this.#tail += 1;
    this.#length += 1;
  }

  /** Partition of the oldest entry; only when length > 0. */
  oldestPartition(): number {
    return this.#chunks[0]!.partitions[this.#head]!;
  }

  /** Takes the oldest entry away and returns its size. */
  shift(): number {
    const size = this.#chunks[0]!.sizes[this.#head]!;
    this.#head += 1;
    this.#length -= 1;
    if (this.#head === CHUNK) {
      this.#chunks.shift();
      this.#head = 0;
      // An emptied order starts afresh at the next push.
      if (this.#chunks.length === 0) this.#tail = CHUNK;
    }
    return size;
  }
}
