/**
 * The 16 flag bits of a stamp: what the sender did, so that a receiver can check every mapped property from the
 * message alone. Topic and client ID travel beside them as checksums, because they have no fixed length.
 */
import type { QoS } from '../gateway/types.ts';
import type { Direction } from '../protocol/result.ts';
import { crcText } from './crc32.ts';

const DIRECTIONS = ['up', 'down', 'device'] as const satisfies readonly Direction[];
const QOS_SHIFT = 2;
const QOS_ABSENT = 3;
const CLEAN_SHIFT = 4;
const CLEAN_TRUE = 1;
const CLEAN_FALSE = 2;
const HAS_SECOND = 1 << 6;
const P2P = 1 << 7;
const HAS_REAL = 1 << 8;
const RETAIN = 1 << 9;
/** All bits that have a meaning; others are zero. */
export const FLAG_BITS = 0x3ff;

/** What a stamp says about its sender: flags, and CRC-32 of topic and client ID. Computed once per stream. */
export interface Sent {
  readonly flags: number;
  readonly crcTopic: number;
  readonly crcClient: number;
}

/** Which way the sender sent it; undefined for bits that no sender writes. */
export function flagDirection(flags: number): Direction | undefined {
  return DIRECTIONS[flags & 3];
}

/** QoS of the PUBLISH (up) or the message's qoslevel (down); undefined: the property was not set. */
export function flagQos(flags: number): QoS | undefined {
  const qos = (flags >> QOS_SHIFT) & 3;
  return qos === QOS_ABSENT ? undefined : (qos as QoS);
}

/** The CONNECT clean-session flag (up) or cleansessionflag (down); undefined: not set. */
export function flagClean(flags: number): boolean | undefined {
  const clean = (flags >> CLEAN_SHIFT) & 3;
  return clean === CLEAN_TRUE ? true : clean === CLEAN_FALSE ? false : undefined;
}

/** Has the topic more than its parent level? */
export function flagHasSecond(flags: number): boolean {
  return (flags & HAS_SECOND) !== 0;
}

export function flagP2p(flags: number): boolean {
  return (flags & P2P) !== 0;
}

/** Did the sender set mqttRealTopic? */
export function flagHasReal(flags: number): boolean {
  return (flags & HAS_REAL) !== 0;
}

export function flagRetain(flags: number): boolean {
  return (flags & RETAIN) !== 0;
}

const cleanBits = (clean: boolean | undefined): number =>
  clean === undefined ? 0 : (clean ? CLEAN_TRUE : CLEAN_FALSE) << CLEAN_SHIFT;

/** What an MQ consumer must find: the whole MQTT topic as published, and the publisher's client ID. */
export function expectUp(publisher: {
  readonly topic: string;
  readonly clientId: string;
  readonly qos: QoS;
  readonly cleanSession: boolean;
  readonly retain: boolean;
}): Sent {
  return published('up', publisher);
}

/** The same for a message between devices that no MQ sees. */
export function expectDevice(publisher: Parameters<typeof expectUp>[0]): Sent {
  return published('device', publisher);
}

function published(direction: 'up' | 'device', publisher: Parameters<typeof expectUp>[0]): Sent {
  const flags =
    DIRECTIONS.indexOf(direction) |
    (publisher.qos << QOS_SHIFT) |
    cleanBits(publisher.cleanSession) |
    (publisher.topic.includes('/') ? HAS_SECOND : 0) |
    (publisher.retain ? RETAIN : 0);
  return { flags, crcTopic: crcText(publisher.topic), crcClient: crcText(publisher.clientId) };
}

/** What a device must find of a message that a service sends through MQ. */
export function expectDown(command: {
  /** Topic that the receiver must see, whole. */
  readonly shownTopic: string;
  /** qoslevel, cleansessionflag: undefined where the property is not set. */
  readonly qos: QoS | undefined;
  readonly clean: boolean | undefined;
  readonly hasSecond: boolean;
  readonly hasReal: boolean;
  /** Client ID of the only receiver of a P2P message; undefined for all others. */
  readonly target: string | undefined;
}): Sent {
  const flags =
    DIRECTIONS.indexOf('down') |
    ((command.qos ?? QOS_ABSENT) << QOS_SHIFT) |
    cleanBits(command.clean) |
    (command.hasSecond ? HAS_SECOND : 0) |
    (command.hasReal ? HAS_REAL : 0) |
    (command.target === undefined ? 0 : P2P);
  return {
    flags,
    crcTopic: crcText(command.shownTopic),
    crcClient: command.target === undefined ? 0 : crcText(command.target),
  };
}
