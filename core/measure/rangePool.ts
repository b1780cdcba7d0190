/** Linked range nodes of many owners in one growing array: 12 bytes a node, no objects. Node 0 means "none". */
const STRIDE = 3;

export class RangePool {
  #nodes: Uint32Array;
  #used: number;
  #free = 0;
  readonly #most: number;

  /** At most `most` nodes at once. */
  constructor(most: number, nodes?: Uint32Array) {
    this.#most = most;
    this.#nodes = nodes ?? new Uint32Array(64 * STRIDE);
    this.#used = nodes === undefined ? 1 : nodes.length / STRIDE;
  }

  /** A node [from, to] in front of `next`; 0 when the pool is full. */
  add(from: number, to: number, next: number): number {
    let node = this.#free;
    if (node !== 0) this.#free = this.#nodes[node * STRIDE + 2]!;
    else {
      if (this.#used > this.#most) return 0;
      if (this.#used * STRIDE >= this.#nodes.length) {
        const grown = new Uint32Array(Math.min(this.#nodes.length * 2, (this.#most + 1) * STRIDE));
        grown.set(this.#nodes);
        this.#nodes = grown;
      }
      node = this.#used;
      this.#used += 1;
    }
    this.#nodes[node * STRIDE] = from;
    this.#nodes[node * STRIDE + 1] = to;
    this.#nodes[node * STRIDE + 2] = next;
    return node;
  }

  release(node: number): void {
    this.#nodes[node * STRIDE + 2] = this.#free;
    this.#free = node;
  }

  from(node: number): number {
    return this.#nodes[node * STRIDE]!;
  }

  to(node: number): number {
    return this.#nodes[node * STRIDE + 1]!;
  }

  next(node: number): number {
    return this.#nodes[node * STRIDE + 2]!;
  }

  set(node: number, from: number, to: number): void {
    this.#nodes[node * STRIDE] = from;
    this.#nodes[node * STRIDE + 1] = to;
  }

  link(node: number, next: number): void {
    this.#nodes[node * STRIDE + 2] = next;
  }

  /** A copy of what is in use, for a pool in another thread that is only read. */
  toPlain(): Uint32Array {
    return this.#nodes.slice(0, this.#used * STRIDE);
  }
}
