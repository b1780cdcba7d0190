/**
 * Topics: the first level of an MQTT topic is the MQ topic (the parent), all further levels together are the
 * subtopic, carried with its leading slash. Nothing here throws, and no level is ever dropped or merged.
 */
import type { Profile } from '../gateway/types.ts';
import type { Reason } from './reasons.ts';

/** What a message must keep to on either side of the bridge. */
export interface MappingLimits {
  /** Bytes of payload. */
  readonly payloadBytes: number;
  /** Characters (Unicode code points) of a whole topic. */
  readonly topicChars: number;
}

export interface SplitTopic {
  readonly parent: string;
  /** With its leading slash; undefined: the parent alone. `p/` has the subtopic `/`. */
  readonly second: string | undefined;
}

const P2P_PREFIX = '/p2p/';
/** MQTT carries a topic with a two-byte length [MQTT-1.5.3], whatever a profile's limit in characters says. */
const MQTT_TOPIC_BYTES = 65_535;
const STRICT_PARENT = /^[0-9A-Za-z_-]+$/;
// Cc: control characters, NUL included. Cs under /u: only surrogates without a partner [MQTT-1.5.3-1].
const SUSPICIOUS = /[+#\p{Cc}\p{Cs}]/u;
const WILDCARD = /[+#]/;
const CONTROL = /\p{Cc}/u;

/** Splits a topic after its first level: `home/floor1/t` into `home` and `/floor1/t`. */
export function splitTopic(topic: string): SplitTopic {
  const slash = topic.indexOf('/');
  return slash < 0 ? { parent: topic, second: undefined } : { parent: topic.slice(0, slash), second: topic.slice(slash) };
}

/** A subtopic with its leading slash: `a` becomes `/a`; `/a`, `//a`, `/a/` and `/` stay as they are. */
export function canonicalSecond(second: string): string {
  return second.charCodeAt(0) === 47 ? second : `/${second}`;
}

/** The whole topic; the reverse of `splitTopic`. A subtopic without a leading slash gets one. */
export function joinTopic(parent: string, second: string | undefined): string {
  return second === undefined ? parent : parent + canonicalSecond(second);
}

/** The target's client ID where a canonical subtopic is exactly `/p2p/{clientId}`; undefined for everything that only looks like it. */
export function p2pTarget(second: string | undefined): string | undefined {
  if (second === undefined || second.length <= P2P_PREFIX.length || !second.startsWith(P2P_PREFIX)) return undefined;
  return second.indexOf('/', P2P_PREFIX.length) < 0 ? second.slice(P2P_PREFIX.length) : undefined;
}

/** The topic that the receiver of a P2P message sees unless mqttRealTopic says otherwise. */
export function p2pTopic(parent: string, clientId: string): string {
  return parent + P2P_PREFIX + clientId;
}

export type CharacterFault = 'wildcard' | 'control-character' | 'not-unicode';

/** The first kind of character that a topic name or a part of one may not hold; undefined: none. */
export function characterFault(text: string): CharacterFault | undefined {
  if (!SUSPICIOUS.test(text)) return undefined;
  if (WILDCARD.test(text)) return 'wildcard';
  return CONTROL.test(text) ? 'control-character' : 'not-unicode';
}

/** What is wrong with a parent topic under this profile; undefined: nothing. */
export function parentFault(parent: string, profile: Profile): Reason | undefined {
  if (parent.length === 0) return 'topic-empty';
  if (parent.charCodeAt(0) === 36) return 'topic-reserved';
  if (profile === 'strict') return STRICT_PARENT.test(parent) ? undefined : 'topic-parent-invalid';
  if (parent.includes('/')) return 'topic-parent-invalid';
  const fault = characterFault(parent);
  return fault === undefined ? undefined : `topic-${fault}`;
}

/** Levels of a whole topic. MQTT sets no bound; one of 32,000 levels would be a burden for whoever matches filters against it. */
export const MAX_LEVELS = 128;

/** Is a whole topic too long: by the limit in characters, by what MQTT can carry, or in levels? Undefined: no. */
export function lengthFault(topic: string, topicChars: number): 'topic-too-long' | 'topic-too-many-levels' | undefined {
  // Most topics are settled by the cheap count: code units are at least as many as code points, levels, and a third of the bytes.
  const units = topic.length;
  if (units > topicChars && codePoints(topic) > topicChars) return 'topic-too-long';
  if (units * 3 > MQTT_TOPIC_BYTES && Buffer.byteLength(topic) > MQTT_TOPIC_BYTES) return 'topic-too-long';
  return units >= MAX_LEVELS && topic.split('/', MAX_LEVELS + 1).length > MAX_LEVELS ? 'topic-too-many-levels' : undefined;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** What is wrong with a whole topic name under this profile; undefined: nothing. */
export function topicFault(topic: string, profile: Profile, topicChars: number): Reason | undefined {
  const tooLong = lengthFault(topic, topicChars);
  if (tooLong !== undefined) return tooLong;
  const fault = characterFault(topic);
  if (fault !== undefined) return `topic-${fault}`;
  return parentFault(splitTopic(topic).parent, profile);
}
