/** MQTT 3.1.1 packets the gateway writes itself, as bytes: fan-out shares one buffer between all receivers. */
import type { QoS } from './types.ts';

export const PINGRESP: Buffer = Buffer.from([0xd0, 0]);

/** An encoded PUBLISH with QoS 1 or 2; where its packet identifier stands, so that copies differ in two bytes only. */
export interface EncodedPublish {
  readonly bytes: Buffer;
  /** 0 with QoS 0, which has no identifier. */
  readonly idOffset: number;
  readonly qos: QoS;
}

/** Encodes a PUBLISH (DUP=0). The identifier is written as given; 0 stands for none with QoS 0. */
export function encodePublish(topic: string, payload: Uint8Array, qos: QoS, retain: boolean, id: number): EncodedPublish {
  const topicBytes = Buffer.byteLength(topic);
  const remaining = 2 + topicBytes + (qos > 0 ? 2 : 0) + payload.length;
  const lengthBytes = remaining < 128 ? 1 : remaining < 16_384 ? 2 : remaining < 2_097_152 ? 3 : 4;
  const bytes = Buffer.allocUnsafe(1 + lengthBytes + remaining);
  bytes[0] = 0x30 | (qos << 1) | (retain ? 1 : 0);
  let at = 1;
  let rest = remaining;
  do {
    const digit = rest & 0x7f;
    rest >>>= 7;
    bytes[at] = rest > 0 ? digit | 0x80 : digit;
    at += 1;
  } while (rest > 0);
  bytes[at] = topicBytes >>> 8;
  bytes[at + 1] = topicBytes & 0xff;
  bytes.write(topic, at + 2, 'utf8');
  at += 2 + topicBytes;
  let idOffset = 0;
  if (qos > 0) {
    idOffset = at;
    bytes[at] = id >>> 8;
    bytes[at + 1] = id & 0xff;
    at += 2;
  }
  bytes.set(payload, at);
  return { bytes, idOffset, qos };
}

/** A copy of an encoded PUBLISH under another identifier, with DUP as asked [MQTT-3.3.1-1]. */
export function withId(publish: EncodedPublish, id: number, dup: boolean): Buffer {
  const copy = Buffer.from(publish.bytes);
  if (dup) copy[0] = copy[0]! | 0x08;
  copy[publish.idOffset] = id >>> 8;
  copy[publish.idOffset + 1] = id & 0xff;
  return copy;
}

const ack = (type: number, id: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes[0] = type;
  bytes[1] = 2;
  bytes[2] = id >>> 8;
  bytes[3] = id & 0xff;
  return bytes;
};

export const puback = (id: number): Buffer => ack(0x40, id);
export const pubrec = (id: number): Buffer => ack(0x50, id);
export const pubrel = (id: number): Buffer => ack(0x62, id);
export const pubcomp = (id: number): Buffer => ack(0x70, id);
export const unsuback = (id: number): Buffer => ack(0xb0, id);

/** SUBACK with one return code per filter: the granted QoS, or 128 for a refusal. */
export function suback(id: number, granted: readonly number[]): Buffer {
  const remaining = 2 + granted.length;
  const header = [0x90];
  let rest = remaining;
  do {
    const digit = rest & 0x7f;
    rest >>>= 7;
    header.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.from([...header, id >>> 8, id & 0xff, ...granted]);
}
