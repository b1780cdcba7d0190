/**
 * The stamp: 54 bytes as 72 base64url characters at the front of a JSON payload, `{"cw":"<stamp>",...the body's fields}`.
 * A receiver reads it at fixed offsets without parsing JSON, and the payload stays valid JSON for everyone else.
 *
 * byte 0 version, 1 flags, 3 run, 7 stream, 11 sequence, 15 due, 21 sent, 27 CRC of the body, 31 of the topic,
 * 35 of the client ID, 39 stream, 43 sequence and 47 due time of the message answered, 53 check byte.
 * `sent` lies on a multiple of 3, so that its 8 characters can be replaced just before the write.
 */
import { CausewayError } from '../protocol/errors.ts';
import { crcBytes } from './crc32.ts';
import { FLAG_BITS } from './stampFlags.ts';

export interface StampFields {
  /** See stampFlags.ts. */
  flags: number;
  runId: number;
  stream: number;
  /** From 1 on. */
  seq: number;
  /** Due and send time, microseconds since the run's epoch, whole, 0..2^48-1 (others are rounded and clamped). */
  dueUs: number;
  sentUs: number;
  /** CRC-32 of everything behind the stamp's closing quote. Filled in by `stampPayload`; what callers put here is ignored. */
  crcBody: number;
  crcTopic: number;
  crcClient: number;
  /** The message that this one answers; stream 0: none. Then refSeq is 0, or of a command sent by hand the number of its wave. */
  refStream: number;
  refSeq: number;
  refDueUs: number;
}

const VERSION = 1;
const STAMP_BYTES = 54;
const CHARS = 72;
const MARKER = Buffer.from('{"cw":"', 'latin1');
const AT = MARKER.length;
/** First byte behind the stamp's closing quote. */
const REST = AT + CHARS + 1;
const SENT_BYTE = 21;
const SENT_AT = AT + (SENT_BYTE / 3) * 4;
const LAST_GROUP_AT = AT + CHARS - 4;
const MAX_U48 = 2 ** 48 - 1;
const QUOTE = 0x22;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;

/** Bytes that stamping adds to a body with fields (a body `{}` grows by 79). */
export const STAMP_OVERHEAD = REST;

const ENCODE = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', 'latin1');
/** 0x80 marks a character outside the alphabet: or-ing all lookups tells in one test whether there was any. */
const DECODE = new Uint8Array(256).fill(0x80);
for (let i = 0; i < ENCODE.length; i += 1) DECODE[ENCODE[i]!] = i;

// One scratch area per thread: nothing here yields between filling and reading it.
const bytes = new Uint8Array(STAMP_BYTES);

/** Fields all zero, to be filled and reused. */
export function emptyStamp(): StampFields {
  return {
    flags: 0,
    runId: 0,
    stream: 0,
    seq: 0,
    dueUs: 0,
    sentUs: 0,
    crcBody: 0,
    crcTopic: 0,
    crcClient: 0,
    refStream: 0,
    refSeq: 0,
    refDueUs: 0,
  };
}

/**
 * The body with its stamp, as bytes to send.
 * @throws CausewayError input.argument when the body is not the compact text of a JSON object
 */
export function stampPayload(body: string, fields: StampFields): Buffer {
  if (body.charCodeAt(0) !== OPEN || body.charCodeAt(body.length - 1) !== CLOSE || body.length < 2) {
    throw new CausewayError('input.argument', {
      argument: 'body',
      value: JSON.stringify(body.slice(0, 40)),
      reason: 'a stamp needs a JSON object around it',
      expected: 'the output of JSON.stringify of an object',
    });
  }
  const empty = body.length === 2;
  const payload = Buffer.allocUnsafe(REST + (empty ? 1 : Buffer.byteLength(body)));
  payload.set(MARKER, 0);
  payload[REST - 1] = QUOTE;
  if (empty) payload[REST] = CLOSE;
  else {
    payload.write(body, REST);
    payload[REST] = COMMA;
  }
  bytes[0] = VERSION;
  bytes[1] = fields.flags >>> 8;
  bytes[2] = fields.flags;
  put32(3, fields.runId);
  put32(7, fields.stream);
  put32(11, fields.seq);
  put48(15, fields.dueUs);
  put48(SENT_BYTE, fields.sentUs);
  put32(27, crcBytes(payload, REST));
  put32(31, fields.crcTopic);
  put32(35, fields.crcClient);
  put32(39, fields.refStream);
  put32(43, fields.refSeq);
  put48(47, fields.refDueUs);
  bytes[STAMP_BYTES - 1] = checkByte();
  for (let from = 0, to = AT; from < STAMP_BYTES; from += 3, to += 4) encodeGroup(payload, from, to);
  return payload;
}

