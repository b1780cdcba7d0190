/** A message of the lab as RocketMQ stores it, and back. The key is the sharding key (message group), the tag the tag. */
import { unzipSync } from 'node:zlib';
import { CausewayError } from '../../protocol/errors.ts';
import { MAX_BODY } from '../embedded/checkMessage.ts';
import type { MqDelivery, MqMessage } from '../engine.ts';

const KEY = '__SHARDINGKEY';
const TAG = 'TAGS';
/** Due time of a delayed message, wall-clock milliseconds. */
const DELIVER_AT = 'TIMER_DELIVER_MS';

/** Properties of RocketMQ's own: it acts on some and adds the others. Those that begin with `__` are, too. */
const RESERVED = new Set(
  `BORN_HOST BORN_TIMESTAMP KEYS TAGS WAIT DELAY RETRY_TOPIC REAL_TOPIC REAL_QID TRAN_MSG PGROUP MIN_OFFSET MAX_OFFSET BUYER_ID ORIGIN_MESSAGE_ID
  TRANSFER_FLAG CORRECTION_FLAG MQ2_FLAG RECONSUME_TIME MSG_REGION TRACE_ON UNIQ_KEY EXTEND_UNIQ_INFO MAX_RECONSUME_TIMES
  CONSUME_START_TIME TRAN_PREPARED_QUEUE_OFFSET TRANSACTION_CHECK_TIMES TRAN_CHECK_TIMES CHECK_IMMUNITY_TIME_IN_SECONDS INSTANCE_ID
  CORRELATION_ID REPLY_TO_CLIENT TTL ARRIVE_TIME PUSH_REPLY_TIME CLUSTER MSG_TYPE POP_CK POP_CK_OFFSET 1ST_POP_TIME
  INNER_MULTI_DISPATCH INNER_MULTI_QUEUE_OFFSET INNER_NUM INNER_BASE DUP_INFO CRC32 TIMER_DELIVER_MS TIMER_IN_MS TIMER_OUT_MS
  TIMER_ENQUEUE_MS TIMER_DEQUEUE_MS TIMER_ROLL_TIMES TIMER_ROLL_LABEL TIMER_DEL_UNIQKEY TIMER_DELAY_LEVEL TIMER_DELAY_MS
  TIMER_DELAY_SEC DLQ_ORIGIN_TOPIC DLQ_ORIGIN_MESSAGE_ID TRANS_CHECK_TIMES`.split(/\s+/),
);
/** Put before names that RocketMQ would take for its own, and before names that begin like this already. */
const ESCAPE = 'causeway.';
/**
 * A broker takes a delayed message apart and puts it together again, and cannot do that with an empty body or an empty value: such a
 * body becomes one byte with this property beside it, such a value becomes a property of this name, a dot and the value's own name.
 */
const EMPTY = 'causeway.~empty';

/** Stored in two bytes, with a sign. */
const MAX_PROPERTIES = 32_767;
/** Total size, magic, checksum, flag, size of the body; behind the body the size of the properties. */
const BATCH_HEAD = 20;

const hasSeparator = (text: string): boolean => text.includes('\u0001') || text.includes('\u0002');

const reserved = (name: string): boolean => name === '' || RESERVED.has(name) || name.startsWith('__') || name.startsWith(ESCAPE);

/** Properties, key and tag in RocketMQ's notation. @throws CausewayError input.argument for what it cannot hold */
export function encodeProperties(message: MqMessage, deliverAtMs?: number): string {
  let text = '';
  const add = (name: string, value: string, shown = name): void => {
    if (hasSeparator(name) || hasSeparator(value))
      bad(shown, value, 'RocketMQ separates names and values by U+0001 and U+0002', 'a text without these characters');
    text += `${name}\u0001${value}\u0002`;
  };
  const delayed = deliverAtMs !== undefined;
  for (const name in message.properties) {
    const value = message.properties[name]!;
    const stored = reserved(name) ? ESCAPE + name : name;
    if (delayed && value === '') add(`${EMPTY}.${name}`, '1', `property ${name}`);
    else add(stored, value, `property ${name}`);
  }
  if (message.tag !== undefined) add(TAG, message.tag, 'tag');
  if (message.key !== undefined) add(KEY, message.key, 'key');
  if (delayed) {
    add(DELIVER_AT, String(deliverAtMs));
    if (message.body.length === 0) add(EMPTY, '1');
  }
  // Three bytes a character at most: only long ones need counting.
  if (text.length > MAX_PROPERTIES / 3 && Buffer.byteLength(text) > MAX_PROPERTIES)
    bad(
      'properties',
      `${Buffer.byteLength(text)} bytes`,
      'too large',
      `key, tag and properties of at most ${MAX_PROPERTIES} bytes`,
    );
  return text;
}

