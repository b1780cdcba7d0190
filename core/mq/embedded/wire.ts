/**
 * The port's protocol: frames of a 32-bit length (of what follows), one byte of type, then fields in little endian.
 * Requests carry a number that their answer repeats; everything may be pipelined. Deliveries go out as long as the
 * member's prefetch allows, so an acknowledgement is at the same time the credit for the next message.
 */
import type { ByteWriter } from './bytes.ts';

export const WIRE_VERSION = 1;
/** Largest frame accepted: the largest body and ample properties. */
export const MAX_FRAME = 32 * 1024 * 1024;
/** Sent when nothing else was for this long; a peer silent for three of them is taken for lost. */
export const HEARTBEAT_MS = 5000;

/** Client to server. */
export const ASK = {
  /** version u8, name text; must be the first */
  hello: 1,
  /** request u32, specification text (JSON) */
  createTopic: 2,
  /** request u32 */
  topics: 3,
  groups: 4,
  /** request u32, topic text, message */
  send: 5,
  /** request u32, consumer u32, specification text (JSON) */
  consume: 6,
  /** request u32, consumer u32 */
  leave: 7,
  /** consumer u32, ticket u32 */
  acknowledge: 8,
  release: 9,
  /** consumer u32, ticket u32, reason text */
  refuse: 10,
  ping: 11,
  /** consumer u32: deliver nothing more, answers to what was delivered still come */
  halt: 12,
  /** request u32 (0 at the beginning), bytes (JSON: accessKeyId, sessionToken, proof); again for a renewal */
  authenticate: 13,
} as const;

/** Server to client. */
export const TELL = {
  /** version u8, durable u8 */
  welcome: 64,
  /** request u32, bytes (JSON) */
  done: 65,
  /** request u32, code text, details text (JSON) */
  failed: 66,
  /** request u32, partition u16, offset f64 */
  stored: 67,
  /** consumer u32, ticket u32, topic text, partition u16, offset f64, stored f64, count u32, message */
  deliver: 68,
  pong: 69,
  /** bytes (nonce): in place of the welcome, where credentials are asked for */
  challenge: 70,
  /** reason text; the connection is closed behind it */
  refused: 71,
} as const;

/** Begins a frame and returns where its length has to be filled in by `endFrame`. */
export function beginFrame(writer: ByteWriter, type: number): number {
  const at = writer.length;
  writer.u32(0);
  writer.u8(type);
  return at;
}

export function endFrame(writer: ByteWriter, at: number): void {
  writer.buffer.writeUInt32LE(writer.length - at - 4, at);
}
