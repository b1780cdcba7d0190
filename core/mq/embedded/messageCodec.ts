/** The binary form of a message, the same on the port and in segment files. The topic is not part of it. */
import type { MqDelivery, MqMessage } from '../engine.ts';
import { type ByteReader, type ByteWriter, Truncated } from './bytes.ts';
import { makeDelivery } from './delivery.ts';

const HAS_KEY = 1;
const HAS_TAG = 2;
const HAS_DELAY = 4;
const KNOWN = HAS_KEY | HAS_TAG | HAS_DELAY;

/** Writes key, tag, delay, properties and body. @throws RangeError when a text is longer than 65,535 bytes */
export function writeMessage(writer: ByteWriter, message: MqMessage): void {
  const { key, tag, delayMs, properties } = message;
  writer.u8((key === undefined ? 0 : HAS_KEY) | (tag === undefined ? 0 : HAS_TAG) | (delayMs === undefined ? 0 : HAS_DELAY));
  if (key !== undefined) writer.text(key);
  if (tag !== undefined) writer.text(tag);
  if (delayMs !== undefined) writer.f64(delayMs);
  const names = Object.keys(properties);
  writer.u16(names.length);
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i]!;
    writer.text(name);
    writer.text(properties[name]!);
  }
  writer.bytes(message.body);
}

/** Reads what `writeMessage` wrote; the body is a view of the reader's buffer. */
export function readMessage(
  reader: ByteReader,
  topic: string,
  partition: number,
  offset: number,
  storedAtMs: number,
  deliveryCount: number,
): MqDelivery {
  const flags = reader.u8();
  if ((flags & ~KNOWN) !== 0) throw new Truncated();
  const head: { key?: string; tag?: string; delayMs?: number } = {};
  if (flags & HAS_KEY) head.key = reader.text();
  if (flags & HAS_TAG) head.tag = reader.text();
  if (flags & HAS_DELAY) head.delayMs = reader.f64();
  const count = reader.u16();
  const properties: Record<string, string> = {};
  for (let i = 0; i < count; i += 1) {
    const name = reader.text();
    const value = reader.text();
    // Plain assignment to this one name would set the prototype instead of a property.
    if (name === '__proto__')
      Object.defineProperty(properties, name, { value, enumerable: true, writable: true, configurable: true });
    else properties[name] = value;
  }
  return makeDelivery(topic, head, properties, reader.bytes(), partition, offset, storedAtMs, deliveryCount);
}
