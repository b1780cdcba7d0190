/** Turns a filter specification into a test, or into nothing when it lets everything pass. */
import type { MqFilter, MqMessage } from '../engine.ts';

export type Matches = (message: MqMessage) => boolean;

/** The test a message must pass to be delivered; undefined when every message does. */
export function compileFilter(filter: MqFilter | undefined): Matches | undefined {
  if (filter === undefined) return undefined;
  const tags = filter.tags === undefined ? undefined : new Set(filter.tags);
  const wanted = Object.entries(filter.properties ?? {});
  const unwanted = filter.without ?? [];
  if (tags === undefined && wanted.length === 0 && unwanted.length === 0) return undefined;
  return (message) => {
    if (tags !== undefined && (message.tag === undefined || !tags.has(message.tag))) return false;
    const properties = message.properties;
    for (let i = 0; i < wanted.length; i += 1) if (properties[wanted[i]![0]] !== wanted[i]![1]) return false;
    for (let i = 0; i < unwanted.length; i += 1) if (Object.hasOwn(properties, unwanted[i]!)) return false;
    return true;
  };
}