function bad(argument: string, value: string, reason: string, expected: string): never {
  throw new CausewayError('input.argument', { argument: `message ${argument}`, value: value.slice(0, 100), reason, expected });
}

/** One message of a batch, copied. */
export function encodeForBatch(message: MqMessage): Buffer {
  const properties = encodeProperties(message);
  const { body } = message;
  const size = Buffer.byteLength(properties);
  const bytes = Buffer.alloc(BATCH_HEAD + body.length + 2 + size);
  bytes.writeInt32BE(bytes.length, 0);
  bytes.writeInt32BE(body.length, 16);
  bytes.set(body, BATCH_HEAD);
  bytes.writeInt16BE(size, BATCH_HEAD + body.length);
  bytes.write(properties, BATCH_HEAD + body.length + 2);
  return bytes;
}

/** Body of a delayed message, copied. */
export function delayedBody({ body }: MqMessage): Buffer {
  return body.length === 0 ? Buffer.alloc(1) : Buffer.from(body);
}

const MAGIC = 0xdaa320a7 | 0;
/** As above, with two bytes for the size of the topic's name. */
const MAGIC_LONG_TOPIC = 0xdaa320ab | 0;
const COMPRESSED = 0x1;
const BORN_IN_IPV6 = 0x10;
const STORED_IN_IPV6 = 0x20;

/** The messages of an answer to a pull. @throws Error when it is not in RocketMQ's format */
export function decodeMessages(bytes: Buffer, topic: string, partition: number): MqDelivery[] {
  const deliveries: MqDelivery[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const size = bytes.readInt32BE(at);
    // The broker may cut the last one off.
    if (size <= 0 || at + size > bytes.length) break;
    deliveries.push(decode(bytes.subarray(at, at + size), topic, partition));
    at += size;
  }
  return deliveries;
}

type Writable = { -readonly [K in keyof MqDelivery]: MqDelivery[K] };

function decode(bytes: Buffer, topic: string, partition: number): MqDelivery {
  const magic = bytes.readInt32BE(4);
  if (magic !== MAGIC && magic !== MAGIC_LONG_TOPIC) throw new Error(`a message begins with ${magic.toString(16)}`);
  const offset = Number(bytes.readBigInt64BE(20));
  const flags = bytes.readInt32BE(36);
  let at = 48 + (flags & BORN_IN_IPV6 ? 20 : 8);
  const storedAtMs = Number(bytes.readBigInt64BE(at));
  at += 8 + (flags & STORED_IN_IPV6 ? 20 : 8);
  // Deliveries before this one by means of RocketMQ's own, and the place of a transaction.
  at += 4 + 8;
  const bodySize = bytes.readInt32BE(at);
  at += 4;
  let body = bytes.subarray(at, at + bodySize);
  at += bodySize;
  at += magic === MAGIC ? 1 + bytes.readUInt8(at) : 2 + bytes.readInt16BE(at);
  const delivery: Writable = { topic, partition, offset, properties: {}, body, storedAtMs, deliveryCount: 1 };
  const propertiesSize = bytes.readInt16BE(at);
  if (decodeProperties(bytes.toString('utf8', at + 2, at + 2 + propertiesSize), delivery)) body = body.subarray(0, 0);
  delivery.body = (flags & COMPRESSED) === 0 ? body : inflate(body);
  return delivery;
}

/** Applications may compress. What Node cannot read, LZ4 and Zstandard, is handed on as it is: a queue must not stop for it. */
function inflate(body: Buffer): Buffer {
  try {
    return unzipSync(body, { maxOutputLength: MAX_BODY });
  } catch {
    return body;
  }
}

/** True when the body is to be taken for empty. */
function decodeProperties(text: string, delivery: Writable): boolean {
  const properties: Record<string, string> = {};
  let empty = false;
  for (let at = 0; at < text.length; ) {
    const middle = text.indexOf('\u0001', at);
    if (middle < 0) break;
    let end = text.indexOf('\u0002', middle);
    if (end < 0) end = text.length;
    const name = text.slice(at, middle);
    const value = text.slice(middle + 1, end);
    at = end + 1;
    if (name === KEY) delivery.key = value;
    else if (name === TAG) delivery.tag = value;
    else if (name === EMPTY) empty = true;
    else if (name.startsWith(`${EMPTY}.`)) properties[name.slice(EMPTY.length + 1)] = '';
    else if (name.startsWith(ESCAPE)) properties[name.slice(ESCAPE.length)] = value;
    else if (!reserved(name)) properties[name] = value;
  }
  delivery.properties = properties;
  return empty;
}
