import type { Limits, Profile } from './types.ts';

const DAY_MS = 86_400_000;

/** The limits of a profile, with what the options say put over them. */
export function limitsOf(profile: Profile, given: Partial<Limits> = {}): Limits {
  const strict = profile === 'strict';
  return {
    payloadBytes: given.payloadBytes ?? 65_536,
    topicChars: given.topicChars ?? (strict ? 64 : 65_535),
    clientIdChars: given.clientIdChars ?? (strict ? 64 : 65_535),
    subscriptionsPerClient: given.subscriptionsPerClient ?? (strict ? 30 : Number.POSITIVE_INFINITY),
    offlineMessages: given.offlineMessages ?? 10_000,
    offlineMs: given.offlineMs ?? 3 * DAY_MS,
  };
}