/** Writes the send time into a stamped payload, in place; its length does not change. */
export function patchSent(payload: Buffer, sentUs: number): void {
  // The check byte is the XOR of all others, so it changes by what the six bytes change.
  let change = 0;
  for (let i = 0; i < 2; i += 1) {
    decodeGroup(payload, SENT_AT + i * 4, SENT_BYTE + i * 3);
    change ^= bytes[SENT_BYTE + i * 3]! ^ bytes[SENT_BYTE + i * 3 + 1]! ^ bytes[SENT_BYTE + i * 3 + 2]!;
  }
  put48(SENT_BYTE, sentUs);
  for (let i = SENT_BYTE; i < SENT_BYTE + 6; i += 1) change ^= bytes[i]!;
  encodeGroup(payload, SENT_BYTE, SENT_AT);
  encodeGroup(payload, SENT_BYTE + 3, SENT_AT + 4);
  decodeGroup(payload, LAST_GROUP_AT, STAMP_BYTES - 3);
  bytes[STAMP_BYTES - 1] = bytes[STAMP_BYTES - 1]! ^ change;
  encodeGroup(payload, STAMP_BYTES - 3, LAST_GROUP_AT);
}

/**
 * Reads the stamp. `none`: no stamp at this place. `damaged`: one stands there but cannot be trusted (characters
 * outside the alphabet, unknown version, check byte wrong), and `into` must not be used.
 */
export function readStamp(payload: Uint8Array, into: StampFields): 'ok' | 'none' | 'damaged' {
  for (let i = 0; i < AT; i += 1) if (payload[i] !== MARKER[i]) return 'none';
  if (payload.length <= REST || payload[REST - 1] !== QUOTE) return 'damaged';
  let outside = 0;
  for (let from = AT, to = 0; to < STAMP_BYTES; from += 4, to += 3) outside |= decodeGroup(payload, from, to);
  if ((outside & 0x80) !== 0 || bytes[0] !== VERSION || bytes[STAMP_BYTES - 1] !== checkByte()) return 'damaged';
  into.flags = (bytes[1]! << 8) | bytes[2]!;
  if ((into.flags & ~FLAG_BITS) !== 0) return 'damaged';
  into.runId = get32(3);
  into.stream = get32(7);
  into.seq = get32(11);
  into.dueUs = get48(15);
  into.sentUs = get48(SENT_BYTE);
  into.crcBody = get32(27);
  into.crcTopic = get32(31);
  into.crcClient = get32(35);
  into.refStream = get32(39);
  into.refSeq = get32(43);
  into.refDueUs = get48(47);
  return 'ok';
}

/** Are the bytes behind the stamp those that were sent? `stamp` is what `readStamp` read from this payload. */
export function bodyIntact(payload: Uint8Array, stamp: StampFields): boolean {
  return crcBytes(payload, REST) === stamp.crcBody;
}

function checkByte(): number {
  let check = 0;
  for (let i = 0; i < STAMP_BYTES - 1; i += 1) check ^= bytes[i]!;
  return check;
}

function encodeGroup(payload: Uint8Array, from: number, to: number): void {
  const group = (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
  payload[to] = ENCODE[group >>> 18]!;
  payload[to + 1] = ENCODE[(group >>> 12) & 63]!;
  payload[to + 2] = ENCODE[(group >>> 6) & 63]!;
  payload[to + 3] = ENCODE[group & 63]!;
}

/** Returns the four lookups or-ed: bit 0x80 is set when one of the characters is none of the alphabet's. */
function decodeGroup(payload: Uint8Array, from: number, to: number): number {
  const a = DECODE[payload[from]!]!;
  const b = DECODE[payload[from + 1]!]!;
  const c = DECODE[payload[from + 2]!]!;
  const d = DECODE[payload[from + 3]!]!;
  const group = (a << 18) | (b << 12) | (c << 6) | d;
  bytes[to] = group >>> 16;
  bytes[to + 1] = group >>> 8;
  bytes[to + 2] = group;
  return a | b | c | d;
}

function put32(at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function put48(at: number, value: number): void {
  const whole = value > 0 ? Math.min(Math.round(value), MAX_U48) : 0;
  const high = Math.floor(whole / 4294967296);
  bytes[at] = high >>> 8;
  bytes[at + 1] = high;
  put32(at + 2, whole >>> 0);
}

function get32(at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function get48(at: number): number {
  return ((bytes[at]! << 8) | bytes[at + 1]!) * 4294967296 + get32(at + 2);
}
