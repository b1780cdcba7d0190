/**
 * A stored message is kept in the very shape in which it is delivered the first time, so that delivering it to any
 * number of groups allocates nothing. Handlers must treat deliveries as read-only: they are shared.
 */
import type { MqDelivery, MqMessage, MqProperties } from '../engine.ts';

type Writable = { -readonly [K in keyof MqDelivery]: MqDelivery[K] };

/** Builds the stored form of a message; `properties` and `body` must be the engine's own copies. */
export function makeDelivery(
  topic: string,
  message: Pick<MqMessage, 'key' | 'tag' | 'delayMs'>,
  properties: MqProperties,
  body: Uint8Array,
  partition: number,
  offset: number,
  storedAtMs: number,
  deliveryCount: number,
): MqDelivery {
  const delivery: Writable = { topic, properties, body, partition, offset, storedAtMs, deliveryCount };
  // Absent stays absent (not `undefined`), as the interface's optional fields say.
  if (message.key !== undefined) delivery.key = message.key;
  if (message.tag !== undefined) delivery.tag = message.tag;
  if (message.delayMs !== undefined && message.delayMs > 0) delivery.delayMs = message.delayMs;
  return delivery;
}

/** The same message delivered for the n-th time. */
export function withCount(delivery: MqDelivery, deliveryCount: number): MqDelivery {
  return deliveryCount === delivery.deliveryCount ? delivery : { ...delivery, deliveryCount };
}

/** Bytes a message counts for in retention: body, key, tag and properties. */
export function sizeOf(message: MqMessage): number {
  let size = message.body.length + (message.key?.length ?? 0) + (message.tag?.length ?? 0);
  for (const name in message.properties) size += name.length + message.properties[name]!.length;
  return size;
}
