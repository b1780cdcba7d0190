import type { QoS } from './types.ts';

interface Retained {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
}

/** Does a valid filter match a topic? */
export function matches(filter: string, topic: string): boolean {
  if (filter === topic) return true;
  const levels = filter.split('/');
  const names = topic.split('/');
  if (topic.startsWith('$') && (levels[0] === '#' || levels[0] === '+')) return false;
  for (let i = 0; i < levels.length; i += 1) {
    if (levels[i] === '#') return true;
    if (i >= names.length || (levels[i] !== '+' && levels[i] !== names[i])) return false;
  }
  return levels.length === names.length;
}

/** The last retained message of each topic [MQTT-3.3.1-5]. */
export class RetainedStore {
  readonly #messages = new Map<string, Retained>();

  /** Keeps a copy of the payload; an empty one removes the message [MQTT-3.3.1-10]. */
  set(topic: string, payload: Buffer, qos: QoS): void {
    // A view would keep the whole network chunk alive.
    if (payload.length === 0) this.#messages.delete(topic);
    else this.#messages.set(topic, { topic, payload: Buffer.from(payload), qos });
  }

  matching(filter: string): Retained[] {
    if (!filter.includes('+') && !filter.includes('#')) {
      const one = this.#messages.get(filter);
      return one === undefined ? [] : [one];
    }
    const found: Retained[] = [];
    for (const message of this.#messages.values()) if (matches(filter, message.topic)) found.push(message);
    return found;
  }
}
