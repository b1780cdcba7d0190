import type { UpPublish } from '../../../core/gateway/types.ts';
import type { DownOptions } from '../../../core/mapping/down.ts';
import type { MqDelivery } from '../../../core/mq/engine.ts';

export const STRICT: DownOptions = { profile: 'strict', limits: { payloadBytes: 65_536, topicChars: 64 } };
export const LENIENT: DownOptions = { profile: 'lenient', limits: { payloadBytes: 65_536, topicChars: 65_535 } };

export function aPublish(over: Partial<UpPublish> = {}): UpPublish {
  const topic = over.topic ?? 'home/floor1/t';
  return {
    clientId: 'GID@@@1',
    topic,
    parent: topic.split('/')[0]!,
    payload: Buffer.from('21.5'),
    qos: 1,
    retain: false,
    dup: false,
    cleanSession: true,
    will: false,
    receivedUs: 1,
    ...over,
  };
}

/** Property values as an engine's client may hand them over: not always text. */
export function aDelivery(
  properties: Record<string, unknown> = {},
  over: { topic?: string; body?: Uint8Array; key?: string; tag?: string; offset?: number } = {},
): MqDelivery {
  return {
    topic: 'p',
    body: Buffer.from('go'),
    partition: 0,
    offset: 7,
    storedAtMs: 0,
    deliveryCount: 1,
    ...over,
    properties: properties as Record<string, string>,
  };
}
