/** First in, first out, over a ring that grows; `Array.shift` costs O(n) on long arrays. */
export class Deque<T> {
  #ring: (T | undefined)[] = new Array(16);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = item;
    this.#length += 1;
  }

  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#ring[this.#head];
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length -= 1;
    return item;
  }

  clear(): void {
    this.#ring = new Array(16);
    this.#head = 0;
    this.#length = 0;
  }

  #grow(): void {
    const size = this.#ring.length;
    const bigger = new Array<T | undefined>(size * 2);
    for (let i = 0; i < size; i += 1) bigger[i] = this.#ring[(this.#head + i) & (size - 1)];
    this.#ring = bigger;
    this.#head = 0;
  }
}
