/** Encoders for the packets that make up the load; CONNECT and SUBSCRIBE come from mqtt-packet. MQTT 3.1.1, section 3. */
import { generate } from 'mqtt-packet';
import type { QoS } from '../gateway/types.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { SimClientOptions } from './types.ts';

/** First byte of the fixed header of the packets that consist of a packet identifier only. */
export const ACK = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 } as const;

export const PINGREQ: Buffer = Buffer.from([0xc0, 0]);
export const DISCONNECT: Buffer = Buffer.from([0xe0, 0]);

const MAX_TOPIC_BYTES = 65_535;
const MAX_REMAINING = 268_435_455;

/**
 * Refuses what can't be put into a PUBLISH; called before anything is queued, so that encoding never fails.
 * @throws CausewayError input.argument for a topic over 65,535 bytes or a packet over 256 MB.
 */
export function checkPublish(topic: string, payload: Uint8Array): void {
  // Up to this length no topic can be too long, whatever its characters: no need to count bytes.
  if (topic.length > MAX_TOPIC_BYTES / 3) checkText('topic', topic);
  if (payload.length > MAX_REMAINING - MAX_TOPIC_BYTES - 4) {
    throw new CausewayError('input.argument', {
      argument: 'payload',
      value: `${payload.length} bytes`,
      reason: 'it does not fit in an MQTT packet',
      expected: `at most ${MAX_REMAINING - MAX_TOPIC_BYTES - 4} bytes`,
    });
  }
}

/** @throws CausewayError input.argument for a text over 65,535 bytes of UTF-8, the most that MQTT can say (1.5.3). */
export function checkText(argument: string, text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_TOPIC_BYTES) return;
  throw new CausewayError('input.argument', {
    argument,
    value: `${text.slice(0, 40)}... (${bytes} bytes)`,
    reason: 'it is too long',
    expected: `at most ${MAX_TOPIC_BYTES} bytes of UTF-8`,
  });
}

/** Most bytes that a PUBLISH of this topic and payload can take. */
export function publishBound(topic: string, payload: Uint8Array): number {
  return 9 + topic.length * 3 + payload.length;
}

/**
 * Writes a PUBLISH at `at` and returns the position after it; `publishBound` bytes must be free. `id` is ignored at QoS 0.
 */
export function encodePublish(
  into: Buffer,
  at: number,
  topic: string,
  payload: Uint8Array,
  qos: QoS,
  retain: boolean,
  dup: boolean,
  id: number,
): number {
  const idBytes = qos === 0 ? 0 : 2;
  // An ASCII topic has as many bytes as characters, and that is nearly all of them: write it on that assumption, and
  // once more if it turns out wrong. Asking for the byte length first would cost a second call into the runtime each time.
  let topicBytes = topic.length;
  let position = header(into, at, topicBytes, idBytes, payload.length);
  const written = into.write(topic, position, 'utf8');
  if (written !== topicBytes) {
    topicBytes = written;
    position = header(into, at, topicBytes, idBytes, payload.length);
    into.write(topic, position, 'utf8');
  }
  into[at] = 0x30 | (dup ? 0x08 : 0) | (qos << 1) | (retain ? 1 : 0);
  into[position - 2] = topicBytes >>> 8;
  into[position - 1] = topicBytes & 0xff;
  position += topicBytes;
  if (idBytes !== 0) {
    into[position] = id >>> 8;
    into[position + 1] = id & 0xff;
    position += 2;
  }
  into.set(payload, position);
  return position + payload.length;
}

/** Writes the remaining length after the first byte and returns where the topic's characters start. */
function header(into: Buffer, at: number, topicBytes: number, idBytes: number, payloadBytes: number): number {
  let remaining = 2 + topicBytes + idBytes + payloadBytes;
  let position = at + 1;
  while (remaining > 127) {
    into[position] = (remaining & 0x7f) | 0x80;
    position += 1;
    remaining >>>= 7;
  }
  into[position] = remaining;
  return position + 3;
}

/** Writes a PUBACK, PUBREC, PUBREL or PUBCOMP (4 bytes) at `at` and returns the position after it. */
export function encodeAck(into: Buffer, at: number, first: number, id: number): number {
  into[at] = first;
  into[at + 1] = 2;
  into[at + 2] = id >>> 8;
  into[at + 3] = id & 0xff;
  return at + 4;
}

export function encodeConnect(options: SimClientOptions): Buffer {
  const { will } = options;
  return generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: options.clientId,
    clean: options.cleanSession,
    keepalive: options.keepAliveS,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: Buffer.from(options.password) }),
    ...(will === undefined
      ? {}
      : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain } }),
  });
}

export function encodeSubscribe(id: number, filters: readonly { readonly filter: string; readonly qos: QoS }[]): Buffer {
  return generate({
    cmd: 'subscribe',
    messageId: id,
    subscriptions: filters.map(({ filter, qos }) => ({ topic: filter, qos })),
  });
}
