/** What names are allowed: topics of a PUBLISH, filters of a SUBSCRIBE, client IDs. Pure. */
import type { Limits, Profile, RefusalReason } from './types.ts';

/**
 * Levels of a topic or filter. No clause sets one; without it a filter of 32,000 levels (65,535 bytes of `a/a/...`)
 * would overflow the stack of the recursive matcher.
 */
export const MAX_LEVELS = 128;

/** Topics remembered with their verdict; a fleet publishes to the same few thousand again and again. */
const REMEMBERED = 20_000;

/** What is known of a publishable topic. */
export interface TopicInfo {
  readonly topic: string;
  readonly parent: string;
  /** Handed to the uplink. */
  readonly bridge: boolean;
  /** Receiver of `{parent}/p2p/{clientId}`, else undefined. */
  readonly p2p: string | undefined;
  readonly refusal: RefusalReason | undefined;
}

/** Is there a control character (C0, DEL, C1)? */
export function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}

/** More than `limit` characters? Counted in code points, so that an emoji is one; the cheap UTF-16 count settles nearly all. */
export function longerThan(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  let count = 0;
  for (const _ of text) {
    count += 1;
    if (count > limit) return true;
  }
  return false;
}

/** Number of levels of a topic or filter; at least 1. */
export function levelsOf(topic: string): number {
  let levels = 1;
  for (let i = 0; i < topic.length; i += 1) if (topic.charCodeAt(i) === 47) levels += 1;
  return levels;
}

/** The receiver named by `{parent}/p2p/{clientId}`; look-alikes (other case, no ID, further levels) are plain topics. */
export function p2pTarget(topic: string, parent: string): string | undefined {
  if (!topic.startsWith('/p2p/', parent.length)) return undefined;
  const id = topic.slice(parent.length + 5);
  return id === '' || id.includes('/') ? undefined : id;
}

/** Why a client may not connect under this ID; undefined: it may. The empty ID is judged by the caller. */
export function clientIdRefusal(clientId: string, limits: Limits): RefusalReason | undefined {
  if (longerThan(clientId, limits.clientIdChars)) return 'client-id-too-long';
  return hasControlCharacter(clientId) ? 'client-id-control-character' : undefined;
}

/** Why a filter is refused; undefined: it is fine. Wildcards stand alone in their level, `#` only at the end [MQTT-4.7.1-2, 4.7.1-3]. */
export function filterRefusal(filter: string, limits: Limits): RefusalReason | undefined {
  if (filter === '' || hasControlCharacter(filter)) return 'filter-invalid';
  if (filter.startsWith('$')) return 'topic-reserved';
  if (longerThan(filter, limits.topicChars)) return 'topic-too-long';
  const levels = filter.split('/');
  if (levels.length > MAX_LEVELS) return 'topic-too-long';
  for (let i = 0; i < levels.length; i += 1) {
    const level = levels[i]!;
    if (level.length === 1 || !(level.includes('+') || level.includes('#'))) {
      if (level === '#' && i !== levels.length - 1) return 'filter-invalid';
    } else return 'filter-invalid';
  }
  return undefined;
}

/** Judges topics of PUBLISH packets and remembers the verdict. */
export class TopicRules {
  readonly #bridgeOf = new Map<string, boolean>();
  readonly #profile: Profile;
  readonly #limits: Limits;
  #known = new Map<string, TopicInfo>();

  constructor(profile: Profile, limits: Limits, topics: readonly { readonly name: string; readonly bridge: boolean }[]) {
    this.#profile = profile;
    this.#limits = limits;
    for (const topic of topics) this.#bridgeOf.set(topic.name, topic.bridge);
  }

  /** The verdict on a topic name (without wildcards, which are a protocol error and judged before). */
  look(topic: string): TopicInfo {
    let info = this.#known.get(topic);
    if (info === undefined) {
      info = this.#judge(topic);
      // Hostile clients must not fill it: refused names are judged anew each time.
      if (info.refusal === undefined) {
        if (this.#known.size >= REMEMBERED) this.#known = new Map();
        this.#known.set(topic, info);
      }
    }
    return info;
  }

  #judge(topic: string): TopicInfo {
    const slash = topic.indexOf('/');
    const parent = slash === -1 ? topic : topic.slice(0, slash);
    const refusal = this.#refusal(topic, parent);
    return { topic, parent, bridge: this.#bridgeOf.get(parent) === true, p2p: p2pTarget(topic, parent), refusal };
  }

  #refusal(topic: string, parent: string): RefusalReason | undefined {
    if (topic.startsWith('$')) return 'topic-reserved';
    if (hasControlCharacter(topic)) return 'topic-invalid';
    if (longerThan(topic, this.#limits.topicChars) || levelsOf(topic) > MAX_LEVELS) return 'topic-too-long';
    if (this.#profile === 'strict' && !/^[0-9A-Za-z_-]*$/.test(parent)) return 'topic-invalid';
    return this.#bridgeOf.has(parent) ? undefined : 'topic-unknown-parent';
  }
}
