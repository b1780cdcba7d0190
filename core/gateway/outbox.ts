/**
 * Writes to connections. Bytes are collected per connection and written once per turn of the event loop: a burst for
 * 200 receivers costs 200 writes, not 200 per message, and receivers with the same bytes share one buffer.
 * Also watches receivers that take nothing.
 */
import type { Clock } from '../clock.ts';
import type { Connection } from './connection.ts';
import type { Counters } from './counters.ts';

/** Beyond it the parts are written one by one instead of being joined, to bound the copy. */
const JOIN_BYTES = 1 << 20;

export class Outbox {
  readonly #counters: Counters;
  readonly #clock: Clock;
  readonly #stalledUs: number;
  readonly #onStalled: (connection: Connection) => void;
  readonly #onDrained: () => void;
  readonly #blocked = new Set<Connection>();
  readonly #drained = (): void => this.#onDrained();
  #dirty: Connection[] = [];
  #scheduled = false;
  #timer: NodeJS.Timeout | undefined;
  #lastParts: readonly Buffer[] = [];
  #lastJoined: Buffer | undefined;

  constructor(options: {
    readonly counters: Counters;
    readonly clock: Clock;
    readonly stalledMs: number;
    /** A receiver has taken no byte for `stalledMs`. */
    readonly onStalled: (connection: Connection) => void;
    /** A receiver that was full has room again, or is gone. */
    readonly onDrained: () => void;
  }) {
    this.#counters = options.counters;
    this.#clock = options.clock;
    this.#stalledUs = options.stalledMs * 1000;
    this.#onStalled = options.onStalled;
    this.#onDrained = options.onDrained;
  }

  /** Appends bytes; they are written, in order, in this turn of the event loop, but not before CONNACK. */
  push(connection: Connection, bytes: Buffer): void {
    if (connection.closed) return;
    if (connection.out.length === 0 && connection.ready) this.#schedule(connection);
    connection.out.push(bytes);
  }

  /** CONNACK is sent: what had to wait for it may go. */
  release(connection: Connection): void {
    if (connection.out.length > 0) this.#schedule(connection);
  }

  #schedule(connection: Connection): void {
    this.#dirty.push(connection);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const connection of dirty) {
      const parts = connection.out;
      if (parts.length === 0) continue;
      connection.out = [];
      if (!connection.closed) this.#write(connection, parts);
    }
    this.#lastParts = [];
    this.#lastJoined = undefined;
  };

  /** Writes what is waiting for one connection now, before it is ended. */
  flushNow(connection: Connection): void {
    const parts = connection.out;
    connection.out = [];
    if (parts.length > 0 && !connection.closed) this.#write(connection, parts);
  }

  #write(connection: Connection, parts: readonly Buffer[]): void {
    const stream = connection.stream;
    if (stream.destroyed || !stream.writable) return;
    if (parts.length === 1) {
      this.#send(connection, parts[0]!);
    } else {
      const joined = this.#join(parts);
      if (joined === undefined) {
        stream.cork();
        for (const part of parts) this.#send(connection, part);
        stream.uncork();
      } else {
        this.#send(connection, joined);
      }
    }
    if (!connection.blocked && stream.writableLength > 0) this.#watch(connection);
  }

  #send(connection: Connection, bytes: Buffer): void {
    this.#counters.bytesOut += bytes.length;
    connection.written += bytes.length;
    connection.stream.write(bytes);
  }

  /** One buffer of all parts; the same one for receivers in a row that get the same parts. */
  #join(parts: readonly Buffer[]): Buffer | undefined {
    const last = this.#lastParts;
    if (last.length === parts.length && this.#lastJoined !== undefined) {
      let i = 0;
      while (i < parts.length && parts[i] === last[i]) i += 1;
      if (i === parts.length) return this.#lastJoined;
    }
    let bytes = 0;
    for (const part of parts) bytes += part.length;
    if (bytes > JOIN_BYTES) return undefined;
    this.#lastParts = parts;
    this.#lastJoined = Buffer.concat(parts as Buffer[], bytes);
    return this.#lastJoined;
  }

  #watch(connection: Connection): void {
    connection.blocked = true;
    connection.moved();
    connection.movedAtUs = this.#clock();
    this.#blocked.add(connection);
    connection.stream.once('drain', this.#drained);
    if (this.#timer === undefined) {
      this.#timer = setInterval(this.#sweep, Math.max(10, Math.min(250, this.#stalledUs / 4000)));
      this.#timer.unref();
    }
  }

  #unwatch(connection: Connection): void {
    connection.blocked = false;
    this.#blocked.delete(connection);
    connection.stream.removeListener('drain', this.#drained);
    if (this.#blocked.size === 0 && this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  readonly #sweep = (): void => {
    const now = this.#clock();
    for (const connection of this.#blocked) {
      if (connection.closed || connection.stream.writableLength === 0) this.#unwatch(connection);
      else if (connection.moved()) connection.movedAtUs = now;
      else if (now - connection.movedAtUs >= this.#stalledUs) {
        this.#unwatch(connection);
        this.#onStalled(connection);
      }
    }
    this.#onDrained();
  };

  /** Forgets a connection that is closed. */
  drop(connection: Connection): void {
    connection.out = [];
    if (connection.blocked) {
      this.#unwatch(connection);
      this.#onDrained();
    }
  }

  close(): void {
    for (const connection of this.#blocked) this.#unwatch(connection);
  }
}
