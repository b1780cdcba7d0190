/** Which delivery tags of a channel to acknowledge: all of one turn of the event loop together, with as few frames as possible. */
export class Tags {
  readonly #send: (tag: number, upTo: boolean) => void;
  #settled: number[] = [];
  /** All up to here are acknowledged. */
  #low = 0;
  /** Acknowledged beyond it. */
  readonly #ahead = new Set<number>();
  #flushing: NodeJS.Immediate | undefined;

  /** `send`: with `upTo` all tags up to this one. */
  constructor(send: (tag: number, upTo: boolean) => void) {
    this.#send = send;
  }

  settle(tag: number): void {
    this.#settled.push(tag);
    this.#flushing ??= setImmediate(() => this.flush());
  }

  flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    const settled = this.#settled;
    this.#settled = [];
    settled.sort((a, b) => a - b);
    let upTo = 0;
    for (const tag of settled) {
      this.#skip();
      if (tag === this.#low + 1) {
        this.#low = tag;
        upTo = tag;
      } else {
        this.#ahead.add(tag);
        this.#send(tag, false);
      }
    }
    // Only to a tag of this turn: one that is acknowledged already is unknown to the broker, and an error.
    if (upTo > 0) this.#send(upTo, true);
    this.#skip();
  }

  #skip(): void {
    while (this.#ahead.delete(this.#low + 1)) this.#low += 1;
  }
}
