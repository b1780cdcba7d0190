/**
 * Cuts the inbound byte stream into MQTT packets. A client between two packets has no parser state at all; only the
 * bytes of a packet that has not arrived whole are copied out of the shared read buffer and kept.
 */

/** What a connection keeps between reads, and where its packets go. */
export interface FrameOwner {
  /** Room for the unfinished packet: 5 bytes until its length is known, then its exact size. */
  partial: Buffer | undefined;
  partialBytes: number;
  /** One whole packet: `first` is the first byte of its fixed header, the body is `bytes[start, end)` and valid only during the call. False stops the reading: the connection is gone. */
  onFrame(first: number, bytes: Buffer, start: number, end: number): boolean;
  /** The stream can't be understood any more, e.g. a remaining length of more than 4 bytes. */
  onMalformed(reason: string): void;
}

/** Largest packet accepted, so that a broken length can't make us allocate 256 MB. */
export const MAX_PACKET_BYTES = 16 * 1024 * 1024;

const INCOMPLETE = -1;
const MALFORMED = -2;
/** Fixed header: one byte and up to four of remaining length (MQTT 3.1.1, 2.2.3). */
const MAX_HEADER = 5;

/** Bytes of the packet that starts at `at`, header included; INCOMPLETE or MALFORMED when the header says so. */
function packetBytes(bytes: Buffer, at: number, end: number): number {
  let remaining = 0;
  let scale = 1;
  for (let i = 1; i < MAX_HEADER; i += 1) {
    if (at + i >= end) return INCOMPLETE;
    const byte = bytes[at + i]!;
    remaining += (byte & 0x7f) * scale;
    if (byte < 0x80) return remaining + i + 1;
    scale *= 128;
  }
  return MALFORMED;
}

function headerBytes(total: number): number {
  if (total <= 2 + 127) return 2;
  if (total <= 3 + 16_383) return 3;
  return total <= 4 + 2_097_151 ? 4 : 5;
}

/** Passes every packet completed by `chunk[0, length)` to the owner, in order. */
export function feed(owner: FrameOwner, chunk: Buffer, length: number): void {
  let at = 0;
  while (owner.partial !== undefined) {
    const { partial } = owner;
    const take = Math.min(partial.length - owner.partialBytes, length - at);
    chunk.copy(partial, owner.partialBytes, at, at + take);
    owner.partialBytes += take;
    at += take;
    const total = packetBytes(partial, 0, owner.partialBytes);
    if (total === MALFORMED || total > MAX_PACKET_BYTES) {
      refuse(owner, total);
      return;
    }
    if (total === INCOMPLETE) return;
    if (total > partial.length) {
      // The header is known now: continue in a buffer of the exact size, filled without further copying.
      owner.partial = Buffer.allocUnsafe(total);
      partial.copy(owner.partial, 0, 0, owner.partialBytes);
      continue;
    }
    if (owner.partialBytes < total) {
      if (at === length) return;
      continue;
    }
    // A packet shorter than the header room (a PUBACK has 4 bytes): what follows it belongs to the next packet.
    at -= owner.partialBytes - total;
    owner.partial = undefined;
    owner.partialBytes = 0;
    if (!owner.onFrame(partial[0]!, partial, headerBytes(total), total)) return;
  }
  while (at < length) {
    const total = packetBytes(chunk, at, length);
    if (total === MALFORMED || total > MAX_PACKET_BYTES) {
      refuse(owner, total);
      return;
    }
    if (total === INCOMPLETE || at + total > length) {
      owner.partial = Buffer.allocUnsafe(total === INCOMPLETE ? MAX_HEADER : total);
      owner.partialBytes = chunk.copy(owner.partial, 0, at, length);
      return;
    }
    const start = at;
    at += total;
    if (!owner.onFrame(chunk[start]!, chunk, start + headerBytes(total), at)) return;
  }
}

function refuse(owner: FrameOwner, total: number): void {
  owner.partial = undefined;
  owner.partialBytes = 0;
  owner.onMalformed(
    total === MALFORMED
      ? 'malformed packet: remaining length of more than 4 bytes'
      : `packet of ${total} bytes refused: more than ${MAX_PACKET_BYTES}`,
  );
}
