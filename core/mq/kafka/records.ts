/** A message of the lab as a Kafka record, and back: key and properties as UTF-8, the tag as one more header. */
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { CausewayError } from '../../protocol/errors.ts';
import type { MqDelivery, MqMessage } from '../engine.ts';

/** Kafka has no tags. No property may bear this name, or it would come out as the tag. */
export const TAG_HEADER = 'causeway.tag';

/** @throws CausewayError input.argument for a property that would be taken for the tag */
export function toHeaders(message: MqMessage): IHeaders {
  const headers: IHeaders = {};
  for (const name in message.properties) {
    if (name === TAG_HEADER) {
      throw new CausewayError('input.argument', {
        argument: `message property ${name}`,
        value: message.properties[name]!,
        reason: 'the name is taken by the tag',
        expected: 'another name',
      });
    }
    headers[name] = message.properties[name];
  }
  if (message.tag !== undefined) headers[TAG_HEADER] = message.tag;
  return headers;
}

type Writable = { -readonly [K in keyof MqDelivery]: MqDelivery[K] };

const EMPTY = Buffer.alloc(0);

export function toDelivery(topic: string, partition: number, record: KafkaMessage): MqDelivery {
  const properties: Record<string, string> = {};
  let tag: string | undefined;
  const headers = record.headers;
  for (const name in headers) {
    const value = headers[name];
    // A header given twice is legal in Kafka and none of ours: the last one counts, as in most clients.
    const last = Array.isArray(value) ? value.at(-1) : value;
    const text = last === undefined ? '' : last.toString();
    if (name === TAG_HEADER) tag = text;
    else properties[name] = text;
  }
  const delivery: Writable = {
    topic,
    partition,
    offset: Number(record.offset),
    properties,
    // A record without a value is a deletion mark of a compacted topic; the lab sees an empty message.
    body: record.value ?? EMPTY,
    storedAtMs: Number(record.timestamp),
    deliveryCount: 1,
  };
  if (record.key !== null) delivery.key = record.key.toString();
  if (tag !== undefined) delivery.tag = tag;
  return delivery;
}

/** Bytes of a record, near enough for bounding batches and buffers. */
export function recordBytes(message: MqMessage): number {
  let size = message.body.length + (message.key?.length ?? 0) + (message.tag?.length ?? 0) + 64;
  for (const name in message.properties) size += name.length + message.properties[name]!.length + 2;
  return size;
}
