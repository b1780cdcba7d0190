/**
 * Outgoing bytes are encoded one after another into slabs shared by every client of a swarm, so that a packet costs no
 * allocation of its own and an idle client holds no buffer. A full slab is left to the writes that still refer to it.
 */
const SLAB_BYTES = 64 * 1024;

export class Arena {
  slab: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** First free byte of the slab. */
  position = 0;

  /** Makes sure that `bytes` more fit in at `position`; the slab may be another one afterwards. */
  reserve(bytes: number): void {
    if (this.position + bytes <= this.slab.length) return;
    this.slab = Buffer.allocUnsafeSlow(Math.max(bytes, SLAB_BYTES));
    this.position = 0;
  }
}

/** Where packets go in the end; `net.Socket` and `tls.TLSSocket` are such sinks as they are. */
export interface ByteSink {
  write(chunk: Buffer): unknown;
  cork(): void;
  uncork(): void;
}

/** The packets of one client since its last flush: regions of slabs, in order. Empty, it holds on to nothing. */
export class Batch {
  /** Bytes waiting for the flush. */
  bytes = 0;
  private slab: Buffer | undefined;
  private start = 0;
  private end = 0;
  /** Regions before the open one; they arise when clients write in turns, or a slab was full. */
  private closed: Buffer[] | undefined;

  /** Takes over what was encoded at the arena's position up to `end`. */
  commit(arena: Arena, end: number): void {
    const from = arena.position;
    if (this.slab === arena.slab && this.end === from) {
      this.end = end;
    } else {
      this.closeRegion();
      this.slab = arena.slab;
      this.start = from;
      this.end = end;
    }
    this.bytes += end - from;
    arena.position = end;
  }

  /** Adds a packet encoded elsewhere (CONNECT, SUBSCRIBE: too rare to deserve an encoder here). */
  append(packet: Buffer): void {
    this.closeRegion();
    this.closed ??= [];
    this.closed.push(packet);
    this.bytes += packet.length;
  }

  /** Hands everything to the sink, several regions as one gathered write. */
  flush(sink: ByteSink): void {
    const { closed } = this;
    if (closed === undefined) {
      if (this.slab !== undefined) sink.write(this.slab.subarray(this.start, this.end));
    } else {
      this.closeRegion();
      if (closed.length === 1) {
        sink.write(closed[0]!);
      } else {
        sink.cork();
        for (const region of closed) sink.write(region);
        sink.uncork();
      }
    }
    this.clear();
  }

  clear(): void {
    this.slab = undefined;
    this.closed = undefined;
    this.bytes = 0;
  }

  private closeRegion(): void {
    if (this.slab === undefined) return;
    this.closed ??= [];
    this.closed.push(this.slab.subarray(this.start, this.end));
    this.slab = undefined;
  }
}
