/** Numbered messages: when each was sent, and by whom and how often it was received. */
import { quantile } from './figures.ts';

const HEAD = 12;

/** A message of at least 12 bytes: experiment, sender, number. */
export function numbered(nonce: number, sender: number, number: number, bytes = 64): Buffer {
  const body = Buffer.alloc(Math.max(HEAD, bytes), 0x2e);
  body.writeUInt32BE(nonce, 0);
  body.writeUInt32BE(sender, 4);
  body.writeUInt32BE(number, 8);
  return body;
}

/** Counts exactly: per receiver, sender and number. */
export class Book {
  readonly nonce: number;
  /** Receptions, copies included. */
  received = 0;
  /** Receptions beyond the first of a message at one receiver. */
  duplicates = 0;
  /** Receptions with a lower number than an earlier one of the same sender at the same receiver (or at any, see `oneLine`). */
  reordered = 0;
  readonly latencies: number[] = [];
  readonly perReceiver = new Map<number, number>();
  readonly #sentAt = new Map<string, number>();
  readonly #seen = new Set<string>();
  readonly #distinct = new Set<string>();
  readonly #highest = new Map<string, number>();
  readonly #oneLine: boolean;

  /** `oneLine`: the order is that over all receivers together, as of a group whose members share the work. */
  constructor(nonce: number, oneLine = false) {
    this.nonce = nonce;
    this.#oneLine = oneLine;
  }

  /** Messages sent, and those that somebody has received. */
  get sent(): number {
    return this.#sentAt.size;
  }
  get distinct(): number {
    return this.#distinct.size;
  }

  send(sender: number, number: number, bytes = 64): Buffer {
    this.#sentAt.set(`${sender}.${number}`, performance.now());
    return numbered(this.nonce, sender, number, bytes);
  }

  /** Counts a message of another book among those sent. */
  expect(body: Buffer): void {
    this.#sentAt.set(`${body.readUInt32BE(4)}.${body.readUInt32BE(8)}`, performance.now());
  }

  take(receiver: number, body: Uint8Array): void {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    if (bytes.length < HEAD || bytes.readUInt32BE(0) !== this.nonce) return;
    const sender = bytes.readUInt32BE(4);
    const number = bytes.readUInt32BE(8);
    const id = `${sender}.${number}`;
    const sentAt = this.#sentAt.get(id);
    if (sentAt === undefined) return;
    this.received += 1;
    this.perReceiver.set(receiver, (this.perReceiver.get(receiver) ?? 0) + 1);
    this.#distinct.add(id);
    const copy = `${receiver}:${id}`;
    if (this.#seen.has(copy)) {
      this.duplicates += 1;
      return;
    }
    this.#seen.add(copy);
    this.latencies.push(performance.now() - sentAt);
    const line = this.#oneLine ? `${sender}` : `${receiver}:${sender}`;
    const highest = this.#highest.get(line) ?? -1;
    if (number < highest) this.reordered += 1;
    else this.#highest.set(line, number);
  }

  /** Milliseconds; null: nothing was received. */
  latency(share: number): number | null {
    return quantile(this.latencies, share);
  }
}
