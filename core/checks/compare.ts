/** Field by field: what a receiver got beside what it must have got. */
import { DEAD_LETTER_DETAIL, LAB_PROPERTY } from '../mapping/names.ts';
import { DEAD_LETTER, type MqDelivery } from '../mq/engine.ts';
import { showBytes } from './bytes.ts';
import type { Arrival } from './device.ts';
import { type EvidenceLog, showText } from './evidence.ts';
import { CHECK_ID } from './watch.ts';

/** A PUBLISH that must arrive at a device. */
export interface ExpectedArrival {
  readonly topic: string;
  readonly qos: number;
  readonly body: Uint8Array;
  /** Default false. */
  readonly retain?: boolean;
  /** Default false; undefined compares nothing. */
  readonly dup?: boolean | undefined;
}

/** A message that must stand in MQ because a device has published it. */
export interface ExpectedStored {
  readonly topic: string;
  /** undefined: the property must be absent. */
  readonly second: string | undefined;
  readonly qos: number;
  readonly clean: boolean;
  readonly clientId: string;
  readonly body: Uint8Array;
}

/** A message that must stand in the dead-letter topic. */
export interface ExpectedLetter {
  readonly reason: string;
  readonly topic: string;
  /** The property at fault and what was found there; undefined: not compared. */
  readonly property?: string;
  readonly value?: string;
  readonly body: Uint8Array;
  /** The sender's own properties, which a dead letter keeps. */
  readonly properties: Readonly<Record<string, string>>;
}

const OWN_KEYS: readonly string[] = [CHECK_ID, ...Object.values(LAB_PROPERTY)];

/** Pairs by payload, then what is left in order: order is judged elsewhere, and a wrong payload must still be shown beside the right one. */
export function pair<E extends { readonly body: Uint8Array }, F>(
  expected: readonly E[],
  found: readonly F[],
  payload: (found: F) => Uint8Array,
): { readonly pairs: readonly (readonly [E | undefined, F | undefined])[] } {
  const rest = [...found];
  const missing: E[] = [];
  const pairs: (readonly [E | undefined, F | undefined])[] = [];
  for (const wanted of expected) {
    const at = rest.findIndex((one) => Buffer.compare(payload(one), wanted.body) === 0);
    if (at < 0) missing.push(wanted);
    else pairs.push([wanted, rest.splice(at, 1)[0]]);
  }
  for (const wanted of missing) pairs.push([wanted, rest.shift()]);
  for (const extra of rest) pairs.push([undefined, extra]);
  return { pairs };
}

export const showArrival = (arrival: Arrival): string =>
  `PUBLISH ${JSON.stringify(arrival.topic)} qos=${arrival.qos} retain=${Number(arrival.retain)} dup=${Number(arrival.dup)} ${showBytes(arrival.payload)}`;

export const showProperties = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .filter(([key]) => !OWN_KEYS.includes(key))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(' ') || 'no properties';

export const showStored = (message: MqDelivery): string =>
  `message in ${JSON.stringify(message.topic)} ${showProperties(message.properties)} ${showBytes(message.body)}`;

/** Compares what a device got; undefined for `dup` leaves that flag out. */
export function compareArrivals(
  log: EvidenceLog,
  who: string,
  expected: readonly ExpectedArrival[],
  found: readonly Arrival[],
  because: string,
): void {
  log.compared(
    `${who}: number of messages`,
    String(expected.length),
    String(found.length),
    because,
    found.length === expected.length,
  );
  for (const [wanted, got] of pair(expected, found, (arrival) => arrival.payload).pairs) {
    if (wanted === undefined) log.compared(`${who}: a further message`, 'none', showArrival(got!), because, false);
    else if (got === undefined)
      log.compared(`${who}: ${JSON.stringify(wanted.topic)} ${showBytes(wanted.body)}`, 'arrives', 'missing', because, false);
    else {
      const name = `${who}: PUBLISH ${showBytes(wanted.body)}`;
      log.equal(`${name}, topic`, wanted.topic, got.topic, because);
      log.equal(`${name}, QoS`, String(wanted.qos), String(got.qos), because);
      log.equal(`${name}, retain`, String(wanted.retain ?? false), String(got.retain), because);
      const dup = 'dup' in wanted ? wanted.dup : false;
      if (dup !== undefined) log.equal(`${name}, dup`, String(dup), String(got.dup), because);
      log.bytes(`${name}, payload`, wanted.body, got.payload, because);
    }
  }
}

/** Compares what devices have put into MQ. */
export function compareStored(
  log: EvidenceLog,
  expected: readonly ExpectedStored[],
  found: readonly MqDelivery[],
  because: string,
): void {
  log.compared(
    'MQ: number of messages',
    String(expected.length),
    String(found.length),
    because,
    found.length === expected.length,
  );
  for (const [wanted, got] of pair(expected, found, (message) => message.body).pairs) {
    if (wanted === undefined) log.compared('MQ: a further message', 'none', showStored(got!), because, false);
    else if (got === undefined) log.compared(`MQ: ${showBytes(wanted.body)}`, 'is stored', 'missing', because, false);
    else {
      const name = `MQ: message ${showBytes(wanted.body)}`;
      const { properties } = got;
      log.equal(`${name}, topic`, wanted.topic, got.topic, because);
      log.equal(`${name}, qoslevel`, String(wanted.qos), properties.qoslevel, because);
      log.equal(`${name}, cleansessionflag`, String(wanted.clean), properties.cleansessionflag, because);
      log.equal(`${name}, mqttSecondTopic`, wanted.second, properties.mqttSecondTopic, because);
      log.equal(`${name}, mqttRealTopic`, undefined, properties.mqttRealTopic, because);
      log.equal(`${name}, clientId`, wanted.clientId, properties.clientId, because);
      log.bytes(`${name}, payload`, wanted.body, got.body, because);
    }
  }
}

/** Compares dead letters: the reason, where the fault was, and that the message itself is kept as it was. */
export function compareLetters(
  log: EvidenceLog,
  expected: readonly ExpectedLetter[],
  found: readonly MqDelivery[],
  because: string,
): void {
  log.compared('dead letters: number', String(expected.length), String(found.length), because, found.length === expected.length);
  for (const [wanted, got] of pair(expected, found, (message) => message.body).pairs) {
    if (wanted === undefined) log.compared('dead letters: a further one', 'none', showStored(got!), because, false);
    else if (got === undefined) log.compared(`dead letter ${showBytes(wanted.body)}`, 'is kept', 'missing', because, false);
    else {
      const name = `dead letter ${showBytes(wanted.body)}`;
      const { properties } = got;
      log.equal(`${name}, ${DEAD_LETTER.reason}`, wanted.reason, properties[DEAD_LETTER.reason], because);
      log.equal(`${name}, ${DEAD_LETTER.topic}`, wanted.topic, properties[DEAD_LETTER.topic], because);
      for (const key of ['property', 'value'] as const) {
        if (wanted[key] === undefined) continue;
        log.equal(`${name}, ${DEAD_LETTER_DETAIL[key]}`, wanted[key], properties[DEAD_LETTER_DETAIL[key]], because);
      }
      for (const [key, value] of Object.entries(wanted.properties)) {
        const same = properties[key] === value;
        log.compared(`${name}, ${key} kept`, showText(value), showText(properties[key]), because, same);
      }
      log.bytes(`${name}, payload`, wanted.body, got.body, because);
    }
  }
}
