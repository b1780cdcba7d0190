/**
 * Property by property: where it stood on the way in, where it stands on the way out, and the rule in words (docs/mapping.md). Both
 * ends are what was sent and what was seen; nothing here computes what should have come out.
 */
import { PROPERTY, wrongCaseOf } from '../../mapping/names.ts';
import { canonicalSecond, p2pTarget, splitTopic } from '../../mapping/topics.ts';
import type { InspectArrow, MqMessageView, MqttPacketView } from '../../protocol/window.ts';

type End = InspectArrow['from'];

const end = (field: string, value: string | number | boolean | undefined | null): End =>
  value === undefined || value === null ? null : { field, value: String(value) };

function arrow(
  property: string,
  from: End,
  to: End,
  rule: string,
  marks: { isDefault?: boolean; dropped?: boolean; used?: boolean } = {},
): InspectArrow {
  const { isDefault = false, dropped = false, used = false } = marks;
  return { property, from, to, rule, isDefault, dropped, ...(used ? { used } : {}) };
}

const size = ({ payload }: { readonly payload: { readonly bytes: number } }): string => `${payload.bytes} bytes`;

/** MQTT to MQ. `stored` null: it never got there. */
export function upArrows(sent: MqttPacketView, stored: MqMessageView | null): InspectArrow[] {
  const properties = stored?.properties ?? {};
  const of = (key: string): End => end(key, properties[key]);
  const { second } = splitTopic(sent.topic);
  return [
    arrow('topic', end('topic', sent.topic), end('topic', stored?.topic), 'The first level of the MQTT topic is the MQ topic.'),
    arrow(
      PROPERTY.secondTopic,
      end('topic', second === undefined ? undefined : sent.topic),
      of(PROPERTY.secondTopic),
      second === undefined
        ? 'There is nothing behind the first level, so there is no such property.'
        : 'All levels behind the first one, unchanged and with their leading slash.',
    ),
    arrow(
      PROPERTY.qosLevel,
      end('QoS', sent.qos),
      of(PROPERTY.qosLevel),
      'Always there: the QoS of the PUBLISH, not of any subscription.',
    ),
    arrow(
      PROPERTY.cleanSessionFlag,
      end('clean session (CONNECT)', sent.cleanSession),
      of(PROPERTY.cleanSessionFlag),
      'Always there: the flag of the publisher’s CONNECT.',
    ),
    arrow(PROPERTY.clientId, end('client ID (CONNECT)', sent.clientId), of(PROPERTY.clientId), 'Always there: who published.'),
    arrow(
      'key',
      end('client ID (CONNECT)', sent.clientId),
      end('key', stored?.key),
      'The client ID is the ordering key: each device’s messages keep their order.',
    ),
    arrow(PROPERTY.realTopic, null, of(PROPERTY.realTopic), 'Never written on the way up: it belongs to the way down.'),
    arrow('retain', end('retain', sent.retain), null, 'MQ has no such flag: it is not carried.', { dropped: sent.retain }),
    arrow('payload', end('payload', size(sent)), stored === null ? null : end('body', size(stored)), 'Byte for byte.'),
  ];
}

/** MQ to MQTT. `got` null: no device got it. */
export function downArrows(sent: MqMessageView, got: MqttPacketView | null, subscriptionQos: number): InspectArrow[] {
  const { properties } = sent;
  const of = (key: string): End => end(key, Object.hasOwn(properties, key) ? properties[key] : undefined);
  const has = (key: string): boolean => Object.hasOwn(properties, key);
  const second = has(PROPERTY.secondTopic) ? canonicalSecond(properties[PROPERTY.secondTopic] ?? '') : undefined;
  const p2p = p2pTarget(second) !== undefined;
  const shown = end('topic', got?.topic);
  const qos = end('QoS', got?.qos);
  const mapped = new Set<string>(Object.values(PROPERTY));
  const qosRule = p2p
    ? 'The QoS of the message: P2P needs no subscription.'
    : `The lower of the message’s QoS and the subscription’s (${subscriptionQos}).`;
  return [
    arrow('topic', end('topic', sent.topic), shown, 'The MQ topic is the first level of the MQTT topic.'),
    arrow(
      PROPERTY.secondTopic,
      of(PROPERTY.secondTopic),
      has(PROPERTY.secondTopic) && !has(PROPERTY.realTopic) ? shown : null,
      p2p
        ? 'P2P: goes to this device alone, whatever others subscribe to.'
        : 'The levels behind the first one; absent: the MQ topic alone. Subscriptions are matched with it.',
      // What receivers see in its place says nothing of how they were found.
      { isDefault: !has(PROPERTY.secondTopic), used: got !== null && has(PROPERTY.secondTopic) && has(PROPERTY.realTopic) },
    ),
    arrow(
      PROPERTY.realTopic,
      of(PROPERTY.realTopic),
      has(PROPERTY.realTopic) ? shown : null,
      has(PROPERTY.realTopic)
        ? 'What the receiver sees behind the first level, in place of the subtopic.'
        : 'Not set: the receiver sees the usual topic.',
      { isDefault: !has(PROPERTY.realTopic) },
    ),
    arrow(PROPERTY.qosLevel, of(PROPERTY.qosLevel), qos, has(PROPERTY.qosLevel) ? qosRule : `Not set: 1. ${qosRule}`, {
      isDefault: !has(PROPERTY.qosLevel),
    }),
    arrow(
      PROPERTY.cleanSessionFlag,
      of(PROPERTY.cleanSessionFlag),
      null,
      p2p
        ? `${has(PROPERTY.cleanSessionFlag) ? '' : 'Not set: true. '}false keeps the message for a device that is offline, true does not. It does not travel to the device.`
        : 'It has a meaning on P2P messages only: ignored on others.',
      p2p
        ? { isDefault: !has(PROPERTY.cleanSessionFlag), used: has(PROPERTY.cleanSessionFlag) }
        : { dropped: has(PROPERTY.cleanSessionFlag) },
    ),
    arrow(PROPERTY.clientId, of(PROPERTY.clientId), null, 'Cannot be set from MQ: stripped, never seen by a device.', {
      dropped: has(PROPERTY.clientId),
    }),
    arrow('retain', null, end('retain', got?.retain), 'Messages from MQ are never retained: always 0.', { isDefault: true }),
    ...Object.entries(properties)
      .filter(([key]) => !mapped.has(key))
      .map(([key, value]) => {
        const meant = wrongCaseOf(key);
        const rule =
          meant === undefined
            ? 'A property of your own: devices speak MQTT 3.1.1, which has no place for it.'
            : `Not ${meant}, which is spelled exactly so: ignored, the default applies.`;
        return arrow(key, end(key, value), null, rule, { dropped: true });
      }),
    arrow('payload', end('body', size(sent)), got === null ? null : end('payload', size(got)), 'Byte for byte.'),
  ];
}
