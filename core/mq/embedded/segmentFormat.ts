/**
 * How a segment file looks. Header: magic, number of partitions, the next offset of each partition when the file was
 * begun (so that offsets never start again at zero after retention took every message), CRC. Then records: marker,
 * length, CRC-32 of the payload, payload (partition, offset, stored-at, message).
 */
import { crc32 } from 'node:zlib';
import type { MqDelivery } from '../engine.ts';
import { ByteReader, type ByteWriter, Truncated } from './bytes.ts';
import { readMessage, writeMessage } from './messageCodec.ts';

const MAGIC = Buffer.from('CWMQSEG1', 'latin1');
const MARKER = Buffer.from([0xca, 0x57]);
const RECORD_HEAD = 10;
/** partition, offset, stored-at, and the least a message takes */
const SMALLEST_PAYLOAD = 2 + 8 + 8 + 7;

export function headerLength(partitions: number): number {
  return MAGIC.length + 2 + 8 * partitions + 4;
}

export function encodeHeader(next: readonly number[]): Buffer {
  const header = Buffer.alloc(headerLength(next.length));
  let at = MAGIC.copy(header);
  at = header.writeUInt16LE(next.length, at);
  for (const offset of next) at = header.writeDoubleLE(offset, at);
  header.writeUInt32LE(crc32(header.subarray(0, at)), at);
  return header;
}

/** Next offsets of the header; 'foreign' when this is no segment file, 'damaged' when its check sum is wrong. */
export function decodeHeader(file: Buffer, partitions: number): readonly number[] | 'foreign' | 'damaged' {
  const length = headerLength(partitions);
  if (file.length < MAGIC.length || !file.subarray(0, MAGIC.length).equals(MAGIC)) return 'foreign';
  if (file.length < length || crc32(file.subarray(0, length - 4)) !== file.readUInt32LE(length - 4)) return 'damaged';
  return Array.from({ length: partitions }, (_, i) => file.readDoubleLE(MAGIC.length + 2 + 8 * i));
}

/** Appends one record to the writer and returns its length. */
export function writeRecord(writer: ByteWriter, delivery: MqDelivery): number {
  const start = writer.length;
  writer.u8(MARKER[0]!);
  writer.u8(MARKER[1]!);
  writer.u32(0);
  writer.u32(0);
  const payload = writer.length;
  writer.u16(delivery.partition);
  writer.f64(delivery.offset);
  writer.f64(delivery.storedAtMs);
  writeMessage(writer, delivery);
  const { buffer, length } = writer;
  buffer.writeUInt32LE(length - payload, start + 2);
  buffer.writeUInt32LE(crc32(buffer.subarray(payload, length)), start + 6);
  return length - start;
}

/** End of the record at `at`; 0 when there is no whole and undamaged one. */
export function recordEnd(file: Buffer, at: number): number {
  if (file.length - at < RECORD_HEAD || file[at] !== MARKER[0] || file[at + 1] !== MARKER[1]) return 0;
  const start = at + RECORD_HEAD;
  const end = start + file.readUInt32LE(at + 2);
  if (end > file.length || end - start < SMALLEST_PAYLOAD) return 0;
  return crc32(file.subarray(start, end)) === file.readUInt32LE(at + 6) ? end : 0;
}

/** Length of the record at `at` as its head says it, undamaged or not. */
export function claimedLength(file: Buffer, at: number): number {
  return file.length - at < RECORD_HEAD ? RECORD_HEAD : RECORD_HEAD + file.readUInt32LE(at + 2);
}

/** Partition and offset of a record known to be sound. */
export function recordPlace(file: Buffer, at: number): { partition: number; offset: number } {
  const start = at + RECORD_HEAD;
  return { partition: file.readUInt16LE(start), offset: file.readDoubleLE(start + 2) };
}

const reader = new ByteReader();

/** The message of the record at `at`; undefined when it is damaged or not of this place. */
export function readRecord(file: Buffer, at: number, topic: string, partition: number, offset: number): MqDelivery | undefined {
  const end = recordEnd(file, at);
  if (end === 0) return undefined;
  reader.reset(file, at + RECORD_HEAD, end);
  try {
    if (reader.u16() !== partition || reader.f64() !== offset) return undefined;
    return readMessage(reader, topic, partition, offset, reader.f64(), 1);
  } catch (error) {
    if (error instanceof Truncated) return undefined;
    throw error;
  }
}

export interface SegmentScan {
  /** Where the last sound record ends. */
  readonly end: number;
  /** Damaged stretches with sound records behind them. */
  readonly damaged: readonly { readonly at: number; readonly bytes: number }[];
}

/**
 * Finds every sound record. Damage in the middle is stepped over, not given up at: first by the damaged record's own
 * length, else by looking for the next place where a whole record stands.
 */
export function scanSegment(file: Buffer, start: number, found: (at: number, end: number) => void): SegmentScan {
  const damaged: { at: number; bytes: number }[] = [];
  let at = start;
  while (at < file.length) {
    const end = recordEnd(file, at);
    if (end > 0) {
      found(at, end);
      at = end;
      continue;
    }
    const next = nextSound(file, at);
    if (next === undefined) break;
    damaged.push({ at, bytes: next - at });
    at = next;
  }
  return { end: at, damaged };
}

function nextSound(file: Buffer, at: number): number | undefined {
  const claimed = at + claimedLength(file, at);
  if (recordEnd(file, claimed) > 0) return claimed;
  for (let next = file.indexOf(MARKER, at + 1); next >= 0; next = file.indexOf(MARKER, next + 1)) {
    if (recordEnd(file, next) > 0) return next;
  }
  return undefined;
}
