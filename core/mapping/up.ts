/** MQTT to MQ: an accepted PUBLISH becomes an MQ message. */
import type { Profile, UpPublish } from '../gateway/types.ts';
import type { MqMessage } from '../mq/engine.ts';
import { ORIGIN_MQTT } from './names.ts';
import type { Reason } from './reasons.ts';
import { type MappingLimits, splitTopic, topicFault } from './topics.ts';

export interface UpOptions {
  readonly profile: Profile;
  readonly limits: MappingLimits;
  /** A new text on each call: the message's id. */
  readonly nextId: () => string;
}

export type UpResult =
  | { readonly ok: true; readonly message: MqMessage }
  | { readonly ok: false; readonly reason: Reason; readonly value: string };

const QOS_TEXT = ['0', '1', '2'] as const;

/**
 * Maps a PUBLISH. The body is the payload's own buffer, untouched; the ordering key is the client ID. Properties come
 * from the packet and the CONNECT alone, so nothing a device writes can override them, and mqttRealTopic never
 * appears. Never throws.
 *
 * What an external broker does not tell is left out, never guessed: without publisher and session flag there are no
 * `clientId` and `cleansessionflag`, and the whole topic is the ordering key.
 */
export function mapUp(publish: UpPublish, options: UpOptions): UpResult {
  const { topic } = publish;
  const fault = topicFault(topic, options.profile, options.limits.topicChars);
  if (fault !== undefined) return { ok: false, reason: fault, value: topic };
  if (publish.payload.length > options.limits.payloadBytes) {
    return { ok: false, reason: 'payload-too-large', value: String(publish.payload.length) };
  }
  const { clientId, cleanSession } = publish;
  const properties: Record<string, string> = {
    qoslevel: QOS_TEXT[publish.qos],
    causewayOrigin: ORIGIN_MQTT,
    causewayId: options.nextId(),
  };
  if (cleanSession !== undefined) properties.cleansessionflag = cleanSession ? 'true' : 'false';
  if (clientId !== undefined) properties.clientId = clientId;
  const { parent, second } = splitTopic(topic);
  if (second !== undefined) properties.mqttSecondTopic = second;
  if (publish.dup) properties.causewayDup = '1';
  return {
    ok: true,
    message: { topic: parent, key: clientId ?? topic, properties, body: publish.payload },
  };
}
