/**
 * Checks one bridged message at its receiver against what its stamp says the sender did. The rules are written down
 * here a second time on purpose, from the mapping tables and not from the bridge's code: a mistake in the one must not
 * hide in the other. Runs for every message, so only a failure allocates.
 */
import type { QoS } from '../gateway/types.ts';
import { crcText } from './crc32.ts';
import type { MappingMatrix, PlainCell } from './mappingMatrix.ts';
import type { StampFields } from './stamp.ts';
import { flagClean, flagHasReal, flagHasSecond, flagP2p, flagQos, flagRetain } from './stampFlags.ts';

const QOS_TEXT = ['0', '1', '2'] as const;
const DEFAULT_QOS: QoS = 1;
const SLASH = 0x2f;

/**
 * Checks a device's message at an MQ consumer. True when every property is right; what is not is recorded in `matrix`
 * under the number `receiver`. `key` is the ordering key (undefined where the engine does not show one); `intact` what
 * `bodyIntact` said. `broker`: it came over a broker outside, which does not tell who published and with which session:
 * then both properties must be absent, as whatever stood there were invented, and the topic is the ordering key.
 */
export function checkUp(
  stamp: StampFields,
  properties: Readonly<Record<string, string>>,
  topic: string,
  key: string | undefined,
  intact: boolean,
  receiver: number,
  matrix: MappingMatrix,
  broker = false,
): boolean {
  const { flags } = stamp;
  const cells = matrix.up;
  let ok = true;

  const qos = flagQos(flags);
  const qosText = qos === undefined ? undefined : QOS_TEXT[qos];
  if (properties.qoslevel === qosText) cells.qoslevel.checked += 1;
  else ok = matrix.fail(cells.qoslevel, stamp, receiver, `${qosText} (QoS of the PUBLISH)`, properties.qoslevel);

  const clean = flagClean(flags) === true ? 'true' : 'false';
  if (broker) ok = unknown(properties.cleansessionflag, cells.cleansessionflag, stamp, receiver, matrix) && ok;
  else if (properties.cleansessionflag === clean) cells.cleansessionflag.checked += 1;
  else ok = matrix.fail(cells.cleansessionflag, stamp, receiver, `${clean} (CONNECT flag)`, properties.cleansessionflag);

  // The checksum covers parent and subtopic together: where a subtopic was published, a mismatch is shown in its cell.
  const second = properties.mqttSecondTopic;
  const hasSecond = flagHasSecond(flags);
  const whole = crcText(second ?? '', crcText(topic)) === stamp.crcTopic;
  if (topic !== '' && !topic.includes('/') && (whole || hasSecond)) {
    if (!broker || key === undefined || crcText(key) === stamp.crcTopic) cells.topic.checked += 1;
    else
      ok = matrix.fail(cells.topic, stamp, receiver, `ordering key: the topic (${hex(stamp.crcTopic)})`, `ordering key ${key}`);
  } else ok = matrix.fail(cells.topic, stamp, receiver, `parent of the published topic (whole: ${hex(stamp.crcTopic)})`, topic);
  if (hasSecond ? whole && second !== undefined && second.charCodeAt(0) === SLASH : second === undefined) {
    cells.mqttSecondTopic.checked += 1;
  } else {
    const expected = hasSecond ? `subtopic published below ${topic} (whole: ${hex(stamp.crcTopic)})` : 'absent';
    ok = matrix.fail(cells.mqttSecondTopic, stamp, receiver, expected, second);
  }

  if (properties.mqttRealTopic === undefined) cells.mqttRealTopic.checked += 1;
  else ok = matrix.fail(cells.mqttRealTopic, stamp, receiver, 'absent', properties.mqttRealTopic);

  // The ordering key is the client ID as well: order per client hangs on it.
  const { clientId } = properties;
  if (broker) ok = unknown(clientId, cells.clientId, stamp, receiver, matrix) && ok;
  else if (clientId === undefined || crcText(clientId) !== stamp.crcClient) {
    ok = matrix.fail(cells.clientId, stamp, receiver, `publisher's client ID (${hex(stamp.crcClient)})`, clientId);
  } else if (key !== undefined && key !== clientId) {
    ok = matrix.fail(cells.clientId, stamp, receiver, `ordering key ${clientId}`, `ordering key ${key}`);
  } else cells.clientId.checked += 1;

  if (intact) cells.payload.checked += 1;
  else ok = matrix.fail(cells.payload, stamp, receiver, `body ${hex(stamp.crcBody)}`, 'other bytes');
  return ok;
}

/** Is a property that nobody can know absent? Counts as a check only where it is not. */
function unknown(
  found: string | undefined,
  cell: PlainCell,
  stamp: StampFields,
  receiver: number,
  matrix: MappingMatrix,
): boolean {
  return found === undefined || matrix.fail(cell, stamp, receiver, 'absent (unknown over an external broker)', found);
}

/**
 * Checks a message from MQ at a device, as `checkUp` does the other way. `subscriptionQos` is that of the filter it
 * matched, or 'p2p' for none; `offlineAtSend`: the receiver had no connection when the message was sent. `broker`: it
 * came over a broker outside, which keeps messages as the receiver's session says, whatever the sender's flag.
 */
