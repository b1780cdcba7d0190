/** Why the gateway lets something not in, in words. */
import type { RefusalReason } from '../../gateway/types.ts';

export const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  'client-id-empty': 'the client ID is empty',
  'client-id-too-long': 'the client ID is longer than the profile allows (strict: 64 characters)',
  'client-id-control-character': 'the client ID holds a control character',
  'not-authorised': 'user or password are wrong',
  'credentials-account': 'the account is not known',
  'credentials-forged': 'the token is forged',
  'credentials-expired': 'the token has expired',
  'credentials-revoked': 'the token was revoked',
  'credentials-resource': 'the token does not reach this topic',
  'credentials-permission': 'the token does not allow this',
  'credentials-signature': 'the signature is wrong',
  'topic-unknown-parent': 'its first level is no topic of the lab: parent topics are made beforehand',
  'topic-too-long': 'the topic is longer than the profile allows (strict: 64 characters, and never more than 128 levels)',
  'topic-invalid': 'the topic holds a character that is not allowed (strict: the first level is of 0-9 A-Z a-z _ -)',
  'topic-reserved': 'topics that start with $ are the gateway’s own',
  'payload-too-large': 'the payload is larger than 65,536 bytes',
  'too-many-subscriptions': 'the device has as many subscriptions as the profile allows (strict: 30)',
  'filter-invalid': 'the filter is not valid',
  'qos2-persistent-session': 'strict: a device that keeps its session cannot have QoS 2',
  'uplink-failed': 'MQ did not store it',
  stalled: 'the device takes no bytes',
};
