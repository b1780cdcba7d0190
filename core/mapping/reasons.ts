/** Why a message cannot cross the bridge, and what is odd about one that can. Codes are stable, texts are for people. */
export const REASONS = {
  'topic-empty': 'the parent topic is empty',
  'topic-reserved': 'topics that start with $ cannot be reached across the bridge',
  'topic-parent-invalid': 'the parent topic holds a character that this profile does not allow',
  'topic-wildcard': 'a topic name may not hold + or #',
  'topic-control-character': 'the topic holds a control character',
  'topic-not-unicode': 'the topic is not well-formed Unicode',
  'topic-too-long': 'the whole topic is longer than the limit',
  'topic-too-many-levels': 'the whole topic has more than 128 levels',
  'payload-too-large': 'the payload is larger than the limit',
  'payload-invalid': 'the body is not a sequence of bytes',
  'qoslevel-invalid': 'qoslevel must be 0, 1 or 2',
  'cleansessionflag-invalid': 'cleansessionflag must be true or false',
  'second-topic-empty': 'mqttSecondTopic is set but empty; leave it out for the parent topic alone',
  'second-topic-not-text': 'mqttSecondTopic is not a text',
  'second-topic-wildcard': 'mqttSecondTopic may not hold + or #',
  'second-topic-control-character': 'mqttSecondTopic holds a control character',
  'second-topic-not-unicode': 'mqttSecondTopic is not well-formed Unicode',
  'real-topic-empty': 'mqttRealTopic is set but empty; leave it out to show the usual topic',
  'real-topic-not-text': 'mqttRealTopic is not a text',
  'real-topic-wildcard': 'mqttRealTopic may not hold + or #',
  'real-topic-control-character': 'mqttRealTopic holds a control character',
  'real-topic-not-unicode': 'mqttRealTopic is not well-formed Unicode',
  'p2p-qos2-kept': 'QoS 2 with cleansessionflag=false is not supported in the strict profile',
} as const;

export type Reason = keyof typeof REASONS;

export const WARNINGS = {
  'cleansessionflag-ignored': 'cleansessionflag has a meaning on P2P messages only: ignored',
  'client-id-stripped': 'clientId cannot be set by an MQ sender: stripped',
  'wrong-case-key': 'a key that differs from a mapped one in its case: ignored, the default applies',
} as const;

export type WarningCode = keyof typeof WARNINGS;

/** Something odd about a message that is delivered nevertheless. */
export interface Warning {
  readonly code: WarningCode;
  /** The property as the sender wrote it. */
  readonly key: string;
  readonly value: string;
}