export function checkDown(
  stamp: StampFields,
  shownTopic: string,
  deliveredQos: QoS,
  subscriptionQos: QoS | 'p2p',
  retain: boolean,
  receiverClientId: string,
  offlineAtSend: boolean,
  intact: boolean,
  receiver: number,
  matrix: MappingMatrix,
  broker = false,
): boolean {
  const { flags } = stamp;
  const cells = matrix.down;
  let ok = true;

  const p2p = flagP2p(flags);
  const sentQos = flagQos(flags) ?? DEFAULT_QOS;
  // A P2P message has its own QoS, whatever its receiver has subscribed to.
  const qos = p2p || subscriptionQos === 'p2p' ? sentQos : Math.min(sentQos, subscriptionQos);
  if (deliveredQos === qos) cells.qoslevel.checked += 1;
  else {
    const why = `qoslevel ${flagQos(flags) ?? 'absent'}, subscription ${p2p ? 'p2p' : subscriptionQos}`;
    ok = matrix.fail(cells.qoslevel, stamp, receiver, `QoS ${qos} (${why})`, `QoS ${deliveredQos}`);
  }

  const shown = crcText(shownTopic) === stamp.crcTopic;
  const slash = shownTopic.indexOf('/');
  if (shown && !retain) cells.topic.checked += 1;
  else {
    const found = retain ? `${shownTopic}, retain=1` : shownTopic;
    ok = matrix.fail(cells.topic, stamp, receiver, `topic ${hex(stamp.crcTopic)}, retain=0`, found);
  }
  // What is shown below the parent comes from mqttRealTopic where it is set, otherwise from mqttSecondTopic.
  const hasReal = flagHasReal(flags);
  const below = hasReal ? cells.mqttRealTopic : cells.mqttSecondTopic;
  if (shown && slash > 0 === (hasReal || flagHasSecond(flags))) below.checked += 1;
  else {
    const expected = hasReal
      ? '{parent}/{mqttRealTopic}'
      : flagHasSecond(flags)
        ? '{parent}{mqttSecondTopic}'
        : 'the parent alone';
    ok = matrix.fail(below, stamp, receiver, `${expected} (${hex(stamp.crcTopic)})`, shownTopic);
  }

  if (p2p) {
    if (crcText(receiverClientId) === stamp.crcClient) cells.clientId.checked += 1;
    else ok = matrix.fail(cells.clientId, stamp, receiver, `its target only (${hex(stamp.crcClient)})`, receiverClientId);

    // Absent means true: nothing is kept for a receiver that is offline.
    const clean = flagClean(flags);
    if (broker) {
      // Not its business, so nothing to check.
    } else if (clean === false || !offlineAtSend) cells.cleansessionflag.checked += 1;
    else {
      const expected = `nothing kept while offline (flag ${clean ?? 'absent'})`;
      ok = matrix.fail(cells.cleansessionflag, stamp, receiver, expected, 'delivered from storage');
    }
  }

  if (intact) cells.payload.checked += 1;
  else ok = matrix.fail(cells.payload, stamp, receiver, `body ${hex(stamp.crcBody)}`, 'other bytes');
  return ok;
}

/**
 * Checks what one device published and another receives without any MQ: topic, QoS and payload. `subscriptionQos` as in
 * `checkDown`. A retained message keeps its flag only when it is replayed to a new subscription [MQTT-3.3.1-8, 3.3.1-9].
 */
export function checkDevice(
  stamp: StampFields,
  shownTopic: string,
  deliveredQos: QoS,
  subscriptionQos: QoS | 'p2p',
  retain: boolean,
  intact: boolean,
  receiver: number,
  matrix: MappingMatrix,
): boolean {
  const { flags } = stamp;
  const cells = matrix.device;
  let ok = true;

  const sentQos = flagQos(flags) ?? DEFAULT_QOS;
  const qos = subscriptionQos === 'p2p' ? sentQos : Math.min(sentQos, subscriptionQos);
  if (deliveredQos === qos) cells.qoslevel.checked += 1;
  else {
    const why = `published at ${sentQos}, subscription ${subscriptionQos}`;
    ok = matrix.fail(cells.qoslevel, stamp, receiver, `QoS ${qos} (${why})`, `QoS ${deliveredQos}`);
  }

  if (crcText(shownTopic) !== stamp.crcTopic) {
    ok = matrix.fail(cells.topic, stamp, receiver, `the topic published to (${hex(stamp.crcTopic)})`, shownTopic);
  } else if (retain && !flagRetain(flags)) {
    ok = matrix.fail(cells.topic, stamp, receiver, 'retain=0', `${shownTopic}, retain=1`);
  } else cells.topic.checked += 1;

  if (intact) cells.payload.checked += 1;
  else ok = matrix.fail(cells.payload, stamp, receiver, `body ${hex(stamp.crcBody)}`, 'other bytes');
  return ok;
}

function hex(crc: number): string {
  return `checksum ${crc.toString(16).padStart(8, '0')}`;
}
