/** Growing writer and checked reader of binary records; shared by the port's protocol and the segment files. */

/** Strings up to this length are written character by character when ASCII, which beats a call into the runtime. */
const SHORT = 48;
const MAX_STRING = 0xffff;

export class ByteWriter {
  buffer: Buffer;
  length = 0;
  readonly #initial: number;

  constructor(initial: number) {
    this.#initial = initial;
    this.buffer = Buffer.allocUnsafeSlow(initial);
  }

  u8(value: number): void {
    this.#room(1);
    this.buffer[this.length] = value;
    this.length += 1;
  }

  u16(value: number): void {
    this.#room(2);
    this.length = this.buffer.writeUInt16LE(value, this.length);
  }

  u32(value: number): void {
    this.#room(4);
    this.length = this.buffer.writeUInt32LE(value, this.length);
  }

  f64(value: number): void {
    this.#room(8);
    this.length = this.buffer.writeDoubleLE(value, this.length);
  }

  /** UTF-8 with a 16-bit length. @throws RangeError beyond 65,535 bytes */
  text(value: string): void {
    const chars = value.length;
    this.#room(2 + chars * 3);
    const start = this.length + 2;
    if (chars <= SHORT) {
      const { buffer } = this;
      let i = 0;
      for (; i < chars; i += 1) {
        const code = value.charCodeAt(i);
        if (code > 0x7f) break;
        buffer[start + i] = code;
      }
      if (i === chars) {
        buffer.writeUInt16LE(chars, this.length);
        this.length = start + chars;
        return;
      }
    }
    const bytes = this.buffer.write(value, start, 'utf8');
    if (bytes > MAX_STRING) throw new RangeError(`a text of ${bytes} bytes is longer than ${MAX_STRING}`);
    this.buffer.writeUInt16LE(bytes, this.length);
    this.length = start + bytes;
  }

  /** Bytes with a 32-bit length. */
  bytes(value: Uint8Array): void {
    this.u32(value.length);
    this.#room(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  /** What has been written, as a buffer the caller may keep; the writer starts afresh. */
  take(): Buffer {
    const { length } = this;
    this.length = 0;
    // A short batch is copied, so that the big buffer can be used again; a long one is given away.
    if (length <= this.#initial / 8) return Buffer.from(this.buffer.subarray(0, length));
    const taken = this.buffer.subarray(0, length);
    this.buffer = Buffer.allocUnsafeSlow(this.#initial);
    return taken;
  }

  #room(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    let size = this.buffer.length * 2;
    while (size < needed) size *= 2;
    const bigger = Buffer.allocUnsafeSlow(size);
    this.buffer.copy(bigger, 0, 0, this.length);
    this.buffer = bigger;
  }
}

/** Raised when a record says more than it holds; never reaches users as such. */
export class Truncated extends Error {}

export class ByteReader {
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  /** Reads from `start` up to, not including, `end`. */
  reset(buffer: Buffer, start: number, end: number): void {
    this.#buffer = buffer;
    this.#at = start;
    this.#end = end;
  }

  u8(): number {
    return this.#buffer[this.#take(1)]!;
  }

  u16(): number {
    return this.#buffer.readUInt16LE(this.#take(2));
  }

  u32(): number {
    return this.#buffer.readUInt32LE(this.#take(4));
  }

  f64(): number {
    return this.#buffer.readDoubleLE(this.#take(8));
  }

  text(): string {
    const length = this.u16();
    const start = this.#take(length);
    return length === 0 ? '' : this.#buffer.toString('utf8', start, start + length);
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const length = this.u32();
    const start = this.#take(length);
    return this.#buffer.subarray(start, start + length);
  }

  #take(bytes: number): number {
    const start = this.#at;
    if (start + bytes > this.#end) throw new Truncated();
    this.#at = start + bytes;
    return start;
  }
}
