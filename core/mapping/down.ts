/** MQ to MQTT: a message taken from MQ becomes one for devices, a dead letter, or nothing because it came from MQTT. */
import type { DownMessage, Profile, QoS } from '../gateway/types.ts';
import type { MqDelivery } from '../mq/engine.ts';
import { LAB_PROPERTY, PROPERTY, type PropertyName, wrongCaseOf } from './names.ts';
import type { Reason, Warning, WarningCode } from './reasons.ts';
import {
  canonicalSecond,
  characterFault,
  joinTopic,
  lengthFault,
  type MappingLimits,
  p2pTarget,
  p2pTopic,
  parentFault,
} from './topics.ts';

export interface DownOptions {
  readonly profile: Profile;
  readonly limits: MappingLimits;
}

export interface Refusal {
  readonly kind: 'dead-letter';
  readonly reason: Reason;
  /** The property at fault; undefined where it is the MQ topic, the whole topic or the body. */
  readonly property: PropertyName | undefined;
  readonly value: string;
}

export type DownResult =
  | { readonly kind: 'deliver'; readonly message: DownMessage; readonly warnings: readonly Warning[] }
  | Refusal
  | { readonly kind: 'echo' };

const ECHO = { kind: 'echo' } as const;
const NO_WARNINGS: readonly Warning[] = [];
const utf8 = new TextDecoder('utf-8');

/**
 * A property value as text. Engines may hand over what their clients decoded: a number 2 is the text `2`, bytes are
 * UTF-8. Undefined: something that has no text form of its own (an object, a list, null).
 */
export function propertyText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return utf8.decode(value);
  return undefined;
}

const shown = (value: unknown): string => propertyText(value) ?? `(${value === null ? 'null' : typeof value})`;

const refuse = (reason: Reason, property: PropertyName | undefined, value: string): Refusal => ({
  kind: 'dead-letter',
  reason,
  property,
  value,
});

/** A subtopic from a property: its canonical form, or why it cannot be used. */
function subtopic(prefix: 'second-topic' | 'real-topic', property: PropertyName, value: unknown): string | Refusal {
  const text = propertyText(value);
  if (text === undefined) return refuse(`${prefix}-not-text`, property, shown(value));
  // Set but empty is a mistake of the sender as much as an empty qoslevel is: never defaulted.
  if (text.length === 0) return refuse(`${prefix}-empty`, property, text);
  const fault = characterFault(text);
  return fault === undefined ? canonicalSecond(text) : refuse(`${prefix}-${fault}`, property, text);
}

function warn(warnings: Warning[] | undefined, code: WarningCode, key: string, value: unknown): Warning[] {
  const warning = { code, key, value: shown(value) };
  if (warnings === undefined) return [warning];
  warnings.push(warning);
  return warnings;
}

function qosOf(value: unknown): QoS | undefined {
  if (value === undefined) return 1;
  const text = propertyText(value);
  return text === '1' ? 1 : text === '0' ? 0 : text === '2' ? 2 : undefined;
}

/** Maps a message taken from MQ. The payload is a view of the delivery's body, not a copy. Never throws. */
export function mapDown(delivery: MqDelivery, options: DownOptions): DownResult {
  let qosValue: unknown;
  let flagValue: unknown;
  let secondValue: unknown;
  let realValue: unknown;
  let warnings: Warning[] | undefined;
  const properties: Readonly<Record<string, unknown>> = delivery.properties ?? {};
  for (const key of Object.keys(properties)) {
    const value = properties[key];
    // An optional property that an application left undefined is absent.
    if (value === undefined) continue;
    switch (key) {
      case LAB_PROPERTY.origin:
        return ECHO;
      case PROPERTY.qosLevel:
        qosValue = value;
        break;
      case PROPERTY.cleanSessionFlag:
        flagValue = value;
        break;
      case PROPERTY.secondTopic:
        secondValue = value;
        break;
      case PROPERTY.realTopic:
        realValue = value;
        break;
      case PROPERTY.clientId:
        warnings = warn(warnings, 'client-id-stripped', key, value);
        break;
      default:
        if (wrongCaseOf(key) !== undefined) warnings = warn(warnings, 'wrong-case-key', key, value);
    }
  }

  const parent = propertyText(delivery.topic) ?? '';
  const fault = parentFault(parent, options.profile);
  if (fault !== undefined) return refuse(fault, undefined, parent);
  const { body } = delivery;
  if (!(body instanceof Uint8Array)) return refuse('payload-invalid', undefined, shown(body));
  if (body.length > options.limits.payloadBytes) return refuse('payload-too-large', undefined, String(body.length));
  const qos = qosOf(qosValue);
  if (qos === undefined) return refuse('qoslevel-invalid', PROPERTY.qosLevel, shown(qosValue));

  const second = secondValue === undefined ? undefined : subtopic('second-topic', PROPERTY.secondTopic, secondValue);
  if (typeof second === 'object') return second;
  const real = realValue === undefined ? undefined : subtopic('real-topic', PROPERTY.realTopic, realValue);
  if (typeof real === 'object') return real;
  const topic = joinTopic(parent, second);
  const shownTopic = real === undefined ? topic : joinTopic(parent, real);
  const long = lengthFault(topic, options.limits.topicChars);
  if (long !== undefined) return refuse(long, undefined, topic);
  const shownLong = real === undefined ? undefined : lengthFault(shownTopic, options.limits.topicChars);
  if (shownLong !== undefined) return refuse(shownLong, PROPERTY.realTopic, shownTopic);

  const payload = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const target = p2pTarget(second);
  if (target === undefined) {
    if (flagValue !== undefined) warnings = warn(warnings, 'cleansessionflag-ignored', PROPERTY.cleanSessionFlag, flagValue);
    return { kind: 'deliver', message: { kind: 'topic', topic, shownTopic, qos, payload }, warnings: warnings ?? NO_WARNINGS };
  }
  const flag = flagValue === undefined ? 'true' : propertyText(flagValue);
  if (flag !== 'true' && flag !== 'false') {
    return refuse('cleansessionflag-invalid', PROPERTY.cleanSessionFlag, shown(flagValue));
  }
  const cleanSession = flag === 'true';
  if (!cleanSession && qos === 2 && options.profile === 'strict') return refuse('p2p-qos2-kept', PROPERTY.qosLevel, '2');
  const p2pShown = real === undefined ? p2pTopic(parent, target) : shownTopic;
  return {
    kind: 'deliver',
    message: { kind: 'p2p', clientId: target, shownTopic: p2pShown, qos, cleanSession, payload },
    warnings: warnings ?? NO_WARNINGS,
  };
}
