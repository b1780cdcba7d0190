/**
 * Copies bodies into slabs of the topic's own. Senders often pass slices of a socket's 64 KiB read buffer, or a
 * buffer they write to again; keeping those would pin a thousand times the memory, or change stored messages.
 * Messages of one topic leave in the order they came, so slabs empty as a whole.
 */
const SMALLEST = 4 * 1024;
const LARGEST = 64 * 1024;

export class BodyArena {
  #slab = Buffer.allocUnsafeSlow(0);
  #used = 0;
  #size = SMALLEST;

  /** A copy of `body` that shares memory only with neighbours of the same topic. */
  copy(body: Uint8Array): Buffer {
    const length = body.length;
    if (length > LARGEST / 4) {
      const own = Buffer.allocUnsafeSlow(length);
      own.set(body);
      return own;
    }
    if (this.#used + length > this.#slab.length) {
      while (this.#size < length) this.#size *= 2;
      this.#slab = Buffer.allocUnsafeSlow(this.#size);
      this.#used = 0;
      if (this.#size < LARGEST) this.#size *= 2;
    }
    const start = this.#used;
    this.#used += length;
    this.#slab.set(body, start);
    return this.#slab.subarray(start, this.#used);
  }
}
